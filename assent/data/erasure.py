"""The one erasure job behind every end: withdrawal, objection, leaving, closure, expiry, retention.

The event stands and its keys are dead before this runs; here the rows go, then the 'erased' event closes the job. Each
step can be done twice. It knows no key and no rule: the gate's view says what is dead.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from assent.data.clock import DAY
from assent.data.consent.book import BITS
from assent.data.consent.gate import View, changes
from assent.data.store.tables import exports, jobs, pieces

if TYPE_CHECKING:
    from assent.data.facade import Store

READER_IN_THE_WAY = "a reader holds the write-ahead log; it is emptied when the reader ends"


@dataclass(frozen=True, slots=True)
class Erasure:
    """What one end did: `event` is its position, `done` that of the 'erased' event; `pending` says why none stands."""

    event: int
    type: str
    pieces: int
    keys: int
    done: int | None
    pending: str | None = None


def open_jobs(store: Store) -> list[int]:
    """The events whose erasure is not finished, oldest first."""
    wanted = select(jobs.c.event).where(jobs.c.done.is_(None)).order_by(jobs.c.event)
    with store.database.read() as connection:
        return list(connection.scalars(wanted))


def erase_open_jobs(store: Store) -> None:
    waiting = open_jobs(store)
    for position in waiting:
        report = _erase(store, position)
        with store.database.write() as connection:
            connection.execute(update(jobs).where(jobs.c.event == position).values(report=asdict(report)))
    if waiting and _left(store):
        from assent.data.interactions.export import follow_exports

        follow_exports(store)


def _left(store: Store) -> bool:
    """Whether plain rows have ever left the store."""
    with store.database.read() as connection:
        return connection.scalar(select(exports.c.event).limit(1)) is not None


def erasures(store: Store, events: Iterable[int], after: int) -> list[Erasure]:
    """The reports on `events` and on every end after that position."""
    wanted = select(jobs.c.report).where(jobs.c.event.in_(list(events)) | (jobs.c.event > after)).order_by(jobs.c.event)
    with store.database.read() as connection:
        return [Erasure(**report) for report in connection.scalars(wanted) if report]


def _erase(store: Store, position: int) -> Erasure:
    [event] = store.ledger.events(after=position - 1, upto=position)
    view = store.consent.at()
    _, lost = changes(view.book, position - 1, position)
    erased = store.log.erase(event, view)
    if event.type == "closed":
        store.telemetry.forget(event.fields["account"])
    if not store.database.scrub():
        return Erasure(position, event.type, erased.pieces, len(lost), None, READER_IN_THE_WAY)
    with store.database.write() as connection:
        standing = connection.scalar(select(jobs.c.done).where(jobs.c.event == position).with_for_update())
        if standing is not None:  # another process closed it
            return Erasure(position, event.type, erased.pieces, len(lost), standing)
        counts = {"event": position, "pieces": erased.pieces, "keys": len(lost)}
        done = store.ledger.append(connection, "erased", counts).position
        connection.execute(update(jobs).where(jobs.c.event == position).values(done=done))
    return Erasure(position, event.type, erased.pieces, len(lost), done)


def due(store: Store) -> Iterator[tuple[str, dict[str, Any]]]:
    """The ends that time has brought: (event type, fields) of each grant past its validity and each retention limit."""
    view = store.consent.at()
    yield from (("expired", {"grant": position}) for position in view.lapsed())
    for host, before in _overdue(view):
        if _keeps_rows(store, host, before):
            yield "retention", {"host": host, "before": before}


def _overdue(view: View) -> Iterator[tuple[str, int]]:
    """(host, position) up to which what it captured has been kept for as long as its form says.

    What was captured at a position lies between its event and the next, so the next one's age decides.
    """
    book = view.book
    for host, grants in book.grants.items():
        grant = book.newest(grants, view.index, BITS["log_content"])
        kept = None if grant is None else book.document(grant).retention
        if kept is not None and (before := bisect_right(book.times, view.now - kept) - 2) >= 0:
            yield host, before


def _keeps_rows(store: Store, host: str, before: int) -> bool:
    rows = select(pieces.c.id).where(pieces.c.account == host, pieces.c.captured <= before).limit(1)
    with store.database.read() as connection:
        return connection.scalar(rows) is not None


def mark_time(store: Store) -> None:
    """An event a day while rows are captured at the head, so that their age can be told however little is decided."""
    with store.database.write() as connection:
        head = store.ledger.head(connection)
        rows = select(pieces.c.id).where(pieces.c.captured == head.position).limit(1)
        if store.clock() - head.time >= DAY and connection.scalar(rows) is not None:
            store.ledger.append(connection, "mark", {})
