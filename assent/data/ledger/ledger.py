"""The ledger of decisions: appended under one lock, read in order, held to its signed checkpoints.

It does not know what a decision means and holds no content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from assent.data.clock import Clock, system_clock
from assent.data.ledger.audit import Audit
from assent.data.ledger.chain import Chain, Entry
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.checkpoints import Checkpoints
from assent.data.ledger.event import Event, Head
from assent.data.ledger.keys import ROTATION, handover
from assent.data.ledger.signing import Signer
from assent.data.ledger.walk import Anchor, Verification
from assent.data.store.database import Database


class Ledger:
    """`checkpoints` is a folder or an fsspec URL, apart from the database and best on another machine."""

    def __init__(self, database: Database, signer: Signer, *, checkpoints: str, clock: Clock = system_clock) -> None:
        self._database, self.signer, self._clock = database, signer, clock
        self._chain = Chain(database)
        self._checkpoints = Checkpoints(database, self._chain, signer, checkpoints)
        self._audit = Audit(database, self._chain, self._checkpoints, signer)

    def append(self, connection: Connection, type: str, fields: Mapping[str, Any]) -> Event:
        [event] = self.append_all(connection, [(type, fields)])
        return event

    def append_all(self, connection: Connection, entries: Sequence[Entry]) -> list[Event]:
        """Events chained to the head, in the writing transaction of `connection`: all of them or none."""
        return self._chain.append(connection, self._clock, entries)

    def head(self, connection: Connection | None = None) -> Head:
        """The newest event there is; that of the moment which `connection` sees, if one is given."""
        return self._chain.head(connection)

    def lock(self, connection: Connection) -> Head:
        """The head, held still until the writing transaction ends. Who holds it so must not append in it."""
        return self._chain.hold(connection)

    def events(self, after: int = -1, upto: int | None = None) -> Iterator[Event]:
        """The events behind `after`, up to and with `upto`; LedgerError at the first that breaks the chain."""
        return self._chain.events(after, upto)

    def checkpoint(self, connection: Connection) -> Checkpoint:
        """Signs the head, in the writing transaction of `connection`; `publish` then puts it outside."""
        return self._checkpoints.make(connection)

    def publish(self) -> None:
        """Writes every checkpoint that is not outside yet."""
        self._checkpoints.publish()

    def newest_outside(self) -> Checkpoint | None:
        """Read anew. LedgerError if the operator did not sign it, StoreError if the place cannot be reached."""
        return self._checkpoints.newest_outside()

    def behind(self) -> str | None:
        """Why the database is behind or beside its own checkpoints, None if it is not; cheap to ask each time."""
        return self._checkpoints.behind()

    def verify(self, receipts: Iterable[Anchor] = ()) -> Verification:
        """Holds every event against the chain, the checkpoints here and outside, and `receipts` that others kept."""
        return self._audit.verify(receipts)

    def export(self, path: str | Path) -> None:
        """The chain with its public keys and checkpoints, the last of them of the head, as `exchange` describes."""
        self._audit.export(Path(path))

    def import_(self, path: str | Path) -> None:
        """Takes an export into an empty ledger, whole and checked or not at all. The operator's key must be here."""
        self._audit.import_(Path(path))

    def public_keys(self) -> list[str]:
        """The operator's, the oldest first."""
        return self._checkpoints.keys().public_keys

    def rotate(self) -> Event:
        """Replaces the operator's key by a new one: an event signed by the old, a checkpoint signed by the new."""
        successor = self.signer.successor()
        with self._database.write() as connection:
            event = self.append(connection, ROTATION, handover(self.signer, successor))
            self._checkpoints.sign(connection, event.head, successor)
        self._checkpoints.follow_key(successor.key_id)
        self.publish()
        return event
