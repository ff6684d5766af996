"""The rows of the chain in the database: the head that is locked, the events behind it. It knows no key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from assent.data.clock import Clock
from assent.data.ledger.event import GENESIS, Event, Head, Row, chained, parsed
from assent.data.store.database import Database
from assent.data.store.tables import ledger_events, ledger_head
from assent.errors import LedgerError

Entry = tuple[str, Mapping[str, Any]]
"""The type and the fields of an event that is to be."""
PAGE = 2_000
"""Events read at once; a reader holds the database no longer than that."""
_GLANCE = "SELECT position, hash, time FROM ledger_head WHERE one = 1"
_HEAD = select(ledger_head.c.position, ledger_head.c.hash, ledger_head.c.time)
_ROW = select(ledger_events.c.position, ledger_events.c.hash, ledger_events.c.body).order_by(ledger_events.c.position)


class Chain:
    def __init__(self, database: Database) -> None:
        self._database = database

    def head(self, connection: Connection | None = None) -> Head:
        row = self._database.glance(_GLANCE) if connection is None else connection.execute(_HEAD).one_or_none()
        if row is None:
            raise LedgerError("the ledger has lost its head; run `assent ledger verify`")
        return Head(*row)

    def hold(self, connection: Connection) -> Head:
        """The head, still until the transaction ends, though others may hold it too."""
        return Head(*connection.execute(_HEAD.with_for_update(read=True)).one())

    def lock(self, connection: Connection) -> Head:
        """The head, for this transaction alone until it ends."""
        return Head(*connection.execute(_HEAD.with_for_update()).one())

    def append(self, connection: Connection, clock: Clock, entries: Sequence[Entry]) -> list[Event]:
        head = self.lock(connection)
        now = clock()
        events, rows = [], []
        for type_, fields in entries:
            event, body = chained(head, now, type_, fields)
            head = event.head
            events.append(event)
            rows.append(Row(event.position, event.hash, body))
        self.take(connection, rows)
        if rows:
            self.move(connection, head)
        return events

    def take(self, connection: Connection, rows: Sequence[Row]) -> None:
        if rows:
            connection.execute(insert(ledger_events), [row._asdict() for row in rows])

    def move(self, connection: Connection, head: Head) -> None:
        connection.execute(update(ledger_head).values(head._asdict()))

    def last(self, connection: Connection) -> int:
        """The highest position there is; -1 where there is none."""
        highest: int | None = connection.execute(select(func.max(ledger_events.c.position))).scalar_one()
        return -1 if highest is None else highest

    def rows(self, after: int = -1, upto: int | None = None) -> Iterator[Row]:
        """What is stored, unchecked."""
        while True:
            wanted = _ROW.where(ledger_events.c.position > after).limit(PAGE)
            if upto is not None:
                wanted = wanted.where(ledger_events.c.position <= upto)
            with self._database.read() as connection:
                page = connection.execute(wanted).all()
            yield from (Row(*row) for row in page)
            if len(page) < PAGE:
                return
            after = page[-1].position

    def events(self, after: int = -1, upto: int | None = None) -> Iterator[Event]:
        previous = self.hash_at(after)
        for row in self.rows(after, upto):
            if row.position != after + 1:
                raise LedgerError(f"the ledger is damaged: event {after + 1} is missing", after + 1)
            event = parsed(row)
            if event.previous != previous:
                raise LedgerError(f"the ledger is damaged: event {after + 1} does not follow the one before", after + 1)
            after, previous = row.position, row.hash
            yield event

    def hash_at(self, position: int) -> str | None:
        """The stored hash of an event; the genesis hash before the first; None where there is no such event."""
        if position < 0:
            return GENESIS
        wanted = select(ledger_events.c.hash).where(ledger_events.c.position == position)
        with self._database.read() as connection:
            found: str | None = connection.execute(wanted).scalar_one_or_none()
        return found

    def of_type(self, type_: str) -> Iterable[Event]:
        """Every event of a rare type: this looks at the whole chain."""
        wanted = _ROW.where(ledger_events.c.body.contains(json.dumps({"type": type_}, separators=(",", ":"))[1:-1]))
        with self._database.read() as connection:
            found = [parsed(Row(*row)) for row in connection.execute(wanted)]
        return [event for event in found if event.type == type_]
