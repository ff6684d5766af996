"""How a process shares its connections to a PostgreSQL server among its threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import pytest

from assent.data.store import Database, postgres
from assent.errors import StoreError

THREADS = 40
"""More than there are connections."""


@pytest.fixture
def shared(postgres_server: Any) -> Any:
    url = postgres_server.fresh()
    database = Database(url)
    yield database
    database.close()
    postgres_server.give_back(url)


def test_writers_that_also_read_never_wait_for_each_other_for_good(
    shared: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared._engine.pool, "_timeout", 2)
    now, most, lock = 0, 0, Lock()

    def write(_: int) -> None:
        nonlocal now, most
        with shared.write() as connection:
            with lock:
                now += 1
                most = max(most, now)
            connection.exec_driver_sql("SELECT 1")
            time.sleep(0.02)  # so that all that may write do so at once
            with shared.read() as beside:
                beside.exec_driver_sql("SELECT 1")
            with lock:
                now -= 1

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(write, range(2 * THREADS)))
    assert most == postgres.WRITERS
    assert shared._engine.pool.checkedin() <= postgres.CONNECTIONS  # type: ignore[attr-defined]


def test_a_process_takes_a_bounded_number_of_connections(shared: Database) -> None:
    pool: Any = shared._engine.pool
    assert pool.size() + pool._max_overflow == postgres.CONNECTIONS


def test_a_turn_that_does_not_come_is_an_error(shared: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_WAIT", 0.01)
    with ThreadPoolExecutor(1) as other:
        held = [shared.write() for _ in range(postgres.WRITERS)]
        for one in held:
            one.__enter__()
        with pytest.raises(StoreError, match="locked"):
            other.submit(shared.write().__enter__).result()
        for one in reversed(held):
            one.__exit__(None, None, None)
    with shared.write():
        pass
