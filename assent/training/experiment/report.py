"""What the arms came to: every arm with its interval, the comparisons named beforehand, and what this does not show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.resampled import Compared, Sides, compare
from assent.training.evaluate.resampled import figure as measured
from assent.training.evaluate.tables import Bars, Report, Table, figure
from assent.training.experiment.arms import ARMS
from assent.training.experiment.running import Experiment, Result

METRICS = ("specific recall", "fact-exactness", "nats a token")
PRIMARY = ("consented", "permuted", "specific recall")
"""Named before the first run: is more than the style learned from consented rows?"""
MARGIN = 0.02
"""Specific recall within which two arms count as the same."""
CONTROL = ("shuffled", "random drop", "specific recall")
"""Shuffled verdicts tell nothing, so that they must do as much as dropping as many rows at random."""
SECONDARY = (
    ("consented", "base", "does learning from consented rows help"),
    ("signals", "consented", "do the verdicts help"),
    ("signals", "random drop", "do they help more than fewer rows"),
    ("signals", "shuffled", "does what they say help"),
    ("signals", "content filter", "do they tell more than the text does"),
    ("oracle", "consented", "the most that verdicts could give"),
    ("all data", "consented", "the price of consent"),
)
NAMES = {
    "constant": "a fixed sentence of each task, read from nothing",
    "copied": "the first words of the turns",
}

By = Mapping[str, Sequence[Result]]


def report(experiment: Experiment, results: Sequence[Result], seeds: Sequence[int]) -> Report:
    by: dict[str, list[Result]] = {}
    for one in results:
        by.setdefault(one.arm, []).append(one)
    groups = experiment.groups
    found = {name: {metric: _figure(by[name], metric, groups) for metric in METRICS} for name in by}
    gaps = {f"{ours} minus {theirs}": _gaps(by, ours, theirs, groups) for ours, theirs, _ in SECONDARY}
    primary = _compared(by, *PRIMARY, groups)
    control = _compared(by, *CONTROL, groups, MARGIN)
    tables = (
        _verdict(primary, control),
        _arms(by, found, groups),
        _comparisons(gaps),
        _setting(experiment, seeds),
    )
    data = {"figures": _plain(found), "gaps": {name: _plain_gaps(held) for name, held in gaps.items()}}
    data |= {"primary": _plain_gap(primary), "control": _plain_gap(control)}
    panels = tuple(Bars(metric, tuple(found), {metric: [found[name][metric] for name in found]}) for metric in METRICS)
    return Report({"experiment": data}, tables, panels)


def _verdict(primary: Compared, control: Compared) -> Table:
    low, high = primary.interval.low or 0.0, primary.interval.high or 0.0
    said = "above style-only" if low > 0 else "below style-only" if high < 0 else "not told from style-only"
    same = "equivalent" if control.equivalent else "equivalence not shown"
    rows = (
        (
            f"primary: {PRIMARY[0]} minus {PRIMARY[1]}",
            PRIMARY[2],
            str(primary.interval),
            f"{primary.detectable:.3f}",
            said,
        ),
        (
            f"control: {CONTROL[0]} minus {CONTROL[1]}",
            CONTROL[2],
            str(control.interval),
            f"{control.detectable:.3f}",
            same,
        ),
    )
    note = (
        "This is a simulation: users, refusals and verdicts are drawn by a program, only the texts are real. It shows"
        " the mechanism, that verdicts of a stated informativeness are turned into a better or worse model; it does not"
        " show that real telemetry helps. The primary comparison was named before the first run. Control: two one-sided"
        f" tests at 5 % with margins of ±{MARGIN}. Detectable: the true difference that would be found with 80 % power"
        " at 5 %, two-sided, from the spread measured here; with so few series it is itself rough."
    )
    header = ("comparison", "metric", "difference", "detectable", "reading")
    return Table("What was asked beforehand", header, rows, note)


def _arms(by: By, found: Mapping[str, Mapping[str, Interval | None]], groups: Sequence[str]) -> Table:
    rows = []
    for name, what in {**NAMES, **ARMS}.items():
        about = [_mean(by[name], field) for field in ("rows", "learned", "effective", "good")]
        counts = (
            ("", "", "", "")
            if name in NAMES or name == "base"
            else (*(f"{x:.0f}" for x in about[:3]), f"{about[3]:.0%}")
        )
        if name == "permuted":
            counts = (*counts[:3], "0%")
        words = _figure(by[name], "words", groups)
        shown = f"{words.value:.1f}" if words and words.value is not None else ""
        rows.append((name, what, *counts, *(figure(found[name][metric]) for metric in METRICS), shown))
    header = ("arm", "trains on", "rows", "learned", "effective", "good texts", *METRICS, "words")
    note = (
        "Rows are means over seeds. Learned: those whose text the model can write, from its vocabulary and the prompt."
        " Intervals: series of meetings and seeds drawn together. Outputs are greedy, before any guard, cut at 30"
        " words. Specific recall: names, numbers and rare words of the human sentence that its turns hold. Fact-exact:"
        " all names, numbers and days kept and none invented, over the sentences that have any. Nats: of the human"
        " sentence under the model, over those it can write; lower is better."
    )
    return Table("Every arm", header, tuple(rows), note)


def _comparisons(gaps: Mapping[str, Mapping[str, Compared]]) -> Table:
    rows = []
    for (ours, theirs, why), held in zip(SECONDARY, gaps.values(), strict=True):
        cells = [f"{one.interval} (det. {one.detectable:.3f})" for one in held.values()]
        rows.append((f"{ours} minus {theirs}", why, *cells))
    note = "Paired by item, series and seed; not corrected for their number. For nats, below zero is better."
    return Table("Secondary comparisons", ("comparison", "asks", *METRICS), tuple(rows), note)


def _setting(experiment: Experiment, seeds: Sequence[int]) -> Table:
    series = sorted(set(experiment.groups))
    measured_on = sum(bool(gold.stems) for gold in experiment.gold)
    exact = sum(bool(gold.facts) for gold in experiment.gold)
    rows = [
        (
            "held-out items",
            f"{len(experiment.gold)} of {len(series)} series; {measured_on} with specific words, {exact} with facts",
        ),
        (
            "items of accounts",
            f"{experiment.offered}, of which the model can write {len(experiment.items)} well-supported sentences",
        ),
        ("accounts", f"{len({item.account for item in experiment.items})} series"),
        ("channel", f"AUC {experiment.users.auc} as set; table version {experiment.users.table['version']}"),
    ]
    for seed in seeds:
        rows.append((f"seed {seed}: consent", experiment.life(seed).allowed.yields))
        rows.append((f"seed {seed}: verdicts", f"AUC {experiment.channel(seed):.3f} as training weighs them"))
    return Table("Setting", ("what", "value"), tuple(rows))


def _gaps(by: By, ours: str, theirs: str, groups: Sequence[str]) -> dict[str, Compared]:
    return {metric: _compared(by, ours, theirs, metric, groups) for metric in METRICS}


def _compared(
    by: By, ours: str, theirs: str, metric: str, groups: Sequence[str], margin: float | None = None
) -> Compared:
    return compare(_sides(by[ours], metric), _sides(by[theirs], metric), groups, margin)


def _figure(results: Sequence[Result], metric: str, groups: Sequence[str]) -> Interval | None:
    return measured(_sides(results, metric), groups) if metric in results[0].scores else None


def _sides(results: Sequence[Result], metric: str) -> Sides:
    return Sides(*(np.array([one.scores[metric][side] for one in results]) for side in (0, 1)))


def _mean(results: Sequence[Result], name: str) -> float:
    return float(np.mean([one.about.get(name, 0.0) for one in results]))


def _plain(found: Mapping[str, Mapping[str, Interval | None]]) -> dict[str, dict[str, list[float | None]]]:
    return {
        name: {metric: [one.value, one.low, one.high] for metric, one in held.items() if one}
        for name, held in found.items()
    }


def _plain_gaps(held: Mapping[str, Compared]) -> dict[str, object]:
    return {metric: _plain_gap(one) for metric, one in held.items()}


def _plain_gap(one: Compared) -> dict[str, object]:
    value = [one.interval.value, one.interval.low, one.interval.high]
    return {"difference": value, "detectable": one.detectable, "equivalent": one.equivalent}


def gain(results: Sequence[Result], groups: Sequence[str]) -> Compared:
    """What the verdicts add to consent alone, in specific recall."""
    by = {name: [one for one in results if one.arm == name] for name in ("signals", "consented")}
    return _compared(by, "signals", "consented", PRIMARY[2], groups)


def sweep(found: Mapping[float, Compared]) -> Table:
    """The verdicts' use at each AUC, and from where on it is told from none."""
    helps = [auc for auc, one in found.items() if (one.interval.low or 0.0) > 0]
    told = f"Break-even: AUC {min(helps)}." if helps else "No AUC of the sweep is told from break-even."
    rows = tuple((f"{auc}", str(one.interval), f"{one.detectable:.3f}") for auc, one in found.items())
    header = ("AUC", "specific recall: signals minus consented", "detectable")
    return Table("Channels of other informativeness", header, rows, told)
