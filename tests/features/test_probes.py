"""The probes: a right answer passes, each wrong one fails for its own reason, and the mode follows from the count."""

from __future__ import annotations

import pytest

from assent.features import probes
from assent.features.probes import PROBES, check, probe
from assent.models import locks
from assent.models.engine import ModelInfo, Prompt
from assent.models.scripted import FAULTS, BadStudent, Fault, ScriptedEngine

RIGHT = {
    "commitment": "Mira Okafor will send the floor plan to the printer by Friday.",
    "request and acceptance": "Lena Fischer will book the hall for the ninth.",
    "hand-over": "Mira Okafor will call the plumber today.",
    "number changed": "There will be fifty-two chairs.",
    "refusal": "The market will not move indoors.",
    "open question": "Who has the key to the boathouse is open.",
    "report": "The heater in the annex broke down on Tuesday.",
    "who asked whom": "The permit arrived on Monday.",
}


def answering(answers: dict[str, str]) -> ScriptedEngine:
    """An engine that knows each probe by its first line."""

    def said(prompt: Prompt) -> str:
        shown = prompt.messages[-1].content
        return next(answers.get(one.name, "none") for one in PROBES if one.lines[0][1] in shown)

    return ScriptedEngine(said, info=ModelInfo("probed", "none", 4096))


def test_right_answers_pass_all_eight_probes() -> None:
    """A model that does this may write."""
    report = probe(answering(RIGHT))
    assert [(result.probe, result.why) for result in report.results if not result.passed] == []
    assert len(report.results) == 8
    assert report.mode == "writes"
    assert str(report).endswith("probed: 8 of 8 passed; writing mode: writes")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("commitment", "Mira Okafor will send the floor plan to the printer."),
        ("commitment", "Mira Okafor will send the floor plan to the printer by Friday the 3rd."),
        ("request and acceptance", "Tom Reyes will book the hall for the ninth with Lena Fischer."),
        ("hand-over", "Tom Reyes will call the plumber, Mira Okafor said."),
        ("number changed", "There will be forty chairs, not fifty-two chairs."),
        ("refusal", "The market will move indoors."),
        ("open question", "Nobody needs the boat."),
        ("report", "The heater in the annex broke down on Monday."),
        ("who asked whom", "Mira Okafor said that the permit arrived on Monday."),
    ],
)
def test_a_wrong_answer_fails_its_probe(name: str, wrong: str) -> None:
    [result] = [result for result in probe(answering(RIGHT | {name: wrong})).results if result.probe == name]
    assert not result.passed
    assert result.why


@pytest.mark.parametrize(("right", "mode"), [(8, "writes"), (6, "writes"), (5, "picks"), (3, "picks"), (2, "quotes")])
def test_the_mode_follows_from_the_probes_passed(right: int, mode: str) -> None:
    assert probe(answering(dict(list(RIGHT.items())[:right]))).mode == mode


@pytest.mark.parametrize("fault", FAULTS)
def test_a_bad_student_may_not_write(fault: Fault) -> None:
    """F8"""
    assert probe(BadStudent(fault)).mode == "quotes"


def test_the_mode_is_kept_beside_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[str, str]] = []
    monkeypatch.setattr(probes, "load", lambda name, notice: answering(RIGHT))
    monkeypatch.setattr(locks, "set_writing_mode", lambda key, mode: kept.append((key, mode)))
    check("http://127.0.0.1:1/v1")
    assert kept == []
    assert check("smollm2-135m").mode == "writes"
    assert [mode for _, mode in kept] == ["writes"]
