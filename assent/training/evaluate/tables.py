"""The figures of a run as tables of text, as a JSON value and as one plot. It knows no metric and computes none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assent.training.evaluate.intervals import Interval


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the report: the first column names the row. `note` says what to know before reading it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """One panel of the plot: groups of bars, one bar a series, with its interval."""

    title: str
    groups: tuple[str, ...]
    values: Mapping[str, Sequence[Interval | None]]


@dataclass(frozen=True, slots=True)
class Report:
    """All a run found: `data` is what goes into report.json."""

    data: dict[str, Any]
    tables: tuple[Table, ...]
    panels: tuple[Bars, ...] = field(default=())


def figure(value: Interval | None) -> str:
    return "" if value is None else str(value)


def text(tables: Sequence[Table]) -> str:
    """The tables in aligned columns, for a terminal."""
    return "\n\n".join(_text(table) for table in tables)


def _text(table: Table) -> str:
    lines = [table.header, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.header))]
    body = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([table.title, *([table.note] if table.note else []), *body])


def markdown(tables: Sequence[Table], command: str) -> str:
    parts = ["# Evaluation", f"Made by `{command}`. Intervals hold 95 % of 2,000 bootstrap draws."]
    for table in tables:
        lines = [_row(table.header), _row(["---"] * len(table.header)), *(_row(row) for row in table.rows)]
        parts += [f"## {table.title}", *([table.note] if table.note else []), "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def save(report: Report, folder: Path, command: str) -> list[Path]:
    """report.json, report.md and, where there is something to draw, plot.png."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "report.json", folder / "report.md"]
    data = {"command": command} | report.data
    files[0].write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    files[1].write_text(markdown(report.tables, command), encoding="utf-8")
    if report.panels:
        files.append(folder / "plot.png")
        _plot(report.panels, files[-1])
    return files


def _plot(panels: Sequence[Bars], path: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawing = Figure(figsize=(10, 3.2 * len(panels)), layout="constrained")
    FigureCanvasAgg(drawing)
    for place, panel in enumerate(panels, 1):
        _panel(drawing.add_subplot(len(panels), 1, place), panel)
    drawing.savefig(path, dpi=110)


def _panel(axes: Any, panel: Bars) -> None:
    width = 0.8 / len(panel.values)
    for place, (name, values) in enumerate(panel.values.items()):
        shown = [(x, v, v.value) for x, v in enumerate(values) if v is not None and v.value is not None]
        axes.bar(
            [x + place * width for x, _, _ in shown],
            [height for _, _, height in shown],
            width,
            yerr=[
                [max(0.0, height - _or(v.low, height)) for _, v, height in shown],
                [max(0.0, _or(v.high, height) - height) for _, v, height in shown],
            ],
            label=name,
            error_kw={"linewidth": 0.8},
        )
    axes.set_xticks([x + 0.4 - width / 2 for x in range(len(panel.groups))], panel.groups)
    axes.set_title(panel.title)
    axes.legend(fontsize="x-small", ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.08))


def _or(bound: float | None, value: float) -> float:
    return value if bound is None else bound
