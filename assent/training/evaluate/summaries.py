"""A summarizer measured on meetings with references, beside its baselines in the same run.

It knows no file and no engine: the system is a function from a transcript to minutes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assent.features.brief import brief
from assent.features.minutes import MinutesDocument
from assent.training.evaluate import intervals, statements
from assent.training.evaluate.baselines import TRAINED, baselines, longest
from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.meetings import System
from assent.training.evaluate.metrics import (
    LENGTH,
    References,
    chance,
    cited,
    retrieve_at_1,
    rouge,
    specific_recall,
    specific_stems,
)
from assent.training.evaluate.verifier import Verifier
from assent.training.evaluate.words import cut

OURS = "assent"
METRICS = ("specific recall", "retrieve@1", "rouge1", "rouge2", "rougeL", "words")

Progress = Callable[[str], None]
Figures = dict[str, Interval]
Values = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class SummaryReport:
    """Figures by corpus. `scores[corpus][system][metric]`; `gaps[corpus][baseline][metric]` is ours minus theirs.

    `extracts[corpus][system]` holds precision and recall of the cited turns against the human extract, `extract_gaps`
    ours minus the others'; `statements[corpus]` the shares of the statements.
    """

    meetings: dict[str, int]
    series: dict[str, int]
    scores: dict[str, dict[str, Figures]]
    gaps: dict[str, dict[str, Figures]]
    extracts: dict[str, dict[str, Figures]]
    extract_gaps: dict[str, dict[str, Figures]]
    statements: dict[str, Figures]
    left_out: tuple[str, ...] = ()


def evaluate(
    data: Sequence[Meeting],
    train: Sequence[Meeting],
    system: System,
    verify: Verifier,
    progress: Progress = lambda _: None,
) -> SummaryReport:
    minutes = _run(data, system, progress)
    rivals = baselines(train)
    texts = {
        OURS: [brief(document, meeting.transcript, LENGTH) for document, meeting in zip(minutes, data, strict=True)]
    }
    for rival in rivals:
        progress(f"baseline {rival.name}")
        texts[rival.name] = [cut(rival.text(meeting), LENGTH) for meeting in data]
    progress("metrics")
    values = {name: _values(outputs, data, train) for name, outputs in texts.items()}
    counts = [statements.count(m, meeting.transcript, verify) for m, meeting in zip(minutes, data, strict=True)]
    corpora = {
        name: [i for i, m in enumerate(data) if m.corpus == name] for name in dict.fromkeys(m.corpus for m in data)
    }
    extracts = {name: _extracts([i for i in rows if data[i].extract], data, minutes) for name, rows in corpora.items()}
    return SummaryReport(
        meetings={name: len(rows) for name, rows in corpora.items()},
        series={name: len({data[i].series for i in rows}) for name, rows in corpora.items()},
        scores={name: _scores(rows, data, values) for name, rows in corpora.items()},
        gaps={name: _gaps(rows, data, values) for name, rows in corpora.items()},
        extracts={name: found[0] for name, found in extracts.items() if found[0]},
        extract_gaps={name: found[1] for name, found in extracts.items() if found[1]},
        statements={name: _shares(rows, data, counts) for name, rows in corpora.items()},
        left_out=tuple(name for name in TRAINED if name not in texts),
    )


def _run(data: Sequence[Meeting], system: System, progress: Progress) -> list[MinutesDocument]:
    found = []
    for number, meeting in enumerate(data, 1):
        progress(f"{number}/{len(data)} {meeting.id}")
        found.append(system(meeting.transcript))
    return found


def _values(outputs: Sequence[str], data: Sequence[Meeting], train: Sequence[Meeting]) -> Values:
    """One number per meeting and metric."""
    references = References(train, data)
    rouges = [rouge(output, meeting.reference) for output, meeting in zip(outputs, data, strict=True)]
    wanted = [specific_stems(meeting, references) for meeting in data]
    return {
        "specific recall": [specific_recall(output, stems) for output, stems in zip(outputs, wanted, strict=True)],
        "retrieve@1": retrieve_at_1(outputs, data, train),
        **{name: [scores[name] for scores in rouges] for name in ("rouge1", "rouge2", "rougeL")},
        "words": [float(len(output.split())) for output in outputs],
    }


def _scores(rows: Sequence[int], data: Sequence[Meeting], values: dict[str, Values]) -> dict[str, Figures]:
    groups = [data[i].series for i in rows]
    found = {
        name: {metric: intervals.mean([held[metric][i] for i in rows], groups) for metric in METRICS}
        for name, held in values.items()
    }
    odds = chance([data[i] for i in rows])
    return found | {"chance": {"retrieve@1": intervals.mean(odds, groups)}}


def _gaps(rows: Sequence[int], data: Sequence[Meeting], values: dict[str, Values]) -> dict[str, Figures]:
    groups = [data[i].series for i in rows]

    def gap(rival: Values, metric: str) -> Interval:
        return intervals.mean([values[OURS][metric][i] - rival[metric][i] for i in rows], groups)

    return {
        name: {metric: gap(held, metric) for metric in METRICS[:-1]} for name, held in values.items() if name != OURS
    }


def _shares(rows: Sequence[int], data: Sequence[Meeting], counts: Sequence[statements.Counts]) -> Figures:
    groups = [data[i].series for i in rows]
    held = [statements.sides(counts[i]) for i in rows]
    return {
        name: intervals.ratio([sides[name][0] for sides in held], [sides[name][1] for sides in held], groups)
        for name in statements.SHARES
    }


Sides = list[tuple[float, float, float]]
"""Per meeting: turns shown that the human extract holds too, turns shown, turns of the extract."""


def _extracts(
    rows: Sequence[int], data: Sequence[Meeting], minutes: Sequence[MinutesDocument]
) -> tuple[dict[str, Figures], dict[str, Figures]]:
    if not rows:
        return {}, {}
    chosen = [statements.cited_turns(minutes[i]) & set(range(len(data[i].texts))) for i in rows]
    held = [data[i] for i in rows]
    sides: dict[str, Sides] = {
        OURS: [cited(turns, m) for turns, m in zip(chosen, held, strict=True)],
        "random": [_expected(len(turns), m) for turns, m in zip(chosen, held, strict=True)],
        "longest turns": [cited(longest(m)[: len(turns)], m) for turns, m in zip(chosen, held, strict=True)],
    }
    groups = [meeting.series for meeting in held]
    scores = {name: _precision_recall(found, groups) for name, found in sides.items()}
    return scores, {name: _extract_gap(sides[OURS], sides[name], groups) for name in sides if name != OURS}


def _expected(shown: int, meeting: Meeting) -> tuple[float, float, float]:
    """What as many turns drawn at random hold of the extract, in expectation."""
    return shown * len(meeting.extract) / len(meeting.texts), shown, len(meeting.extract)


def _column(sides: Sides, place: int) -> list[float]:
    return [row[place] for row in sides]


def _precision_recall(sides: Sides, groups: Sequence[str]) -> Figures:
    hits = _column(sides, 0)
    return {
        "precision": intervals.ratio(hits, _column(sides, 1), groups),
        "recall": intervals.ratio(hits, _column(sides, 2), groups),
    }


def _extract_gap(ours: Sides, theirs: Sides, groups: Sequence[str]) -> Figures:
    return {
        name: intervals.difference(
            (_column(ours, 0), _column(ours, place)), (_column(theirs, 0), _column(theirs, place)), groups
        )
        for place, name in ((1, "precision"), (2, "recall"))
    }
