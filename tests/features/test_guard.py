"""The guard of drafts: what it finds, and that it leaves sound drafts alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.features.guard import Source, faults, fits, slots, sounds

ASK = Source("tell Ana the 4 pm review moves to thu, room B12", "Ben")


def test_a_draft_that_restates_its_source_has_no_fault() -> None:
    assert faults("Hi Ana, the 4 pm review moves to Thursday, room B12.", ASK, "neutral", "short") == ()


@pytest.mark.parametrize(
    ("draft", "fault"),
    [
        ("Hi Ana, the 5 pm review moves to Thursday, room B12, not 4.", "number"),
        ("Hi Ana, the 4 pm review moves to Thursday, room B12, says Omar.", "name"),
        ("Hi Ana, the 4 pm review moves to Thursday or Friday, room B12.", "day"),
        ("Hi Ana, the 4 pm review moves to Thursday, room B12. I'll send the agenda.", "promise"),
        ("Hi Ana, the 4 pm review definitely moves to Thursday, room B12.", "promise"),
        ("Hi Ana, the review moves to Thursday, room B12.", "lost fact"),
        ("Hi Ana, 4 pm Thursday B12.", "lost words"),
        ("Tell her the 4 pm review moves to Thursday, room B12, Ana.", "echo"),
        ("  ", "empty"),
    ],
)
def test_each_fault_is_found_and_named(draft: str, fault: str) -> None:
    assert fault in faults(draft, ASK, None, None)


def test_a_draft_about_something_else_is_a_fault() -> None:
    assert "new words" in faults("Hi Ed, the caterer has the invitation.", Source("I can do it", "Ed"), None, None)


def test_a_promise_of_the_source_may_stand() -> None:
    source = Source("tell Ana I will send the agenda")
    assert faults("Hi Ana, I'll send the agenda.", source, None, None) == ()


def test_a_reason_that_nobody_gave_is_a_fault() -> None:
    assert "reason" in faults("I can't come because the train is late.", Source("can't come train late"), None, None)


def test_what_is_hushed_may_not_stand_and_need_not() -> None:
    source = Source("tell Ana the fair is on 4 May, leave out the delay", hushed=("delay",))
    assert faults("Hi Ana, the fair is on 4 May.", source, None, None) == ()
    assert "hushed" in faults("Hi Ana, the fair is on 4 May despite the delay.", source, None, None)


def test_a_number_in_words_is_the_number() -> None:
    assert faults("Two chairs are missing, Ana.", Source("tell Ana 2 chairs are missing"), None, None) == ()


@pytest.mark.parametrize(
    ("tone", "good", "bad"),
    [
        ("formal", "Dear Ana, it is late.", "Hi Ana, it's late!"),
        ("friendly", "Hi Ana, thanks!", "Ana: late."),
        ("apologetic", "I'm sorry, Ana.", "Ana, it is late."),
        ("enthusiastic", "We won!", "We won."),
        ("direct", "It is late.", "I just wanted to say, maybe, it is late."),
        ("neutral", "It is late.", "It is late! Late!"),
    ],
)
def test_a_tone_is_told_by_its_marks(tone: str, good: str, bad: str) -> None:
    assert sounds(good, tone) and not sounds(bad, tone)


def test_lengths_overlap_as_the_bands_do() -> None:
    assert fits("word " * 22, "short") and fits("word " * 22, "medium") and not fits("word " * 22, "long")


def test_slots_are_what_the_draft_names() -> None:
    found = slots("Hi Ana, Ben brings 12 chairs on Friday at 9:30.")
    assert found == {"name1": "Ana", "name2": "Ben", "number1": "12", "day1": "Friday", "number2": "9:30"}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120))
def test_the_guard_answers_for_any_text(draft: str, source: str) -> None:
    faults(draft, Source(source), "formal", "short")


@settings(max_examples=100, deadline=None)
@given(st.integers(100, 99999), st.integers(100, 99999))
def test_no_number_passes_that_the_source_lacks(given_number: int, said: int) -> None:
    found = faults(f"The code is {said}.", Source(f"say the code is {given_number}"), None, None)
    assert ("number" in found) == (said != given_number)
