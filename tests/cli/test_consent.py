"""`assent consent` on a real store in a temporary home, called as a newcomer would."""

from __future__ import annotations

import json
import os
import pty
import stat
import subprocess
import sys
from pathlib import Path

import click
import pytest

from assent.cli.consent import command as consent
from tests.cli.called import SET, form_read, found, refused, run, serve, sign

pytestmark = pytest.mark.usefixtures("home")


def test_texts_are_listed_and_shown_before_there_is_a_store(home: Path) -> None:
    assert found("consent", "form", "list") == {"published": [], "shipped": ["separate", "bundled"]}
    assert "{{operator}}" in run("consent", "notice", "show", "notice").stdout
    assert not home.exists()
    assert "'lease'" in refused(3, "consent", "form", "show", "lease")


def test_an_open_place_is_named_with_the_option_that_fills_it() -> None:
    line = refused(3, "consent", "form", "publish", "separate", *SET[2:])
    assert "--set operator=" in line
    assert "--set storage=" not in line


def test_a_published_text_is_shown_as_its_exact_bytes(tmp_path: Path) -> None:
    """C3, C6: its hash is that of what is shown, and the same text again is the same publication."""
    first = found("consent", "form", "publish", "separate", *SET)
    shown = found("consent", "form", "show", "separate")["content"]
    (tmp_path / "form.md").write_bytes(shown.encode())
    assert found("consent", "form", "publish", "form.md") == first
    assert "kind form" in refused(3, "consent", "notice", "publish", "form.md")
    assert "--set fills in" in refused(3, "consent", "form", "publish", "form.md", "--set", "operator=x")


def test_a_broken_text_is_refused_by_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "form.md").write_text("---\nkind: form\n---\n- [x] `use_feature`\n")
    line = refused(3, "consent", "form", "publish", "form.md")
    assert "form.md:4: a box is ticked in advance" in line
    assert "no UTF-8" in _unreadable(tmp_path)
    assert "No such file" in refused(3, "consent", "form", "publish", "missing.md")


def _unreadable(folder: Path) -> str:
    (folder / "binary.md").write_bytes(b"\xff\xfe")
    return refused(3, "consent", "form", "publish", "binary.md")


def test_only_wording_needs_a_name_and_keeps_what_was_agreed(published: Path, tmp_path: Path) -> None:
    """C5"""
    sign("use_feature", "log_content")
    text = found("consent", "form", "show", "separate")["content"].replace("version: 1", "version: 2")
    (tmp_path / "form.md").write_text(text.replace("offers your organisation two", "offers your organisation 2"))
    found("consent", "form", "publish", "form.md", "--only-wording", "rosa")
    assert found("consent", "status", "--account", "acme")["purposes"]["log_content"]["allowed"]


def test_the_account_signs_and_its_key_is_made_for_its_owner_alone(published: Path, tmp_path: Path) -> None:
    """C7: what was not chosen is not agreed to."""
    receipt = sign("use_feature", "log_content")
    assert receipt["processing"]["purposes"] == ["use_feature", "log_content"]
    assert stat.S_IMODE((tmp_path / "acme.key").stat().st_mode) == 0o600
    status = found("consent", "status", "--account", "acme")
    assert status["enabled"]["allowed"]
    assert {purpose for purpose, answer in status["purposes"].items() if answer["allowed"]} == {
        "use_feature",
        "log_content",
    }


def test_the_key_that_was_made_is_said_and_used_again(published: Path, tmp_path: Path) -> None:
    words = ["consent", "sign", "--account", "acme", "--admin", "dana", "--purpose", "use_feature"]
    first = run(*words, *form_read())
    assert "acme.key" in first.stderr
    again = run(*words, *form_read())
    assert again.stderr == ""
    assert "Renewed" in again.stdout
    (tmp_path / "acme.key").unlink()
    assert "acme is open with another key" in run(*words, *form_read()).stderr


def test_nothing_is_signed_without_a_reader(published: Path) -> None:
    """C9: neither a default nor a pipe is a yes."""
    words = ["consent", "sign", "--account", "acme", "--admin", "dana", "--purpose", "use_feature"]
    assert form_read()[1] in refused(3, *words)
    assert "read it first" in refused(3, *words, "--yes-i-have-read", "0" * 64)
    assert run("consent", "sign", "--account", "acme", "--admin", "dana", *form_read()).exit_code == 2
    assert run("consent", "sign", "--account", "acme", "--purpose", "use_feature").exit_code == 2
    assert found("consent", "status", "--account", "acme")["subject"] is None


@pytest.mark.parametrize(("typed", "code"), [("yes\n", 0), ("\n", 3), ("y\n", 3), ("no\n", 3)])
def test_a_terminal_is_asked_under_the_whole_form(published: Path, typed: str, code: int) -> None:
    words = ["consent", "sign", "--account", "acme", "--admin", "dana", "--purpose", "use_feature"]
    shown, ended = _at_a_terminal(words, typed)
    assert "Your choices" in shown
    assert "You agree to: use_feature" in shown
    assert ended == code
    assert found("consent", "status", "--account", "acme")["enabled"]["allowed"] is (code == 0)


def _at_a_terminal(words: list[str], typed: str) -> tuple[str, int]:
    """What stands on a real terminal after `typed`, and the exit code."""
    master, terminal = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-m", "assent", *words], stdin=terminal, stdout=terminal, stderr=terminal, close_fds=True
    )
    os.close(terminal)
    os.write(master, typed.encode())
    shown = b""
    try:
        while part := os.read(master, 65536):
            shown += part
    except OSError:  # how a terminal ends on Linux
        pass
    finally:
        os.close(master)
    return shown.decode(), program.wait()


