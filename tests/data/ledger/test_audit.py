"""R1: whatever somebody who can get round the rules does to the chain, `verify` names the first bad index."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from assent.data.ledger import Event, Ledger, Signer, canonical
from assent.data.ledger.event import chained
from assent.data.store import Database
from assent.errors import LedgerError, StoreError

Grow = Callable[..., list[Event]]
TABLES = ("ledger_events", "ledger_head", "ledger_checkpoints")


@contextmanager
def as_owner(database: Database) -> Iterator[Connection]:
    """A transaction without the rules of C13: what an owner or superuser can always do."""
    with database.write() as connection:
        if database.is_sqlite:
            for table, action in product(TABLES, ("insert", "update", "delete")):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_{action}")
        else:
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield connection


def rewrite(connection: Connection, position: int, body: str, hash_: str | None = None) -> None:
    statement = "UPDATE ledger_events SET body = :body" + (", hash = :hash" if hash_ else "")
    connection.execute(
        text(f"{statement} WHERE position = :position"), {"body": body, "position": position, "hash": hash_}
    )


def stored(connection: Connection, position: int) -> tuple[str, str]:
    wanted = text("SELECT body, hash FROM ledger_events WHERE position = :position")
    body, hash_ = connection.execute(wanted, {"position": position}).one()
    return body, hash_


def test_an_untouched_ledger_holds(ledger: Ledger, grow: Grow) -> None:
    assert ledger.verify() == ledger.verify()
    assert ledger.verify().size == 0
    events = grow(10, checkpoint=True)
    found = ledger.verify(events)
    assert (found.ok, found.position, found.reason, found.size) == (True, None, None, 10)


@pytest.mark.parametrize("position", [0, 4, 9])
def test_one_flipped_byte_is_found(database: Database, ledger: Ledger, grow: Grow, position: int) -> None:
    grow(10)
    with as_owner(database) as connection:
        body, _ = stored(connection, position)
        rewrite(connection, position, body.replace("a_1", "a_2"))
    found = ledger.verify()
    assert (found.ok, found.position) == (False, position)
    with pytest.raises(LedgerError) as error:
        list(ledger.events())
    assert error.value.position == position


def test_a_changed_event_with_a_fitting_hash_is_found(database: Database, ledger: Ledger, grow: Grow) -> None:
    events = grow(10)
    with as_owner(database) as connection:
        event, body = chained(events[3].head, events[4].time, "served", {"person": "p_9"})
        rewrite(connection, 4, body, event.hash)
    assert ledger.verify().position == 4
    with pytest.raises(LedgerError, match="does not follow"):
        list(ledger.events())


@pytest.mark.parametrize("position", [0, 4])
def test_a_removed_row_is_found(database: Database, ledger: Ledger, grow: Grow, position: int) -> None:
    grow(10)
    with as_owner(database) as connection:
        connection.exec_driver_sql(f"DELETE FROM ledger_events WHERE position = {position}")
    assert ledger.verify().position == position
    with pytest.raises(LedgerError, match=f"event {position} is missing"):
        list(ledger.events())


@pytest.mark.parametrize("hashes_too", [False, True])
def test_two_swapped_rows_are_found(database: Database, ledger: Ledger, grow: Grow, hashes_too: bool) -> None:
    grow(10)
    with as_owner(database) as connection:
        (first, first_hash), (second, second_hash) = stored(connection, 3), stored(connection, 7)
        rewrite(connection, 3, second, second_hash if hashes_too else None)
        rewrite(connection, 7, first, first_hash if hashes_too else None)
    assert ledger.verify().position == 3


def test_a_cut_tail_is_found_by_the_head(database: Database, ledger: Ledger, grow: Grow) -> None:
    grow(10)
    with as_owner(database) as connection:
        connection.exec_driver_sql("DELETE FROM ledger_events WHERE position >= 6")
    assert ledger.verify().position == 6


def test_a_cut_tail_with_its_head_is_found_by_the_checkpoint_outside(
    database: Database, ledger: Ledger, grow: Grow
) -> None:
    grow(9, checkpoint=True)
    with as_owner(database) as connection:
        _cut(connection, 6)
    found = ledger.verify()
    assert (found.position, found.size) == (6, 6)
    assert "restored from before" in str(ledger.behind())


def _cut(connection: Connection, position: int) -> None:
    connection.exec_driver_sql(f"DELETE FROM ledger_events WHERE position >= {position}")
    connection.exec_driver_sql(f"DELETE FROM ledger_checkpoints WHERE position >= {position}")
    wanted = f"SELECT body, hash FROM ledger_events WHERE position = {position - 1}"
    body, hash_ = connection.exec_driver_sql(wanted).one()
    values = {"position": position - 1, "hash": hash_, "time": json.loads(body)["time"]}
    connection.execute(text("UPDATE ledger_head SET position = :position, hash = :hash, time = :time"), values)


def test_a_row_behind_the_head_is_found(database: Database, ledger: Ledger, grow: Grow) -> None:
    events = grow(4)
    with as_owner(database) as connection:
        event, body = chained(events[-1].head, 0, "closed", {"account": "a_1"})
        values = {"position": event.position, "hash": event.hash, "body": body}
        connection.execute(text("INSERT INTO ledger_events VALUES (:position, :hash, :body)"), values)
    assert ledger.verify().position == 4


@pytest.mark.parametrize("statement", ["UPDATE ledger_head SET time = time + 1", "UPDATE ledger_head SET hash = body"])
def test_a_head_that_says_something_else_is_found(
    database: Database, ledger: Ledger, grow: Grow, statement: str
) -> None:
    grow(4)
    with as_owner(database) as connection:
        connection.exec_driver_sql(statement.replace("body", f"'{'1' * 64}'"))
    assert ledger.verify().position == 3


def test_a_ledger_built_and_signed_anew_contradicts_an_old_receipt(
    database: Database, ledger: Ledger, grow: Grow, tmp_path: Path
) -> None:
    """The operator rebuilds from event 5 on, signs again with its own key, and puts the outside in order too."""
    receipts = grow(10, checkpoint=True)
    with as_owner(database) as connection:
        _cut(connection, 5)
    for file in (tmp_path / "outside").iterdir():
        file.unlink()
    rebuilt = Ledger(database, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "outside"))
    with database.write() as connection:
        for _ in range(8):
            rebuilt.append(connection, "served", {"person": "p_never"})
        rebuilt.checkpoint(connection)
    rebuilt.publish()
    assert rebuilt.verify().ok
    assert rebuilt.verify([receipts[3]]).ok
    found = rebuilt.verify([receipts[8], receipts[6], receipts[3]])
    assert (found.ok, found.position) == (False, 6)


def test_time_that_goes_back_is_found(database: Database, ledger: Ledger, grow: Grow) -> None:
    events = grow(3)
    with as_owner(database) as connection:
        body = canonical({"position": 3, "previous": events[2].hash, "time": 5, "type": "closed"}).decode()
        _append_raw(connection, 3, body)
    assert ledger.verify().position == 3


def test_a_body_written_another_way_is_found(database: Database, ledger: Ledger, grow: Grow) -> None:
    events = grow(3)
    with as_owner(database) as connection:
        body = json.dumps({"position": 3, "previous": events[2].hash, "time": events[2].time, "type": "closed"})
        _append_raw(connection, 3, body)
    found = ledger.verify()
    assert found.position == 3
    assert "8785" in str(found.reason)


def _append_raw(connection: Connection, position: int, body: str) -> None:
    values = {"position": position, "hash": hashlib.sha256(body.encode()).hexdigest(), "body": body}
    connection.execute(text("INSERT INTO ledger_events VALUES (:position, :hash, :body)"), values)
    values["time"] = json.loads(body)["time"]
    connection.execute(text("UPDATE ledger_head SET position = :position, hash = :hash, time = :time"), values)


def test_a_checkpoint_outside_that_was_lost_or_changed_is_found(ledger: Ledger, grow: Grow, tmp_path: Path) -> None:
    grow(2, checkpoint=True)
    grow(2, checkpoint=True)
    file = tmp_path / "outside" / "000000000001.json"
    content = file.read_text()
    file.unlink()
    assert ledger.verify().position == 1
    file.write_text(content.replace('"time":17', '"time":18'))
    found = ledger.verify()
    assert found.position == 1
    assert "not signed" in str(found.reason)
    file.write_text(content[:-1])
    assert ledger.verify().position == 1


def test_a_key_that_was_replaced_signs_nothing_more(
    database: Database, ledger: Ledger, grow: Grow, tmp_path: Path
) -> None:
    grow(1)
    old = (tmp_path / "operator.key").read_bytes()
    ledger.rotate()
    (tmp_path / "old.key").write_bytes(old)
    grow(1)
    with database.write() as connection:
        ledger._checkpoints.sign(connection, ledger.head(connection), Signer(tmp_path / "old.key"))
    assert ledger.verify().position == 2


def test_a_rotation_that_the_old_key_did_not_sign_is_found(database: Database, ledger: Ledger, grow: Grow) -> None:
    grow(1)
    with database.write() as connection:
        ledger.append(connection, "operator_key", {"key_id": "0", "public_key": "00", "signature": "00"})
    assert ledger.verify().position == 1


def test_an_export_is_taken_into_the_other_kind_of_database(
    database: Database, ledger: Ledger, grow: Grow, tmp_path: Path, postgres_server: Any
) -> None:
    """R3: the chain that arrives has the same head, events and checkpoints."""
    grow(3, checkpoint=True)
    ledger.rotate()
    grow(2)
    ledger.export(tmp_path / "ledger.jsonl")
    url = postgres_server.fresh() if database.is_sqlite else f"sqlite:///{tmp_path}/other.db"
    other = Database(url)
    try:
        taken = Ledger(other, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "other"))
        taken.import_(tmp_path / "ledger.jsonl")
        assert taken.head() == ledger.head()
        assert list(taken.events()) == list(ledger.events())
        assert taken.newest_outside() == ledger.newest_outside()
        assert taken.verify().ok
        with pytest.raises(LedgerError, match="not empty"):
            taken.import_(tmp_path / "ledger.jsonl")
    finally:
        other.close()


def test_an_empty_ledger_can_be_exported_and_taken(ledger: Ledger, tmp_path: Path) -> None:
    ledger.export(tmp_path / "ledger.jsonl")
    assert len((tmp_path / "ledger.jsonl").read_text().splitlines()) == 1
    ledger.import_(tmp_path / "ledger.jsonl")
    assert ledger.head().position == -1


def test_an_export_is_readable_by_its_owner_only(ledger: Ledger, grow: Grow, tmp_path: Path) -> None:
    grow(1)
    ledger.export(tmp_path / "ledger.jsonl")
    assert (tmp_path / "ledger.jsonl").stat().st_mode & 0o777 == 0o600
    with pytest.raises(StoreError, match="cannot be written"):
        ledger.export(tmp_path / "nowhere" / "ledger.jsonl")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines(keepends=True)


SPOILED: dict[str, Callable[[list[str]], list[str]]] = {
    "a cut tail": lambda lines: lines[:-1],
    "all events cut": lambda lines: lines[:2],
    "a removed event": lambda lines: lines[:3] + lines[4:],
    "a changed event": lambda lines: [*lines[:3], lines[3].replace("a_1", "a_2"), *lines[4:]],
    "no checkpoint": lambda lines: [lines[0], *lines[2:]],
    "a changed checkpoint": lambda lines: [lines[0], lines[1].replace('"time":17', '"time":18'), *lines[2:]],
    "another format": lambda lines: ["{}\n", *lines[1:]],
    "no JSON": lambda lines: [*lines[:3], "x\n", *lines[3:]],
    "no objects": lambda lines: [*lines[:3], "[]\n", *lines[3:]],
    "half an event": lambda lines: [*lines[:2], '{"position":0}\n'],
    "a strange checkpoint": lambda lines: [lines[0], '{"checkpoint":1}\n', *lines[2:]],
    "nothing": lambda lines: [],
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_export_is_refused_whole(
    ledger: Ledger,
    grow: Grow,
    tmp_path: Path,
    fresh_url: Callable[[], str],
    spoil: Callable[[list[str]], list[str]],
) -> None:
    grow(5)
    path = tmp_path / "ledger.jsonl"
    ledger.export(path)
    path.write_text("".join(spoil(_lines(path))), encoding="utf-8")
    other = Database(fresh_url())
    try:
        taken = Ledger(other, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "other"))
        with pytest.raises(LedgerError, match=r"ledger\.jsonl"):
            taken.import_(path)
        assert taken.head().position == -1
        assert list(taken.events()) == []
    finally:
        other.close()


def test_an_import_is_refused_where_the_outside_knows_more(
    ledger: Ledger, grow: Grow, tmp_path: Path, fresh_url: Callable[[], str]
) -> None:
    """R6: an old export does not bring an old state back."""
    grow(2)
    ledger.export(tmp_path / "old.jsonl")
    grow(2, checkpoint=True)
    other = Database(fresh_url())
    try:
        taken = Ledger(other, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "outside"))
        with pytest.raises(LedgerError, match="a checkpoint outside goes on to 3"):
            taken.import_(tmp_path / "old.jsonl")
    finally:
        other.close()


def test_an_import_needs_the_operators_key(
    ledger: Ledger, grow: Grow, tmp_path: Path, fresh_url: Callable[[], str]
) -> None:
    grow(2)
    ledger.export(tmp_path / "ledger.jsonl")
    other = Database(fresh_url())
    try:
        taken = Ledger(other, Signer(tmp_path / "another.key"), checkpoints=str(tmp_path / "other"))
        with pytest.raises(LedgerError, match="not signed by the operator"):
            taken.import_(tmp_path / "ledger.jsonl")
    finally:
        other.close()


def test_a_file_that_is_not_there_is_a_clear_error(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        ledger.import_(tmp_path / "none.jsonl")
