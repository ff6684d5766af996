"""A backup put back, past every decision made since. It knows no content.

The rows come from the backup; the events newer than it come from the database that is replaced or from a ledger export,
and each end among them is an open job, carried out when the store is opened, before anything can be read. Without them
the checkpoints outside and the key store are ahead of the database, and the gate denies everything.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Row as Found
from sqlalchemy import insert, make_url, select

from assent.data.backup import DATABASE, KEYS, LEDGER, SECRET, Manifest, checked, explained, make_durable
from assent.data.catchup import Newer, catch_up
from assent.data.facade import default_checkpoints
from assent.data.files import sync_folder
from assent.data.keystore import EpochKeys, Keystore, epoch_id, epoch_keys
from assent.data.ledger import Ledger, Signer
from assent.data.ledger.outside import Outside
from assent.data.store import Database
from assent.data.store.tables import exports, ledger_checkpoints, releases, subjects, texts
from assent.errors import LedgerError, StoreError

OPERATOR = "operator.key"
CARRIED = (subjects, texts, exports, releases)
"""What a database that is replaced hands on: names, texts, and what must not be told or released twice."""
WAIT = 5.0
"""Seconds for another program to let go of the database."""


@dataclass(frozen=True)
class Restored:
    head: int
    appended: int
    """Events newer than the backup."""
    ends: int
    """Those of them that erase; opening the store carries them out."""
    keys: str
    """live: the key store that was there; backup: that of the backup; none: neither opens, so no content does."""
    nameless: int
    """Subjects of the newer events whose names only the lost database held; their decisions reach no name any more."""
    behind: str | None
    """Why the gate denies everything, and what ends that; None where it does not."""


@dataclass(frozen=True)
class _Place:
    home: Path
    url: str
    checkpoints: str
    epochs: EpochKeys

    @property
    def signer(self) -> Signer:
        return Signer(self.home / OPERATOR)

    def ledger(self, database: Database) -> Ledger:
        return Ledger(database, self.signer, checkpoints=self.checkpoints)


def restore(
    folder: str | os.PathLike[str],
    home: str | os.PathLike[str],
    ledger: str | os.PathLike[str] | None = None,
    *,
    database: str | None = None,
    checkpoints: str | None = None,
    epochs: EpochKeys | None = None,
) -> Restored:
    """Puts the backup in `folder` back under `home`; the rest as for `Store`. No program may have the store open.

    The newer events come from `ledger`, an export, else from the database that is replaced. For PostgreSQL, run
    `pg_restore` first. Nothing is touched before all is checked. Raises StoreError where nothing tells what was decided
    since the backup.
    """
    folder, home = Path(folder), Path(home)
    manifest = checked(folder)
    if not (home / OPERATOR).is_file():
        raise StoreError(f"{home / OPERATOR}: put the operator's key there first; it is in no backup")
    url = make_url(database or os.environ.get("ASSENT_DATABASE") or f"sqlite:///{home / DATABASE}")
    if url.get_backend_name() != manifest.database:
        raise StoreError(f"{folder}: is the backup of a {manifest.database} store; name a database of that kind")
    shown = url.render_as_string(hide_password=False)
    place = _Place(home, shown, checkpoints or default_checkpoints(home), epochs or epoch_keys(home))
    export = Path(ledger) if ledger else None
    with explained(home):
        if manifest.database == "sqlite":
            return _restore_sqlite(folder, manifest, place, Path(str(url.database)), export)
        return _restore_beside(folder, manifest, place, export)


def _restore_sqlite(folder: Path, manifest: Manifest, place: _Place, path: Path, export: Path | None) -> Restored:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".restore-") as name:
        staged = Path(name) / DATABASE
        shutil.copyfile(folder / DATABASE, staged)
        with closing(Database(f"sqlite:///{staged}")) as copy:
            live = _Live.read(place, path, copy, Path(name) / LEDGER)
            newer = catch_up(copy, source, place.signer) if (source := export or live.export) else Newer()
            live.hand_on(copy)
            found = _found(copy, manifest, place, newer, told=source is not None)
            _publish(copy, place, found)
        _one_file(staged)
        with live.held_still():
            _put_beside(folder, place, found.keys)
            staged.replace(path)
            sync_folder(path.parent)
    return found


def _restore_beside(folder: Path, manifest: Manifest, place: _Place, export: Path | None) -> Restored:
    """The rows are there already: `pg_restore` brought them."""
    with closing(Database(place.url)) as database:
        _found(database, manifest, place, Newer(), told=export is not None)
        newer = catch_up(database, export or folder / LEDGER, place.signer)
        found = _found(database, manifest, place, newer, told=True)
        _publish(database, place, found)
    _put_beside(folder, place, found.keys)
    return found


def _found(copy: Database, manifest: Manifest, place: _Place, newer: Newer, *, told: bool) -> Restored:
    """How the restored store will stand. Raises StoreError where nothing tells whether it is old."""
    ledger = place.ledger(copy)
    keys, seen = _keys(manifest, place)
    head = ledger.head().position
    if not told and seen is None and ledger.newest_outside() is None:
        raise StoreError(
            f"nothing tells what was decided since this backup: no database, no key store, no checkpoints at"
            f" {place.checkpoints}; give the newest ledger export, the backup's own {LEDGER} if there is none newer"
        )
    behind = ledger.behind()
    if behind is None and seen is not None and seen > head:
        behind = f"the key store has followed the ledger to {seen}, the database ends at {head}"
    if behind is not None:
        behind += "; restore again with the newest ledger export"
    return Restored(head, newer.events, newer.ends, keys, _nameless(copy, newer.subjects), behind)


def _keys(manifest: Manifest, place: _Place) -> tuple[str, int | None]:
    """Which key store it will be, and how far the one that is alive has followed the ledger."""
    if (place.home / KEYS).exists():
        with closing(Keystore(place.home / KEYS, place.epochs)) as live:
            if live.seen >= 0:  # else it was made a moment ago and never used
                return "live", live.seen
    opens = manifest.epoch in map(epoch_id, place.epochs.candidates())
    return "backup" if opens else "none", None


def _publish(copy: Database, place: _Place, found: Restored) -> None:
    """Every checkpoint stands outside again: the place may be a new one."""
    if found.behind:
        return
    with copy.read() as connection:
        rows = connection.execute(select(ledger_checkpoints.c.position, ledger_checkpoints.c.body)).all()
    outside = Outside(place.checkpoints)
    there = set(outside.positions())
    for position, body in rows:
        if position not in there:
            outside.keep(position, body.encode())


def _put_beside(folder: Path, place: _Place, keys: str) -> None:
    if keys == "backup":
        _put(folder / KEYS, place.home / KEYS)
    if not (place.home / SECRET).exists():
        _put(folder / SECRET, place.home / SECRET)


def _put(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.restored")
    shutil.copyfile(source, draft)
    make_durable(draft)
    draft.replace(target)
    sync_folder(target.parent)


def _nameless(copy: Database, wanted: frozenset[str]) -> int:
    with copy.read() as connection:
        return len(wanted - set(connection.execute(select(subjects.c.subject)).scalars())) if wanted else 0


@dataclass(frozen=True)
class _Live:
    """The SQLite database that is to be replaced, if it is there and can be read."""

    path: Path
    head: int | None = None
    export: Path | None = None
    rows: tuple[Sequence[Found[tuple[object, ...]]], ...] = ()

    @classmethod
    def read(cls, place: _Place, path: Path, copy: Database, export: Path) -> _Live:
        if not path.exists():
            return cls(path)
        try:
            with closing(Database(place.url)) as live:
                return cls._of(place.ledger(live), live, path, export)
        except (StoreError, LedgerError):
            return cls(path)  # damaged: the checkpoints outside still tell what it held

    @classmethod
    def _of(cls, ledger: Ledger, live: Database, path: Path, export: Path) -> _Live:
        head = ledger.head().position
        if ledger.behind() or head < 0:
            return cls(path, head)
        ledger.export(export)
        with live.read() as connection:
            rows = tuple(connection.execute(select(table)).all() for table in CARRIED)
        return cls(path, head, export, rows)

    def hand_on(self, copy: Database) -> None:
        with copy.write() as connection:
            for table, rows in zip(CARRIED, self.rows, strict=False):
                if rows:
                    connection.execute(insert(table).prefix_with("OR IGNORE"), [row._asdict() for row in rows])

    @contextmanager
    def held_still(self) -> Iterator[None]:
        """Nobody has it open, it has no log beside it, and nothing was decided since it was read."""
        if not self.path.exists():
            yield
            return
        with closing(sqlite3.connect(self.path, isolation_level=None, timeout=WAIT)) as live:
            self._take(live)
            yield

    def _take(self, live: sqlite3.Connection) -> None:
        try:
            live.execute("PRAGMA journal_mode = DELETE")
            live.execute("BEGIN EXCLUSIVE")
            position = live.execute("SELECT position FROM ledger_head").fetchone()
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise StoreError(f"{self.path}: another program has it open; stop that first") from None
            for beside in ("-wal", "-shm"):  # damaged; a log left here would be read into the restored one
                self.path.with_name(self.path.name + beside).unlink(missing_ok=True)
            return
        if self.head is not None and position != (self.head,):
            raise StoreError(f"{self.path}: something was decided meanwhile; stop what writes there and restore again")


def _one_file(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    make_durable(path)
