"""The short form of minutes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assent.data.transcripts.turns import Transcript
from assent.features.brief import brief
from assent.features.minutes import Coverage, Grounding, MinutesDocument, Statement

TALK = Transcript.of(
    [("Ada", "The pump failed. The pump needs a seal, any seal."), ("Bo", "We painted the shed green.")]
)


def document(*decisions: str) -> MinutesDocument:
    said = tuple(Statement(text, (0,)) for text in decisions)
    coverage = Coverage(2, 2)
    return MinutesDocument(
        "T", (), (), said, (), (), ("Ada", "Bo"), "en", coverage, Grounding(), "m", None, "general@1"
    )


def test_what_the_meeting_says_often_comes_before_what_it_says_once() -> None:
    assert brief(document("The old shed stays green.", "The pump gets a seal."), TALK, 5) == "The pump gets a seal."


def test_a_sentence_that_repeats_another_makes_room_for_news() -> None:
    said = brief(
        document("The pump needs a seal.", "The pump does need a seal.", "The shed is painted green."), TALK, 10
    )
    assert said == "The pump needs a seal. The shed is painted green."


@given(st.lists(st.text("abcde .", min_size=4, max_size=60), max_size=6), st.integers(0, 40))
def test_the_length_is_never_passed(decisions: list[str], words: int) -> None:
    assert len(brief(document(*decisions), TALK, words).split()) <= words
