"""Statements against the turns they cite. Every meeting here is made up for the test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.transcripts.turns import Turn
from assent.features.grounding import REASONS, Kind, Verdict, repair, verify

PEOPLE = ("Ana Silva", "Ben Okoye", "Chloe Park")


def judge(text: str, turns: Sequence[tuple[str | None, str]], kind: Kind = "action") -> Verdict:
    return verify(text, [Turn(speaker, said) for speaker, said in turns], kind=kind, participants=PEOPLE)


BUDGET = [("Ana Silva", "I'll send Dr Moss the budget, that's sixteen-fifty, by Thursday at half past three.")]


def test_a_statement_that_says_what_was_said_is_supported() -> None:
    """F6"""
    assert judge("Ana Silva will send Dr Moss the budget of 1,650 by Thursday at 15:30.", BUDGET) == Verdict(True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Ana Silva will send Dr Moss the budget of 1,750.", "number"),
        ("Ana Silva will send Dr Moss the budget by half past four.", "number"),
        ("Ana Silva will send Dr Moss the budget by Friday.", "date"),
        ("Ana Silva will send Dr Reed the budget.", "name"),
        ("Chloe Park will send Dr Moss the budget.", "name"),
        ("Zoltan will send Dr Moss the budget.", "name"),
        ("Der Bericht wurde gestern ausführlich besprochen.", "content"),
        ("", "empty"),
        ("...", "empty"),
        ("Sure, here is the sentence: Ana will send the budget.", "form"),
        ("```\nAna will send the budget.\n```", "form"),
        ("<think>Ana will send the budget.", "form"),
        ("I will send Dr Moss the budget.", "form"),
        ("Ana will send the budget and send the budget and send the budget and send the budget.", "form"),
        ("Write one sentence about the budget Ana will send.", "copy_of_prompt"),
    ],
)
def test_what_was_not_said_is_named(text: str, reason: str) -> None:
    """F6, F8"""
    assert reason in judge(text, BUDGET).reasons


@given(st.text(max_size=200), st.lists(st.tuples(st.none() | st.text(max_size=12), st.text(max_size=120)), max_size=4))
def test_no_text_makes_it_raise_and_reasons_are_from_the_closed_set(
    text: str, turns: list[tuple[str | None, str]]
) -> None:
    verdict = judge(text, turns, "point")
    assert set(verdict.reasons) <= set(REASONS) and verdict.supported == (not verdict.reasons)


TALK = [
    ("Ana Silva", "Ben, could you ring the printer about the posters?"),
    ("Ben Okoye", "Yes, I'll ring the printer on Tuesday. No, sorry, Wednesday."),
]
IDEA = [("Chloe Park", "Maybe we could move the launch to the old barn? Just an idea.")]
REFUSED = [("Chloe Park", "Should we move the launch to the old barn?"), ("Ana Silva", "No. We don't move the launch.")]
ASKED = [("Ana Silva", "Has the printer been paid for the posters?"), ("Ben Okoye", "I paid him on Monday.")]


@pytest.mark.parametrize(
    ("text", "turns", "kind"),
    [
        ("Ben Okoye will ring the printer about the posters on Wednesday.", TALK, "action"),
        ("The launch will not be moved to the old barn.", REFUSED, "decision"),
        ("Chloe Park suggested moving the launch to the old barn.", IDEA, "point"),
        ("Ana Silva asked whether the printer has been paid for the posters.", ASKED, "point"),
        ('Ben Okoye said: "I paid him on Monday."', ASKED, "point"),
    ],
)
def test_true_statements_of_every_kind_are_supported(text: str, turns: list[tuple[str, str]], kind: Kind) -> None:
    """F6"""
    assert judge(text, turns, kind) == Verdict(True)


@pytest.mark.parametrize(
    ("text", "turns", "kind", "reason"),
    [
        ("Ana Silva will ring the printer about the posters.", TALK, "action", "role"),
        ("Ben Okoye will not ring the printer about the posters.", TALK, "action", "negation"),
        ("Ben Okoye will ring the printer about the posters on Tuesday.", TALK, "action", "reversal"),
        ("The launch will be moved to the old barn.", REFUSED, "decision", "negation"),
        ("The launch moves to the old barn.", IDEA, "decision", "strength"),
        ("Ben Okoye asked whether the printer has been paid for the posters.", ASKED, "point", "role"),
        ('Ana Silva said: "I paid him on Monday."', ASKED, "point", "role"),
        ('Ben Okoye said: "I paid her on Sunday."', ASKED, "point", "content"),
    ],
)
def test_what_is_turned_round_is_named(text: str, turns: list[tuple[str, str]], kind: Kind, reason: str) -> None:
    """F6: negation, reversal, roles and strength, not only word overlap."""
    assert reason in judge(text, turns, kind).reasons


SHIPS = [
    ("Ana Silva", "Two ships come in next Friday, in March, that is."),
    ("Ben Okoye", "The meeting went from two to three, and the team took it well."),
]


@pytest.mark.parametrize(
    "text",
    [
        "The team will be in the next Friday.",
        "The meeting has gone from two.",
        "The team has the next meeting.",
        "The team will have a new meeting on Friday in March.",
    ],
)
def test_a_sentence_that_says_only_when_or_how_many_states_nothing(text: str) -> None:
    """F6: words on every page of minutes support nothing."""
    assert "content" in judge(text, SHIPS, "point").reasons


DOG = [
    ("Ana Silva", "The dog ate a bit of a branch at the fair, and I took him to the vet on Monday, he's fine."),
    ("Ben Okoye", "He is not insured."),
]
CAGE = [("Ana Silva", "How many drives are in the cage?"), ("Ben Okoye", "Don't know. I'd have to go in and count.")]


@pytest.mark.parametrize(
    ("text", "turns", "kind", "supported"),
    [
        ("The dog ate a bit of a branch and is not insured.", DOG, "point", True),
        ("The dog ate a bit of a branch and is insured.", DOG, "point", False),
        ("It is not known how many drives are in the cage.", CAGE, "question", True),
        ("It is known how many drives are in the cage.", CAGE, "question", False),
    ],
)
def test_the_word_that_was_denied_must_stay_denied(
    text: str, turns: list[tuple[str, str]], kind: Kind, supported: bool
) -> None:
    """F6: one refusal among much that was said plainly."""
    assert judge(text, turns, kind) == Verdict(supported, () if supported else ("negation",))


NUMBER = st.integers(min_value=2, max_value=9_999_999)


@given(NUMBER, NUMBER)
def test_a_number_that_was_not_said_is_never_supported(said: int, written: int) -> None:
    turns = [("Ana Silva", f"I'll order {said} chairs for the hall.")]
    supported = judge(f"Ana Silva will order {written:,} chairs for the hall.", turns).supported
    assert supported == (said == written)


@given(st.lists(st.sampled_from(["chairs", "tables", "hall", "printer", "posters"]), min_size=3, max_size=8))
def test_the_very_words_of_a_turn_are_a_supported_quotation(said: list[str]) -> None:
    sentence = " ".join(said)
    assert judge(f'Ana Silva said: "{sentence}."', [("Ana Silva", f"Well. {sentence}. So.")], "point").supported


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        (
            "Ben Okoye will ring the printer about the posters by Friday.",
            "Ben Okoye will ring the printer about the posters.",
        ),
        ("Ben Okoye will ring the printer with Zoltan.", "Ben Okoye will ring the printer."),
        (
            "Ben Okoye will ring the printer about the posters at 15:30 on Friday.",
            "Ben Okoye will ring the printer about the posters.",
        ),
        ("Zoltan will ring the printer about the posters.", None),
        ("Ben Okoye will ring the printer about the nine posters by the door.", None),
        ("Ana Silva will ring the printer about the posters by Friday.", None),
    ],
)
def test_what_was_not_said_is_taken_out_only_where_the_rest_stands(text: str, mended: str | None) -> None:
    """DESIGN: a due date, number or name not in the evidence is removed."""
    turns = [Turn(speaker, said) for speaker, said in TALK]
    verdict = verify(text, turns, kind="action", participants=PEOPLE)
    assert not verdict.supported
    assert repair(text, verdict, turns, kind="action", participants=PEOPLE) == mended
