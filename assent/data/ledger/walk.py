"""Walks the whole chain and holds it against every checkpoint and receipt: the first bad index, or that there is none.

It knows no database: rows, checkpoints and receipts are handed to it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from assent.data.ledger.canonical import canonical
from assent.data.ledger.event import GENESIS, Event, Head, Row, parsed
from assent.errors import LedgerError


class Anchor(Protocol):
    """Somebody's word that the event at `position` has this `hash`: a checkpoint, a receipt, an old head."""

    @property
    def position(self) -> int: ...

    @property
    def hash(self) -> str: ...


class Fault(NamedTuple):
    position: int | None
    reason: str


@dataclass(frozen=True)
class Verification:
    ok: bool
    position: int | None
    """The first bad index, where there is one to name."""
    reason: str | None
    size: int
    """Events that were found."""

    @classmethod
    def of(cls, faults: Iterable[Fault], size: int) -> Verification:
        first = min(faults, default=None, key=lambda fault: (fault.position is None, fault.position or 0))
        return cls(first is None, first.position if first else None, first.reason if first else None, size)


class Walk:
    """One pass over the rows; `faults` and `kept` fill as it goes.

    `anchors` come with a name for their kind; events of the type `keep` are kept.
    """

    def __init__(self, anchors: Iterable[tuple[str, Iterable[Anchor]]], keep: str) -> None:
        self.head = Head(-1, GENESIS, 0)
        self.faults: list[Fault] = []
        self.kept: list[Event] = []
        self.broken = False
        """Whether the chain itself broke, so that nothing behind was read."""
        self._keep = keep
        self._anchors: dict[int, list[tuple[str, str]]] = {}
        for name, group in anchors:
            for anchor in group:
                self._anchors.setdefault(anchor.position, []).append((name, anchor.hash))

    def over(self, rows: Iterable[Row]) -> None:
        """Every row, up to the first that breaks the chain."""
        for row in rows:
            try:
                event = self._next(row)
            except LedgerError as error:
                self._break(error.position, str(error))
                return
            self._hold(event)
            self.head = event.head
            if event.type == self._keep:
                self.kept.append(event)

    def end(self, head: Head, last: int) -> None:
        """The chain ends where the head row says; no row and no anchor stands behind it."""
        if self.broken:
            return
        end = self.head.position
        if head.position > end:
            self._break(end + 1, f"event {end + 1} is missing: the head stands at {head.position}")
        elif last > head.position:
            self._break(head.position + 1, f"event {head.position + 1} stands behind the head")
        elif head != self.head:
            self._break(end, f"the head does not name event {end} as it is")
        if beyond := [position for position in self._anchors if position > end]:
            name, _ = self._anchors[max(beyond)][0]
            self._break(end + 1, f"event {end + 1} is missing: {name} goes on to {max(beyond)}")

    def _next(self, row: Row) -> Event:
        expected = self.head.position + 1
        if row.position != expected:
            raise LedgerError(f"event {expected} is missing", expected)
        event = parsed(row)
        if event.previous != self.head.hash:
            # Both bodies have the hashes that stand beside them, so the earlier event is not what it was.
            raise LedgerError(f"event {expected - 1} is not the one that the next follows", max(expected - 1, 0))
        if event.time < self.head.time:
            raise LedgerError(f"event {expected} is older than the one before it", expected)
        if not _is_canonical(row.body):
            raise LedgerError(f"event {expected} is not written as RFC 8785 asks", expected)
        return event

    def _hold(self, event: Event) -> None:
        for name, hash_ in self._anchors.get(event.position, ()):
            if hash_ != event.hash:
                self.faults.append(Fault(event.position, f"{name} knows another event {event.position}"))

    def _break(self, position: int | None, reason: str) -> None:
        self.broken = True
        self.faults.append(Fault(position, reason))


def _is_canonical(body: str) -> bool:
    value = json.loads(body)
    if json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False) == body:
        return True  # quick, and the same as RFC 8785 for whole numbers, text and ASCII names
    return canonical(value) == body.encode()
