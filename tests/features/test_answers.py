"""Answers as small models give them, unwrapped or refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.features.answers import clean, loops, split_sentences, unwrap
from assent.models.engine import Completion, Message, Prompt, StopReason
from assent.models.scripted import FAULTS, BadStudent

GOOD = "Mira Okafor will send the plan by Friday."


def said(text: str, reason: StopReason = "end") -> Completion:
    return Completion(text, reason, 10, len(text.split()))


@pytest.mark.parametrize(
    "wrapped",
    [
        GOOD,
        f"Sure! Here is the sentence:\n\n{GOOD}\n\nAnything else?",
        f"Sure! {GOOD}",
        f"Here is the sentence: {GOOD}",
        f"```\n{GOOD}\n```",
        f"- {GOOD}",
        f"1. {GOOD}",
        f"**Action item:** {GOOD}",
        f'"{GOOD}"',
        f"<think>Who is it?</think>\n{GOOD}",
        f"{GOOD} It was a long meeting.",
        f"# Minutes\n{GOOD}",
    ],
)
def test_wrapping_is_taken_off(wrapped: str) -> None:
    """F8"""
    assert clean(said(wrapped)).text == GOOD


@pytest.mark.parametrize(
    ("text", "reason", "flaw"),
    [
        ("", "end", "empty"),
        ("```\n```", "end", "empty"),
        ("<think>\nLet me see", "end", "thinking"),
        ("I'm sorry, but I cannot help with that.", "end", "refusal"),
        ("As an AI, I have no opinion.", "end", "refusal"),
        ("the plan is the plan is the plan is", "end", "loop"),
        ("Mira Okafor will send the plan by", "length", "cut"),
        ("Mira Okafor: I'll send it.", "end", "echo"),
    ],
)
def test_what_is_no_answer_is_named(text: str, reason: StopReason, flaw: str) -> None:
    """F4, F8"""
    answer = clean(said(text, reason), "Mira Okafor: I'll send it.")
    assert (answer.text, answer.flaw) == ("", flaw)


def test_a_whole_sentence_before_the_cap_counts() -> None:
    """F4"""
    assert clean(said(f"{GOOD} And then the", "length")).text == GOOD


def test_every_fault_of_the_bad_student_is_seen_or_harmless() -> None:
    """F8: only the invented owner and the other language look like sentences; verifier and language check see those."""
    prompt = Prompt((Message("user", "Mira Okafor: I'll send the plan by Friday."),), max_new_tokens=56)
    passed = [
        fault
        for fault in FAULTS
        if not clean(BadStudent(fault).complete([prompt])[0], prompt.messages[-1].content).flaw
    ]
    assert passed == ["other_language", "invented_owner"]


@given(st.text(max_size=200), st.sampled_from(["end", "length"]))
def test_an_answer_is_one_line_or_a_flaw(text: str, reason: StopReason) -> None:
    answer = clean(said(text, reason), text[:20])
    assert bool(answer.text) != bool(answer.flaw)
    assert len(answer.text.splitlines()) <= 1


def test_abbreviations_end_no_sentence() -> None:
    assert split_sentences("Dr. Osei agreed. Ms. Hale did not.") == ["Dr. Osei agreed.", "Ms. Hale did not."]


def test_three_words_three_times_are_a_loop_and_twice_are_not() -> None:
    assert loops("a b c a b c a b c")
    assert not loops("a b c a b c a")


def test_unwrapping_nothing_gives_nothing() -> None:
    assert unwrap("Sure!\n\n") == unwrap("") == ""
