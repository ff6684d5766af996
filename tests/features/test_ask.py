"""Questions to a meeting, catching up, and being mentioned."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.transcripts import Transcript, read
from assent.data.transcripts.turns import Turn
from assent.errors import InputError
from assent.features.ask import ask, catch_up, mentions, search
from assent.models.engine import Dialect, ModelInfo
from assent.models.scripted import FAULTS, BadStudent, Fault, ScriptedEngine

SPRINT = Path(__file__).parent.parent / "data" / "meetings" / "zoom_sprint_planning.vtt"
TALK = Transcript(
    (
        Turn("Mira Okafor", "Good morning. The rain has not stopped for days.", 0.0),
        Turn("Tom Reyes", "I'll call the repair shop about the printer by Friday.", 12.5),
        Turn("Lena Fischer", "Okay. And Mira's van needs new tyres.", 30.0),
        Turn("Mira Okafor", "The tyres cost four hundred euros.", 41.0),
    )
)


def quoting() -> ScriptedEngine:
    return ScriptedEngine(info=ModelInfo("q", "none", 4096, writing_mode="quotes"))


def test_an_answer_is_quoted_with_its_turns() -> None:
    """F14"""
    answer = ask(TALK, "Who calls about the printer?", engine=quoting())
    assert answer.evidence == (1,)
    assert str(answer) == "Tom Reyes: I'll call the repair shop about the printer by Friday. [1]"
    assert answer.json() == {
        "question": "Who calls about the printer?",
        "text": "Tom Reyes: I'll call the repair shop about the printer by Friday.",
        "evidence": (1,),
        "written_by": "quote",
    }


def test_a_supported_answer_of_a_model_stands() -> None:
    """F14"""
    engine = ScriptedEngine(lambda _: "Tom Reyes will call the repair shop by Friday.")
    answer = ask(TALK, "Who calls the repair shop?", engine=engine)
    assert (answer.written_by, answer.evidence) == ("model", (1,))
    assert engine.prompts[0].messages[-1].content.endswith("question: Who calls the repair shop?")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_student_answers_nothing(fault: Fault) -> None:
    """F8, F14"""
    asked = "Who calls the repair shop?"
    assert ask(TALK, asked, engine=BadStudent(fault)) == ask(TALK, asked, engine=quoting())


@pytest.mark.parametrize(
    ("said", "written_by"), [("The tyres cost four hundred euros.", "model"), ("It rained.", "quote")]
)
def test_the_embedded_model_is_shown_no_question_and_must_touch_it(said: str, written_by: str) -> None:
    """F14"""
    dialect: Dialect = "slots"
    engine = ScriptedEngine(lambda _: said, info=ModelInfo("s", "none", 4096, dialect=dialect))
    assert ask(TALK, "What do the tyres cost?", engine=engine).written_by == written_by
    assert all("question" not in message.content for message in engine.prompts[0].messages)


def test_a_meeting_that_does_not_say_gives_no_answer() -> None:
    """F14: and no model is asked."""
    engine = ScriptedEngine()
    answer = ask(TALK, "Which zeppelin was sold?", engine=engine)
    assert (answer.text, answer.evidence) == ("", ())
    assert str(answer) == "The meeting does not say."
    assert engine.prompts == []


def test_a_question_without_a_word_to_look_for_is_refused() -> None:
    with pytest.raises(InputError, match="names nothing"):
        ask(TALK, "what is it?", engine=quoting())


def test_a_german_talk_is_quoted() -> None:
    """F10: what a model writes of it cannot be verified."""
    talk = Transcript.of([("Udo Kern", "Ich schicke die Rechnung bis Freitag an die Bank, das habe ich versprochen.")])
    engine = ScriptedEngine(lambda _: "Udo Kern schickt die Rechnung.")
    assert ask(talk, "Wer schickt die Rechnung?", engine=engine).written_by == "quote"
    assert engine.prompts == []


def test_a_question_finds_its_turn_in_a_real_meeting() -> None:
    """F14"""
    answer = ask(read(SPRINT), "Who texts Joaquín about the sandbox keys?", engine=quoting())
    assert 62 in answer.evidence
    assert "I'll text Joaquín about the sandbox keys" in answer.text


@settings(max_examples=50)
@given(st.lists(st.text(max_size=40), max_size=12), st.text(max_size=40))
def test_a_search_names_few_turns_that_exist(texts: list[str], question: str) -> None:
    found = search([Turn(None, text) for text in texts], question)
    assert len(found) <= 3
    assert list(found) == sorted(set(found))
    assert all(index < len(texts) for index in found)


def test_catching_up_starts_at_a_time() -> None:
    """F14"""
    assert [turn.start for turn in catch_up(TALK, 12.5).turns] == [12.5, 30.0, 41.0]
    with pytest.raises(InputError, match="no times"):
        catch_up(Transcript.of([("Ana", "Hello.")]), 1.0)


@pytest.mark.parametrize(
    ("name", "turns"),
    [("Mira Okafor", (2,)), ("Tom Reyes", ()), ("tyres", (2, 3)), ("", ()), ("Dr. Mira", (2,)), ("Mir", ())],
)
def test_a_mention_is_by_someone_else_and_of_the_whole_name(name: str, turns: tuple[int, ...]) -> None:
    """F14"""
    talk = TALK if name != "Dr. Mira" else Transcript.of([("A", "x"), ("A", "y"), ("B", "Ask Dr. Mira, will you?")])
    assert mentions(talk, name) == turns
