"""A paired evaluation as tables, data and a plot, and the file that a promotion reads. It computes no figure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assent.models.adapters.registry import MARGIN
from assent.training.evaluate import pages, tables
from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.paired import DRAFTS, FACTS, SUMMARIES, Measured, Verdict
from assent.training.evaluate.resampled import Compared, compare
from assent.training.evaluate.resampled import figure as measured
from assent.training.evaluate.tables import Bars, Report, Table

COMPARISON = "comparison.json"
NOTE = (
    "Adapter and served ran on the same items with the same seeds; series (meetings, requests) and seeds are resampled"
    " together. A single series has no interval. Differences are paired."
)
NOTES = {
    SUMMARIES: "Outputs cut at 200 words.",
    FACTS: "Rates of minutes, as they come out of the verifier.",
    DRAFTS: "Of what the model first wrote, before guard and fallback, but for the last two rows.",
}


def report(found: Measured, verdict: Verdict) -> Report:
    parts = [part for part in (SUMMARIES, FACTS, DRAFTS) if part in found.groups]
    judged = _verdict(verdict)
    figures = {name: _figures(found, name) for name in found.sides}
    sets = tuple(verdict.gaps)
    panels = [
        Bars("adapter minus served", sets, {"difference": [_bounded(one.interval) for one in verdict.gaps.values()]})
    ]
    for part in parts:
        names = tuple(found.sides["adapter"][part])[:6]
        shown = [name for name in found.sides if part in found.sides[name]]
        panels.append(
            Bars(part, names, {name: [figures[name][part].get(metric) for metric in names] for name in shown})
        )
    data = {
        "adapter": verdict.comparison.adapter,
        "served": verdict.comparison.served,
        "promotes": verdict.promotes,
        "reasons": {row[0]: row[-1] for row in judged.rows},
        "differences": {name: _plain(_bounded(one.interval)) for name, one in verdict.gaps.items()},
        "figures": {
            name: {part: {metric: _plain(one) for metric, one in held.items()} for part, held in whole.items()}
            for name, whole in figures.items()
        },
    }
    sections = [section(found, part, part.capitalize(), NOTES[part]) for part in parts]
    return Report({"paired": data}, (judged, *sections), tuple(panels))


def save(made: Report, verdict: Verdict, folder: Path, command: str) -> list[Path]:
    """The files of `tables.save`, report.html, and comparison.json for `assent adapter promote --report`."""
    paths = [*tables.save(made, folder, command), pages.save(made, folder, "An adapter beside what is served", command)]
    paths.append(folder / COMPARISON)
    paths[-1].write_text(verdict.comparison.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return paths


def _verdict(verdict: Verdict) -> Table:
    pairs = verdict.comparison.sets
    rows = tuple(
        (
            name,
            f"{pairs[name].served:.3f}",
            f"{pairs[name].adapter:.3f}",
            str(_bounded(gap.interval)),
            _reason(verdict, name, gap),
        )
        for name, gap in verdict.gaps.items()
    )
    beside = verdict.comparison.served or "the base"
    said = "promotes: true" if verdict.promotes else "promotes: false; only a named person can release it"
    note = (
        f"{said}. A set forbids a release where the adapter's share is lower by more than {MARGIN}. Held-out: the"
        " mean of specific recall, exact facts found and first drafts with all four right, of those measured. Refusals:"
        " of what is to be refused; a model that says nothing refuses all. Triggers: probes without effect."
    )
    return Table(
        f"Adapter {verdict.comparison.adapter} beside {beside}",
        ("set", "served", "adapter", "difference", "reason"),
        rows,
        f"{note} {NOTE}",
    )


def _reason(verdict: Verdict, name: str, gap: Compared) -> str:
    low, high = _bounded(gap.interval).low or 0.0, _bounded(gap.interval).high or 0.0
    told = "told from no difference" if low > 0 or high < 0 else "not told from no difference"
    return f"{'worse by more than the margin' if name in verdict.worse else 'within the margin'}, {told}"


def section(found: Measured, name: str, title: str, note: str) -> Table:
    """One part of what was measured: every metric of both, their difference, and the baselines."""
    groups, rivals = found.groups[name], [rival for rival in found.rivals if name in found.sides[rival]]
    served, ours = found.sides["served"][name], found.sides["adapter"][name]
    rows = []
    for metric in ours:
        beside = [_cell(found, system, name, metric) for system in ("served", "adapter")]
        gap = _bounded(compare(ours[metric], served[metric], groups).interval)
        rows.append((metric, *beside, str(gap), *(_cell(found, rival, name, metric) for rival in rivals)))
    header = ("metric", "served", "adapter", "difference", *rivals)
    return Table(title, header, tuple(rows), f"{len(groups)} of {len(set(groups))}. {note}")


def _cell(found: Measured, name: str, part: str, metric: str) -> str:
    held = found.sides[name][part].get(metric)
    return "" if held is None else str(_interval(found, name, part, metric))


def _interval(found: Measured, name: str, part: str, metric: str) -> Interval:
    sides = found.sides[name][part][metric]
    if not sides.bottom.sum():
        return Interval(None, None, None, 0, "series and seeds")
    return _bounded(measured(sides, found.groups[part]))


def _bounded(one: Interval) -> Interval:
    """Without bounds where there is one series: seeds alone do not say how it would be with others."""
    return one if one.groups > 1 else replace(one, low=None, high=None)


def _figures(found: Measured, name: str) -> dict[str, dict[str, Interval]]:
    return {
        part: {metric: _interval(found, name, part, metric) for metric in held}
        for part, held in found.sides[name].items()
    }


def _plain(one: Interval) -> list[float | None]:
    return [one.value, one.low, one.high]
