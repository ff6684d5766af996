"""A PostgreSQL server: how it is reached and how its transactions begin. It knows no table."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, event
from sqlalchemy.exc import NoSuchModuleError

from assent.data.store.failures import failure, locked
from assent.errors import MissingExtra

LOCK_WAIT = 30
"""Seconds a transaction waits for a row another one holds."""
WRITERS = 8
"""Threads of this process that write at once; on the server they wait for one another at the ledger's head anyway."""
CONNECTIONS = 3 * WRITERS
"""At most, one for glances apart. Who writes reads beside it: with as many writers, each could wait for the others."""


_POOL: dict[str, Any] = {"pool_size": WRITERS, "max_overflow": CONNECTIONS - WRITERS, "pool_timeout": LOCK_WAIT}


class Postgres:
    def __init__(self, url: URL) -> None:
        try:
            import pg8000.native
        except ImportError:
            raise MissingExtra("postgres", "a PostgreSQL database") from None
        self._native = pg8000.native
        url = _address(url)
        self.name = f"the database {url.render_as_string(hide_password=True)}"
        try:
            self.engine = create_engine(url, hide_parameters=True, pool_pre_ping=True, **_POOL)
        except NoSuchModuleError as error:
            raise failure(error, self.name) from None
        event.listen(self.engine, "connect", _configure)
        self._inherited: list[object] = []
        self._start()

    def _start(self) -> None:
        self._writers = threading.BoundedSemaphore(WRITERS)
        self._glancing = threading.Lock()
        self._glance: Any = None
        self._prepared: dict[str, Any] = {}

    def check(self) -> None:
        """Nothing to look at: a server that is gone answers so."""

    @contextmanager
    def turn(self) -> Iterator[None]:
        if not self._writers.acquire(timeout=LOCK_WAIT):
            raise locked(self.name)
        try:
            yield
        finally:
            self._writers.release()

    def begin(self, connection: Connection, writing: bool) -> None:
        if not writing:
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def glance(self, statement: str) -> tuple[Any, ...] | None:
        with self._glancing:
            try:
                rows = self._ask(statement)
            except (self._native.Error, OSError):
                self._drop_glance()  # the server may have come back since
                try:
                    rows = self._ask(statement)
                except (self._native.Error, OSError) as error:
                    self._drop_glance()
                    raise failure(error, self.name) from None
        return tuple(rows[0]) if rows else None

    def _ask(self, statement: str) -> list[Any]:
        if self._glance is None:
            _, options = self.engine.dialect.create_connect_args(self.engine.url)
            self._glance = self._native.Connection(**options)
        if statement not in self._prepared:
            self._prepared[statement] = self._glance.prepare(statement)
        rows: list[Any] = self._prepared[statement].run()
        return rows

    def _drop_glance(self) -> None:
        connection, self._glance = self._glance, None
        self._prepared.clear()
        if connection is not None:
            try:
                connection.close()
            except (self._native.Error, OSError):
                return  # it was broken; that is why it goes

    def scrub(self) -> bool:
        """Erasure here is the death of the key; old row versions stay until the server vacuums."""
        return True

    def forget(self) -> None:
        self._inherited += [self.engine.pool, self._glance]
        self.engine.dispose(close=False)
        self._start()

    def close(self) -> None:
        self.engine.dispose()
        with self._glancing:
            self._drop_glance()


def _address(url: URL) -> URL:
    """`?host=/folder`, as libpq writes a Unix socket, in the words of pg8000, the driver."""
    url = url.set(drivername="postgresql+pg8000")
    folder = url.query.get("host")
    if isinstance(folder, str) and folder.startswith("/"):
        socket = str(Path(folder) / f".s.PGSQL.{url.port or url.query.get('port', 5432)}")
        return url.difference_update_query(["host", "port"]).update_query_dict({"unix_sock": socket})
    return url


def _configure(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SET lock_timeout = '{LOCK_WAIT}s'")
    cursor.close()
    connection.commit()
