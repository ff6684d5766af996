"""`assent consent status --person`: everything held about somebody who really spoke in a logged meeting."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.facade import Store
from assent.data.transcripts import Roster, Transcript
from assent.data.transcripts.roster import RosterEntry
from assent.features.assistant import Assistant
from assent.models.engine import ModelInfo
from assent.models.scripted import ScriptedEngine
from tests.cli.called import found, run, serve, sign

QUOTES = ModelInfo("quotes-only", "none", 4096, writing_mode="quotes")
PEOPLE = {"dana": "Dana Cole", "bela": "Bela Okafor"}
TALK = Transcript.of(
    [
        ("Dana Cole", "Shall we move the launch to the 14th of May, Bela?"),
        ("Bela Okafor", "Yes, agreed, we move the launch to the 14th of May."),
        ("Dana Cole", "I'll tell the printer by Friday."),
    ]
)


@pytest.fixture
def logged(published: Path) -> Path:
    """Dana and Bela met, and everything of it was logged."""
    sign("use_feature", "log_content")
    serve(*PEOPLE)
    entries = tuple(RosterEntry(person=name, account="acme", labels=(label,)) for name, label in PEOPLE.items())
    with Store(published) as store:
        engine = ScriptedEngine(info=QUOTES)
        minutes = Assistant(store, account="acme", user="dana", roster=Roster(entries=entries), engine=engine)
        minutes.summarize(TALK, meeting="launch").accept()
    return published


def test_a_person_sees_their_own_turns_in_plain_and_nobody_elses(logged: Path) -> None:
    bela = found("consent", "status", "--person", "bela")
    assert [turn["text"] for turn in bela["turns"]] == [TALK.turns[1].text]
    assert bela["calls"]
    assert bela["adapters"] == []
    said = run("consent", "status", "--person", "bela").stdout
    assert "Bela Okafor: Yes, agreed" in said
    assert "printer" not in said


def test_a_person_sees_every_account_notice_and_decision_by_name(logged: Path) -> None:
    run("consent", "object", "--person", "bela", "--host", "acme", "--purpose", "telemetry")
    bela = found("consent", "status", "--person", "bela")
    [meeting] = bela["meetings"]
    assert (meeting["account"], meeting["host"]) == ("acme", "acme")
    assert meeting["may"]["log_content"] == {
        "allowed": True,
        "reason": "given",
        "basis": "account_grant",
        "position": 4,
    }
    [notice] = bela["notices"]
    assert "You can say no" in notice["text"]
    [objection] = bela["decisions"]
    assert (objection["type"], objection["person"], objection["host"]) == ("objection", "bela", "acme")
    dana = found("consent", "status", "--person", "dana")
    assert [one["type"] for one in dana["decisions"]] == ["account", "grant"]
    assert dana["decisions"][0]["admins"] == ["dana"]


def test_after_an_objection_nothing_of_the_person_is_left_to_show(logged: Path) -> None:
    """W3"""
    run("consent", "object", "--person", "bela")
    bela = found("consent", "status", "--person", "bela")
    assert (bela["turns"], bela["calls"], bela["feedback"]) == ([], [], [])
    assert [one["type"] for one in bela["decisions"]] == ["objection"]
    assert found("consent", "status", "--person", "dana")["turns"]


def test_an_account_sees_its_people_and_its_decisions(logged: Path) -> None:
    acme = found("consent", "status", "--account", "acme")
    assert [one["person"] for one in acme["people"]] == ["dana", "bela"]
    assert [one["type"] for one in acme["decisions"]] == ["account", "grant"]
    assert "bela  of acme" in run("consent", "status", "--account", "acme").stdout


def test_status_opens_nothing_of_a_store_set_back(logged: Path, tmp_path: Path) -> None:
    """R6: a database of before a withdrawal denies all, and says so."""
    kept = tmp_path / "old.db"
    kept.write_bytes((logged / "assent.db").read_bytes())
    run("consent", "withdraw", "--account", "acme")
    for leftover in logged.glob("assent.db-*"):
        leftover.unlink()
    (logged / "assent.db").write_bytes(kept.read_bytes())
    acme = found("consent", "status", "--account", "acme")
    assert {answer["reason"] for answer in acme["purposes"].values()} == {"behind"}
    assert found("consent", "status", "--person", "bela")["turns"] == []
