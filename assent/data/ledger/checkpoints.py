"""The signed checkpoints of a chain, in the database and outside it, and what they say of the database.

It does not know what an event means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, insert, select, update

from assent.data.ledger.chain import Chain
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import GENESIS, Head
from assent.data.ledger.keys import ROTATION, Keys
from assent.data.ledger.outside import Outside
from assent.data.ledger.signing import Signer
from assent.data.store.database import Database
from assent.data.store.tables import ledger_checkpoints
from assent.errors import LedgerError, StoreError

_COLUMNS = ledger_checkpoints.c
_ALL = select(ledger_checkpoints).order_by(_COLUMNS.position)
_NEWEST = select(ledger_checkpoints).order_by(_COLUMNS.position.desc()).limit(1)
_WAITING = _ALL.where(~_COLUMNS.published)


class Checkpoints:
    def __init__(self, database: Database, chain: Chain, signer: Signer, location: str) -> None:
        self._database, self._chain, self._signer = database, chain, signer
        self._outside = Outside(location)
        self._seen = Head(-1, GENESIS, 0)
        self._newest: Checkpoint | None = None
        self._looked = False
        self._confirmed = -1
        with database.read() as connection:
            self._follow_key(self._standing(connection))

    def make(self, connection: Connection) -> Checkpoint:
        """Signs the head, or gives back the one that stands for it."""
        head = self._chain.lock(connection)
        if head.position < 0:
            raise LedgerError("an empty ledger has nothing to sign")
        standing = self._standing(connection)
        if standing is not None and standing.position == head.position:
            return standing
        self._follow_key(standing)
        return self.sign(connection, head, self._signer)

    def sign(self, connection: Connection, head: Head, signer: Signer) -> Checkpoint:
        made = Checkpoint.of(head, signer)
        self.take(connection, [made])
        return made

    def take(self, connection: Connection, made: Iterable[Checkpoint]) -> None:
        rows = [{"position": one.position, "body": one.content.decode(), "published": False} for one in made]
        if rows:
            connection.execute(insert(ledger_checkpoints), rows)

    def publish(self) -> None:
        """Puts every one outside that is not there yet, the oldest first, and then marks them."""
        with self._database.read() as connection:
            waiting = [Checkpoint.parse(row.body, row.position) for row in connection.execute(_WAITING)]
        for checkpoint in waiting:
            self._outside.keep(checkpoint.position, checkpoint.content)
        if waiting:
            self._mark([checkpoint.position for checkpoint in waiting])
            self._newest = max(waiting[-1], self._newest or waiting[-1], key=lambda one: one.position)

    def newest_outside(self) -> Checkpoint | None:
        """Read anew. LedgerError if the operator did not sign it, StoreError if the place cannot be reached."""
        positions = self._outside.positions()
        newest = None
        if positions:
            newest = Checkpoint.parse(self._outside.read(positions[-1]), positions[-1])
            if not newest.signed_by(self._signer.public_key) and not self.keys().signed(newest):
                raise LedgerError(f"the checkpoint at {newest.position} is not signed by the operator", newest.position)
        self._newest, self._looked, self._confirmed = newest, True, -1
        return newest

    def behind(self) -> str | None:
        """Why the database is behind or beside its own checkpoints, None if it is not.

        The outside is read once; after that only what this process saw and published is compared, so that the gate
        can ask each time.
        """
        try:
            if not self._looked:
                self.newest_outside()
            known = max(self._seen.position, self._newest.position if self._newest else -1)
            # What is known comes first: another thread may append, and see, more between the two.
            return self._set_back(self._chain.head(), known) or self._beside()
        except (StoreError, LedgerError) as error:
            return str(error)

    def follow_key(self, key_id: str) -> None:
        """Takes up the key that the newest checkpoint was signed with."""
        if not self._signer.hand_over(key_id):
            raise LedgerError(
                f"the operator's key here is {self._signer.key_id}, the ledger's is {key_id}; put that key file back"
            )

    def keys(self) -> Keys:
        return Keys(self._chain.of_type(ROTATION), self._signer.public_key)

    def inside(self) -> list[tuple[Checkpoint, bool]]:
        """Each one in the database, and whether it was published."""
        with self._database.read() as connection:
            rows = connection.execute(_ALL).all()
        return [(Checkpoint.parse(row.body, row.position), row.published) for row in rows]

    def outside(self) -> Iterator[Checkpoint]:
        for position in self._outside.positions():
            yield Checkpoint.parse(self._outside.read(position), position)

    def _mark(self, positions: list[int]) -> None:
        chosen = _COLUMNS.position.between(positions[0], positions[-1]) & ~_COLUMNS.published
        with self._database.write() as connection:
            connection.execute(update(ledger_checkpoints).where(chosen).values(published=True))

    def _set_back(self, head: Head, known: int) -> str | None:
        if head.position < known:
            return (
                f"the database ends at event {head.position}, but it went on to {known}: it was restored from before "
                "that; restore a newer one"
            )
        self._seen = max(self._seen, head, key=lambda seen: seen.position)
        return None

    def _beside(self) -> str | None:
        newest = self._newest
        if newest is None or newest.position == self._confirmed:
            return None
        if self._chain.hash_at(newest.position) != newest.hash:
            return f"the database holds another event {newest.position} than its checkpoint; run `assent ledger verify`"
        self._confirmed = newest.position
        return None

    def _standing(self, connection: Connection) -> Checkpoint | None:
        row = connection.execute(_NEWEST).one_or_none()
        return Checkpoint.parse(row.body, row.position) if row else None

    def _follow_key(self, standing: Checkpoint | None) -> None:
        """Ends a rotation that was cut off, or follows one that another process made."""
        if standing is not None and standing.key_id != self._signer.key_id:
            self.follow_key(standing.key_id)
