"""What became of each text, and what an edit added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.interactions.edits import added, became, sentences

TEXTS = st.lists(
    st.lists(st.sampled_from(["One two.", "Three four!", "Five", "- six\n"]), max_size=4).map(" ".join), max_size=4
)


@given(st.lists(st.lists(st.integers(0, 99), min_size=1, max_size=4), max_size=5))
def test_texts_that_nobody_edited_stay_where_they_are(numbers: list[list[int]]) -> None:
    texts = [" ".join(f"Call {at} says {one}." for one in said) for at, said in enumerate(numbers)]
    assert became(texts, "\n".join(texts)) == texts


@given(TEXTS, st.text(max_size=60))
def test_no_word_of_the_edit_is_lost_or_told_twice(before: list[str], after: str) -> None:
    parts = became(before, after)
    assert len(parts) == len(before)
    if any(sentences(text) for text in before):
        assert sum(len("".join(part.split())) for part in parts) == len("".join(after.split()))


def test_each_call_gets_its_own_sentences() -> None:
    before = ["The demo moves. Bob books a room.", "Dana writes the notes.", "All agreed."]
    after = "The demo moves. Bob books the large room.\nDana writes the notes.\nNobody disagreed."
    assert became(before, after) == [
        "The demo moves. Bob books the large room.",
        "Dana writes the notes.",
        "Nobody disagreed.",
    ]


def test_what_is_put_in_goes_with_what_stands_before_it() -> None:
    assert became(["One.", "Two."], "One. New here. Two.") == ["One. New here.", "Two."]
    assert became(["One.", "Two."], "New here. One. Two.") == ["New here. One.", "Two."]


def test_what_is_struck_out_leaves_nothing() -> None:
    assert became(["One.", "Two."], "Two.") == ["", "Two."]
    assert became(["One.", "Two."], "") == ["", ""]


@pytest.mark.parametrize(
    ("after", "known", "new"),
    [
        ("Bob will book it", "Bob books a room", {"book"}),
        ("Bob's room", "the room of Bob", set()),
        ("on 3.5 and 10:30", "3 5 10 30", {"3.5", "10:30"}),
        ("mid-June, June", "mid-June", set()),
        ("She did not", "", {"not"}),
        ("Straße", "STRASSE", set()),
    ],
)
def test_added_words_are_content_words_names_and_numbers(after: str, known: str, new: set[str]) -> None:
    assert added(after, known) == new
