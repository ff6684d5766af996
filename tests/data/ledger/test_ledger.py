"""The chain on both databases: order, time, one writer at a time, checkpoints and rotation."""

from __future__ import annotations

import itertools
import json
import os
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from assent.data.clock import SECOND
from assent.data.ledger import GENESIS, Event, Head, Ledger, Signer
from assent.data.store import Database
from assent.errors import LedgerError, StoreError

Grow = Callable[..., list[Event]]
THREADS = 100


def reopened(database: Database, folder: Path, **settings: object) -> Ledger:
    return Ledger(database, Signer(folder / "operator.key"), checkpoints=str(folder / "outside"), **settings)  # type: ignore[arg-type]


def test_an_empty_ledger_has_a_head_before_the_first_event(ledger: Ledger) -> None:
    assert ledger.head() == Head(-1, GENESIS, 0)
    assert list(ledger.events()) == []
    assert ledger.behind() is None


def test_events_come_back_in_order_and_chained(ledger: Ledger, grow: Grow) -> None:
    written = grow(5)
    assert list(ledger.events()) == written
    assert list(ledger.events(after=1, upto=3)) == written[2:4]
    assert [event.previous for event in written] == [GENESIS, *(event.hash for event in written[:-1])]
    assert ledger.head() == written[-1].head


