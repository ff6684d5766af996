"""Which calls are allowed for a purpose, account by account, and what the answers rest on. It opens nothing.

Memory holds the ids of one account (16 bytes each) and one batch of rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from assent.data.consent.gate import View
from assent.data.interactions.opening import Opening
from assent.data.interactions.pieces import Piece, Pieces, Use, accounts
from assent.data.interactions.reading import edits_by_call, parts_of

if TYPE_CHECKING:
    from assent.data.interactions.log import Log

AT_ONCE = 500  # rows of a batch


@dataclass
class Summary:
    """What a selection found: calls asked about, rows allowed, why the others not, and what the rows rest on."""

    purpose: str
    position: int
    """The ledger index at which the gate was asked; the rows rest on events up to it."""
    calls: int = 0
    rows: int = 0
    accounts: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    bases: Counter[str] = field(default_factory=Counter)
    """Rows by their weakest basis, in the order of `WEAKEST_FIRST`."""
    events: set[int] = field(default_factory=set)

    def json(self) -> dict[str, Any]:
        plain = {name: getattr(self, name) for name in ("purpose", "position", "calls", "rows", "accounts")}
        return plain | {"refused": dict(self.refused), "bases": dict(self.bases), "events": sorted(self.events)}

    def allowed(self, call: Piece, opening: Opening) -> bool:
        """Counts the call; whether it is a row."""
        decisions = opening.decisions(call)
        self.calls += 1
        no = next((decision for decision in decisions if not decision.allowed), None)
        if no is not None:  # a refusal is false itself
            self.refused[str(no.reason)] += 1
            return False
        self.rows += 1
        bases = {str(decision.basis) for decision in decisions}
        self.bases[next(basis for basis in WEAKEST_FIRST if basis in bases)] += 1
        self.events.update(decision.event for decision in decisions if decision.event is not None)
        return True


WEAKEST_FIRST = ("bundled_grant", "account_grant", "own_consent")


class Selected(NamedTuple):
    """A call that is allowed, with what its row holds beside it."""

    call: Piece
    use: Use
    feedback: Sequence[str]
    edits: Sequence[Piece]


def holders(log: Log) -> list[str]:
    """The accounts that hold content, by subject id."""
    with log.database.read() as connection:
        return accounts(connection)


def selected(log: Log, account: str, summary: Summary, view: View) -> Iterator[list[Selected]]:
    """The allowed calls of one account in the order of their ids, batch by batch."""
    with log.database.read() as connection:
        ids = packed(Pieces(connection, account).call_ids())
    for batch in unpacked(ids):
        with log.database.read() as connection:
            found = _select(Pieces(connection, account), batch, Opening(view, log.keys, summary.purpose), summary)
        if found:
            yield found


def speech(log: Log, account: str, ids: bytes | bytearray, view: View, purpose: str) -> Iterator[list[Piece]]:
    """The speech pieces of these packed ids whose speaker is allowed, sorted and each once."""
    sorted_once = np.unique(np.frombuffer(ids, dtype="S16")).tobytes()
    for batch in unpacked(sorted_once):
        opening = Opening(view, log.keys, purpose)
        with log.database.read() as connection:
            pieces = Pieces(connection, account).by_id(batch)
        if allowed := [piece for piece in pieces if opening.allowed(piece)]:
            yield allowed


def parts(chosen: Iterable[Selected]) -> Iterator[str]:
    for one in chosen:
        yield from parts_of(one.call, one.edits)


def packed(ids: Iterable[str]) -> bytearray:
    """Ids at 16 bytes each."""
    found = bytearray()
    for id_ in ids:
        found += bytes.fromhex(id_)
    return found


def unpacked(ids: bytes | bytearray) -> Iterator[list[str]]:
    for at in range(0, len(ids), 16 * AT_ONCE):
        some = ids[at : at + 16 * AT_ONCE]
        yield [some[one : one + 16].hex() for one in range(0, len(some), 16)]


def _select(held: Pieces, ids: Sequence[str], opening: Opening, summary: Summary) -> list[Selected]:
    calls = [call for call in held.by_id(ids) if summary.allowed(call, opening)]
    names = sorted({call.interaction for call in calls})
    uses, feedback, edits = held.uses(names), held.feedback(names), edits_by_call(held.of_uses(names, "edit"))
    return [
        Selected(call, uses[call.interaction], feedback.get(call.interaction, ()), edits.get(call.id, ()))
        for call in calls
        if call.interaction in uses
    ]
