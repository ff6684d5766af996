"""The rows of one account: every query of content goes through here and takes the account. It opens nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, insert, select, text
from sqlalchemy.dialects import postgresql, sqlite

from assent.data.consent.gate import Contributor
from assent.data.store.tables import contributors, feedback, interactions, pieces
from assent.errors import StoreError

AT_ONCE = 500  # ids in one query


class Share(NamedTuple):
    """One contributor's part in a piece: whose key, of which generation, and how they are known."""

    contributor: Contributor
    attribution: str
    generation: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One ciphertext: `kind` is speech, call or edit. `about` is in the clear and holds no content."""

    id: str
    kind: str
    account: str
    meeting: str
    interaction: str
    captured: int
    about: dict[str, Any]
    ciphertext: bytes
    shares: tuple[Share, ...]


class Use(NamedTuple):
    """One use of a feature, as its row has it."""

    id: str
    feature: str
    meeting: str
    captured: int
    about: dict[str, Any]


def accounts(connection: Connection) -> list[str]:
    """The subject ids of all accounts that hold content."""
    return list(connection.scalars(select(interactions.c.account).distinct().order_by(interactions.c.account)))


class Pieces:
    """What `account` (a subject id) holds. Raises StoreError without one: no query spans accounts."""

    def __init__(self, connection: Connection, account: str) -> None:
        if not isinstance(account, str) or not account:
            raise StoreError("content is read and written for one account; none was given")
        self._connection, self.account = connection, account

    def call_ids(self) -> Iterator[str]:
        """Ids of all calls, in their order: that of a keyed hash, the same in every database with this secret."""
        query = select(pieces.c.id).where(pieces.c.account == self.account, pieces.c.kind == "call")
        return iter(self._connection.scalars(query.order_by(pieces.c.id).execution_options(yield_per=10_000)))

    def by_id(self, ids: Sequence[str]) -> list[Piece]:
        """Those of this account; in the order of their ids."""
        return [piece for some in _batches(ids) for piece in self._read(pieces.c.id.in_(some))]

    def of_meeting(self, meeting: str, kind: str) -> list[Piece]:
        return self._read((pieces.c.meeting == meeting) & (pieces.c.kind == kind))

    def of_uses(self, uses: Sequence[str], kind: str) -> list[Piece]:
        found = (self._read(pieces.c.interaction.in_(some) & (pieces.c.kind == kind)) for some in _batches(uses))
        return [piece for some in found for piece in some]

    def use(self, interaction: str) -> Use | None:
        return self.uses([interaction]).get(interaction)

    def uses(self, ids: Sequence[str]) -> dict[str, Use]:
        table = interactions.c
        query = select(table.id, table.feature, table.meeting, table.captured, table.about)
        mine = query.where(self._mine(interactions))
        rows = (row for some in _batches(ids) for row in self._connection.execute(mine.where(table.id.in_(some))))
        return {row[0]: Use(*row) for row in rows}

    def feedback(self, uses: Sequence[str]) -> dict[str, list[str]]:
        """Kinds of feedback by interaction, in the order they came."""
        found: dict[str, list[str]] = {}
        for some in _batches(uses):
            query = select(feedback.c.interaction, feedback.c.kind).where(
                self._mine(feedback), feedback.c.interaction.in_(some)
            )
            for use, kind in self._connection.execute(query.order_by(feedback.c.captured, feedback.c.id)):
                found.setdefault(use, []).append(kind)
        return found

    def add_use(self, use: Use) -> bool:
        """False if it is there already: another capture of the same request was first."""
        return insert_once(self._connection, interactions, use._asdict() | {"account": self.account})

    def add_feedback(self, id_: str, interaction: str, kind: str, captured: int) -> bool:
        row = {"id": id_, "interaction": interaction, "account": self.account, "kind": kind, "captured": captured}
        return insert_once(self._connection, feedback, row)

    def add(self, new: Sequence[Piece]) -> None:
        if any(piece.account != self.account for piece in new):
            raise StoreError("a piece of another account")
        if new:
            self._connection.execute(insert(pieces), [_row(piece) for piece in new])
            self._connection.execute(insert(contributors), [row for piece in new for row in _share_rows(piece)])

    def alone_with(self, meeting: str) -> None:
        """Holds off other captures of the meeting until the transaction ends, so that its speech is stored once."""
        if self._connection.dialect.name == "postgresql":  # SQLite has one writer anyway
            self._connection.execute(
                text("SELECT pg_advisory_xact_lock(:number)"), {"number": int(meeting[:15], base=16)}
            )

    def _mine(self, table: Table) -> ColumnElement[bool]:
        """This account's rows, as an expression that no index serves: SQLite keeps no statistics and would go through
        all that the account has instead of what the other condition names."""
        return table.c.account.concat("") == self.account

    def _read(self, condition: Any) -> list[Piece]:
        query = select(pieces).where(condition, self._mine(pieces)).order_by(pieces.c.id)
        rows = self._connection.execute(query).all()
        shares = self._shares([row.id for row in rows])
        return [Piece(**row._mapping, shares=tuple(shares[row.id])) for row in rows]

    def _shares(self, ids: Sequence[str]) -> dict[str, list[Share]]:
        found: dict[str, list[Share]] = {id_: [] for id_ in ids}
        for some in _batches(ids):
            query = select(contributors).where(contributors.c.piece.in_(some))
            for piece, person, account, host, attribution, generation in self._connection.execute(query):
                found[piece].append(Share(Contributor(person, account, host), attribution, generation))
        return {id_: sorted(shares) for id_, shares in found.items()}


def insert_once(connection: Connection, table: Table, row: dict[str, Any]) -> bool:
    """Adds the row unless its key is there; on PostgreSQL it waits for a transaction that is adding it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def _row(piece: Piece) -> dict[str, Any]:
    return {column.name: getattr(piece, column.name) for column in pieces.columns}


def _share_rows(piece: Piece) -> Iterator[dict[str, Any]]:
    for contributor, attribution, generation in piece.shares:
        yield {
            "piece": piece.id,
            **contributor._asdict(),
            "attribution": attribution,
            "generation": generation,
        }


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    some = list(ids)
    return (some[at : at + AT_ONCE] for at in range(0, len(some), AT_ONCE))
