"""The key store: one wrapped key per contributor and generation. It knows no policy, only what to make and destroy.

`seen` is the ledger index it has followed to. A destroyed key is overwritten in the file at once; copies of the file
made before open until the epoch key is replaced, which follows each destruction within 24 hours.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assent.data.clock import DAY, Clock, iso, system_clock
from assent.data.keystore.cipher import KEY_BYTES, NONCE_BYTES
from assent.data.keystore.epoch import VARIABLE, EpochKeys, epoch_id
from assent.data.keystore.file import KeyFile
from assent.errors import StoreError

Contributor = tuple[str, str, str]
"""person, account, host: random subject ids."""
Key = tuple[Contributor, int]
"""A contributor and the generation: the ledger position of the event that permits logging."""
REPLACE_WITHIN = DAY
REPLACE_AT_ONCE = 100_000  # keys; above, re-wrapping is left to a quiet hour within the day
KEPT_OPEN = 4_096  # unwrapped keys held in memory
_PAGE = 10_000
_ONE = "person = ? AND account = ? AND host = ? AND generation = ?"


@dataclass(frozen=True)
class Destruction:
    """Keys destroyed by the events after `since` up to `head`; times in microseconds.

    `replaced_at` is when copies of the key store made before stopped to open, None while that is still due.
    """

    since: int
    head: int
    keys: int
    destroyed_at: int
    replaced_at: int | None

    @property
    def due_by(self) -> int:
        return self.destroyed_at + REPLACE_WITHIN


@dataclass(frozen=True)
class _State:
    seen: int
    epoch: str | None
    due: int | None


class Keystore:
    def __init__(self, path: str | Path, epochs: EpochKeys, clock: Clock = system_clock) -> None:
        self._file = KeyFile(Path(path))
        self._epochs = epochs
        self._clock = clock
        self._version = (-1, -1)
        self._state: _State | None = None
        self._cipher: AESGCM | None = None
        self._open: OrderedDict[Key, bytes] = OrderedDict()
        try:
            self._settle()
        except BaseException:
            self.close()
            raise

    @property
    def path(self) -> Path:
        return self._file.path

    @property
    def seen(self) -> int:
        """The ledger index followed to, -1 at first. Read it before the head: above it, the database is an old one."""
        return self._now().seen

    @property
    def epoch(self) -> str:
        """Which epoch key the store is wrapped under."""
        return str(self._now().epoch)

    @property
    def rewrap_due(self) -> int | None:
        """When the epoch key must have been replaced, in microseconds; None where no destruction waits for it."""
        return self._now().due

    def follow(self, head: int, gained: Iterable[Key], lost: Iterable[Key], *, since: int) -> bool:
        """Make `gained`, destroy `lost` and move `seen` to `head`, all or nothing; then replace the epoch key.

        `since` is the `seen` that the two lists were worked out from. False, and nothing done, where another process
        has moved on meanwhile: then they may lack what has to go, so read `seen` again and work them out anew.
        Raises StoreError where `head` is behind `seen`: the database was restored from before what this store followed.
        A replacement of the epoch key that fails stays due; it never undoes a destruction.
        """
        gained, lost = list(gained), list(lost)  # before the transaction: they may come from `live`
        with self._writing() as connection:
            seen = self._look(connection).seen
            if since != seen:
                return False
            if head < seen:
                raise StoreError(
                    f"{self.path}: has followed the ledger to {seen}, the database ends at {head}: it was restored from"
                    " an older copy; restore the newer events from a ledger export"
                )
            if head == seen:
                return True
            self._make(connection, gained)
            destroyed = self._destroy(connection, lost)
            if destroyed:
                row = (head, seen, destroyed, self._clock())
                connection.execute("INSERT INTO destructions VALUES (?, ?, ?, ?, NULL)", row)
            connection.execute("UPDATE state SET seen = ?", (head,))
        if destroyed:
            self._replace_if_small()
        return True

    def get(self, person: str, account: str, host: str, generation: int) -> bytes | None:
        key = ((person, account, host), generation)
        if remembered := self._remembered(key):
            return remembered
        with self._file.transaction() as connection:
            self._look(connection)
            row = connection.execute(f"SELECT wrapped FROM keys WHERE {_ONE}", (*key[0], generation)).fetchone()
            return self._unwrap(key, row[0]) if row else None

    def newest(self, person: str, account: str, host: str) -> tuple[int, bytes] | None:
        """The key for content captured now. Raises StoreError while a replacement of the epoch key is overdue."""
        contributor = (person, account, host)
        with self._file.transaction() as connection:
            self._not_overdue(self._look(connection))
            row = connection.execute(
                "SELECT generation, wrapped FROM keys WHERE person = ? AND account = ? AND host = ?"
                " ORDER BY generation DESC LIMIT 1",
                contributor,
            ).fetchone()
            return (row[0], self._unwrap((contributor, row[0]), row[1])) if row else None

    def live(self) -> Iterator[Key]:
        """All keys there are, without their bytes, in the order of their names."""
        last = ("", "", "", -1)
        while True:
            with self._file.transaction() as connection:
                rows = connection.execute(
                    "SELECT person, account, host, generation FROM keys"
                    " WHERE (person, account, host, generation) > (?, ?, ?, ?)"
                    f" ORDER BY person, account, host, generation LIMIT {_PAGE}",
                    last,
                ).fetchall()
            yield from (((person, account, host), generation) for person, account, host, generation in rows)
            if len(rows) < _PAGE:
                return
            last = rows[-1]

    def destruction(self, position: int) -> Destruction | None:
        """What the ledger event at `position` destroyed, with the times for its receipt; None where no key went."""
        with self._file.transaction() as connection:
            row = connection.execute(
                "SELECT since, head, keys, destroyed_at, replaced_at FROM destructions WHERE since < ? AND head >= ?",
                (position, position),
            ).fetchone()
        return Destruction(*row) if row else None

    def rewrap(self) -> bool:
        """Replace the epoch key and wrap every key anew. False where the provider has no new one to give."""
        before = self.epoch
        for _ in range(2):  # the first may only finish what another process left half done
            self._epochs.replace(self._wrap_under)
            if self.epoch != before:
                return True
        return False

    def copy(self, target: Path) -> str:
        """The store as it stands, still wrapped, as a file of its own; says which epoch key opens that."""
        self._file.copy(target)
        with contextlib.closing(sqlite3.connect(target)) as copy:
            (epoch,) = copy.execute("SELECT epoch FROM state").fetchone()
        return str(epoch)

    def close(self) -> None:
        self._forget()
        self._file.close()

    def _settle(self) -> None:
        """At open: the first epoch key, a replacement cut short, one that is due."""
        with self._file.transaction() as connection:
            fresh = _read_state(connection).epoch is None
        if fresh or len(self._epochs.candidates()) > 1:
            self._epochs.replace(self._wrap_under)
        if self._now().due is not None:
            self._replace_if_small()

    def _replace_if_small(self) -> None:
        with self._file.transaction() as connection:
            (count,) = connection.execute("SELECT count(*) FROM keys").fetchone()
        if count <= REPLACE_AT_ONCE:
            with contextlib.suppress(StoreError):  # stays due; capture stops when it is overdue
                self.rewrap()

    def _wrap_under(self, key: bytes) -> None:
        following = epoch_id(key)
        with self._writing() as connection:
            current = _read_state(connection).epoch
            if current == following:
                return
            if connection.execute("SELECT 1 FROM epochs WHERE id = ?", (following,)).fetchone():
                raise StoreError(
                    f"{self.path}: this epoch key was in use before; old copies would open again, make a new one"
                )
            if current is not None:
                _rewrap_all(connection, self._opener(current), AESGCM(key))
            connection.execute("INSERT INTO epochs VALUES (?, ?)", (following, self._clock()))
            connection.execute("UPDATE state SET epoch = ?", (following,))
            connection.execute("UPDATE destructions SET replaced_at = ? WHERE replaced_at IS NULL", (self._clock(),))

    def _make(self, connection: sqlite3.Connection, keys: Iterable[Key]) -> None:
        cipher = self._wrapper()
        rows = ((*owner, generation, _wrap(cipher, (owner, generation))) for owner, generation in keys)
        connection.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?, ?)", rows)

    def _destroy(self, connection: sqlite3.Connection, keys: Iterable[Key]) -> int:
        before = connection.total_changes
        rows = ((*owner, generation) for owner, generation in keys)
        connection.executemany(f"DELETE FROM keys WHERE {_ONE}", rows)
        return connection.total_changes - before

    def _unwrap(self, key: Key, wrapped: bytes) -> bytes:
        found = self._open[key] = _unwrap(self._wrapper(), key, wrapped)
        if len(self._open) > KEPT_OPEN:
            self._open.popitem(last=False)
        return found

    def _wrapper(self) -> AESGCM:
        assert self._cipher is not None  # every transaction looks first
        return self._cipher

    def _now(self) -> _State:
        with self._file.held():
            if self._state and self._file.version() == self._version:
                return self._state
        with self._file.transaction() as connection:
            return self._look(connection)

    def _remembered(self, key: Key) -> bytes | None:
        """Only as long as no other process has written: it may have destroyed the key."""
        with self._file.held():
            return self._open.get(key) if self._file.version() == self._version else None

    def _look(self, connection: sqlite3.Connection) -> _State:
        """The state inside a transaction. What is remembered goes as soon as another process has written."""
        state = _read_state(connection)
        version = self._file.version()
        if self._state is None or version != self._version:
            self._open.clear()
            self._cipher = self._opener(state.epoch)
            self._version = version
            self._state = state
        return state

    def _opener(self, epoch: str | None) -> AESGCM:
        for key in self._epochs.candidates():
            if epoch_id(key) == epoch:
                return AESGCM(key)
        raise StoreError(
            f"{self.path}: is wrapped under another epoch key than today's; it is an old copy, or that key is lost:"
            " bring back the key store that belongs to today's epoch key"
        )

    @contextlib.contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._file.transaction("BEGIN IMMEDIATE") as connection:
            self._forget()
            try:
                yield connection
            finally:
                self._forget()  # a connection's own writes do not move its data_version

    def _forget(self) -> None:
        self._open.clear()
        self._state = self._cipher = None

    def _not_overdue(self, state: _State) -> None:
        if state.due is not None and self._clock() > state.due:
            raise StoreError(
                f"{self.path}: keys were destroyed and the epoch key was to be replaced by {iso(state.due)}: run"
                f" `Keystore.rewrap()`; with {VARIABLE}, set that to OLD,NEW, open the store once, then set it to NEW"
            )


def _read_state(connection: sqlite3.Connection) -> _State:
    seen, epoch = connection.execute("SELECT seen, epoch FROM state").fetchone()
    (oldest,) = connection.execute("SELECT min(destroyed_at) FROM destructions WHERE replaced_at IS NULL").fetchone()
    return _State(seen, epoch, None if oldest is None else oldest + REPLACE_WITHIN)


def _identity(key: Key) -> bytes:
    owner, generation = key
    return "\x00".join(("assent key 1", *owner, str(generation))).encode()


def _wrap(cipher: AESGCM, key: Key, plain: bytes | None = None) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, plain or os.urandom(KEY_BYTES), _identity(key))


def _unwrap(cipher: AESGCM, key: Key, wrapped: bytes) -> bytes:
    try:
        return cipher.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], _identity(key))
    except (InvalidTag, ValueError):
        raise StoreError("the key store holds a key that does not open: its row was changed or moved") from None


def _rewrap_all(connection: sqlite3.Connection, old: AESGCM, new: AESGCM) -> None:
    last: tuple[str, str, str, int] = ("", "", "", -1)
    while rows := connection.execute(
        "SELECT person, account, host, generation, wrapped FROM keys"
        " WHERE (person, account, host, generation) > (?, ?, ?, ?)"
        f" ORDER BY person, account, host, generation LIMIT {_PAGE}",
        last,
    ).fetchall():
        changes = []
        for *owner, generation, wrapped in rows:
            key: Key = ((owner[0], owner[1], owner[2]), generation)
            changes.append((_wrap(new, key, _unwrap(old, key, wrapped)), *owner, generation))
        connection.executemany(f"UPDATE keys SET wrapped = ? WHERE {_ONE}", changes)
        last = rows[-1][:4]
