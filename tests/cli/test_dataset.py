"""`assent dataset`: what may be used is counted and taken out, on a store with a logged meeting."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.facade import Store
from assent.data.transcripts import Transcript
from assent.data.transcripts.roster import Roster, RosterEntry
from assent.features.assistant import Assistant
from assent.models.engine import ModelInfo
from assent.models.scripted import ScriptedEngine
from tests.cli.called import found, refused, run, serve, sign

QUOTES = ModelInfo("quotes-only", "none", 4096, writing_mode="quotes")
TALK = Transcript.of([("Dana", "Shall we move the launch to May?"), ("Bela", "Yes, we move the launch to May.")])
PEOPLE = Roster(
    entries=tuple(RosterEntry(person=one.lower(), account="acme", labels=(one,)) for one in ("Dana", "Bela"))
)


@pytest.fixture
def logged(published: Path) -> Path:
    sign("use_feature", "log_content", "train_content")
    serve("dana", "bela")
    with Store(published) as store:
        assistant = Assistant(store, account="acme", user="dana", roster=PEOPLE, engine=ScriptedEngine(info=QUOTES))
        assistant.summarize(TALK, meeting="launch")
    return published


def test_rows_are_counted_by_purpose_basis_and_reason(logged: Path) -> None:
    counted = found("dataset", "show")
    assert counted["rows"] == counted["calls"] == counted["bases"]["account_grant"] > 0
    assert "on account_grant" in run("dataset", "show").stdout
    found("consent", "withdraw", "--account", "acme", "--purpose", "train_content")
    counted = found("dataset", "show")
    assert (counted["rows"], counted["refused"]) == (0, {"withdrawn": counted["calls"]})
    assert found("dataset", "show", "--purpose", "log_content")["rows"] == counted["calls"]


def test_an_export_holds_no_plain_text(logged: Path, tmp_path: Path) -> None:
    exported = found("dataset", "export", "out")
    files = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert exported["rows"] > 0
    assert {"README.md", "calls.parquet", "speech.parquet"} <= files.keys()
    assert not any(word in content for content in files.values() for word in (b"launch", b"Bela"))
    assert run("dataset", "export", "out").exit_code != 0


def test_a_plain_export_needs_its_purpose_a_recipient_and_a_reason(logged: Path) -> None:
    assert "recipient" in refused(3, "dataset", "export", "out", "--plain")
    assert "for --plain" in refused(3, "dataset", "export", "out", "--reason", "x")
    plain = ["dataset", "export", "out", "--plain", "--recipient", "a university", "--reason", "a study"]
    assert "publish_dataset" in refused(3, *plain)


def test_a_plain_export_is_a_decision_of_the_ledger(published: Path, tmp_path: Path) -> None:
    sign("use_feature", "log_content", "publish_dataset")
    serve("dana", "bela")
    with Store(published) as store:
        assistant = Assistant(store, account="acme", user="dana", roster=PEOPLE, engine=ScriptedEngine(info=QUOTES))
        assistant.summarize(TALK, meeting="launch")
    size = found("ledger", "verify")["size"]
    exported = found("dataset", "export", "out", "--plain", "--recipient", "a university", "--reason", "a study")
    assert exported["position"] == size - 1  # where the gate was asked; the export itself is the event after it
    assert b"launch" in b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    [told] = found("consent", "status", "--person", "bela")["exports"]
    assert told == {"position": size, "recipient": "a university", "reason": "a study", "reached": True}
    (tmp_path / "out").rename(tmp_path / "moved")
    found("consent", "object", "--person", "bela")
    assert "for a university  a study  out of our reach" in run("consent", "status", "--person", "bela").stdout
    assert found("consent", "status", "--person", "zoe")["exports"] == []


def test_without_its_packages_the_extra_is_named(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.cli.dataset.NEEDED", ("no_such_package",))
    assert "assent[dataset]" in refused(4, "dataset", "show")
