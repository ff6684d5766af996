"""Minutes as JSON, Markdown and HTML. It knows no model and writes no file.

Text of a model is shown, never interpreted: Markdown characters are escaped, HTML is autoescaped under a policy that
loads nothing, hidden and bidirectional characters are taken out (S2, S3).
"""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from assent.data.transcripts.clean import clean
from assent.features.layouts import Layout, heading, load_layout
from assent.features.minutes import ActionItem, MinutesDocument, Statement

LOCAL_USE = "Local use: nothing was stored."
"""The consent line of minutes made without an account (F15)."""

FIELDS = (
    *("title", "recap", "topics", "decisions", "action_items", "open_questions", "participants", "language"),
    *("coverage", "grounding", "model", "adapter", "template"),
)
MARKDOWN = re.compile(r"([\\`*_\[\]<>|~]|&(?=#?\w+;))")
BLANK_LINES = re.compile(r"\n{3,}")
LINE_START = re.compile(r"^(\s*)([#+=-]|\d+(?=[.)](?:\s|$)))")


def as_json(document: MinutesDocument) -> dict[str, Any]:
    """The document as plain values; tuples become lists."""
    values = _plain(asdict(document))
    values["grounding"].pop("reasons")
    return {name: values[name] for name in FIELDS}


def as_markdown(document: MinutesDocument, layout: Layout | None = None, consent: str = LOCAL_USE) -> str:
    """The document as Markdown in the order of its template, closed by the consent line."""
    text = _environment().get_template("minutes.md.j2").render(_page(document, layout, consent))
    return BLANK_LINES.sub("\n\n", text).strip() + "\n"


def as_html(document: MinutesDocument, layout: Layout | None = None, consent: str = LOCAL_USE) -> str:
    """The document as one HTML page that loads nothing from anywhere."""
    return _environment().get_template("minutes.html.j2").render(_page(document, layout, consent))


def markdown_text(text: str) -> str:
    """Text that Markdown shows as it is: on one line, without markup of its own."""
    escaped = MARKDOWN.sub(r"\\\1", clean(" ".join(text.split())))
    return LINE_START.sub(_escape_start, escaped)


def _escape_start(match: re.Match[str]) -> str:
    """A list number keeps its digits and loses its dot's power; any other mark takes a backslash before it."""
    space, mark = match.groups()
    return f"{space}{mark}\\" if mark.isdigit() else f"{space}\\{mark}"


def source(item: Statement | ActionItem) -> str:
    """Who wrote an item and which turns support it: "quote, turns 3, 7"."""
    turns = ", ".join(map(str, item.evidence))
    return f"{item.written_by}, turn{'s' if len(item.evidence) > 1 else ''} {turns}"


def due_apart(item: ActionItem) -> bool:
    """Whether the due date must be said beside the task, whose text does not hold it."""
    return bool(item.due) and (item.due or "").lower() not in item.task.lower()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return clean(value) if isinstance(value, str) else value


def _page(document: MinutesDocument, layout: Layout | None, consent: str) -> dict[str, Any]:
    """What both page templates are filled from."""
    layout = layout or load_layout(document.template)
    values = {
        "title": document.title,
        "participants": ", ".join(document.participants),
        "language": document.language,
        "template": layout.name,
    }
    sections = [
        {
            "show": section.show,
            "heading": heading(section.heading, values),
            "content": getattr(document, section.show),
            "when_empty": section.when_empty or "",
        }
        for section in layout.sections
        if getattr(document, section.show) or section.when_empty
    ]
    return {
        "heading": heading(layout.heading, values),
        "sections": sections,
        "language": document.language,
        "receipt": receipt(document),
        "consent": consent,
    }


def receipt(document: MinutesDocument) -> str:
    """What was read, what became of the statements, and who wrote: one line under the minutes."""
    coverage, grounding = document.coverage, document.grounding
    failed = f", {len(coverage.failed)} could not be read" if coverage.failed else ""
    adapter = f" with {document.adapter}" if document.adapter else ""
    return (
        f"Read {coverage.read} of {coverage.turns} turns{failed} (counted from 0). Statements: {grounding.kept} by the "
        f"model, {grounding.quoted} quoted, {grounding.dropped} dropped. Model: {document.model}{adapter}."
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assent.features", "templates"),
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
        undefined=StrictUndefined,
        finalize=lambda value: clean(value) if isinstance(value, str) and not hasattr(value, "__html__") else value,
    )
    environment.filters.update(md=markdown_text, source=source, due_apart=due_apart)
    return environment
