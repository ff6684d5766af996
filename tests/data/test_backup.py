"""A backup and the way back: the rows return, the decisions made since are carried out first, and keys stay dead."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from assent.data.backup import backup
from assent.data.clock import SECOND
from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.keystore import EnvironmentEpochKeys
from assent.data.ledger import Signer
from assent.data.restore import restore
from assent.data.store.tables import contributors, jobs, pieces
from assent.data.telemetry.events import Holding
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import LedgerError, StoreError

START = 1_800_000_000 * SECOND
PLACES = {
    "operator": "Minutes Ltd",
    "operator_type": "company",
    "address": "1 High Street, Dublin",
    "contact": "privacy@minutes.example",
    "jurisdiction": "Ireland",
    "storage": "Frankfurt, Germany",
    "effective": "2027-06-01",
}
PEOPLE = ("dana", "bela")


def opened(home, **options):
    return Store(home, clock=lambda: START, **options)


def found(home, **options):
    """What each person's words open to, and whether the gate denies everything."""
    with opened(home, **options) as store:
        said = {turn.text for row in store.log.rows("acme") for turn in row.turns}
        return said, store.consent.at().refused


def begin(store):
    """acme has signed, dana and bela were told, and one call of each was logged."""
    for name in ("separate", "notice"):
        text = shipped(name, **{key: value for key, value in PLACES.items() if f"{{{{{key}}}}}" in shipped(name)})
        store.consent.publish(text)
    key, public = new_key()
    store.consent.open_account("acme", ["dana"], public)
    store.consent.serve("dana", "acme", "acme", "separate")
    store.consent.sign("acme", "separate", ("use_feature", "log_content", "train_content"), "dana", key)
    for person in PEOPLE:
        store.consent.serve(person, "acme", "acme")
    for person in PEOPLE:
        capture(store, person, "first")


def capture(store, person, word):
    turn = Turn(person.title(), f"said-{person}-{word}", attribution="roster", person=person, account="acme")
    call = Call("map", (0,), "Something was said.", "model")
    logged = store.log.capture(
        Interaction("acme", user="dana", feature="summarize", material=Transcript((turn,)), calls=(call,))
    )
    assert logged.logged == 1


