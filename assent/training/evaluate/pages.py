"""A report as one HTML page that needs nothing else: its tables, and its plot inside. It computes no figure."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from pathlib import Path

from assent.training.evaluate.tables import Report, Table

STYLE = (
    "body{font:16px/1.45 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#1b1b1b}"
    "table{border-collapse:collapse;margin:.5rem 0 2rem;font-size:.9rem}"
    "th,td{text-align:left;padding:.25rem .8rem .25rem 0;border-bottom:1px solid #ccc;vertical-align:top}"
    "img{max-width:100%}"
)


def save(report: Report, folder: Path, title: str, command: str) -> Path:
    """report.html beside the files of `tables.save`, whose plot it takes in."""
    path, plot = folder / "report.html", folder / "plot.png"
    parts = [f"<h1>{escape(title)}</h1>", f"<p>Made by <code>{escape(command)}</code>.</p>"]
    parts += [_table(table) for table in report.tables]
    if report.panels and plot.is_file():
        image = b64encode(plot.read_bytes()).decode()
        panels = ", ".join(panel.title for panel in report.panels)
        parts.append(f'<img src="data:image/png;base64,{image}" alt="Bars with intervals: {escape(panels)}">')
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    body = "\n".join(parts)
    path.write_text(f'<!doctype html>\n<html lang="en"><head>{head}</head><body>\n{body}\n</body></html>\n', "utf-8")
    return path


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.header)
    rows = "\n".join(_row(row) for row in table.rows)
    note = f"<p>{escape(table.note)}</p>" if table.note else ""
    inside = f"<thead><tr>{head}</tr></thead><tbody>\n{rows}\n</tbody>"
    return f"<h2>{escape(table.title)}</h2>\n{note}\n<table>{inside}</table>"


def _row(cells: tuple[str, ...]) -> str:
    first, *others = (escape(cell) for cell in cells)
    return f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{cell}</td>" for cell in others) + "</tr>"
