"""Which line of edited minutes came of which call."""

from __future__ import annotations

from assent.features.edited import plain_lines, shown_lines

MINUTES = """# Fair

## In short

They chose the square. (quote, turns 0, 1)

## Decisions

- They chose the square. (quote, turns 0, 1)

## Action items

- [ ] **Tomasz**: Send the form \\[A\\], due Thursday (model, turn 2)

---
"""
CALLS = [("decision", "They chose the square."), ("action", "Tomasz will send the form [A].")]


def test_lines_are_bare_of_markup_and_sources() -> None:
    assert plain_lines(MINUTES)[2] == "They chose the square."
    assert plain_lines(MINUTES)[-1] == "Tomasz: Send the form [A], due Thursday"


def test_a_statement_that_the_recap_repeats_is_found_in_its_own_place() -> None:
    shown = shown_lines(MINUTES, CALLS)
    assert [owner for owner, _ in shown] == [None, None, None, None, "decision", None, "action"]


def test_a_line_like_no_call_belongs_to_none() -> None:
    assert {owner for owner, _ in shown_lines("- Something else was said.", CALLS)} == {None}


def test_the_user_s_own_lines_are_nobody_s() -> None:
    assert shown_lines("", CALLS) == []
