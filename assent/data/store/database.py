"""The database, whichever server holds it: one writer at a time, readers that see one moment.

It knows nothing of what the tables mean. All that goes wrong in a driver comes out as a StoreError that says what and
what to do, and nothing of what was written.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from assent.data.store.failures import failure
from assent.data.store.migrate import migrate
from assent.data.store.postgres import Postgres
from assent.data.store.sqlite import Sqlite
from assent.errors import StoreError


class Driver(Protocol):
    """What differs between the servers."""

    name: str
    engine: Engine

    def check(self) -> None:
        """StoreError if what was opened is not there any more."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The right to write, among the threads of this process."""

    def begin(self, connection: Connection, writing: bool) -> None: ...

    def glance(self, statement: str) -> tuple[Any, ...] | None: ...

    def scrub(self) -> bool: ...

    def forget(self) -> None:
        """Leaves behind, unclosed, what was inherited by a fork."""

    def close(self) -> None: ...


class Database:
    """A database, brought to the newest migration when it is opened; safe to open from several processes at once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._driver = _driver(url)
        self._open = True
        self.is_sqlite = isinstance(self._driver, Sqlite)
        self._engine = self._driver.engine
        self._driver.check()
        event.listen(self._engine, "begin", self._begin)
        _opened.add(self)
        try:
            with self._translated():
                migrate(self)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that may write; commits at the end, rolls back on any error.

        SQLite holds its one write lock from the start; on PostgreSQL writers meet where they lock the same row.
        """
        with self._translated(), self._driver.turn(), self._connect(writing=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that sees one moment and cannot write."""
        with self._translated(), self._connect(writing=False) as connection, connection.begin():
            yield connection

    def glance(self, statement: str) -> tuple[Any, ...] | None:
        """The first row of a fixed statement, outside any transaction: for what is asked all the time."""
        self._check()
        return self._driver.glance(statement)

    def scrub(self) -> bool:
        """Leaves nothing of deleted rows in the files; False if a reader is in the way and it must be tried again."""
        with self._translated():
            return self._driver.scrub()

    def close(self) -> None:
        self._open = False
        _opened.discard(self)
        self._driver.close()

    def _check(self) -> None:
        if not self._open:
            raise StoreError(f"{self._driver.name} was closed; open it again")
        self._driver.check()

    def _connect(self, writing: bool) -> Connection:
        return self._engine.connect().execution_options(writing=writing)

    def _begin(self, connection: Connection) -> None:
        self._driver.begin(connection, writing=connection.get_execution_options().get("writing", True))

    @contextmanager
    def _translated(self) -> Iterator[None]:
        self._check()
        try:
            yield
        except (DBAPIError, PoolTimeout) as error:
            # `from None`: what the driver says may quote a row.
            raise failure(error, self._driver.name) from None

    def _forget(self) -> None:
        self._driver.forget()


def _driver(url: str) -> Driver:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreError("that is no database URL; expected sqlite:////path/file.db or postgresql+pg8000://…") from None
    if parsed.get_backend_name() == "sqlite":
        return Sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return Postgres(parsed)
    raise StoreError(f"no support for {parsed.get_backend_name()} databases; expected sqlite or postgresql")


_opened: weakref.WeakSet[Database] = weakref.WeakSet()


def _after_fork() -> None:
    for database in list(_opened):
        database._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
