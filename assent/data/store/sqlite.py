"""A SQLite file: its settings, its one writer, its write-ahead log. It knows no table."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event

from assent.data.store.failures import failure, locked
from assent.errors import StoreError

WAIT = 30.0
"""Seconds a writer waits for its turn before it says that the file is locked."""
SCRUB_WAIT = 1.0
"""Seconds the write-ahead log waits for readers to leave; whoever scrubs tries again later."""
_SETTINGS = (
    f"PRAGMA busy_timeout={int(WAIT * 1000)}",
    "PRAGMA secure_delete=ON",  # deleted bytes become zeros at once
    "PRAGMA synchronous=FULL",  # a commit is on the disk before it is acknowledged
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",  # no temporary files beside the database
)


class Sqlite:
    def __init__(self, url: URL) -> None:
        if not url.database or url.database == ":memory:":
            raise StoreError("a store needs a file of its own: sqlite:////path/file.db")
        self._path = Path(url.database).absolute()
        self.name = f"the database {self._path}"
        self._create()
        self.engine = create_engine(url.set(database=str(self._path)), hide_parameters=True)
        event.listen(self.engine, "connect", _configure)
        self._inherited: list[object] = []
        self._start()

    def _create(self) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._identity = _identity(self._path)
            _turn_on_log(self._path)
        except (OSError, sqlite3.Error) as error:
            raise failure(error, self.name) from None

    def _start(self) -> None:
        self._turn = threading.Lock()
        self._glancing = threading.Lock()
        self._glance: sqlite3.Connection | None = None

    def check(self) -> None:
        """A file that was deleted or replaced would still take writes, that nobody would ever see."""
        try:
            here = _identity(self._path)
        except OSError:
            raise StoreError(
                f"{self.name} is gone; put the file back or restore a backup, then open it again"
            ) from None
        if here != self._identity:
            raise StoreError(f"{self.name} was replaced while it was open; open it again")

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Threads queue here, where waking is prompt; SQLite itself polls."""
        if not self._turn.acquire(timeout=WAIT):
            raise locked(self.name)
        try:
            yield
        finally:
            self._turn.release()

    def begin(self, connection: Connection, writing: bool) -> None:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writing else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    def glance(self, statement: str) -> tuple[Any, ...] | None:
        try:
            with self._glancing:
                if self._glance is None:
                    self._glance = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
                    _configure(self._glance)
                rows: list[tuple[Any, ...]] = self._glance.execute(statement).fetchall()
        except sqlite3.Error as error:
            raise failure(error, self.name) from None
        return rows[0] if rows else None

    def scrub(self) -> bool:
        with self.turn():
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=SCRUB_WAIT)
            try:
                [(busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            except sqlite3.Error as error:
                raise failure(error, self.name) from None
            finally:
                connection.close()
        return not busy

    def forget(self) -> None:
        # Closing an inherited connection would drop locks and pages that are the parent's.
        self._inherited += [self.engine.pool, self._glance]
        self.engine.dispose(close=False)
        self._start()

    def close(self) -> None:
        self.engine.dispose()
        if self._glance is not None:
            self._glance.close()
            self._glance = None


def _identity(path: Path) -> tuple[int, int]:
    found = os.stat(path)  # noqa: PTH116  (asked before every transaction; a Path costs more than the call)
    return found.st_dev, found.st_ino


def _configure(connection: Any, _record: object = None) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; `begin` does
    for setting in _SETTINGS:
        connection.execute(setting)


def _turn_on_log(path: Path) -> None:
    """Write-ahead logging stays on once it is. Turning it on does not wait for a lock, so it is tried again."""
    connection = sqlite3.connect(path, isolation_level=None)
    deadline = time.monotonic() + WAIT
    try:
        _configure(connection)
        while True:
            try:
                [(mode,)] = connection.execute("PRAGMA journal_mode=WAL").fetchall()
                if mode == "wal":
                    return
            except sqlite3.OperationalError:
                if time.monotonic() > deadline:
                    raise
            if time.monotonic() > deadline:
                raise sqlite3.OperationalError("database is locked")
            time.sleep(0.005)
    finally:
        connection.close()