def count(store, table=pieces):
    with store.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table))


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    monkeypatch.delenv("ASSENT_EPOCH_KEY", raising=False)
    monkeypatch.delenv("ASSENT_DATABASE", raising=False)


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A store in use and its backup, made once."""
    folder = tmp_path_factory.mktemp("begun")
    with opened(folder / "home") as store:
        begin(store)
        backup(store, folder / "copy")
    return folder


@pytest.fixture
def home(begun, tmp_path):
    for name in ("home", "copy"):
        shutil.copytree(begun / name, tmp_path / name)
    return tmp_path / "home"


@pytest.fixture
def copy(home):
    return home.with_name("copy")


BOTH = {"said-dana-first", "said-bela-first"}
DANA = {"said-dana-first"}


def test_a_backup_is_private_and_complete_and_holds_neither_epoch_key_nor_operators_key(home, copy):
    manifest = json.loads((copy / "manifest.json").read_text())
    assert set(manifest["files"]) == {"assent.db", "keys.db", "ledger.jsonl", "secret"}
    assert {path.name for path in copy.iterdir()} == {*manifest["files"], "manifest.json"}
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in copy.iterdir())
    everything = b"".join(path.read_bytes() for path in copy.iterdir())
    epoch = (home / "epoch.key").read_bytes().strip()
    assert epoch not in everything
    assert bytes.fromhex(epoch.decode()) not in everything
    assert (home / "operator.key").read_bytes() not in everything
    assert (
        manifest["checkpoint"]["position"]
        == json.loads((copy / "ledger.jsonl").read_text().splitlines()[-1])["position"]
    )


def test_rows_that_were_lost_come_back(home, copy):
    with opened(home) as store, store.database.write() as connection:
        connection.execute(delete(contributors))
        connection.execute(delete(pieces))
    assert found(home)[0] == set()
    result = restore(copy, home)
    assert (result.appended, result.keys, result.behind) == (0, "live", None)
    assert found(home) == (BOTH, None)


def test_a_withdrawal_since_the_backup_is_carried_out_before_anything_can_be_read(home, copy):
    """R6: the rows that came back go again, and their keys are dead."""
    with opened(home) as store:
        store.consent.object("bela")
        decided = store.ledger.head().position
    result = restore(copy, home)
    assert result.ends == 1
    assert (result.nameless, result.behind) == (0, None)
    assert result.appended >= 2
    connection = sqlite3.connect(home / "assent.db")
    assert connection.execute("SELECT count(*) FROM pieces").fetchone() == (4,), "positive control: they are back"
    connection.close()
    with opened(home) as store:
        assert count(store) == 2
        assert store.ledger.head().position == decided + 1, "the erasure done again is on record"
        with store.database.read() as reader:
            assert reader.scalar(select(func.count()).select_from(jobs).where(jobs.c.done.is_(None))) == 0
        assert store.ledger.verify().ok
    assert found(home) == (DANA, None)


def test_the_newer_events_may_come_from_an_export(home, copy, tmp_path):
    with opened(home) as store:
        store.consent.object("bela")
        store.ledger.export(tmp_path / "newest.jsonl")
    for path in home.glob("assent.db*"):
        path.unlink()
    result = restore(copy, home, tmp_path / "newest.jsonl")
    assert (result.ends, result.keys, result.behind) == (1, "live", None)
    assert found(home) == (DANA, None)


def test_without_the_newer_events_the_gate_denies_everything_until_they_are_given(home, copy, tmp_path):
    """R6."""
    with opened(home) as store:
        store.consent.object("bela")
        store.ledger.export(tmp_path / "newest.jsonl")
    for path in home.glob("assent.db*"):
        path.unlink()
    result = restore(copy, home)
    assert "restore again with the newest ledger export" in result.behind
    said, refused = found(home)
    assert said == set()
    assert refused is not None
    assert restore(copy, home, tmp_path / "newest.jsonl").behind is None
    assert found(home) == (DANA, None)


def test_what_was_captured_since_the_backup_is_lost_and_nothing_else(home, copy):
    with opened(home) as store:
        capture(store, "dana", "later")
        store.consent.serve("carol", "acme", "acme")
    restore(copy, home)
    assert found(home) == (BOTH, None)
    with opened(home) as store:
        assert store.consent.subject("person", "carol"), "names come from the database that was replaced"
        capture(store, "carol", "later")


def test_names_that_only_the_lost_database_held_are_counted(home, copy, tmp_path):
    with opened(home) as store:
        store.consent.object("carol")
        store.ledger.export(tmp_path / "newest.jsonl")
    for path in home.glob("assent.db*"):
        path.unlink()
    assert restore(copy, home, tmp_path / "newest.jsonl").nameless == 1


def test_where_nothing_tells_what_was_decided_since_nothing_is_restored(home, copy, tmp_path):
    """R6: a machine that lost everything must be told that there is nothing newer."""
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(home / "operator.key", bare)
    with pytest.raises(StoreError, match="nothing tells what was decided since"):
        restore(copy, bare)
    assert [path.name for path in bare.iterdir()] == ["operator.key"]
    assert restore(copy, bare, copy / "ledger.jsonl").behind is None


@pytest.mark.parametrize("made", ["before", "after"])
def test_on_a_new_machine_every_checkpoint_stands_outside_again(home, copy, tmp_path, made):
    """R1: those in the backup and those of the newer events alike."""
    with opened(home) as store:
        store.consent.object("bela")
        checkpoint = store.ledger.newest_outside()
        store.ledger.export(tmp_path / "newest.jsonl")
        backup(store, tmp_path / "after")
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.copy(home / "operator.key", bare)
    restore(copy if made == "before" else tmp_path / "after", bare, tmp_path / "newest.jsonl")
    assert (bare / "checkpoints" / f"{checkpoint.position:012d}.json").read_bytes() == checkpoint.content
    with opened(bare) as store:
        assert store.ledger.verify().ok


def test_a_lost_key_store_comes_back_while_the_epoch_key_is_that_of_the_backup(home, copy):
    (home / "keys.db").unlink()
    assert restore(copy, home).keys == "backup"
    assert found(home) == (BOTH, None)


def test_after_a_destruction_the_key_store_of_an_older_backup_opens_nothing(home, copy):
    """W3: the copy of the keys is dead with the epoch key of its day; the gate goes on, the content does not open."""
    with opened(home) as store:
        store.consent.object("bela")
    (home / "keys.db").unlink()
    assert restore(copy, home).keys == "none"
    said, refused = found(home)
    assert said == set()
    assert refused is None


def test_the_key_store_that_is_alive_is_kept(home, copy):
    """R6: that of the backup still holds the keys destroyed since."""
    with opened(home) as store:
        store.consent.object("bela")
        seen = store.keys.seen
    before = (home / "keys.db").read_bytes()
    assert restore(copy, home).keys == "live"
    assert (home / "keys.db").read_bytes() == before
    with opened(home) as store:
        assert store.keys.seen >= seen


def test_on_a_new_machine_an_epoch_key_from_the_environment_opens_the_backup(tmp_path, monkeypatch):
    monkeypatch.setenv("ASSENT_EPOCH_KEY", "11" * 32)
    with opened(tmp_path / "home") as store:
        begin(store)
        backup(store, tmp_path / "copy")
    (tmp_path / "new").mkdir()
    shutil.copy(tmp_path / "home" / "operator.key", tmp_path / "new")
    ledger = tmp_path / "copy" / "ledger.jsonl"
    result = restore(tmp_path / "copy", tmp_path / "new", ledger, epochs=EnvironmentEpochKeys())
    assert (result.keys, result.behind) == ("backup", None)
    assert found(tmp_path / "new") == (BOTH, None)
    assert (tmp_path / "new" / "secret").read_bytes() == (tmp_path / "home" / "secret").read_bytes()


@pytest.mark.parametrize("name", ["assent.db", "keys.db", "ledger.jsonl", "secret", "manifest.json"])
@pytest.mark.parametrize("harm", ["flipped", "cut", "gone"])
def test_a_backup_that_was_changed_is_refused_and_nothing_is_touched(home, copy, name, harm):
    before = {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()}
    content = bytearray((copy / name).read_bytes())
    if harm == "gone":
        (copy / name).unlink()
    else:
        content[len(content) // 2] ^= 0x80
        (copy / name).write_bytes(content if harm == "flipped" else content[:-3])
    with pytest.raises(StoreError, match=name):
        restore(copy, home)
    assert {path.name: path.read_bytes() for path in home.iterdir() if path.is_file()} == before


def test_a_backup_made_while_others_write_is_of_one_moment(tmp_path, monkeypatch):
    """Every row in it opens with the keys in it."""
    monkeypatch.setenv("ASSENT_EPOCH_KEY", "11" * 32)
    with opened(tmp_path / "home") as store:
        begin(store)
        done = threading.Event()

        def write():
            for number in range(200):
                store.consent.serve(f"person-{number}", "acme", "acme")
                capture(store, f"person-{number}", "meanwhile")
                if done.is_set():
                    return

        writer = threading.Thread(target=write)
        writer.start()
        for name in ("one", "two", "three"):
            backup(store, tmp_path / name)
        done.set()
        writer.join()
    for name in ("one", "two", "three"):
        (tmp_path / f"new-{name}").mkdir()
        shutil.copy(tmp_path / "home" / "operator.key", tmp_path / f"new-{name}")
        restore(tmp_path / name, tmp_path / f"new-{name}", tmp_path / "two" / "ledger.jsonl")
        with opened(tmp_path / f"new-{name}") as store:
            assert len(list(store.log.rows("acme"))) * 2 == count(store)


def test_while_both_stores_are_copied_nothing_is_decided(home, tmp_path, monkeypatch):
    """Otherwise the copied keys could be ahead of the copied ledger, and that backup would be denied everything."""
    with opened(home) as store:
        copying = store.keys.copy
        late = threading.Thread(target=lambda: store.consent.serve("carol", "acme", "acme"))

        def slow(target):
            late.start()
            late.join(0.3)
            assert late.is_alive()
            return copying(target)

        monkeypatch.setattr(store.keys, "copy", slow)
        backup(store, tmp_path / "new")
        late.join()
        assert store.consent.subject("person", "carol")


def test_a_folder_that_exists_is_not_written_over(home, copy):
    before = sorted(copy.iterdir())
    with opened(home) as store, pytest.raises(StoreError, match="exists already"):
        backup(store, copy)
    assert sorted(copy.iterdir()) == before


def test_a_backup_that_fails_leaves_nothing_behind(home, tmp_path, monkeypatch):
    (tmp_path / "backups").mkdir()

    def full(*_):
        raise OSError(28, "No space left on device")

    with opened(home) as store:
        monkeypatch.setattr(type(store.ledger), "export", full)
        with pytest.raises(StoreError, match="No space left"):
            backup(store, tmp_path / "backups" / "new")
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_store_that_is_behind_its_checkpoints_is_not_backed_up(home, tmp_path):
    for path in home.glob("assent.db*"):
        path.unlink()
    with opened(home) as store, pytest.raises(StoreError, match="no backup is made"):
        backup(store, tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_a_store_that_is_open_elsewhere_is_not_replaced(home, copy, monkeypatch):
    monkeypatch.setattr("assent.data.restore.WAIT", 0.1)
    with opened(home) as store:
        assert count(store) == 4
        with pytest.raises(StoreError, match="another program"):
            restore(copy, home)
        assert count(store) == 4
    assert found(home) == (BOTH, None)


def test_a_restore_that_fails_at_the_last_step_leaves_the_store_as_it_was(home, copy, monkeypatch):
    with opened(home) as store:
        capture(store, "dana", "later")
    replace = Path.replace

    def broken(path, target):
        if Path(target).name == "assent.db":
            raise OSError(5, "Input/output error")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(StoreError, match="Input/output error"):
        restore(copy, home)
    monkeypatch.undo()
    assert found(home) == (BOTH | {"said-dana-later"}, None)
    assert not list(home.glob(".restore-*"))


def test_a_damaged_database_is_replaced_and_the_checkpoints_tell_what_it_held(home, copy, tmp_path):
    with opened(home) as store:
        store.consent.object("bela")
        store.ledger.export(tmp_path / "newest.jsonl")
    (home / "assent.db").write_bytes(b"damaged" * 1000)
    assert restore(copy, home).behind
    assert found(home)[0] == set()
    assert restore(copy, home, tmp_path / "newest.jsonl").behind is None
    assert found(home) == (DANA, None)


def test_without_the_operators_key_nothing_is_restored(home, copy):
    (home / "operator.key").unlink()
    with pytest.raises(StoreError, match="operator's key"):
        restore(copy, home)
    assert not (home / "operator.key").exists()


def forged(export, target, harm):
    lines = export.read_text().splitlines()
    if harm == "cut":
        lines = lines[:-1]
    if harm == "another's":
        other = Signer(target.with_name("other.key"))
        header = json.loads(lines[0])
        lines[0] = json.dumps(header | {"keys": [other.public_key]})
        for number, line in enumerate(lines):
            if '"checkpoint"' in line:
                found = json.loads(line)["checkpoint"] | {"key_id": other.key_id, "signature": ""}
                lines[number] = json.dumps({"checkpoint": found | {"signature": other.sign(b"anything")}})
    if harm == "unsigned":
        lines = [re.sub(r'("signature":")[0-9a-f]{8}', r"\g<1>00000000", line) for line in lines]
    if harm == "changed":
        lines = [line.replace("objection", "rejection") for line in lines]
    target.write_text("\n".join(lines) + "\n")
    return target


@pytest.mark.parametrize("harm", ["cut", "another's", "changed", "unsigned"])
def test_an_export_that_does_not_hold_is_refused_and_nothing_is_touched(home, copy, tmp_path, harm):
    with opened(home) as store:
        store.consent.object("bela")
        store.ledger.export(tmp_path / "newest.jsonl")
    with pytest.raises(LedgerError):
        restore(copy, home, forged(tmp_path / "newest.jsonl", tmp_path / "forged.jsonl", harm))
    assert found(home) == (DANA, None)


def test_the_ledger_of_another_store_is_refused(home, copy, tmp_path):
    with opened(tmp_path / "other") as other:
        begin(other)
        other.consent.object("bela")
        other.ledger.export(tmp_path / "other.jsonl")
    with pytest.raises(LedgerError):
        restore(copy, home, tmp_path / "other.jsonl")
    assert found(home) == (BOTH, None)


def two_histories(home, copy, tmp_path):
    """The same store twice, the same operator; each decides something else. Exports of both."""
    shutil.copytree(home, tmp_path / "other")
    with opened(home) as store:
        store.consent.object("bela")
        shutil.rmtree(copy)
        backup(store, copy)
    with opened(tmp_path / "other") as store:
        store.consent.leave("dana", "acme")
        store.ledger.export(tmp_path / "as long.jsonl")
        store.consent.object("bela")
        store.ledger.export(tmp_path / "longer.jsonl")


@pytest.mark.parametrize("export", ["as long.jsonl", "longer.jsonl"])
def test_another_history_of_the_same_operator_is_refused(home, copy, tmp_path, export):
    two_histories(home, copy, tmp_path)
    with pytest.raises(LedgerError):
        restore(copy, home, tmp_path / export)
    assert found(home) == (DANA, None)


def test_a_database_that_is_behind_is_no_source_and_gets_no_new_checkpoint(home, copy, tmp_path):
    with opened(home) as store:
        store.consent.serve("carol", "acme", "acme")
    older = (home / "assent.db").read_bytes()
    with opened(home) as store:
        store.consent.object("bela")
    (home / "assent.db").write_bytes(older)
    before = sorted((home / "checkpoints").iterdir())
    assert restore(copy, home).behind
    assert sorted((home / "checkpoints").iterdir()) == before


def test_an_operators_key_that_was_replaced_since_is_followed(home, copy):
    with opened(home) as store:
        store.ledger.rotate()
        store.consent.object("bela")
    assert restore(copy, home).behind is None
    assert found(home) == (DANA, None)


def test_on_postgresql_the_rows_are_pg_dumps_and_the_newer_events_come_from_the_export(tmp_path, postgres_server):
    """R6, where `CREATE DATABASE ... TEMPLATE` stands for pg_dump and pg_restore."""
    home, copy = tmp_path / "home", tmp_path / "copy"
    url = postgres_server.fresh()
    with opened(home, database=url) as store:
        begin(store)
    dump = postgres_server.copy(url)
    with opened(home, database=url) as store:
        manifest = backup(store, copy)
        assert "pg_dump" in manifest.note
        assert set(manifest.files) == {"keys.db", "ledger.jsonl", "secret"}
        store.consent.object("bela")
        store.ledger.export(tmp_path / "newest.jsonl")
    with pytest.raises(StoreError, match="backup of a postgresql store"):
        restore(copy, home)
    assert "newest ledger export" in restore(copy, home, database=dump).behind
    assert found(home, database=dump)[0] == set()
    result = restore(copy, home, tmp_path / "newest.jsonl", database=dump)
    assert (result.ends, result.keys, result.behind) == (1, "live", None)
    assert found(home, database=dump) == (DANA, None)


def record(store):
    """Whether a use by acme is recorded."""
    return store.telemetry.emit(store.consent.subject("account", "acme"), {"feature": "ask"})


@pytest.mark.parametrize("kind", ["replaced", "exported"])
def test_who_opted_out_of_telemetry_since_the_backup_stays_out(home, copy, tmp_path, kind):
    """T9: and what the backup holds of them goes again."""
    with opened(home) as store:
        assert record(store)
        backup(store, tmp_path / "recorded")
        acme = store.consent.subject("account", "acme")
        store.consent.set_recorded("acme", False)
        store.ledger.export(tmp_path / "newest.jsonl")
    if kind == "exported":
        (home / "assent.db").unlink()
    restore(tmp_path / "recorded", home, tmp_path / "newest.jsonl" if kind == "exported" else None)
    connection = sqlite3.connect(home / "assent.db")
    assert connection.execute("SELECT registry > 0 FROM telemetry").fetchall() == [(1,)], "positive control: it is back"
    connection.close()
    with opened(home) as store:
        assert store.telemetry.show(acme) == Holding(True, ())
        assert not record(store)


def test_a_database_from_before_an_opt_out_is_noticed(home, copy):
    with opened(home) as store:
        store.consent.set_recorded("acme", False)
    for path in home.glob("assent.db*"):
        path.unlink()
    shutil.copy(copy / "assent.db", home)
    with opened(home) as store:
        assert store.behind()


def test_on_postgresql_who_opted_out_since_the_backup_stays_out(tmp_path, postgres_server):
    """T9: the rows come back with pg_restore, the decision with the ledger's export."""
    url, home = postgres_server.fresh(), tmp_path / "home"
    with opened(home, database=url) as store:
        begin(store)
        assert record(store)
        backup(store, tmp_path / "copy")
    dumped = postgres_server.copy(url)
    with opened(home, database=url) as store:
        acme = store.consent.subject("account", "acme")
        store.consent.set_recorded("acme", False)
        assert not record(store)
        store.ledger.export(tmp_path / "newest.jsonl")
    assert restore(tmp_path / "copy", home, tmp_path / "newest.jsonl", database=dumped).behind is None
    with opened(home, database=dumped) as store:
        assert store.telemetry.show(acme) == Holding(True, ())
        assert not record(store)
    for used in (url, dumped):
        postgres_server.give_back(used)


def test_a_restore_looks_for_checkpoints_where_the_environment_says(home, copy, tmp_path, monkeypatch):
    """R6"""
    monkeypatch.setenv("ASSENT_CHECKPOINTS", str(tmp_path / "outside"))
    shutil.copytree(home / "checkpoints", tmp_path / "outside")
    with opened(home) as store:
        store.consent.object("bela")
    for path in (*home.glob("assent.db*"), home / "keys.db"):
        path.unlink()
    shutil.rmtree(home / "checkpoints")
    assert restore(copy, home).behind
