"""Writing: what fails is tried alone and smaller, what is not supported is quoted, and all of it is counted.

The engines fail on purpose; the verifier and the quotes are the shipped ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event
from typing import Any

import pytest

from assent.data.transcripts import Transcript
from assent.errors import Cancelled, GenerationError
from assent.features.answers import Answer
from assent.features.evidence import Candidate
from assent.features.prompts import Guidance
from assent.features.writing import BATCH, Job, Writer, chosen, writing_mode
from assent.models.engine import Completion, Dialect, ModelInfo, Prompt, WritingMode
from assent.models.scripted import Answer as Say
from assent.models.scripted import ScriptedEngine

TALK = Transcript.of(
    [
        ("Mira Okafor", "The printer on the second floor is broken again."),
        ("Tom Reyes", "I'll call the repair shop by Friday."),
        ("Lena Fischer", "We are not buying a new printer."),
    ]
)
GOOD = "Tom Reyes will call the repair shop by Friday."
ACTION = Candidate("action", (0, 1), 1, 0.9, "Tom Reyes", "by Friday")


class FailsInBatches(ScriptedEngine):
    """Runs out of memory on more than one prompt, as a small machine does."""

    def complete(self, prompts: Sequence[Prompt], **wishes: Any) -> list[Completion]:
        if len(prompts) > 1:
            raise RuntimeError("out of memory")
        return super().complete(prompts, **wishes)


def engine(say: Say, mode: WritingMode = "writes", dialect: Dialect = "instruct") -> ScriptedEngine:
    return ScriptedEngine(say, info=ModelInfo("m", "none", 4096, dialect=dialect, writing_mode=mode))


def writer(running: ScriptedEngine, **wishes: Any) -> Writer:
    return Writer(running, TALK, Guidance(), **wishes)


def shown(prompt: Prompt) -> str:
    return prompt.messages[-1].content


def test_a_batch_that_fails_is_asked_one_by_one() -> None:
    """F4"""
    running = FailsInBatches(lambda prompt: f"{shown(prompt).partition(':')[0]} spoke.")
    made = writer(running)
    answers = made.answers([Job("point", (turn,), turn) for turn in range(3)])
    assert [answer.text for answer in answers] == ["Mira Okafor spoke.", "Tom Reyes spoke.", "Lena Fischer spoke."]
    assert made.tally.failed == set()


def test_a_prompt_that_fails_is_asked_again_with_its_focus_alone() -> None:
    """F4: what the smaller prompt left out and nothing else read is named."""

    def choking(prompt: Prompt) -> str:
        if "\n" in shown(prompt):
            raise GenerationError("too much")
        return GOOD

    made = writer(engine(choking))
    assert made.answers([Job("action", (0, 1), 1)]) == [Answer(GOOD)]
    assert made.tally.failed == {0}


WRONG = "Lena Fischer will call the repair shop by Monday."


def test_the_embedded_model_is_asked_again_of_the_focus_alone() -> None:
    """Where all the turns do not support its point; what is done and decided is not narrowed."""
    running = engine(lambda prompt: WRONG if "\n" in shown(prompt) else GOOD, dialect="slots")
    jobs = [Job("point", (0, 1), 1), Job("action", (0, 1), 1)]
    assert writer(running).answers(jobs) == [Answer(GOOD), Answer(WRONG)]


def test_where_less_is_not_supported_either_the_first_answer_stays() -> None:
    running = engine(lambda _: WRONG, dialect="slots")
    assert writer(running).answers([Job("point", (0, 1), 1)]) == [Answer(WRONG)]
    assert len(running.prompts) == 2


def test_that_there_is_nothing_is_not_asked_again() -> None:
    running = engine(lambda _: "None", dialect="slots")
    writer(running).answers([Job("point", (0, 1), 1)])
    assert len(running.prompts) == 1


def test_a_sentence_of_the_embedded_model_that_names_one_person_twice_is_not_used() -> None:
    twice = "Tom Reyes and Tom Reyes will call the repair shop by Friday."
    assert writer(engine(lambda _: twice, dialect="slots")).answers([Job("action", (0, 1), 1)])[0].flaw == "unsure"


def test_a_name_inside_another_word_does_not_name_that_person() -> None:
    talk = Transcript.of([("Ann", "I'll send Anna the draft by Friday."), ("Anna", "Thanks.")])
    running = engine(lambda _: "Ann will send Anna the draft by Friday.", dialect="slots")
    assert Writer(running, talk, Guidance()).answers([Job("action", (0,), 0)])[0].flaw != "unsure"


def test_a_lone_turn_is_asked_again_by_its_end() -> None:
    """F4"""
    endless = " ".join(f"word{n}" for n in range(99))
    running = engine(lambda prompt: endless if "call" in shown(prompt) else "It is due Friday.")
    assert writer(running).answers([Job("action", (1,), 1)]) == [Answer("It is due Friday.")]
    assert [shown(prompt) for prompt in running.prompts] == [
        "Tom Reyes: I'll call the repair shop by Friday.",
        "Tom Reyes: shop by Friday.",
    ]


def test_an_answer_cut_at_the_cap_is_tried_smaller_and_counted_if_cut_again() -> None:
    """F4"""
    endless = engine(lambda _: " ".join(f"word{n}" for n in range(99)))
    made = writer(endless)
    [answer] = made.answers([Job("action", (0, 1), 1)])
    assert answer == Answer("", "cut")
    assert [shown(prompt).count("\n") for prompt in endless.prompts] == [1, 0]
    statement = made.statement(ACTION, answer)
    assert statement is not None
    assert statement.written_by == "quote"
    assert made.tally.grounding().reasons == {"cut": 1}


def test_when_every_prompt_fails_the_caller_hears_it() -> None:
    """F4: also of a model that only picks."""
    with pytest.raises(GenerationError, match="m: every prompt failed"):
        writer(FailsInBatches(info=ModelInfo("m", "none", 4096))).answers(
            [Job("point", (0,), 0), Job("point", (1,), 1)]
        )

    def broken(_: Prompt) -> str:
        raise OSError("connection lost")

    with pytest.raises(GenerationError, match="every prompt failed"):
        writer(engine(broken, "picks")).picked([ACTION])


def test_an_engine_that_says_it_was_cancelled_is_not_asked_again() -> None:
    """F13"""
    asked = []

    def stopped(prompt: Prompt) -> str:
        asked.append(prompt)
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        writer(engine(stopped)).answers([Job("point", (0,), 0)])
    assert len(asked) == 1


def test_progress_is_told_and_a_cancel_seen_between_batches() -> None:
    """F13"""
    calls: list[tuple[int, int]] = []
    jobs = [Job("point", (0,), 0)] * (2 * BATCH + 1)
    writer(engine(lambda _: GOOD), on_progress=lambda *call: calls.append(call)).answers(jobs)
    assert calls == [(BATCH, len(jobs)), (2 * BATCH, len(jobs)), (len(jobs), len(jobs))]
    cancel, running = Event(), engine(lambda _: GOOD)
    with pytest.raises(Cancelled):
        writer(running, cancel=cancel, on_progress=lambda *_: cancel.set()).answers(jobs)
    assert len(running.prompts) == BATCH


@pytest.mark.parametrize(
    ("said", "text", "written_by", "reasons"),
    [
        (GOOD, GOOD, "model", {}),
        (
            "Tom Reyes will call the repair shop by Monday.",
            "Tom Reyes will call the repair shop.",
            "model",
            {"date": 1},
        ),
        ("Zoe Quux will call the repair shop by Friday.", None, "quote", {"name": 1}),
        ("none", None, "quote", {"none": 1}),
    ],
)
def test_a_sentence_stands_is_mended_or_gives_way_to_a_quote(
    said: str, text: str | None, written_by: str, reasons: dict[str, int]
) -> None:
    """F6: and the tally says which."""
    made = writer(engine(lambda _: said))
    statement = made.statement(ACTION, Answer(said))
    assert statement is not None
    assert statement.written_by == written_by
    assert statement.evidence == ACTION.evidence
    assert statement.text == text or (text is None and "repair shop by Friday" in statement.text)
    counted = made.tally.grounding()
    assert (counted.kept, counted.quoted) == ((1, 0) if written_by == "model" else (0, 1))
    assert reasons.items() <= counted.reasons.items()


def test_a_candidate_without_a_word_is_dropped_and_counted() -> None:
    """F6"""
    made = Writer(engine(lambda _: "none"), Transcript.of([("Ana", "")]), Guidance())
    assert made.statement(Candidate("point", (0,), 0, 0.5), Answer("", "empty")) is None
    assert made.tally.grounding().dropped == 1


def test_an_answer_in_another_language_is_none() -> None:
    """F8, F10"""
    german = "Das Team hat beschlossen, die Aufgabe auf nächste Woche zu verschieben."
    assert writer(engine(lambda _: german)).answers([Job("point", (0,), 0)]) == [Answer("", "language")]


@pytest.mark.parametrize(
    ("dialect", "spoken", "wanted", "mode"),
    [
        ("instruct", "en", None, "writes"),
        ("instruct", "und", None, "writes"),
        ("instruct", "de", "en", "writes"),
        ("instruct", "de", None, "picks"),
        ("instruct", "en", "de", "picks"),
        ("slots", "en", "en", "writes"),
        ("slots", "de", "en", "quotes"),
        ("slots", "en", "de", "quotes"),
    ],
)
def test_a_model_writes_only_what_can_be_verified(
    dialect: Dialect, spoken: str, wanted: str | None, mode: WritingMode
) -> None:
    """F10"""
    assert writing_mode(engine(lambda _: GOOD, dialect=dialect), spoken, wanted) == mode
    assert writing_mode(engine(lambda _: GOOD, "quotes", dialect), spoken, wanted) == "quotes"


def test_a_model_that_may_not_write_is_not_asked_to() -> None:
    running = engine(lambda _: GOOD, "picks")
    made = writer(running)
    assert made.answers([Job("point", (0,), 0)]) == [Answer("", "not_asked")]
    assert running.prompts == []
    assert made.tally.grounding().reasons == {}


@pytest.mark.parametrize(
    ("answer", "focus"),
    [("1", 0), ("Line 2.", 1), ("1. Mira Okafor", 0), ("0", 1), ("3", 1), ("none", 1), ("", 1), ("9" * 5000, 1)],
)
def test_a_number_names_a_line_and_anything_else_nothing(answer: str, focus: int) -> None:
    assert chosen(answer, ACTION) == focus
    [picked] = writer(engine(lambda _: answer, "picks")).picked([ACTION])
    assert picked.focus == focus
    assert picked.evidence == ACTION.evidence


def test_one_line_leaves_nothing_to_pick() -> None:
    running = engine(lambda _: "1", "picks")
    lone = Candidate("point", (2,), 2, 0.5)
    assert writer(running).picked([lone, ACTION]) == [
        lone,
        Candidate("action", (0, 1), 0, 0.9, "Tom Reyes", "by Friday"),
    ]
    assert len(running.prompts) == 1


def test_a_pick_that_fails_is_counted() -> None:
    """F4"""

    def failing(prompt: Prompt) -> str:
        if "second floor" in shown(prompt):
            raise GenerationError("out of memory")
        return "1"

    made = writer(engine(failing, "picks"))
    made.picked([ACTION, Candidate("point", (1, 2), 2, 0.5)])
    assert made.tally.failed == {0}