def test_a_stranger_signs_for_nobody(published: Path) -> None:
    sign("use_feature")
    words = ["--account", "acme", "--admin", "mallory", "--key", "acme.key", "--purpose", "log_content"]
    refused(3, "consent", "sign", *words, *form_read())
    assert not found("consent", "status", "--account", "acme")["purposes"]["log_content"]["allowed"]


def test_without_a_published_form_the_command_that_publishes_is_named() -> None:
    words = ["consent", "sign", "--account", "acme", "--admin", "dana", "--purpose", "use_feature"]
    assert "assent consent form publish" in refused(3, *words)


def test_a_notice_is_printed_and_recorded_once(published: Path) -> None:
    """M10"""
    words = ["consent", "notice", "serve", "--person", "bela", "--account", "acme"]
    first = found(*words)
    assert "You can say no" in first["content"]
    assert found(*words) == first
    [meeting] = found("consent", "status", "--person", "bela")["meetings"]
    assert (meeting["account"], meeting["host"]) == ("acme", "acme")
    assert "You can say no" in run(*words, "--host", "globex").stdout


def test_a_no_is_told_with_its_receipt(published: Path) -> None:
    sign("use_feature", "log_content", "train_content")
    serve("bela")
    said = run("consent", "object", "--person", "bela", "--purpose", "train_content").stdout
    assert "ConsentRefused" in said
    assert "assent consent receipt" in said
    [meeting] = found("consent", "status", "--person", "bela")["meetings"]
    assert meeting["may"]["log_content"]["allowed"]
    assert meeting["may"]["train_content"]["reason"] == "objected"


def test_a_withdrawal_destroys_keys_and_says_when(published: Path) -> None:
    sign("use_feature", "log_content")
    serve("bela")
    said = run("consent", "withdraw", "--account", "acme", "--purpose", "log_content").stdout
    assert "1 keys destroyed; copies of the key store made before are dead from 20" in said
    [ended] = [
        one for one in found("consent", "status", "--account", "acme")["decisions"] if one["type"] == "withdrawal"
    ]
    assert json.loads(run("consent", "receipt", str(ended["position"])).stdout)["erasure"]["keys"] == 1
    assert not found("consent", "status", "--account", "acme")["purposes"]["log_content"]["allowed"]


def test_withdrawing_asks_for_no_more_than_signing() -> None:
    """W1: no more options, none of them a reason, and none that must be given beside who."""
    sign, withdraw = (consent.commands[name] for name in ("sign", "withdraw"))
    assert len(withdraw.params) < len(sign.params)
    assert {option.name for option in withdraw.params} <= {option.name for option in sign.params}
    assert not any(option.required for option in withdraw.params)


def test_a_person_may_agree_for_themselves(published: Path) -> None:
    sign("use_feature", "log_content")
    serve("bela")
    run("consent", "object", "--person", "bela")
    words = ["--account", "acme", "--person", "bela", "--purpose", "log_content", *form_read()]
    assert found("consent", "sign", *words)["event"]["entity_id"].startswith("p_")
    [meeting] = found("consent", "status", "--person", "bela")["meetings"]
    assert meeting["may"]["log_content"]["allowed"]


def test_a_receipt_verifies_without_a_store_and_fails_after_one_bit(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C12"""
    position = sign("use_feature")["ledger"]["position"]
    printed = run("consent", "receipt", str(position)).stdout
    (tmp_path / "receipt.json").write_text(printed)
    key = found("ledger", "verify")["public_key"]
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "nowhere"))
    words = ["consent", "receipt", "--verify", "receipt.json", "--key"]
    assert run(*words, key).exit_code == 0
    assert "not a receipt that this key signed" in refused(3, *words, "0" * 64)
    assert run("consent", "receipt", "--verify", "receipt.json").exit_code == 2
    at = printed.index("use_feature")
    (tmp_path / "receipt.json").write_text(printed[:at] + chr(ord(printed[at]) ^ 1) + printed[at + 1 :])
    refused(3, *words, key)
    assert not (tmp_path / "nowhere").exists()


def test_receipts_are_given_for_decisions_alone(published: Path) -> None:
    assert "no receipt is given" in refused(3, "consent", "receipt", "0")
    assert "no event 99" in refused(3, "consent", "receipt", "99")
    assert run("consent", "receipt").exit_code == 2


def test_nothing_is_held_about_a_stranger(published: Path) -> None:
    assert run("consent", "status", "--person", "zoe").stdout == "Nothing is held about zoe.\n"
    assert run("consent", "status", "--account", "zoe").stdout == "Nothing is held about account zoe.\n"
    assert run("consent", "status").exit_code == 2
    assert run("consent", "status", "--person", "a", "--account", "b").exit_code == 2


def test_a_wrong_home_is_an_error_and_no_empty_store(tmp_path: Path) -> None:
    for words in (
        ["status", "--person", "bela"],
        ["object", "--person", "bela"],
        ["withdraw", "--account", "acme"],
        ["leave", "--person", "bela", "--account", "acme"],
        ["close", "--account", "acme"],
        ["sweep"],
    ):
        assert "no store here" in refused(7, "consent", *words)
    assert list(tmp_path.iterdir()) == []


def test_every_command_under_it_prints_json() -> None:
    def commands(group: click.Group) -> list[click.Command]:
        found = list(group.commands.values())
        return [leaf for one in found for leaf in (commands(one) if isinstance(one, click.Group) else [one])]

    for one in commands(consent):
        assert "form" in {option.name for option in one.params}, one.name
