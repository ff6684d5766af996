"""What an end deletes: the pieces of its dead keys, the calls that lost a contributor, the speech no call points at.

It runs in batches, each a transaction that leaves nothing half gone, so it can be cut off anywhere and run again. The
gate's view says which keys are dead; indexes find their rows: the cost is that of what is deleted, not of what stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, delete, false, or_, select, update

from assent.data.consent.gate import Contributor, View
from assent.data.store import Database
from assent.data.store.tables import contributors, feedback, interactions, pieces
from assent.errors import StoreError

if TYPE_CHECKING:
    from assent.data.ledger import Event, Ledger

AT_ONCE = 500  # pieces deleted in one transaction


@dataclass(frozen=True, slots=True)
class Erased:
    """What is gone: pieces of all kinds, interactions left without a call; `contributors` counts the keys behind it."""

    pieces: int
    contributors: int
    interactions: int


def erase(database: Database, ledger: Ledger, event: Event, view: View) -> Erased:
    if view.refused:  # it says of every key that it is dead
        raise StoreError(f"nothing is erased while the gate denies all ({view.refused})")
    gone, uses = 0, 0
    dead = _dead(database, _touched(ledger, event), view)
    conditions = [_of(contributor, generation) for contributor, generation in dead]
    if event.type == "retention":
        conditions.append(_before(event.fields["host"], event.fields["before"]))
    for condition in conditions:
        while batch := _batch(database, condition):
            gone, uses = gone + batch.pieces, uses + batch.interactions
    return Erased(gone, len(dead), uses)


def _touched(ledger: Ledger, event: Event) -> ColumnElement[bool]:
    """The rows of `contributors` that the event can have ended."""
    fields = event.fields
    if event.type == "expired":
        [grant] = ledger.events(after=fields["grant"] - 1, upto=fields["grant"])
        fields = grant.fields
    person, account, host = fields.get("person"), fields.get("account"), fields.get("host")
    table = contributors.c
    if person:
        of_person = [table.person == person]
        of_person += [table.account == account] if account else []
        return and_(*of_person, *([table.host == host] if host else []))
    if account:
        return or_(table.account == account, table.host == account)
    return table.host == host if host else false()


def _dead(database: Database, touched: ColumnElement[bool], view: View) -> list[tuple[Contributor, int]]:
    table = contributors.c
    query = select(table.person, table.account, table.host, table.generation).where(touched).distinct()
    with database.read() as connection:
        found = [(Contributor(*row[:3]), row[3]) for row in connection.execute(query)]
    return [(contributor, generation) for contributor, generation in found if not view.alive(contributor, generation)]


def _of(contributor: Contributor, generation: int) -> ColumnElement[bool]:
    table = contributors.c
    mine = (table.person == contributor.person) & (table.account == contributor.account)
    of = select(table.piece).where(mine & (table.host == contributor.host) & (table.generation == generation))
    return pieces.c.id.in_(of)


def _before(host: str, captured: int) -> ColumnElement[bool]:
    return (pieces.c.account == host) & (pieces.c.captured <= captured)


def _batch(database: Database, condition: ColumnElement[bool]) -> Erased | None:
    """Deletes some of what the condition finds with all that hangs on it; None where nothing is left."""
    with database.write() as connection:
        ids = list(connection.scalars(select(pieces.c.id).where(condition).limit(AT_ONCE)))
        if not ids:
            return None
        meetings, uses, people = _around(connection, ids)
        ids += _edits_of(connection, ids)
        _delete(connection, ids)
        orphans = _unused_speech(connection, meetings)
        _delete(connection, orphans)
        closed = _close_uses(connection, uses, people)
    return Erased(len(ids) + len(orphans), 0, closed)


def _around(connection: Connection, ids: Sequence[str]) -> tuple[list[str], list[str], set[str]]:
    """The meetings of the pieces, all interactions of those meetings, and the people the pieces are of."""
    meetings = list(connection.scalars(select(pieces.c.meeting).where(pieces.c.id.in_(ids)).distinct()))
    uses = list(connection.scalars(select(pieces.c.interaction).where(pieces.c.meeting.in_(meetings)).distinct()))
    people = connection.scalars(select(contributors.c.person).where(contributors.c.piece.in_(ids)).distinct())
    return meetings, uses, set(people)


def _edits_of(connection: Connection, ids: Sequence[str]) -> list[str]:
    """What users made of calls that go."""
    uses = select(pieces.c.interaction).where(pieces.c.id.in_(ids), pieces.c.kind == "call")
    query = select(pieces.c.id, pieces.c.about).where(pieces.c.interaction.in_(uses), pieces.c.kind == "edit")
    going = set(ids)
    return [id_ for id_, about in connection.execute(query) if about["call"] in going and id_ not in going]


def _unused_speech(connection: Connection, meetings: Sequence[str]) -> list[str]:
    """Speech of these meetings that no remaining call or edit points at, for its turns or its names."""
    query = select(pieces.c.id, pieces.c.kind, pieces.c.about).where(pieces.c.meeting.in_(meetings))
    rows = connection.execute(query).all()
    used = {id_ for _, kind, about in rows if kind != "speech" for id_ in _points_at(about)}
    return [id_ for id_, kind, _ in rows if kind == "speech" and id_ not in used]


def _points_at(about: dict[str, Any]) -> set[str]:
    return {*about.get("turns", ()), *about["names"]}


def _delete(connection: Connection, ids: Sequence[str]) -> None:
    for at in range(0, len(ids), AT_ONCE):
        some = ids[at : at + AT_ONCE]
        connection.execute(delete(contributors).where(contributors.c.piece.in_(some)))
        connection.execute(delete(pieces).where(pieces.c.id.in_(some)))


def _close_uses(connection: Connection, uses: Sequence[str], people: set[str]) -> int:
    """Interactions without a call go, with their feedback; those that stay forget that the person spoke."""
    gone = 0
    for at in range(0, len(uses), AT_ONCE):
        some = uses[at : at + AT_ONCE]
        called = pieces.c.interaction.in_(some) & (pieces.c.kind == "call")
        kept = set(connection.scalars(select(pieces.c.interaction).where(called).distinct()))
        empty = [use for use in some if use not in kept]
        connection.execute(delete(feedback).where(feedback.c.interaction.in_(empty)))
        gone += connection.execute(delete(interactions).where(interactions.c.id.in_(empty))).rowcount
        _forget(connection, sorted(kept), people)
    return gone


def _forget(connection: Connection, uses: Sequence[str], people: set[str]) -> None:
    rows = connection.execute(select(interactions.c.id, interactions.c.about).where(interactions.c.id.in_(uses))).all()
    for use, about in rows:
        if any(person in people for person, _, _ in about["everyone"] or ()):
            without = about | {"everyone": None}
            connection.execute(update(interactions).where(interactions.c.id == use).values(about=without))
