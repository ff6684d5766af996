"""What each measurement found, as tables, plain data and panels of the plot. It computes no figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from assent.training.evaluate import meetings
from assent.training.evaluate.corruption import CLASSES
from assent.training.evaluate.drafts import ALL, CHECKS, SENT, DraftReport
from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.meetings import MeetingScore
from assent.training.evaluate.statements import SHARES
from assent.training.evaluate.summaries import METRICS, SummaryReport
from assent.training.evaluate.tables import Bars, Report, Table, figure
from assent.training.evaluate.verifier import Benchmark, VerifierReport

SERIES_NOTE = (
    "Resampled over series (meetings of one series are no independent draws); a corpus of one series is resampled "
    "over its meetings, which makes its intervals too narrow."
)


def join(reports: Sequence[Report]) -> Report:
    data = {key: value for report in reports for key, value in report.data.items()}
    tables = tuple(table for report in reports for table in report.tables)
    return Report(data, tables, tuple(panel for report in reports for panel in report.panels))


# summaries -----------------------------------------------------------------------------------------------------------


def of_summaries(found: SummaryReport) -> Report:
    tables = [table for corpus in found.scores for table in _corpus_tables(corpus, found)]
    return Report(
        {"summaries": _plain(found)},
        (*tables, *_extract_tables(found), _statement_table(found.statements)),
        tuple(_panel(metric, found) for metric in ("specific recall", "retrieve@1")),
    )


def _corpus_tables(corpus: str, found: SummaryReport) -> list[Table]:
    note = (
        f"{found.meetings[corpus]} meetings of {found.series[corpus]} series, outputs cut at 200 words. {SERIES_NOTE}"
    )
    if found.left_out:
        note += f" Left out for want of --train: {', '.join(found.left_out)}."
    rows = [_figures(name, METRICS, held) for name, held in found.scores[corpus].items()]
    gaps = [_figures(name, METRICS[:-1], held) for name, held in found.gaps[corpus].items()]
    return [
        Table(f"Summaries: {corpus}", ("system", *METRICS), tuple(rows), note),
        Table(f"Summaries: {corpus}, ours minus each baseline (paired)", ("baseline", *METRICS[:-1]), tuple(gaps)),
    ]


def _figures(name: str, columns: Iterable[str], held: Mapping[str, Interval]) -> tuple[str, ...]:
    return (name, *(figure(held.get(column)) for column in columns))


def _extract_tables(found: SummaryReport) -> list[Table]:
    rows = [
        (corpus, *_figures(name, ("precision", "recall"), held))
        for corpus, systems in found.extracts.items()
        for name, held in systems.items()
    ]
    gaps = [
        (corpus, *_figures(f"ours minus {name}", ("precision", "recall"), held))
        for corpus, systems in found.extract_gaps.items()
        for name, held in systems.items()
    ]
    title = "Cited turns against the human extract"
    note = f"Random and longest turns show as many turns as ours cites. {SERIES_NOTE}"
    return [Table(title, ("corpus", "system", "precision", "recall"), (*rows, *gaps), note)] if rows else []


def _statement_table(statements: Mapping[str, Mapping[str, Interval]]) -> Table:
    rows = [(name, *(figure(held[name]) for held in statements.values())) for name in SHARES]
    return Table("Statements", ("share", *statements), tuple(rows))


def _panel(metric: str, found: SummaryReport) -> Bars:
    systems = dict.fromkeys(name for held in found.scores.values() for name in held)
    values = {
        name: tuple(held[name].get(metric) if name in held else None for held in found.scores.values())
        for name in systems
    }
    kept = {name: row for name, row in values.items() if any(row)}
    return Bars(metric, tuple(found.scores), kept)


# meetings with exact facts -------------------------------------------------------------------------------------------


def of_meetings(systems: Mapping[str, Sequence[MeetingScore]], misses: bool = False) -> Report:
    """The first system is ours; the others are its baselines."""
    overall = {name: meetings.overall(scores) for name, scores in systems.items()}
    (ours, own), *others = systems.items()
    gaps = {name: meetings.gaps(own, scores) for name, scores in others}
    columns = (*overall, *(f"{ours} minus {name}" for name in gaps))
    rows = tuple(
        (rate, *(figure(held[rate]) for held in overall.values()), *(figure(held[rate]) for held in gaps.values()))
        for rate in meetings.RATES
    )
    note = (
        "Resampled over meetings. never said, decisions listed and questions listed are counts per meeting. Words are "
        "matched within one statement, so longer statements match more: read the words a task beside the rates."
    )
    tables = [Table(f"{len(own)} meetings with exact facts", ("rate", *columns), rows, note), _per_meeting(own)]
    tables += [_miss_table(name, scores) for name, scores in systems.items() if misses and name == ours]
    data = {
        name: {"overall": _plain(overall[name]), "meetings": _plain(list(scores))} for name, scores in systems.items()
    }
    shown = ("actions f1", "due right", "decisions recall", "questions recall", "not_actions listed")
    bars = {name: tuple(held[rate] for rate in shown) for name, held in overall.items()}
    return Report({"meetings": data, "meetings gaps": _plain(gaps)}, tuple(tables), (Bars("exact facts", shown, bars),))


def _per_meeting(scores: Sequence[MeetingScore]) -> Table:
    header = ("meeting", "tasks found/listed/gold", "due right", "decisions", "questions", "not_actions", "never")
    rows = [
        (
            score.meeting,
            f"{score.matched}/{score.listed}/{score.actions}",
            f"{score.due_right}/{score.matched}",
            f"{score.decisions_found}/{score.decisions}",
            f"{score.questions_found}/{score.questions}",
            f"{score.not_actions_listed}/{score.not_actions}",
            f"{score.never_said}/{score.never}",
        )
        for score in scores
    ]
    return Table("Per meeting", header, tuple(rows))


def _miss_table(name: str, scores: Sequence[MeetingScore]) -> Table:
    rows = sorted((miss.kind, miss.meeting, miss.text) for score in scores for miss in score.misses)
    return Table(f"Misses of {name}, to read", ("kind", "meeting", "words or statement"), tuple(rows))


# the verifier --------------------------------------------------------------------------------------------------------


def of_verifier(found: Mapping[str, VerifierReport], statements: Benchmark, misses: bool = False) -> Report:
    """The first verifier is ours; the others are its baselines."""
    counts = {"all": len(statements.supported)} | next(iter(found.values())).counts
    kinds = [kind for kind in ("all", "action", "decision", "question", "point") if kind in counts]
    kept = [
        (f"supported kept: {kind}", str(counts[kind]), *(figure(report.kept.get(kind)) for report in found.values()))
        for kind in kinds
    ]
    counts["all"] = len(statements.corrupted)
    caught = [
        (
            f"corrupted caught: {name}",
            str(counts[name]),
            *(figure(report.caught.get(name)) for report in found.values()),
        )
        for name in ("all", *CLASSES)
        if name in counts
    ]
    tables = [Table("The verifier", ("share", "of", *found), (*kept, *caught), "Resampled over series.")]
    if misses:
        ours, report = next(iter(found.items()))
        tables.append(Table(f"Errors of {ours}, to read", ("error", "class", "statement"), report.wrong))
    data = {
        name: {key: value for key, value in _plain(report).items() if key != "wrong"} for name, report in found.items()
    }
    bars = {name: tuple(report.caught.get(row) for row in CLASSES) for name, report in found.items()}
    panel = Bars("corruptions caught", CLASSES, bars)
    return Report({"verifier": data | {"supported": len(statements.supported)}}, tuple(tables), (panel,))


# drafts --------------------------------------------------------------------------------------------------------------


def of_drafts(found: DraftReport, show: int = 0) -> Report:
    columns = (*CHECKS, ALL, SENT)
    rows = [_figures(name, columns, held) for name, held in found.scores.items() if held]
    kinds = [
        (*_figures(kind, columns, held), figure(found.written_by_model[kind])) for kind, held in found.by_kind.items()
    ]
    share = found.written_by_model["all"]
    note = f"{found.requests} requests; the model wrote {share} of the final drafts. Resampled over requests."
    tones = [(tone, str(count), f"{own:.2f}", f"{others:.2f}") for tone, (own, others, count) in found.tones.items()]
    tables = [
        Table("Drafts", ("drafts", *columns), tuple(rows), note),
        Table("Final drafts by kind", ("kind", *columns, "written by the model"), tuple(kinds)),
        Table(
            "Tone rules on human drafts",
            ("tone", "drafts of it", "accepted", "accepted of other tones"),
            tuple(tones),
            "The first share is the ceiling; the second says how much a pass of the rule tells.",
        ),
    ]
    if show:
        tables.append(_draft_table(found, show))
    data = {key: value for key, value in _plain(found).items() if key != "drafts"}
    bars = {name: tuple(held[column] for column in columns) for name, held in found.scores.items() if held}
    return Report({"drafts": data}, tuple(tables), (Bars("drafts", columns, bars),))


def _draft_table(found: DraftReport, show: int) -> Table:
    """Every n-th draft, so that all kinds are among them, with the checks it fails."""
    step = max(1, len(found.drafts) // show)
    rows = [
        (
            f"{request.kind}, {request.tone}, {request.length}",
            " ".join((request.instruction if request.text is None else f"{request.how}: {request.text}").split()),
            " ".join(draft.final.split()),
            draft.written_by,
            ", ".join(name for name, check in CHECKS.items() if not check(request, draft.final)),
        )
        for request, draft in found.drafts[::step][:show]
    ]
    return Table("Drafts to read", ("asked", "instruction or text", "draft", "by", "fails"), tuple(rows))


def _plain(value: Any) -> Any:
    """Dataclasses, tuples and mappings as plain data."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if hasattr(value, "__dataclass_fields__"):
        return {key: _plain(getattr(value, key)) for key in value.__dataclass_fields__}
    return value
