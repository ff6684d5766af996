"""Events of a ledger export appended, as they are, to a ledger that is behind it, with the erasures they ask for.

It knows no content, and of the events only which of them erase.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, insert, select

from assent.data.consent.receipts import ENDS
from assent.data.ledger import Checkpoint, Head, Signer
from assent.data.ledger.chain import PAGE, Chain
from assent.data.ledger.event import Row
from assent.data.ledger.exchange import Reader
from assent.data.ledger.keys import ROTATION, Keys
from assent.data.ledger.walk import Walk
from assent.data.store import Database
from assent.data.store.tables import jobs, ledger_checkpoints
from assent.errors import LedgerError

_SUBJECT = re.compile(r'"([ap]_[0-9a-f]{32})"')


@dataclass(frozen=True)
class Newer:
    events: int = 0
    ends: int = 0
    subjects: frozenset[str] = frozenset()
    """All that the events name."""


def catch_up(database: Database, export: Path, signer: Signer) -> Newer:
    """Takes what `export` has behind the ledger's head, in one transaction, after checking all of it.

    Raises LedgerError where it is no continuation of this ledger, or the operator did not sign its end.
    """
    reader, chain = Reader(export), Chain(database)
    newest = max(reader.checkpoints, key=lambda one: one.position, default=None)
    if newest is None:
        raise LedgerError(f"{export}: no checkpoint signs its last event; export it anew")
    with database.write() as connection:
        head = chain.lock(connection)
        if newest.position <= head.position:
            _same(chain, newest, export)
            return Newer()
        walk = Walk([("a checkpoint", reader.checkpoints), ("the database", _anchors(head))], ROTATION)
        found = Newer()
        for rows in _batches(reader.rows()):
            walk.over(rows)
            _refuse(walk, export)
            found = _take(connection, chain, [row for row in rows if row.position > head.position], found)
        _signed(walk, newest, signer, export)
        chain.move(connection, walk.head)
        _keep(connection, reader.checkpoints)
    return found


def _anchors(head: Head) -> list[Head]:
    return [head] if head.position >= 0 else []


def _same(chain: Chain, newest: Checkpoint, export: Path) -> None:
    if chain.hash_at(newest.position) != newest.hash:
        raise LedgerError(f"{export}: is another ledger than the database's", newest.position)


def _take(connection: Connection, chain: Chain, rows: list[Row], so_far: Newer) -> Newer:
    """An end that was carried out before is carried out again, on the rows that the backup brings back."""
    chain.take(connection, rows)
    ends = [{"event": row.position} for row in rows if json.loads(row.body)["type"] in ENDS]
    if ends:
        connection.execute(insert(jobs), ends)
    named = {subject for row in rows for subject in _SUBJECT.findall(row.body)}
    return Newer(so_far.events + len(rows), so_far.ends + len(ends), so_far.subjects | named)


def _signed(walk: Walk, newest: Checkpoint, signer: Signer, export: Path) -> None:
    if newest.position != walk.head.position:
        raise LedgerError(f"{export}: no checkpoint signs its last event; export it anew", walk.head.position)
    if not Keys(walk.kept, signer.public_key).signed(newest):
        raise LedgerError(f"{export}: its end is not signed with the operator's key here", newest.position)


def _keep(connection: Connection, checkpoints: list[Checkpoint]) -> None:
    """Unpublished: the outside may be a new place."""
    standing = set(connection.execute(select(ledger_checkpoints.c.position)).scalars())
    fresh = [one for one in checkpoints if one.position not in standing]
    rows = [{"position": one.position, "body": one.content.decode(), "published": False} for one in fresh]
    if rows:
        connection.execute(insert(ledger_checkpoints), rows)


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, PAGE)):
        yield batch


def _refuse(walk: Walk, export: Path) -> None:
    if walk.faults:
        raise LedgerError(f"{export}: {walk.faults[0].reason}", walk.faults[0].position)
