"""Phrases of time, as said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.features.dates import phrases


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("I'll send it by Friday, if that's fine.", "by Friday"),
        ("End of next week, at the latest.", "End of next week"),
        ("You will have it tomorrow morning.", "tomorrow morning"),
        ("The fourteenth of October, then.", "The fourteenth of October"),
        ("I'll ring him once I've had lunch.", "once I've had lunch"),
        ("Give me till the end of the month.", "till the end of the month"),
        ("Tonight at seven.", "Tonight at seven"),
        ("It will be there in two weeks.", "in two weeks"),
    ],
)
def test_a_phrase_of_time_is_returned_as_it_was_said(text: str, said: str) -> None:
    assert said in [phrase.text for phrase in phrases(text)]


@pytest.mark.parametrize("text", ["We could try the other one.", "It costs four hundred pounds.", "Who wants tea?"])
def test_a_text_without_a_time_has_no_phrase(text: str) -> None:
    assert phrases(text) == []


def test_a_clause_that_hangs_on_an_event_is_marked() -> None:
    assert [phrase.clause for phrase in phrases("I'll do it as soon as we hang up.")] == [True]


@given(st.text(alphabet="abc Monday tonight by 12 .,'’?", max_size=80))
def test_every_phrase_stands_in_its_text_where_it_says(text: str) -> None:
    """F6: a due date is in the evidence."""
    straight = text.replace("’", "'")
    for phrase in phrases(text):
        assert straight[phrase.start : phrase.end].strip() == phrase.text.replace("’", "'")
