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
    def body(self) -> str:
        """What is hashed and stored."""
        return body_of(self.position, self.previous, self.time, self.type, self.fields)


def body_of(position: int, previous: str, time: int, type_: str, fields: Mapping[str, Any]) -> str:
    return canonical({"position": position, "previous": previous, "time": time, "type": type_, **fields}).decode()


def hash_of(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def chained(head: Head, now: int, type_: str, fields: Mapping[str, Any]) -> tuple[Event, str]:
    """The event that follows `head`, and its body. Its time never goes back, whatever the clock says."""
    _check(type_, fields)
    position, time = head.position + 1, max(now, head.time)
    body = body_of(position, head.hash, time, type_, fields)
    return Event(position, hash_of(body), head.hash, time, type_, dict(fields)), body


def parsed(position: int, hash_: str, body: str, previous: str) -> Event:
    """The event of a stored row; LedgerError where the row does not follow the hash `previous`."""
    if hash_of(body) != hash_:
        raise LedgerError(f"the ledger is damaged: event {position} does not match its hash", position)
    try:
        fields = json.loads(body)
        frame = [fields.pop(name) for name in _FRAME]
    except (ValueError, KeyError, AttributeError):
        raise LedgerError(f"the ledger is damaged: event {position} cannot be read", position) from None
    if frame[:2] != [position, previous]:
        raise LedgerError(f"the ledger is damaged: event {position} does not follow the one before it", position)
    return Event(position, hash_, previous, frame[2], frame[3], fields)


def _check(type_: str, fields: Mapping[str, Any]) -> None:
    if taken := [name for name in _FRAME if name in fields]:
        raise ValueError(f"an event's own fields may not be called {', '.join(taken)}")
    for name, value in fields.items():
        flat = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        if not all(item is None or isinstance(item, int | str) for item in flat):
            raise ValueError(f"field {name} of a {type_} event holds more than numbers, text, and flat lists of them")
