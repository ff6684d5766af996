"""One decision in the chain, and the head that the next one is chained to. It does not know what a decision means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from assent.data.ledger.canonical import canonical
from assent.errors import LedgerError

GENESIS = "0" * 64
"""The previous hash of the first event."""
_FRAME = ("position", "previous", "time", "type")


class Head(NamedTuple):
    position: int
    """Index of the newest event; -1 where there is none."""
    hash: str
    time: int


class Row(NamedTuple):
    """An event as it is stored: SHA-256 of `body` is `hash`."""

    position: int
    hash: str
    body: str


@dataclass(frozen=True)
class Event:
    position: int
    hash: str
    previous: str
    time: int
    """Microseconds since the epoch, never before the event before it."""
    type: str
    fields: dict[str, Any]

    @property
    def head(self) -> Head:
        """The head as this event leaves it."""
        return Head(self.position, self.hash, self.time)


def hash_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def chained(head: Head, now: int, type_: str, fields: Mapping[str, Any]) -> tuple[Event, str]:
    """The event that follows `head`, and its body. Its time never goes back, whatever the clock says."""
    _check(type_, fields)
    position, time = head.position + 1, max(now, head.time)
    body = canonical({"position": position, "previous": head.hash, "time": time, "type": type_, **fields}).decode()
    return Event(position, hash_of(body), head.hash, time, type_, dict(fields)), body


def parsed(row: Row) -> Event:
    """The event in a stored row; LedgerError where body, hash and position do not belong together."""
    if hash_of(row.body) != row.hash:
        raise LedgerError(f"the ledger is damaged: event {row.position} does not match its hash", row.position)
    try:
        fields = json.loads(row.body)
        position, previous, time, type_ = [fields.pop(name) for name in _FRAME]
    except (ValueError, KeyError, AttributeError):
        raise LedgerError(f"the ledger is damaged: event {row.position} cannot be read", row.position) from None
    if position != row.position or [type(time), type(type_), type(previous)] != [int, str, str]:
        raise LedgerError(f"the ledger is damaged: event {row.position} is not the one of its place", row.position)
    return Event(position, row.hash, previous, time, type_, fields)


def _check(type_: str, fields: Mapping[str, Any]) -> None:
    if taken := [name for name in _FRAME if name in fields]:
        raise ValueError(f"an event's own fields may not be called {', '.join(taken)}")
    for name, value in fields.items():
        flat = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if not all(item is None or isinstance(item, int | str) for item in flat):
            raise ValueError(f"field {name} of a {type_} event holds more than numbers, text, and flat lists of them")
