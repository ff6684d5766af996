"""The verbs about an account itself, and the daily sweep, on a real store in a temporary home."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.clock import DAY, system_clock
from assent.data.consent import rotate_key
from assent.data.consent.consent import Consent
from assent.data.erasure import open_jobs
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.ledger import Signer
from assent.data.transcripts.turns import Transcript, Turn
from tests.cli.called import form_read, found, refused, run, serve, sign

SIGN = ["consent", "sign", "--account", "acme", "--purpose", "use_feature"]


def say(home: Path, person: str = "bela") -> int:
    turn = Turn(person, "We meet in the square.", attribution="channel", person=person, account="acme")
    call = Call("point", (0,), "They meet.", "quote")
    with Store(home) as store:
        return store.log.capture(Interaction("acme", "dana", "summarize", Transcript((turn,)), (call,))).logged


def kept(home: Path) -> int:
    with Store(home) as store:
        return len(list(store.log.rows("acme")))


@pytest.fixture
def logged(published: Path) -> Path:
    sign("use_feature", "log_content")
    serve("bela")
    assert say(published) == 1
    return published


def test_one_more_admin_may_sign_until_they_leave(published: Path) -> None:
    sign("use_feature")
    refused(3, *SIGN, "--admin", "rosa", *form_read())
    added = found("consent", "admin", "--account", "acme", "--person", "rosa")
    assert (added["account"], added["admin"]) == ("acme", "rosa")
    assert "rosa may sign for acme" in run("consent", "admin", "--account", "acme", "--person", "rosa").stdout
    assert run(*SIGN, "--admin", "rosa", *form_read()).exit_code == 0
    found("consent", "leave", "--person", "rosa", "--account", "acme")
    refused(3, *SIGN, "--admin", "rosa", *form_read())
    assert "no account 'globex'" in refused(3, "consent", "admin", "--account", "globex", "--person", "rosa")


def test_a_replaced_key_signs_no_more_and_the_new_one_does(published: Path, tmp_path: Path) -> None:
    sign("use_feature")
    old = (tmp_path / "acme.key").read_bytes()
    (tmp_path / "old.key").write_bytes(old)
    replaced = found("consent", "key", "--account", "acme")
    assert (tmp_path / "acme.key").read_bytes() != old
    assert Signer(tmp_path / "acme.key").key_id == replaced["key_id"]
    assert run(*SIGN, "--admin", "dana", *form_read()).exit_code == 0
    assert "another key" in refused(3, *SIGN, "--admin", "dana", "--key", "old.key", *form_read())
    assert "not the present key" in refused(3, "consent", "key", "--account", "acme", "--key", "old.key")
    assert "--key names its file" in refused(3, "consent", "key", "--account", "globex")
    assert not (tmp_path / "globex.key").exists()
    assert found("ledger", "verify")["ok"]


def test_a_replacement_that_was_cut_off_is_taken_up(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new key must not be lost once the ledger names it."""
    sign("use_feature")
    replace = Consent.replace_key

    def cut(consent: Consent, *given: object) -> None:
        replace(consent, *given)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(Consent, "replace_key", cut)
    with Store(published) as store, pytest.raises(KeyboardInterrupt):
        rotate_key(store.consent, "acme", Signer(tmp_path / "acme.key"))
    monkeypatch.undo()
    monkeypatch.setenv("ASSENT_HOME", str(published))
    monkeypatch.chdir(tmp_path)
    found("consent", "key", "--account", "acme")
    assert run(*SIGN, "--admin", "dana", *form_read()).exit_code == 0


def test_who_leaves_takes_along_what_was_kept_of_them(logged: Path) -> None:
    """R7"""
    receipt = found("consent", "leave", "--person", "bela", "--account", "acme")
    assert (receipt["event"]["event_state"], receipt["erasure"]["keys"]) == ("ConsentRevoked", 1)
    assert kept(logged) == 0
    assert "no account 'globex'" in refused(3, "consent", "leave", "--person", "bela", "--account", "globex")


def test_a_closed_account_has_nothing_and_may_begin_anew(logged: Path) -> None:
    """R7"""
    assert "ConsentRevoked" in run("consent", "close", "--account", "acme").stdout
    assert kept(logged) == 0
    assert found("consent", "status", "--account", "acme")["enabled"]["reason"] == "closed"
    sign("use_feature", "log_content")
    assert found("consent", "status", "--account", "acme")["enabled"]["allowed"]
    assert "no account 'globex'" in refused(3, "consent", "close", "--account", "globex")


def test_the_policy_is_shown_and_set_and_settled_by_the_first_grant(published: Path) -> None:
    assert found("consent", "policy") == {"contributors": "account", "accept_bundled": False}
    assert found("consent", "policy", "--contributors", "everyone")["contributors"] == "everyone"
    said = run("consent", "policy", "--contributors", "account", "--accept-bundled").stdout
    assert said == "Who must say yes: the account. Training also takes bundled grants.\n"
    sign("use_feature")
    assert "before the first grant" in refused(3, "consent", "policy", "--contributors", "everyone")
    assert found("consent", "policy", "--refuse-bundled") == {"contributors": "account", "accept_bundled": False}


def test_the_sweep_ends_what_time_has_ended(logged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R7"""
    assert found("consent", "sweep") == []
    assert run("consent", "sweep").stdout == "Nothing was due.\n"
    now = system_clock() + 4 * 365 * DAY
    opened = Store.__init__
    monkeypatch.setattr(Store, "__init__", lambda store, *a, **k: opened(store, *a, **k, clock=lambda: now))
    [ended] = found("consent", "sweep")
    assert (ended["type"], ended["keys"], ended["pending"]) == ("expired", 1, None)
    assert kept(logged) == 0
    assert run("consent", "sweep").stdout == "Nothing was due.\n"


def test_the_sweep_says_what_it_could_not_finish(logged: Path) -> None:
    with Store(logged) as store, store.database.read() as reader:
        reader.exec_driver_sql("SELECT * FROM pieces").fetchall()
        store.consent.object("bela")
        assert "not finished: a reader" in run("consent", "sweep").stdout
    assert run("consent", "sweep").stdout == "Nothing was due.\n", "the opening finished it"
    with Store(logged) as store:
        assert open_jobs(store) == []
