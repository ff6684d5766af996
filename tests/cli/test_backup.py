"""`assent backup` and `assent restore` on a real store."""

from __future__ import annotations

from pathlib import Path

from tests.cli.called import found, refused, run, serve, sign


def test_a_withdrawal_outlives_the_backup_made_before_it(published: Path, tmp_path: Path) -> None:
    """R6"""
    sign("use_feature", "log_content")
    serve("bela")
    assert "files" in run("backup", "copy").stdout
    found("consent", "withdraw", "--account", "acme")
    restored = found("restore", "copy")
    assert (restored["ends"], restored["keys"], restored["behind"]) == (1, "live", None)
    assert not found("consent", "status", "--account", "acme")["enabled"]["allowed"]
    assert found("ledger", "verify")["ok"]


def test_what_a_restore_did_is_said(published: Path) -> None:
    sign("use_feature")
    run("backup", "copy")
    found("consent", "object", "--person", "bela")
    said = run("restore", "copy").stdout
    assert "1 of them ends" in said
    assert "the key store that was here" in said


def test_a_backup_is_new_and_a_restore_needs_one(published: Path, tmp_path: Path) -> None:
    found("backup", "copy")
    assert "exists already" in refused(7, "backup", "copy")
    (tmp_path / "copy" / "keys.db").write_bytes(b"other")
    assert "keys.db" in refused(7, "restore", "copy")
    assert run("restore", "nowhere").exit_code == 7


def test_neither_key_is_in_it(published: Path, tmp_path: Path) -> None:
    found("backup", "copy")
    held = b"".join(path.read_bytes() for path in (tmp_path / "copy").iterdir())
    assert (published / "operator.key").read_bytes().splitlines()[1] not in held
    assert bytes.fromhex((published / "epoch.key").read_text().strip()) not in held
    assert (published / "epoch.key").read_bytes().strip() not in held