def test_events_of_one_commit_stand_together_or_not_at_all(database: Database, ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        ledger.append_all(connection, [("left", {"person": "p_1"}), ("closed", {"account": "a_1"})])
        raise ZeroDivisionError
    assert ledger.head().position == -1
    with database.write() as connection:
        events = ledger.append_all(connection, [("left", {"person": "p_1"}), ("closed", {"account": "a_1"})])
        assert ledger.head(connection) == events[1].head
        assert ledger.head() == Head(-1, GENESIS, 0)  # nobody else sees it before the commit
    assert [event.type for event in ledger.events()] == ["left", "closed"]
    with database.write() as connection:
        assert ledger.append_all(connection, []) == []


def test_events_are_read_over_pages(ledger: Ledger, grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.data.ledger.chain.PAGE", 3)
    written = grow(7)
    assert list(ledger.events()) == written
    assert list(ledger.events(after=0, upto=5)) == written[1:6]


def test_order_is_the_ledgers_index_when_the_clock_goes_back(database: Database, tmp_path: Path) -> None:
    """R5: of two hosts skewed by an hour, the later event has the higher index and never an earlier time."""
    ahead = reopened(database, tmp_path, clock=lambda: 7_200 * SECOND)
    late = reopened(database, tmp_path, clock=lambda: 3_600 * SECOND)
    with database.write() as connection:
        first = ahead.append(connection, "grant", {"account": "a_1"})
    with database.write() as connection:
        second = late.append(connection, "withdrawal", {"account": "a_1"})
    assert second.position == first.position + 1
    assert second.time == first.time
    assert ahead.verify().ok


@pytest.mark.parametrize("fields", [{"time": 1}, {"type": "x"}, {"share": 0.5}, {"deep": [[1]]}, {"deep": {"a": [1]}}])
def test_an_event_that_cannot_stand_is_refused(database: Database, ledger: Ledger, fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="event"), database.write() as connection:
        ledger.append(connection, "grant", fields)
    assert ledger.head().position == -1


def test_one_linear_order_of_a_hundred_threads(database: Database, ledger: Ledger) -> None:
    """C14: 100 threads write a grant or a withdrawal at once; none is lost and the last event is the last word."""
    start = threading.Barrier(THREADS)
    written: list[Event] = []

    def decide(number: int) -> None:
        start.wait()
        with database.write() as connection:
            written.append(ledger.append(connection, "grant" if number % 2 else "withdrawal", {"account": "a_1"}))

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = list(ledger.events())
    assert [event.position for event in stored] == list(range(THREADS))
    assert sorted(written, key=lambda event: event.position) == stored
    assert ledger.head() == stored[-1].head
    assert ledger.verify().ok


def test_a_head_that_is_held_stays_until_the_end(database: Database, ledger: Ledger, grow: Grow) -> None:
    grow(1)
    done = threading.Event()

    def append() -> None:
        grow(1)
        done.set()

    with database.write() as connection:
        held = ledger.lock(connection)
        writer = threading.Thread(target=append)
        writer.start()
        assert not done.wait(0.2)
        assert ledger.head(connection) == held
    writer.join()
    assert ledger.head().position == held.position + 1


def test_two_processes_see_each_others_events(database: Database, ledger: Ledger, tmp_path: Path, grow: Grow) -> None:
    other = Database(database.url)
    twin = reopened(other, tmp_path)
    [event] = grow(1)
    assert twin.head() == event.head
    with other.write() as connection:
        second = twin.append(connection, "closed", {"account": "a_1"})
    assert ledger.head() == second.head
    other.close()


def test_a_checkpoint_counts_once_it_is_outside(database: Database, ledger: Ledger, grow: Grow, tmp_path: Path) -> None:
    [event] = grow(1)
    with database.write() as connection:
        made = ledger.checkpoint(connection)
        assert ledger.checkpoint(connection) == made
    assert ledger.newest_outside() is None
    ledger.publish()
    assert ledger.newest_outside() == made
    assert (made.position, made.hash) == (event.position, event.hash)
    assert [path.name for path in (tmp_path / "outside").iterdir()] == ["000000000000.json"]


def test_publishing_again_after_a_crash_changes_nothing(database: Database, grow: Grow, tmp_path: Path) -> None:
    """R2: the process dies between the write outside and the mark."""
    [event] = grow(1, checkpoint=True)
    kept = (tmp_path / "outside" / "000000000000.json").read_bytes()
    again = reopened(database, tmp_path)
    with database.write() as connection:
        again._checkpoints.make(connection)
    again.publish()
    assert (tmp_path / "outside" / "000000000000.json").read_bytes() == kept
    assert json.loads(kept)["hash"] == event.hash


def test_nothing_is_signed_in_an_empty_ledger(database: Database, ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="nothing to sign"), database.write() as connection:
        ledger.checkpoint(connection)


def test_a_database_from_before_its_checkpoint_is_behind(
    ledger: Ledger, grow: Grow, tmp_path: Path, fresh_url: Callable[[], str]
) -> None:
    """R6: the outside is ahead of a database that was restored, here an empty one."""
    grow(3, checkpoint=True)
    assert ledger.behind() is None
    restored = Database(fresh_url())
    try:
        assert "restored from before" in str(reopened(restored, tmp_path).behind())
    finally:
        restored.close()


def test_a_database_beside_its_checkpoint_is_noticed(grow: Grow, tmp_path: Path, fresh_url: Callable[[], str]) -> None:
    grow(1, checkpoint=True)
    other = Database(fresh_url())
    try:
        beside = reopened(other, tmp_path)
        with other.write() as connection:
            beside.append(connection, "closed", {"account": "a_2"})
        assert "another event 0" in str(beside.behind())
        with other.write() as connection:
            beside.checkpoint(connection)
        with pytest.raises(LedgerError, match="another checkpoint at 0"):
            beside.publish()
    finally:
        other.close()


def test_a_checkpoint_that_somebody_else_signed_is_noticed(database: Database, grow: Grow, tmp_path: Path) -> None:
    grow(1, checkpoint=True)
    file = tmp_path / "outside" / "000000000000.json"
    file.write_text(file.read_text().replace('"time":17', '"time":18'))
    assert "not signed by the operator" in str(reopened(database, tmp_path).behind())
    file.write_text("{}")
    assert "cannot be read" in str(reopened(database, tmp_path).behind())


def test_a_place_that_cannot_be_reached_is_a_reason(database: Database, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("a file where a folder should be")
    ledger = reopened(database, tmp_path)
    assert "cannot be reached" in str(ledger.behind())
    assert not ledger.verify().ok


def test_a_new_key_is_introduced_by_the_old_one(database: Database, ledger: Ledger, grow: Grow, tmp_path: Path) -> None:
    grow(1, checkpoint=True)
    before = Signer(tmp_path / "operator.key")
    event = ledger.rotate()
    after = Signer(tmp_path / "operator.key")
    grow(1, checkpoint=True)
    assert event.fields["key_id"] == after.key_id != before.key_id
    assert event.fields["previous_key"] == before.public_key
    assert ledger.verify().ok
    assert ledger.newest_outside() is not None
    assert not list(tmp_path.glob("*.next"))
    assert reopened(database, tmp_path).behind() is None


def test_a_rotation_that_was_cut_off_is_ended_at_the_next_open(
    database: Database, ledger: Ledger, grow: Grow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R2: the process dies after the commit that brings the new key, before its file is in place."""
    grow(1, checkpoint=True)
    with monkeypatch.context() as patched:
        patched.setattr(Signer, "hand_over", _killed)
        with pytest.raises(KeyboardInterrupt):
            ledger.rotate()
    again = reopened(database, tmp_path)
    again.publish()
    assert again.verify().ok
    assert again.behind() is None


def _killed(*_: object) -> bool:
    raise KeyboardInterrupt


def test_another_process_follows_a_rotation(database: Database, ledger: Ledger, grow: Grow, tmp_path: Path) -> None:
    twin = reopened(database, tmp_path)
    grow(1)
    ledger.rotate()
    with database.write() as connection:
        twin.append(connection, "closed", {"account": "a_1"})
        twin.checkpoint(connection)
    twin.publish()
    assert ledger.verify().ok
    assert twin.behind() is None


def test_a_key_file_from_before_a_rotation_is_refused(
    database: Database, ledger: Ledger, grow: Grow, tmp_path: Path
) -> None:
    old = (tmp_path / "operator.key").read_bytes()
    grow(1)
    ledger.rotate()
    (tmp_path / "operator.key").write_bytes(old)
    with pytest.raises(LedgerError, match="put that key file back"):
        reopened(database, tmp_path)


def test_a_lost_head_is_an_error(database: Database, ledger: Ledger) -> None:
    with database.write() as connection:
        without = (
            "DROP TRIGGER ledger_head_delete" if database.is_sqlite else "SET LOCAL session_replication_role = replica"
        )
        connection.exec_driver_sql(without)
        connection.exec_driver_sql("DELETE FROM ledger_head")
    with pytest.raises(LedgerError, match="lost its head"):
        ledger.head()
    assert "lost its head" in str(ledger.behind())


def test_the_gate_may_ask_for_the_head_of_a_closed_store_and_is_told(database: Database, ledger: Ledger) -> None:
    database.close()
    with pytest.raises(StoreError, match="closed"):
        ledger.head()
    assert "closed" in str(ledger.behind())


def test_a_fork_reads_for_itself(database: Database, ledger: Ledger, grow: Grow) -> None:
    """Data loaders fork: a child uses no connection of its parent."""
    [event] = grow(1)
    reading, writing = os.pipe()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):  # of forks while threads run
        child = os.fork()
    if child == 0:
        with os.fdopen(writing, "w") as out:
            out.write(ledger.head().hash + next(iter(ledger.events())).hash)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        assert answer.read() == event.hash * 2
    os.waitpid(child, 0)
    [second] = grow(1)
    assert ledger.head() == second.head


def test_numbers_of_an_event_stay_whole(database: Database, ledger: Ledger) -> None:
    fields = {"validity": 2**53 - 1, "admins": ["p_1", "p_2"], "material": True, "person": None, "flat": {"a": 1}}
    with database.write() as connection:
        written = ledger.append(connection, "form", fields)
    assert next(ledger.events()).fields == fields == written.fields
    with pytest.raises(ValueError, match="safe integer"), database.write() as connection:
        ledger.append(connection, "form", {"validity": 2**53})


def test_a_clock_is_asked_inside_the_lock(database: Database, tmp_path: Path) -> None:
    ticks = itertools.count(1)
    ledger = reopened(database, tmp_path, clock=ticks.__next__)
    with database.write() as connection:
        events = ledger.append_all(connection, [("left", {}), ("left", {})])
    assert [event.time for event in events] == [1, 1]
