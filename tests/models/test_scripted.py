from __future__ import annotations

from threading import Event

import pytest

from assent.errors import ContextOverflow, GenerationError
from assent.models import BadStudent, Message, ModelInfo, Prompt, ScriptedEngine
from assent.models.scripted import FAULTS


def ask(text: str = "say it", **settings: object) -> Prompt:
    return Prompt((Message("user", text),), **settings)  # type: ignore[arg-type]


def test_a_queue_is_answered_in_order_and_runs_dry() -> None:
    engine = ScriptedEngine(["one", "two"])
    assert [c.text for c in engine.complete([ask("a"), ask("b")])] == ["one", "two"]
    assert [prompt.messages[0].content for prompt in engine.prompts] == ["a", "b"]
    with pytest.raises(GenerationError):
        engine.complete([ask()])


def test_a_function_sees_the_prompt() -> None:
    assert ScriptedEngine(lambda p: p.messages[-1].content.upper()).complete([ask("hi")])[0].text == "HI"


def test_caps_stop_strings_and_context_are_kept_to() -> None:
    engine = ScriptedEngine(lambda _: "a b c d END e", info=ModelInfo("s", "none", context=12))
    cut, stopped = engine.complete([ask(max_new_tokens=3), ask(max_new_tokens=9, stop=("END",))])
    assert (cut.text, cut.stop_reason) == ("a b c", "length")
    assert (stopped.text, stopped.stop_reason) == ("a b c d ", "stop")
    with pytest.raises(ContextOverflow):
        engine.complete([ask(max_new_tokens=11)])


def test_streams_and_stops_when_cancelled() -> None:
    pieces: list[str] = []
    cancel = Event()

    def take(_: int, piece: str) -> None:
        pieces.append(piece)
        if len(pieces) == 2:
            cancel.set()

    first, second = ScriptedEngine(lambda _: "a b c d").complete([ask(), ask()], on_text=take, cancel=cancel)
    assert (first.text, first.stop_reason) == ("a b ", "cancelled")
    assert (second.text, second.stop_reason) == ("", "cancelled")
    assert "".join(pieces) == first.text


def test_the_bad_student_shows_every_fault_in_turn() -> None:
    """F8: the ten faults of small models."""
    student = BadStudent(good=lambda _: "Ana sends the draft.")
    answers = student.complete([ask("Ana: I send the draft.", max_new_tokens=12) for _ in range(11)])
    by_fault = dict(zip(FAULTS, answers, strict=False))
    assert len(FAULTS) == 10
    assert by_fault["preamble"].text.startswith("Sure! Here is")
    assert by_fault["refusal"].text.startswith("I'm sorry")
    assert by_fault["fence"].text == "```json\nAna sends the draft.\n```"
    assert by_fault["echo"].text == "Ana: I send the draft."
    assert by_fault["empty"].text == ""
    assert by_fault["cut"].stop_reason == by_fault["loop"].stop_reason == "length"
    assert "Zebediah Quux" in by_fault["invented_owner"].text
    assert "<think>" in by_fault["unclosed_thinking"].text and "</think>" not in by_fault["unclosed_thinking"].text
    assert answers[10].text == answers[0].text


def test_the_bad_student_can_be_told_one_fault() -> None:
    assert {c.text for c in BadStudent("empty").complete([ask(), ask()])} == {""}
