"""Minutes in any form by name, among them action items for a calendar or a spreadsheet.

It knows no clock but the one it is given; a due date is exported as a date only where it was said as one (F16).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from assent.data.transcripts.clean import clean
from assent.errors import InputError, MissingExtra
from assent.features.layouts import Layout
from assent.features.minutes import ActionItem, MinutesDocument
from assent.features.render import LOCAL_USE, as_html, as_json, as_markdown, source

if TYPE_CHECKING:
    from icalendar import Todo

FORMULA = tuple("=+-@\t\r＝＋－＠")
"""A spreadsheet takes a cell that starts like this as a formula (OWASP, CSV injection)."""
COLUMNS = ("task", "owner", "due", "evidence", "written_by")


def render(document: MinutesDocument, form: str, layout: Layout | None = None, consent: str = LOCAL_USE) -> str:
    """The document in a form of FORMS; `layout` and `consent` are what Markdown and HTML show."""
    if form in PAGES:
        return PAGES[form](document, layout, consent)
    if form in DATA:
        return DATA[form](document)
    raise InputError(f"unknown form {form!r}; expected one of {', '.join(FORMS)}")


def as_json_text(document: MinutesDocument) -> str:
    return json.dumps(as_json(document), ensure_ascii=False, indent=2) + "\n"


def as_csv(document: MinutesDocument) -> str:
    """The action items as a table; no cell is a formula."""
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(COLUMNS)
    for item in document.action_items:
        turns = " ".join(map(str, item.evidence))
        writer.writerow([cell(text) for text in (item.task, item.owner or "", item.due or "", turns, item.written_by)])
    return table.getvalue()


def cell(text: str) -> str:
    """A text that a spreadsheet shows and does not compute: an apostrophe stands before what looks like a formula."""
    flat = clean(text)
    return f"'{flat}" if flat.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else flat


def as_ics(document: MinutesDocument, now: datetime | None = None) -> str:
    """The action items as iCalendar to-dos (RFC 5545); `now` is their time stamp, else the clock's."""
    try:
        from icalendar import Calendar
    except ImportError as error:
        raise MissingExtra("calendar", "iCalendar export") from error
    calendar = Calendar()
    calendar.add("prodid", "-//Assent//minutes//EN")
    calendar.add("version", "2.0")
    for item in document.action_items:
        calendar.add_component(_todo(document, item, now or datetime.now(UTC)))
    return bytes(calendar.to_ical()).decode("utf-8")


def _todo(document: MinutesDocument, item: ActionItem, now: datetime) -> Todo:
    from icalendar import Todo

    todo = Todo()
    summary = f"{item.owner}: {item.task}" if item.owner else item.task
    todo.add("uid", str(uuid5(NAMESPACE_URL, f"{document.title}\n{item.evidence}\n{summary}")))
    todo.add("dtstamp", now)
    todo.add("summary", clean(summary))
    todo.add("status", "NEEDS-ACTION")
    due = _as_date(item.due)
    if due:
        todo.add("due", due)
    said = f"Due as said: {item.due}. " if item.due and not due else ""
    todo.add("description", clean(f"{said}{document.title} ({source(item)})"))
    return todo


def _as_date(due: str | None) -> date | None:
    try:
        return date.fromisoformat(due or "")
    except ValueError:
        return None


PAGES: dict[str, Callable[[MinutesDocument, Layout | None, str], str]] = {"md": as_markdown, "html": as_html}
DATA: dict[str, Callable[[MinutesDocument], str]] = {"json": as_json_text, "ics": as_ics, "csv": as_csv}
FORMS = (*PAGES, *DATA)
