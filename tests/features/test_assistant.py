"""The assistant hands its one engine and its writer to every feature."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.transcripts import Transcript
from assent.features import assistant as home
from assent.features.assistant import Assistant
from assent.models.engine import ModelInfo
from assent.models.scripted import ScriptedEngine

TALK = Transcript.of([("Tom Reyes", "I'll call the repair shop by Friday."), ("Mira Okafor", "Thanks.")])
QUOTES = ModelInfo("quotes-only", "none", 4096, writing_mode="quotes")


def test_one_engine_serves_summaries_and_answers() -> None:
    assistant = Assistant(user="Mira Okafor", engine=ScriptedEngine(info=QUOTES))
    minutes = assistant.summarize(TALK, template="stand-up")
    assert minutes.document.model == "quotes-only"
    assert minutes.document.template.startswith("stand-up@")
    assert minutes.engine is assistant.engine
    asked = "Who calls the repair shop?"
    assert assistant.ask(TALK, asked) == minutes.ask(asked)


def test_drafts_and_rewrites_are_written_for_the_user() -> None:
    assistant = Assistant(user="Mira Okafor", engine=ScriptedEngine(info=QUOTES))
    draft = assistant.compose("tell Priya the demo moves to Thursday")
    assert "Thursday" in str(draft)
    assert str(assistant.rewrite("the demo moves to Thursday", "formal"))


def test_a_model_is_loaded_by_name_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    loaded: list[str] = []

    def load(name: str) -> ScriptedEngine:
        loaded.append(name)
        return ScriptedEngine(info=QUOTES)

    monkeypatch.setattr(home, "load", load)
    assistant = Assistant(model="some-model")
    assistant.summarize(TALK)
    assistant.ask(TALK, "Who calls?")
    assert loaded == ["some-model"]
