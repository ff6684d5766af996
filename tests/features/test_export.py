"""Action items for other programs, read back with their own readers."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from assent.errors import InputError
from assent.features.export import FORMS, as_csv, as_ics, cell, render
from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def with_items(*items: ActionItem) -> MinutesDocument:
    return MinutesDocument("Fair", (), (), (), items, (), (), "en", Coverage(9, 9), Grounding(), "m", None, "general")


def test_every_form_is_rendered_by_name() -> None:
    """F16"""
    pages = {form: render(with_items(), form) for form in FORMS}
    assert set(pages) == {"md", "json", "html", "ics", "csv"}
    assert json.loads(pages["json"])["title"] == "Fair"
    with pytest.raises(InputError, match="docx"):
        render(with_items(), "docx")


def test_a_calendar_reads_the_tasks_back() -> None:
    """F16"""
    items = (
        ActionItem("ring, twice; the station", "Ifeoma", "2026-03-04", (3,)),
        ActionItem("tidy", None, "soon", (5,)),
    )
    first, second = Calendar.from_ical(as_ics(with_items(*items), NOW)).walk("VTODO")
    assert first["summary"] == "Ifeoma: ring, twice; the station"
    assert first["due"].dt == date(2026, 3, 4)
    assert second["summary"] == "tidy"
    assert "due" not in second
    assert "Due as said: soon." in second["description"]
    assert as_ics(with_items(*items), NOW) == as_ics(with_items(*items), NOW)


def test_a_table_reads_the_tasks_back() -> None:
    """F16"""
    table = as_csv(with_items(ActionItem('say "hi", twice', "Ann", None, (1, 2), "model")))
    assert list(csv.DictReader(io.StringIO(table))) == [
        {"task": 'say "hi", twice', "owner": "Ann", "due": "", "evidence": "1 2", "written_by": "model"}
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\u200b=1", "＝1", "\r=1", "\n=1"])
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert cell(text).startswith("'")


@given(st.text())
def test_no_cell_starts_a_formula(text: str) -> None:
    assert not cell(text).lstrip().startswith(("=", "+", "-", "@"))
