"""The SQLite file of the key store: one connection per process, its transactions, its errors. It knows no key.

Rollback journal, because a write-ahead log would keep destroyed keys; `secure_delete`, because a freed page would.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assent.errors import StoreError

VERSION = 1
LOCK_SECONDS = 60  # another process may be re-wrapping all keys
_SETTINGS = (
    "PRAGMA secure_delete = ON",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_spill = OFF",  # readers stay until the commit
)
_STAMP = f"PRAGMA user_version = {VERSION}"
_TABLES = (
    "CREATE TABLE keys (person TEXT, account TEXT, host TEXT, generation INTEGER, wrapped BLOB NOT NULL,"
    " PRIMARY KEY (person, account, host, generation)) WITHOUT ROWID",
    "CREATE TABLE epochs (id TEXT PRIMARY KEY, used_from INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE destructions (head INTEGER PRIMARY KEY, since INTEGER NOT NULL, keys INTEGER NOT NULL,"
    " destroyed_at INTEGER NOT NULL, replaced_at INTEGER)",
    "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1), seen INTEGER NOT NULL, epoch TEXT)",
    "INSERT INTO state VALUES (1, -1, NULL)",
    _STAMP,
)


class KeyFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._inherited: list[sqlite3.Connection] = []
        self._connect()
        self._create()

    @contextmanager
    def transaction(self, begin: str = "BEGIN") -> Iterator[sqlite3.Connection]:
        """Commits at the end, rolls back on any error. Not to be nested."""
        with self.held() as connection:
            connection.execute(begin)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def version(self) -> tuple[int, int]:
        """Differs from the last answer if another connection has committed in between."""
        with self.held() as connection:
            return self._process, connection.execute("PRAGMA data_version").fetchone()[0]

    def copy(self, target: Path) -> None:
        with self.held() as connection:
            _owner_only(target)
            copy = sqlite3.connect(target, isolation_level=None)
            try:
                connection.backup(copy)
            finally:
                copy.close()

    def close(self) -> None:
        if self._process == os.getpid():
            with self._lock:
                self._connection.close()

    @contextmanager
    def held(self) -> Iterator[sqlite3.Connection]:
        """This process's connection, for one thread at a time."""
        if self._process != os.getpid():  # after a fork: SQLite's locks do not cross it
            self._inherited.append(self._connection)  # closing it here could undo what the parent is writing
            self._connect()
        with self._lock, self._explained():
            self._still_there()
            yield self._connection

    def _connect(self) -> None:
        with self._explained():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _owner_only(self.path)
            self._lock = threading.RLock()
            self._process = os.getpid()
            self._connection = sqlite3.connect(
                self.path, timeout=LOCK_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._opened = self._identity()
            for setting in _SETTINGS:
                self._connection.execute(setting)

    def _create(self) -> None:
        with self.transaction("BEGIN IMMEDIATE") as connection:
            found = connection.execute("PRAGMA user_version").fetchone()[0]
            if found not in (0, VERSION):
                raise StoreError(f"{self.path}: a key store of version {found}; this program reads version {VERSION}")
            for statement in () if found else _TABLES:
                connection.execute(statement)
            if self.path.with_name(self.path.name + "-journal").exists():  # left by a process that was killed
                connection.execute(_STAMP)  # any write removes it, and the old pages in it

    def _still_there(self) -> None:
        """A file put in its place would not be seen through the open one: keys destroyed in it would live on here."""
        if self._identity() != self._opened:
            raise StoreError(f"{self.path}: was replaced while it was open; open the store again")

    def _identity(self) -> tuple[int, int]:
        found = self.path.stat()
        return found.st_dev, found.st_ino

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except FileNotFoundError:
            raise StoreError(
                f"{self.path}: the key store is gone; bring the file back and open the store again"
            ) from None
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{self.path}: the key store cannot be used ({error})") from None


def _owner_only(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
