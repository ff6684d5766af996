"""The store as a whole: what time ends, what an opening finishes, and when everything is denied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assent.data.clock import DAY, SECOND
from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.telemetry import Telemetry
from assent.data.telemetry.events import Holding
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import ConsentError, StoreError

START = 1_800_000_000 * SECOND
OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 Example Street",
    "contact": "privacy@example.com",
    "jurisdiction": "DE",
    "storage": "EU",
}


class Clock:
    time = START

    def __call__(self) -> int:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, database_url: str, clock: Clock) -> Iterator[Store]:
    """acme logs what dana says."""
    with Store(tmp_path / "home", database=database_url, clock=clock) as store:
        for name in ("separate", "notice"):
            given = {key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in shipped(name)}
            store.consent.publish(shipped(name, **given))
        private, public = new_key()
        store.consent.open_account("acme", ["dana"], public)
        store.consent.serve("dana", "acme", "acme", "separate")
        store.consent.sign("acme", "separate", ["use_feature", "log_content"], "dana", private)
        store.consent.serve("dana", "acme", "acme")
        yield store


def say(store: Store, text: str) -> int:
    """How many calls of one line by dana were logged."""
    turn = Turn("Dana", text, attribution="channel", person="dana", account="acme")
    call = Call("point", (0,), text, "quote")
    return store.log.capture(Interaction("acme", "dana", "summarize", Transcript((turn,)), (call,))).logged


def said(store: Store) -> list[str]:
    return sorted(row.text for row in store.log.rows("acme"))


def limit(store: Store, name: str) -> int:
    """The validity or retention of the form that stands, in microseconds."""
    documents = store.consent.at().book.documents
    [value] = {getattr(one, name) for one in documents if one.family == "separate"}
    return int(value)


def test_a_grant_that_ran_out_is_ended_by_the_sweep(store: Store, clock: Clock) -> None:
    """R7, C10: the gate denies at once; the sweep destroys the key and deletes the rows."""
    assert say(store, "one")
    clock.time = START + limit(store, "validity")
    assert said(store) == []
    [done] = store.sweep()
    assert (done.type, done.pending) == ("expired", None)
    assert done.keys == 1
    assert done.pieces > 0
    assert list(store.keys.live()) == []
    assert store.sweep() == []


def test_only_what_was_kept_for_as_long_as_the_form_says_goes(store: Store, clock: Clock) -> None:
    """R7: also where nothing was decided for a year, since a mark a day tells old rows from new."""
    assert say(store, "old")
    clock.time += DAY
    store.sweep()
    clock.time = START + limit(store, "retention") - DAY
    assert say(store, "new")
    clock.time = START + limit(store, "retention") + 2 * DAY
    assert [one.type for one in store.sweep()] == ["retention"]
    assert said(store) == ["new"]


def test_a_database_from_before_a_withdrawal_allows_nothing(tmp_path: Path, clock: Clock) -> None:
    """R6: noticed by what the key store followed and by the checkpoint outside; deciding is refused too."""
    home = tmp_path / "home"

    def opened() -> Store:
        return Store(home, clock=clock)

    with opened() as store:
        for name in ("separate", "notice"):
            given = {key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in shipped(name)}
            store.consent.publish(shipped(name, **given))
        private, public = new_key()
        store.consent.open_account("acme", ["dana"], public)
        store.consent.serve("dana", "acme", "acme", "separate")
        store.consent.sign("acme", "separate", ["use_feature", "log_content"], "dana", private)
        store.consent.serve("dana", "acme", "acme")
        assert say(store, "secret")
    shutil.copytree(home, tmp_path / "copy")
    with opened() as store:
        store.consent.withdraw(person="dana")
        assert said(store) == []
    for name in ("assent.db", "assent.db-wal", "assent.db-shm"):
        (home / name).unlink(missing_ok=True)
        if (tmp_path / "copy" / name).exists():
            shutil.copy(tmp_path / "copy" / name, home / name)
    with opened() as store:
        assert store.behind()
        assert said(store) == []
        assert say(store, "more") == 0
        with pytest.raises(StoreError):
            store.settle()


def test_an_opt_out_is_a_decision_and_so_is_its_end(store: Store) -> None:
    """T9"""
    acme = store.consent.subject("account", "acme")
    assert acme
    assert store.telemetry.emit(acme, {"feature": "ask"})
    assert store.consent.set_recorded("acme", True) is None, "it is recorded as it is"
    out = store.consent.set_recorded("acme", False)
    assert out
    assert out.fields == {"account": acme, "recorded": False}
    assert store.consent.set_recorded("acme", False) is None
    assert store.telemetry.show(acme) == Holding(True, ())
    store.consent.set_recorded("acme", True)
    assert store.telemetry.emit(acme, {"feature": "ask"})
    assert len(store.telemetry.show(acme).events) == 1
    with pytest.raises(ConsentError, match="globex"):
        store.consent.set_recorded("globex", False)


def test_an_opt_out_cut_off_by_a_crash_is_carried_out_at_the_next_open(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = store.consent.subject("account", "acme")
    assert acme
    assert store.telemetry.emit(acme, {"feature": "ask"})
    monkeypatch.setattr(Telemetry, "follow", lambda *_: None)
    store.consent.set_recorded("acme", False)
    assert not store.telemetry.show(acme).opted_out
    monkeypatch.undo()
    with Store(store.home, database=store.database.url, clock=store.clock) as again:
        assert again.telemetry.show(acme) == Holding(True, ())


def test_checkpoints_are_kept_where_the_environment_says(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "elsewhere"
    monkeypatch.setenv("ASSENT_CHECKPOINTS", str(outside))
    with Store(tmp_path / "other", clock=store.clock) as other:
        with other.database.write() as connection:
            other.ledger.append(connection, "mark", {})
            other.ledger.checkpoint(connection)
        other.settle()
    assert len(list(outside.iterdir())) == 1
    assert not (tmp_path / "other" / "checkpoints").exists()
