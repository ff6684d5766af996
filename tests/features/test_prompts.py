"""Prompts in both dialects, their size, and what an outsider's text can do to their form: nothing.

The engine is scripted and counts words: a budget is a budget in any unit.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.features.prompts import (
    MAX_LINE_WORDS,
    Guidance,
    as_text,
    fits,
    held,
    instructed,
    pick_prompt,
    shorten,
    speaker_label,
    statement_prompt,
    wording,
)
from assent.models.engine import Dialect, ModelInfo
from assent.models.scripted import ScriptedEngine

LINES = [("Mira Okafor", "Can you send the plan?"), ("Tom Reyes", "Yes, by Friday.")]
TASKS = ("action", "decision", "question", "point", "heading", "recap", "answer", "pick")


def engine(context: int = 4096, dialect: Dialect = "instruct") -> ScriptedEngine:
    return ScriptedEngine(info=ModelInfo("m", "none", context, dialect=dialect))


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_one_example_in_the_form_of_the_question(task: str) -> None:
    system, example, answer, lines = instructed(task, LINES, Guidance())
    assert [message.role for message in (system, example, answer, lines)] == ["system", "user", "assistant", "user"]
    assert wording()["task"][task]["ask"] in system.content
    assert "\n" not in answer.content
    assert lines.content == "Mira Okafor: Can you send the plan?\nTom Reyes: Yes, by Friday."
    assert all(": " in line for line in example.content.splitlines())


def test_a_slots_model_gets_the_task_and_the_lines_alone() -> None:
    prompt = statement_prompt(engine(dialect="slots"), "action", LINES, Guidance(notes="mind the hall"))
    assert [message.content for message in prompt.messages] == ["action", as_text(LINES)]


def test_the_wishes_of_the_user_stand_in_the_system_message() -> None:
    """F9, F10"""
    guidance = Guidance("en", "mind the money", ("Żabka", "Holm"), "the hall\nis taken")
    system = instructed("point", LINES, guidance)[0].content
    for wish in ("code en.", "mind the money", "Żabka, Holm", "the hall is taken"):
        assert wish in system


@given(st.lists(st.tuples(st.text(max_size=8), st.text(max_size=40)), min_size=1, max_size=4))
def test_no_text_can_pose_as_another_line(lines: list[tuple[str, str]]) -> None:
    """S1"""
    flat = [(label.replace("\n", " "), text) for label, text in lines]
    assert as_text(flat).count("\n") == len(lines) - 1


@given(st.lists(st.integers(0, 200), min_size=1, max_size=4), st.integers(170, 400), st.integers(0, 300))
def test_a_prompt_and_its_answer_fit_the_context(lengths: list[int], context: int, notes: int) -> None:
    """F3: by the engine's own count, whatever the length of the lines and of the notes."""
    running = engine(context)
    lines = [("Ana", " ".join(["word"] * length)) for length in lengths]
    prompt = statement_prompt(running, "action", lines, Guidance(notes="note " * notes))
    assert fits(running, prompt)
    assert 1 <= held(prompt) <= len(lines)


def test_what_must_go_goes_in_order() -> None:
    """F3: first the notes, then the first lines."""
    whole = statement_prompt(engine(), "action", LINES, Guidance(notes="mind the hall"))
    size = engine().count_tokens(whole) + whole.max_new_tokens
    bare = statement_prompt(engine(size - 1), "action", LINES, Guidance(notes="mind the hall"))
    assert "mind the hall" not in bare.messages[0].content
    assert held(bare) == 2
    size = engine().count_tokens(bare) + bare.max_new_tokens
    assert statement_prompt(engine(size - 1), "action", LINES, Guidance()).messages[-1].content == as_text(LINES[1:])


def test_a_long_turn_is_shown_by_its_last_sentences() -> None:
    """F3"""
    text = "filler " * 100 + "end. " + "So we " + "really " * 30 + "ship it on Friday."
    assert shorten(text).startswith("So we really")
    assert len(shorten("word " * 500).split()) == MAX_LINE_WORDS
    assert shorten("short enough") == "short enough"


def test_a_pick_numbers_every_line_or_is_not_asked() -> None:
    prompt = pick_prompt(engine(), "action", LINES, Guidance(notes="n", instructions="i"))
    assert prompt is not None
    numbered, wanted = prompt.messages[-1].content.rsplit("\n", 1)
    assert numbered == "1. Mira Okafor: Can you send the plan?\n2. Tom Reyes: Yes, by Friday."
    assert wanted == "wanted: who will do what"
    size = engine().count_tokens(prompt) + prompt.max_new_tokens
    assert pick_prompt(engine(size - 1), "action", LINES, Guidance()) is None


def test_a_speaker_cannot_pose_as_a_part_of_the_prompt() -> None:
    assert [speaker_label(name) for name in ("me", "instruction", "Mira", None)] == [
        "Me",
        "Instruction",
        "Mira",
        "Someone",
    ]
