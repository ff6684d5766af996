"""The verifier benchmark: every corruption is false by construction, and good and bad verifiers get what they earn.

The meeting below is small, but each of its statements can be corrupted in a way that was looked at by a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import InputError
from assent.training.evaluate import claims, corruption, verifier
from assent.training.evaluate.corruption import CLASSES, Corruption
from assent.training.evaluate.negation import negated
from assent.training.evaluate.words import content_stems, listed, tokens

ROW: dict[str, Any] = {
    "id": "invented-mill-1",
    "series": "mill",
    "turns": [
        {"speaker": "Ana Costa", "text": "The wheel needs twelve new paddles, and Piet wants them by Friday."},
        {"speaker": "Ben Olsen", "text": "I'll order the paddles on Friday, Ana."},
        {"speaker": "Ana Costa", "text": "Should we repaint the mill? I worry it costs too much."},
        {"speaker": "Cem Aydin", "text": "No, leave the paint."},
        {"speaker": "Dee Novak", "text": "Nobody knows if the county pays."},
    ],
    "actions": [
        {
            "owner": "Ben Olsen",
            "task": "order the paddles",
            "due": "on Friday",
            "statement": "Ben Olsen will order twelve paddles for Ana Costa on Friday.",
            "turns": [0, 1],
        },
        {
            "owner": "Ben Olsen",
            "task": "order",
            "due": None,
            "statement": "Ben Olsen will order the paddles.",
            "turns": [0, 1],
        },
    ],
    "decisions": [{"statement": "The mill will not be repainted.", "turns": [2, 3]}],
    "questions": [
        {"statement": "Whether to ask the county is still open.", "turns": [4]},
        {"statement": "It is unknown whether the county pays.", "turns": [4]},
    ],
    "not_actions": [
        {"text": "Repaint the mill", "why": "rejected", "turns": [2, 3]},
        {"text": "Cem Aydin mends the roof", "why": "dropped", "turns": [3]},
        {"text": "Oil the wheel", "why": "already done", "turns": [0]},
    ],
    "topics": [
        {
            "heading": "Wheel",
            "turns": [0, 3],
            "points": [
                {"text": "Ana Costa worries that repainting costs too much.", "turns": [2, 3]},
                {"text": "Piet wants twelve paddles.", "turns": [0]},
            ],
        }
    ],
}
MEETING = claims.annotated(ROW)


def made(name: str, row: dict[str, Any] = ROW) -> list[Corruption]:
    return [item for item in corruption.corruptions([claims.annotated(row)]) if item.made_by == name]


def test_every_statement_of_a_meeting_becomes_a_claim_with_its_turns() -> None:
    assert [claim.kind for claim in MEETING.claims] == ["action"] * 2 + ["decision"] + ["question"] * 2 + ["point"] * 2
    assert MEETING.claims[0].speakers == ("Ana Costa", "Ben Olsen")
    assert MEETING.claims[0].owner == "Ben Olsen"


def test_a_name_becomes_a_participant_whom_the_evidence_does_not_hold() -> None:
    (first, *_) = made("name")
    assert first.source == ROW["actions"][0]["statement"]
    assert "Ana Costa" not in first.claim.text
    assert any(name in first.claim.text for name in ("Cem Aydin", "Dee Novak"))
    assert first.claim.owner == "Ben Olsen", "the owner is another class"


def test_a_number_becomes_one_that_is_not_in_the_evidence_in_either_writing() -> None:
    for item in made("number"):
        new = set(tokens(item.claim.text)) - set(tokens(item.source))
        assert len(new) == 1 and not new & set(tokens(item.claim.heard))


def test_a_number_that_the_evidence_holds_in_digits_is_not_swapped_in() -> None:
    turns = [dict(turn) for turn in ROW["turns"]]
    turns[0]["text"] = "Piet wants twelve paddles, not 11, 13, 15, 16, 17, 18 or 19."
    points = [{"text": "Piet wants twelve paddles.", "turns": [0]}]
    (item,) = (i for i in made("number", ROW | {"turns": turns, "topics": [{"points": points}]}) if "Piet" in i.source)
    assert item.claim.text == "Piet wants fourteen paddles."


def test_a_day_changes_in_the_due_date_too() -> None:
    (item, *_) = made("day")
    assert "Friday" not in item.claim.text
    assert item.claim.due is not None and "Friday" not in item.claim.due
    assert item.claim.due.split()[-1] in item.claim.text


def test_an_owner_is_swapped_in_statement_and_field_for_one_of_the_evidence() -> None:
    (item,) = made("owner")
    assert item.source == "Ben Olsen will order the paddles."
    assert (item.claim.text, item.claim.owner) == ("Ana Costa will order the paddles.", "Ana Costa")


def test_who_asks_whom_is_turned_round() -> None:
    told = [item.claim.text for item in made("asker")]
    assert "Ana Costa will order twelve paddles for Ben Olsen on Friday." in told
    assert "Cem Aydin worries that repainting costs too much." in told


def test_a_worry_is_not_given_to_one_who_told_it_as_well() -> None:
    turns = [dict(turn) for turn in ROW["turns"]]
    turns[3]["text"] = "It worries me too, repainting costs much."
    told = [item.source for item in made("asker", ROW | {"turns": turns})]
    assert "Ana Costa worries that repainting costs too much." not in told


def test_two_who_want_the_same_are_not_turned_round() -> None:
    row = ROW | {"topics": [{"points": [{"text": "Ana Costa and Ben Olsen wanted paddles.", "turns": [0, 1]}]}]}
    assert all("wanted" not in item.claim.text for item in made("asker", row))


def test_what_was_rejected_or_left_open_is_told_as_a_decision() -> None:
    told = {item.claim.text: item.claim.kind for item in made("suggestion")}
    assert told == {
        "It was decided to repaint the mill.": "decision",
        "It was decided that Cem Aydin will mend the roof.": "decision",
        "It was decided to ask the county.": "decision",
    }, "what is already done was decided once"


@pytest.mark.parametrize(
    ("text", "reversed_"),
    [
        ("The mill will be sold.", "The mill will not be sold."),
        ("The mill will not be sold.", "The mill will be sold."),
        ("It is not known whether Ana will come.", "It is known whether Ana will come."),
        ("Whether Ana will come is still open.", "Whether Ana will come is settled."),
        ("Ben can lift it.", "Ben cannot lift it."),
        ("Nobody will pay.", "Everybody will pay."),
        ("There will be no fee.", "There will be a fee."),
        ("Ben has a ladder.", "Ben does not have a ladder."),
        ("Ben has left.", "Ben has not left."),
        ("Ben refused the job.", "Ben did not refuse the job."),
        ("Whether Ana will come.", None),
        ("Ben may come.", None),
        ("Not only Ben will come, no doubt.", None),
    ],
)
def test_a_negation_reverses_the_sentence_or_is_not_made(text: str, reversed_: str | None) -> None:
    assert negated(text) == reversed_


WORDS = st.sampled_from(
    listed(
        "Ana Costa Ben Olsen will not order asked said twelve two 40 paddles Friday tomorrow fourth the whether if and"
    )
)


@given(
    st.lists(WORDS, min_size=1, max_size=14), st.lists(WORDS, min_size=1, max_size=20), st.sampled_from(claims.KINDS)
)
def test_no_corruption_equals_its_source(said: list[str], heard: list[str], kind: str) -> None:
    statement, turn = " ".join(said) + ".", {"speaker": "Ana Costa", "text": " ".join(heard)}
    empty: dict[str, Any] = {"actions": [], "decisions": [], "questions": [], "topics": [], "not_actions": []}
    row: dict[str, Any] = {"id": "x", "series": "x", "turns": [turn, {"speaker": "Ben Olsen", "text": "Yes."}]} | empty
    if kind == "point":
        row["topics"] = [{"points": [{"text": statement, "turns": [0, 1]}]}]
    else:
        row[f"{kind}s"] = [{"statement": statement, "turns": [0, 1], "owner": "Ana Costa", "due": None}]
    for item in corruption.corruptions([claims.annotated(row)]):
        assert item.made_by in CLASSES
        assert (item.claim.text, item.claim.kind) != (item.source, kind)
        if item.made_by in {"number", "day"}:
            swapped = set(tokens(item.claim.text)) - set(tokens(item.source))
            assert not (swapped & set(tokens(item.claim.heard))) - {"week", "month", "next"}


def test_the_benchmark_is_the_same_each_time_and_bounded_by_class() -> None:
    rows = [ROW, ROW | {"id": "invented-mill-2"}]
    first, second = (verifier.benchmark(order, per_class=1) for order in (rows, rows[::-1]))
    assert [item.claim.text for item in first.corrupted] == [item.claim.text for item in second.corrupted]
    assert len(first.corrupted) <= len(CLASSES)
    assert len(first.supported) == 14


@dataclass(frozen=True)
class Says:
    """A verdict without a verifier: enough, because the benchmark reads nothing else."""

    supported: bool
    reasons: tuple[str, ...] = ()


def test_a_credulous_and_a_sceptical_verifier_get_what_they_earn() -> None:
    statements = verifier.benchmark([ROW])
    credulous = verifier.measure(statements, lambda *_, **__: Says(True))
    sceptical = verifier.measure(statements, lambda *_, **__: Says(False, ("content",)))
    assert (credulous.kept["all"].value, credulous.caught["all"].value) == (1.0, 0.0)
    assert (sceptical.kept["all"].value, sceptical.caught["all"].value) == (0.0, 1.0)
    assert sceptical.reasons["supported"] == {"content": len(statements.supported)}
    assert len(credulous.wrong) == len(statements.corrupted)


def test_an_all_knowing_verifier_keeps_all_and_catches_all() -> None:
    right = {claim.text for claim in MEETING.claims}
    found = verifier.measure(verifier.benchmark([ROW]), lambda text, *_, **__: Says(text in right))
    assert (found.kept["all"].value, found.caught["all"].value, found.wrong) == (1.0, 1.0, ())


def test_word_overlap_sees_no_negation() -> None:
    evidence = MEETING.claims[2].evidence
    assert content_stems("mill repainted") <= content_stems(" ".join(turn.text for turn in evidence))
    assert verifier.lookup("The mill will be repainted.", evidence).supported
    assert not verifier.lookup("The county pays nine herons.", evidence).supported


def test_rows_that_are_not_annotated_are_one_clear_error() -> None:
    with pytest.raises(InputError, match="actions"):
        verifier.benchmark([{"id": "x", "turns": []}])
