"""`assent ledger` on a real store: checked, damaged, exported and brought into another one."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.called import found, refused, run, serve, sign


@pytest.fixture
def decided(published: Path) -> Path:
    """A store with a few decisions."""
    sign("use_feature")
    serve("bela")
    found("consent", "object", "--person", "bela")
    return published


def damage(home: Path, statement: str) -> None:
    """What an owner of the file can do, past the triggers."""
    with closing(sqlite3.connect(home / "assent.db")) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
        database.commit()


def test_a_whole_ledger_holds(decided: Path) -> None:
    verified = found("ledger", "verify")
    assert verified["ok"]
    assert len(verified["public_key"]) == 64
    assert f"holds: {verified['size']} events" in run("ledger", "verify").stdout


def test_a_changed_event_ends_with_8_and_its_position(decided: Path) -> None:
    """R1, C13"""
    damage(decided, "UPDATE ledger_events SET body = replace(body, 'use_feature', 'log_content') WHERE position = 4")
    assert "position 4" in refused(8, "ledger", "verify")
    done = run("ledger", "verify", "--format", "json")
    assert (json.loads(done.stdout)["position"], done.exit_code) == (4, 8)


def test_a_receipt_contradicts_another_ledger(decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "receipt.json").write_text(run("consent", "receipt", "4").stdout)
    assert run("ledger", "verify", "--receipt", "receipt.json").exit_code == 0
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "other"))
    found("consent", "form", "publish", "bundled", *_places())
    assert "position" in refused(8, "ledger", "verify", "--receipt", "receipt.json")
    assert "cannot read" in refused(3, "ledger", "verify", "--receipt", "missing.json")


def _places() -> list[str]:
    from tests.cli.called import SET

    return SET


def test_an_export_names_nobody_and_comes_back_whole(
    decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R3, W10"""
    before = found("ledger", "verify")
    assert run("ledger", "export", "ledger.jsonl").exit_code == 0
    text = (tmp_path / "ledger.jsonl").read_text()
    assert not any(name in text for name in ("acme", "dana", "bela"))
    other = tmp_path / "other"
    other.mkdir()
    shutil.copyfile(decided / "operator.key", other / "operator.key")
    monkeypatch.setenv("ASSENT_HOME", str(other))
    assert "took" in run("ledger", "import", "ledger.jsonl").stderr
    assert found("ledger", "verify")["size"] == before["size"]
    assert "not empty" in refused(8, "ledger", "import", "ledger.jsonl")


def test_a_cut_export_is_not_taken(decided: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("ledger", "export", "ledger.jsonl")
    lines = (tmp_path / "ledger.jsonl").read_text().splitlines(keepends=True)
    (tmp_path / "ledger.jsonl").write_text("".join(lines[:3]))
    other = tmp_path / "other"
    other.mkdir()
    shutil.copyfile(decided / "operator.key", other / "operator.key")
    monkeypatch.setenv("ASSENT_HOME", str(other))
    refused(8, "ledger", "import", "ledger.jsonl")
    assert found("ledger", "verify")["size"] == 0


def test_a_checkpoint_stands_outside_at_once(decided: Path) -> None:
    made = found("ledger", "checkpoint")
    assert made["position"] == found("ledger", "verify")["size"] - 1
    assert (decided / "checkpoints" / f"{made['position']:012d}.json").is_file()


def test_there_is_nothing_to_check_where_no_store_is(home: Path) -> None:
    for verb in (["verify"], ["export", "x"], ["checkpoint"]):
        assert "no store here" in refused(7, "ledger", *verb)


def test_the_operators_key_is_replaced_and_what_it_signed_still_holds(decided: Path, tmp_path: Path) -> None:
    """C12"""
    before = found("ledger", "verify")["public_key"]
    (tmp_path / "receipt.json").write_text(run("consent", "receipt", "4").stdout)
    rotated = found("ledger", "rotate")
    verified = found("ledger", "verify", "--receipt", "receipt.json")
    assert verified["public_key"] == rotated["public_key"] != before
    assert run("consent", "receipt", "--verify", "receipt.json", "--key", before).exit_code == 0
    assert "public key is now" in run("ledger", "rotate").stdout
