"""The chain of decisions: appended under one lock, read in order, held to its signed checkpoints.

It does not know what a decision means and holds no content.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from assent.data.clock import Clock, system_clock
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import GENESIS, Event, Head, chained, parsed
from assent.data.ledger.keys import ROTATION, Keys, handover
from assent.data.ledger.outside import Outside
from assent.data.ledger.signing import Signer
from assent.data.store.database import Database
from assent.data.store.tables import ledger_checkpoints, ledger_events, ledger_head
from assent.errors import LedgerError, StoreError

_GLANCE = "SELECT position, hash, time FROM ledger_head WHERE one = 1"
_HEAD = select(ledger_head.c.position, ledger_head.c.hash, ledger_head.c.time)
_NEWEST = (
    select(ledger_checkpoints.c.position, ledger_checkpoints.c.body)
    .order_by(ledger_checkpoints.c.position.desc())
    .limit(1)
)
_UNPUBLISHED = (
    select(ledger_checkpoints.c.position, ledger_checkpoints.c.body)
    .where(~ledger_checkpoints.c.published)
    .order_by(ledger_checkpoints.c.position)
)
_ROTATIONS = (
    select(ledger_events)
    .where(ledger_events.c.body.contains(f'"type":"{ROTATION}"'))
    .order_by(ledger_events.c.position)
)
_PAGE = 2_000
"""Events read at once; a reader holds the database no longer than that."""


class Ledger:
    """`checkpoints` is a folder or an fsspec URL, apart from the database, and best on another machine."""

    def __init__(self, database: Database, signer: Signer, *, checkpoints: str, clock: Clock = system_clock) -> None:
        self._database = database
        self._signer = signer
        self._outside = Outside(checkpoints)
        self._clock = clock
        self._seen = Head(-1, GENESIS, 0)
        self._newest: Checkpoint | None = None
        self._looked = False  # whether the outside was read
        self._confirmed = -1  # position of the newest outside checkpoint that the database agreed with
        self._follow_rotation()

    def append(self, connection: Connection, type: str, fields: Mapping[str, Any]) -> Event:
        [event] = self.append_all(connection, [(type, fields)])
        return event

    def append_all(self, connection: Connection, entries: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Event]:
        """The events, chained to the head, in the writing transaction of `connection`: all of them or none."""
        head = self._locked(connection)
        now = self._clock()
        events, rows = [], []
        for type_, fields in entries:
            event, body = chained(head, now, type_, fields)
            head = Head(event.position, event.hash, event.time)
            events.append(event)
            rows.append({"position": event.position, "hash": event.hash, "body": body})
        if rows:
            connection.execute(insert(ledger_events), rows)
            connection.execute(update(ledger_head).values(head._asdict()))
        return events

    def head(self, connection: Connection | None = None) -> Head:
        """The newest event there is; of `connection`'s moment if one is given."""
        row = self._database.glance(_GLANCE) if connection is None else self._head_row(connection)
        if row is None:
            raise LedgerError("the ledger has lost its head; run `assent ledger verify`")
        return Head(*row)

    def lock(self, connection: Connection) -> Head:
        """The head, held still until the writing transaction ends. Who locks so must not append in it."""
        return Head(*connection.execute(_HEAD.with_for_update(read=True)).one())

    def events(self, after: int = -1, upto: int | None = None) -> Iterator[Event]:
        """The events behind `after`, up to and with `upto`; LedgerError at the first that breaks the chain."""
        previous = self._hash_at(after)
        for page in self._pages(after, upto):
            for position, hash_, body in page:
                if position != after + 1:
                    raise LedgerError(f"the ledger is damaged: event {after + 1} is missing", after + 1)
                event = parsed(position, hash_, body, previous)
                after, previous = position, hash_
                yield event

    def checkpoint(self, connection: Connection) -> Checkpoint:
        """Signs the head, in the writing transaction of `connection`; it counts once `publish` has put it outside."""
        head = self._locked(connection)
        if head.position < 0:
            raise LedgerError("an empty ledger has nothing to sign")
        standing = self._standing(connection)
        if standing is not None and standing.position == head.position:
            return standing
        if standing is not None and standing.key_id != self._signer.key_id:
            self._take_up(standing.key_id)
        return self._sign(connection, head, self._signer)

    def publish(self) -> None:
        """Writes every checkpoint that is not outside yet, the oldest first, and then marks them."""
        with self._database.read() as connection:
            waiting = connection.execute(_UNPUBLISHED).all()
        for position, body in waiting:
            self._outside.keep(position, body.encode())
        if not waiting:
            return
        done = [position for position, _ in waiting]
        with self._database.write() as connection:
            rows = ledger_checkpoints.c.position.in_(done)
            connection.execute(update(ledger_checkpoints).where(rows).values(published=True))
        newest = Checkpoint.parse(waiting[-1].body, waiting[-1].position)
        if self._newest is None or newest.position > self._newest.position:
            self._newest = newest

    def newest_outside(self) -> Checkpoint | None:
        """Read anew. LedgerError if the operator did not sign it, StoreError if the place cannot be reached."""
        positions = self._outside.positions()
        newest = None
        if positions:
            newest = Checkpoint.parse(self._outside.read(positions[-1]), positions[-1])
            if not newest.signed_by(self._signer.public_key) and not self.keys().signed(newest):
                raise LedgerError(f"the checkpoint at {newest.position} is not signed by the operator", newest.position)
        self._newest, self._looked = newest, True
        return newest

    def behind(self) -> str | None:
        """Why the database is behind or beside its own checkpoints, None if it is not.

        The outside is read once; after that only what this process sees and publishes is compared, so that the gate
        can ask each time.
        """
        try:
            if not self._looked:
                self.newest_outside()
            return self._set_back(self.head()) or self._beside()
        except (StoreError, LedgerError) as error:
            return str(error)

    def rotate(self) -> Event:
        """Replaces the operator's key by a new one: an event signed by the old, a checkpoint signed by the new."""
        successor = self._signer.successor()
        with self._database.write() as connection:
            event = self.append(connection, ROTATION, handover(self._signer, successor))
            self._sign(connection, Head(event.position, event.hash, event.time), successor)
        self._take_up(successor.key_id)
        self.publish()
        return event

    def keys(self) -> Keys:
        with self._database.read() as connection:
            rows = connection.execute(_ROTATIONS).all()
        events = [parsed(row.position, row.hash, row.body, json.loads(row.body)["previous"]) for row in rows]
        return Keys([event for event in events if event.type == ROTATION], self._signer.public_key)

    def _set_back(self, head: Head) -> str | None:
        known = max(self._seen, self._newest or self._seen, key=lambda seen: seen.position)
        if head.position < known.position:
            return (
                f"the database ends at event {head.position} but its checkpoints go on to {known.position}: it was "
                "restored from before that; restore a newer one"
            )
        self._seen = head
        return None

    def _beside(self) -> str | None:
        newest = self._newest
        if newest is None or newest.position == self._confirmed:
            return None
        if self._hash_at(newest.position) != newest.hash:
            return f"the database holds another event {newest.position} than its checkpoint; run `assent ledger verify`"
        self._confirmed = newest.position
        return None

    def _locked(self, connection: Connection) -> Head:
        return Head(*connection.execute(_HEAD.with_for_update()).one())

    def _head_row(self, connection: Connection) -> Any:
        return connection.execute(_HEAD).one_or_none()

    def _hash_at(self, position: int) -> str:
        """The stored hash of an event; the genesis hash before the first one, and where there is none."""
        if position < 0:
            return GENESIS
        wanted = select(ledger_events.c.hash).where(ledger_events.c.position == position)
        with self._database.read() as connection:
            return connection.execute(wanted).scalar_one_or_none() or GENESIS

    def _pages(self, after: int, upto: int | None) -> Iterator[Sequence[Any]]:
        columns = ledger_events.c
        while True:
            wanted = select(columns.position, columns.hash, columns.body).where(columns.position > after)
            if upto is not None:
                wanted = wanted.where(columns.position <= upto)
            with self._database.read() as connection:
                page = connection.execute(wanted.order_by(columns.position).limit(_PAGE)).all()
            if page:
                yield page
            if len(page) < _PAGE:
                return
            after = page[-1].position

    def _standing(self, connection: Connection) -> Checkpoint | None:
        row = connection.execute(_NEWEST).one_or_none()
        return Checkpoint.parse(row.body, row.position) if row else None

    def _sign(self, connection: Connection, head: Head, signer: Signer) -> Checkpoint:
        made = Checkpoint.of(head, signer)
        row = {"position": made.position, "body": made.content.decode(), "published": False}
        connection.execute(insert(ledger_checkpoints), row)
        return made

    def _follow_rotation(self) -> None:
        """Ends a rotation that was cut off, or one that another process made: the newest checkpoint names the key."""
        with self._database.read() as connection:
            standing = self._standing(connection)
        if standing is not None and standing.key_id != self._signer.key_id:
            self._take_up(standing.key_id)

    def _take_up(self, key_id: str) -> None:
        if not self._signer.hand_over(key_id):
            raise LedgerError(
                f"the operator's key here is {self._signer.key_id}, the ledger's is {key_id}; put that key file back"
            )
