"""Verification, export and import: the whole chain held against all that was ever signed.

It does not know what an event means.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from assent.data.ledger import exchange
from assent.data.ledger.chain import PAGE, Chain
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.checkpoints import Checkpoints
from assent.data.ledger.event import Event, Row
from assent.data.ledger.keys import ROTATION, Keys
from assent.data.ledger.signing import Signer
from assent.data.ledger.walk import Anchor, Fault, Verification, Walk
from assent.data.store.database import Database
from assent.errors import LedgerError, StoreError


class Audit:
    def __init__(self, database: Database, chain: Chain, checkpoints: Checkpoints, signer: Signer) -> None:
        self._database, self._chain, self._checkpoints = database, chain, checkpoints
        self._signer = signer

    def verify(self, receipts: Iterable[Anchor]) -> Verification:
        signed, faults = self._signed()
        with self._database.read() as connection:
            head, last = self._chain.head(connection), self._chain.last(connection)
        walk = Walk([("a checkpoint", signed), ("a receipt", receipts)], ROTATION)
        walk.over(self._chain.rows(upto=head.position))
        walk.end(head, last)
        if not walk.broken:
            faults += self._unsigned(walk.kept, signed)
        return Verification.of([*faults, *walk.faults], walk.head.position + 1)

    def export(self, path: Path) -> None:
        with self._database.write() as connection:
            head = self._chain.lock(connection)
            if head.position >= 0:
                self._checkpoints.make(connection)
        self._checkpoints.publish()
        signed = [one for one, _ in self._checkpoints.inside() if one.position <= head.position]
        exchange.write(path, self._checkpoints.keys().public_keys, signed, self._chain.rows(upto=head.position))

    def import_(self, path: Path) -> None:
        reader = exchange.Reader(path)
        walk = Walk(
            [("a checkpoint", reader.checkpoints), ("a checkpoint outside", self._checkpoints.outside())], ROTATION
        )
        with self._database.write() as connection:
            if self._chain.lock(connection).position >= 0:
                raise LedgerError("this ledger is not empty; import into a new store")
            for rows in _batches(reader.rows()):
                walk.over(rows)
                _refuse(path, walk.faults)
                self._chain.take(connection, rows)
            walk.end(walk.head, walk.head.position)
            _refuse(path, [*walk.faults, *self._unsigned(walk.kept, reader.checkpoints)])
            if walk.head.position > max((one.position for one in reader.checkpoints), default=-1):
                raise LedgerError(f"{path}: no checkpoint signs its last event; export it anew")
            if walk.head.position >= 0:
                self._chain.move(connection, walk.head)
            self._checkpoints.take(connection, reader.checkpoints)
        self._checkpoints.publish()

    def _signed(self) -> tuple[list[Checkpoint], list[Fault]]:
        """All checkpoints, and what is wrong with them.

        The outside is read first: what stands there was committed before, so a ledger may grow meanwhile.
        """
        try:
            outside = list(self._checkpoints.outside())
            inside = self._checkpoints.inside()
        except (LedgerError, StoreError) as error:
            return [], [Fault(getattr(error, "position", None), str(error))]
        there = {one.position for one in outside}
        lost = [one.position for one, published in inside if published and one.position not in there]
        faults = [Fault(position, f"checkpoint {position} is missing outside") for position in lost]
        return [*outside, *(one for one, _ in inside)], faults

    def _unsigned(self, rotations: Iterable[Event], signed: Iterable[Checkpoint]) -> list[Fault]:
        try:
            keys = Keys(rotations, self._signer.public_key)
        except LedgerError as error:
            return [Fault(error.position, str(error))]
        bad = sorted({one.position for one in signed if not keys.signed(one)})
        return [Fault(position, f"checkpoint {position} is not signed by the operator") for position in bad]


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, PAGE)):
        yield batch


def _refuse(path: Path, faults: Sequence[Fault]) -> None:
    if faults:
        raise LedgerError(f"{path}: {faults[0].reason}", faults[0].position)
