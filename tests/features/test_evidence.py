"""Candidates: rules for every transcript, and owners, due phrases and near-misses of small meetings.

The shipped heads and judges are used: they are small and what a user gets.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.transcripts.turns import Transcript
from assent.features import owners
from assent.features.evidence import Candidate, find
from assent.features.evidence.search import gather
from assent.features.selector import Selector

SPEAKERS = st.sampled_from(["Ana Lopez", "Bo Reyes", "Dr. K", "  ", None])
TEXTS = st.lists(
    st.sampled_from(
        "I'll send it by Friday. can you Bo please agreed let's drop it who? we don't know already ! Ana 14".split(" ")
    ),
    max_size=12,
).map(" ".join)
TRANSCRIPTS = st.lists(st.tuples(SPEAKERS, TEXTS), max_size=15).map(Transcript.of)
SMALL_TALK = [
    ("Ana Lopez", "Morning, all."),
    ("Bo Reyes", "Morning. It's raining again."),
    ("Cleo Marsh", "It always rains."),
]


def candidates(turns: list[tuple[str | None, str]]) -> list[Candidate]:
    transcript = Transcript.of(turns)
    return find(transcript, Selector.default().score(transcript))


def actions(turns: list[tuple[str | None, str]]) -> list[Candidate]:
    return [candidate for candidate in candidates(turns) if candidate.kind == "action"]


@settings(max_examples=60, deadline=None)
@given(TRANSCRIPTS)
def test_evidence_exists_and_owner_and_due_stand_in_it(transcript: Transcript) -> None:
    """F6: cited turns exist; an owner is a participant or named there; a due date is said there."""
    for candidate in find(transcript, Selector.default().score(transcript)):
        assert 1 <= len(candidate.evidence) <= 4
        assert list(candidate.evidence) == sorted(set(candidate.evidence))
        assert all(0 <= turn < len(transcript.turns) for turn in candidate.evidence)
        assert candidate.focus in candidate.evidence
        assert 0 <= candidate.score <= 1
        said = " \n".join(transcript.turns[turn].text for turn in candidate.evidence)
        assert candidate.owner is None or candidate.owner in transcript.participants or candidate.owner in said
        assert candidate.due is None or candidate.due in said


def test_an_empty_transcript_has_no_candidates() -> None:
    assert candidates([]) == []


def test_the_one_who_promises_owns_the_task_with_its_due_date() -> None:
    found = actions(
        [
            *SMALL_TALK,
            ("Ana Lopez", "The boiler contract. Can somebody ring the supplier about the price?"),
            ("Bo Reyes", "I'll ring them by Friday and get the price in writing."),
            ("Ana Lopez", "Thank you, Bo."),
        ]
    )
    assert [(task.owner, task.due) for task in found] == [("Bo Reyes", "by Friday")]
    assert {3, 4} <= set(found[0].evidence)


def test_the_one_who_accepts_a_request_owns_it() -> None:
    found = actions(
        [
            *SMALL_TALK,
            ("Ana Lopez", "Cleo, could you send the auditors the signed lease by Tuesday?"),
            ("Cleo Marsh", "Sure, I'll send it on Monday."),
            ("Ana Lopez", "Lovely."),
        ]
    )
    assert [task.owner for task in found] == ["Cleo Marsh"]


def test_small_talk_has_no_task() -> None:
    assert actions([*SMALL_TALK, ("Ana Lopez", "It rained all of last week."), ("Bo Reyes", "It did.")]) == []


def test_what_was_done_already_is_no_task() -> None:
    found = actions(
        [
            *SMALL_TALK,
            ("Ana Lopez", "Did anyone send the flowers to the nurse?"),
            ("Bo Reyes", "I sent them last night. They went out at six."),
            ("Ana Lopez", "Thank you."),
        ]
    )
    assert found == []


def test_a_task_given_to_a_named_person_is_theirs() -> None:
    transcript = Transcript.of(
        [("Ana Lopez", "Bo takes the keys back."), ("Cleo Marsh", "Good."), ("Bo Reyes", "Fine.")]
    )
    assert owners.resolve(transcript, 0, (0,)) == "Bo Reyes"


def test_a_name_inside_a_longer_word_calls_nobody() -> None:
    assert owners.called("The bottom drawer", ["Bo Reyes"]) == []


def test_evidence_keeps_the_likeliest_turns_beside_the_focus() -> None:
    assert gather(5, {1: 0.4, 2: 0.1, 3: 0.9, 4: 0.8, 6: 0.7}) == (3, 4, 5, 6)
