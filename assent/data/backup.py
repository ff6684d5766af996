"""A copy of the store in a folder; `assent.data.restore` is the way back. It knows no content: it copies ciphertext.

Never in a backup: the epoch key, without which its key store opens nothing, and the operator's signing key. Keep both
elsewhere. Every destruction of keys replaces the epoch key, and then the key store of an older backup opens nothing:
make a new backup after it. The rows of a PostgreSQL database are pg_dump's business; run that first.

    manifest.json    sizes and SHA-256 of the rest, the newest checkpoint, the id of the epoch key
    assent.db        the database (SQLite only)
    keys.db          the key store, wrapped
    ledger.jsonl     the ledger's export
    secret           what ids are derived with
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import make_url

from assent.data.files import OWNER_ONLY, sync_folder
from assent.errors import StoreError

if TYPE_CHECKING:
    from assent.data.facade import Store

FORMAT = "assent-backup/1"
MANIFEST, DATABASE, KEYS, LEDGER, SECRET = "manifest.json", "assent.db", "keys.db", "ledger.jsonl", "secret"


@dataclass(frozen=True)
class Manifest:
    database: str
    """sqlite or postgresql."""
    made: int
    """Microseconds since the epoch."""
    checkpoint: dict[str, Any] | None
    """The newest one outside; None while nothing has been decided."""
    epoch: str
    """Which epoch key opens `keys.db`."""
    files: dict[str, dict[str, Any]]
    """Size in bytes and SHA-256 of each."""

    @property
    def note(self) -> str | None:
        """What else the operator has to do."""
        if self.database == "sqlite":
            return None
        return "the rows of the PostgreSQL database are not in here; keep the output of pg_dump, run before, with it"


def backup(store: Store, folder: str | os.PathLike[str]) -> Manifest:
    """Copies the open store into the new `folder`, all of it or nothing; others may use the store meanwhile."""
    folder = Path(folder)
    if folder.exists():
        raise StoreError(f"{folder}: exists already; name a new folder for each backup")
    if reason := store.behind():
        raise StoreError(f"no backup is made of this store: {reason}")
    with explained(folder), _draft(folder) as draft:
        manifest = _copy(store, draft)
        (draft / MANIFEST).write_text(json.dumps({"format": FORMAT, **asdict(manifest)}, indent=2) + "\n")
        for path in draft.iterdir():
            make_durable(path)
        sync_folder(draft)
        draft.rename(folder)
        sync_folder(folder.parent)
    return manifest


def checked(folder: Path) -> Manifest:
    """The manifest of a backup whose files are all as they were written; StoreError otherwise."""
    manifest = _manifest(folder)
    for name, expected in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise StoreError(f"{path}: is missing; take another backup")
        if _measured(path) != expected:
            raise StoreError(f"{path}: is not what was written there; take another backup")
    return manifest


def make_durable(path: Path) -> None:
    """On disk for good, for its owner only."""
    path.chmod(OWNER_ONLY)
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """What goes wrong in a copy, as a StoreError."""
    try:
        yield
    except StoreError:
        raise
    except sqlite3.Error as error:
        raise StoreError(f"{place}: a database could not be copied ({error}); nothing was changed there") from None
    except OSError as error:
        raise StoreError(f"{place}: cannot be written: {error.strerror}; nothing was changed there") from None


def _copy(store: Store, draft: Path) -> Manifest:
    kind = "sqlite" if store.database.is_sqlite else "postgresql"
    epoch = _copy_sqlite(store, draft) if store.database.is_sqlite else store.keys.copy(draft / KEYS)
    store.ledger.export(draft / LEDGER)  # after the key store, which then is never ahead of it
    shutil.copyfile(store.home / SECRET, draft / SECRET)
    newest = store.ledger.newest_outside()
    files = {path.name: _measured(path) for path in sorted(draft.iterdir())}
    return Manifest(kind, store.clock(), asdict(newest) if newest else None, epoch, files)


def _copy_sqlite(store: Store, draft: Path) -> str:
    """Database and key store of one moment; nobody writes until both are held still."""
    path = Path(str(make_url(store.database.url).database))
    with closing(sqlite3.connect(path, isolation_level=None)) as snapshot:
        with store.database.write():
            snapshot.execute("BEGIN")
            snapshot.execute("SELECT position FROM ledger_head").fetchall()
            epoch = store.keys.copy(draft / KEYS)
        with closing(sqlite3.connect(draft / DATABASE)) as copy:
            snapshot.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
    return epoch


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)  # gone already where it took its name


def _manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    try:
        found = json.loads(path.read_bytes())
        if found.pop("format") != FORMAT:
            raise KeyError("format")
        manifest = Manifest(**found)
        needed = {KEYS, LEDGER, SECRET} | ({DATABASE} if manifest.database == "sqlite" else set())
        if needed != set(manifest.files):
            raise KeyError("files")
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise StoreError(f"{path}: no manifest of a backup; expected a folder that `assent backup` wrote") from None
    return manifest


def _measured(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
