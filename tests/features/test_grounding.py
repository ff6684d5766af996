"""Statements against the turns they cite. Every meeting here is made up for the test."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.transcripts.turns import Turn
from assent.features.grounding import REASONS, Kind, Verdict, verify

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
