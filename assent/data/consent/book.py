"""The ledger's events as an index in memory: append-only, looked up by bisection. It knows no rule of consent.

One row per event in columns, and one sorted array of positions per subject. Every lookup is bounded by an index, so
what was true at an index stays findable however many events follow. An event that cannot be read marks the book as
broken from there on; what it meant, perhaps a no, is not guessed.
"""

from __future__ import annotations

import sys
from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from assent.data.ledger import GENESIS, Event
from assent.errors import LedgerError

PURPOSES = ("use_feature", "log_content", "train_content", "telemetry", "publish_dataset")
BITS = {purpose: 1 << place for place, purpose in enumerate(PURPOSES)}
ALL = (1 << len(PURPOSES)) - 1
NONE = array("q")
"""No positions: what a subject without events has."""


class Contributor(NamedTuple):
    """A person as a member of `account` in the meetings of `host`; the two are equal but for guests. Subject ids."""

    person: str
    account: str
    host: str


class Document(NamedTuple):
    """One publication, at position `published`, of a form or notice. Purposes are bits; times µs, None: no limit."""

    published: int
    family: str
    purposes: int
    requires: int = 0
    validity: int | None = None
    retention: int | None = None

    @property
    def bundled(self) -> bool:
        """The form ties the features to the training grant."""
        return bool(self.requires & BITS["train_content"])


class Row(NamedTuple):
    """What the columns keep of an event: its purposes, its document and the contributors it can matter to."""

    purposes: int = 0
    document: int = -1
    touches: Sequence[Contributor] = ()


NOTHING = Row()


class Book:
    """Add events in order; ask through `assent.data.consent.gate.View`."""

    def __init__(self) -> None:
        self.position = -1
        self.hash = GENESIS
        self.broken: int | None = None
        self.times = array("q")
        self.purposes = array("B")
        self.types: list[str] = []
        self.touches: list[Sequence[Contributor]] = []
        self.contributors: list[Contributor] = []
        """Everyone ever served a notice, in that order."""
        self.documents: list[Document] = []
        self._document_of = array("i")
        self._published: dict[tuple[str, str], int] = {}
        self._members: dict[str, list[Contributor]] = {}
        self._guises: dict[str, list[Contributor]] = {}
        self.grants: dict[str, array[int]] = {}
        self.own_grants: dict[tuple[str, str], array[int]] = {}
        self.ends: dict[str, array[int]] = {}
        """Withdrawals of an account, and its closing."""
        self.vetoes: dict[tuple[str, str | None], array[int]] = {}
        """Objections and withdrawals of a person, for one host or (None) everywhere."""
        self.departures: dict[tuple[str, str], array[int]] = {}
        self.served: dict[Contributor, array[int]] = {}
        self.material: dict[tuple[str, str], array[int]] = {}
        """Publications that end what was agreed before, by ("form" or "notice", family)."""
        self.expired: dict[int, int] = {}
        self.deadlines: list[tuple[int, int]] = []
        """(time from which it no longer counts, position) of every grant with a validity, sorted by time."""
        self.retentions: dict[str, array[int]] = {}
        self._kept_after: dict[str, array[int]] = {}
        self.policies = array("q")
        self.everyone: list[bool] = []
        self.accept_bundled: list[bool] = []
        self.switches = array("q")
        """Policies that changed whose grant decides."""

    def add(self, event: Event) -> None:
        """Take in the next event. One that cannot be read, or does not follow, breaks the book from its position on."""
        if event.position != self.position + 1:
            raise LedgerError(f"event {event.position} does not follow {self.position}", position=self.position + 1)
        try:
            time, row = self._follows(event), READERS[event.type](self, event)
        except Exception:  # noqa: BLE001  whatever it was, it may have been a no
            time, row = self.times[-1] if self.times else 0, NOTHING
            self.broken = event.position if self.broken is None else self.broken
        self.times.append(time)
        self.purposes.append(row.purposes)
        self.types.append(sys.intern(str(event.type)))
        self._document_of.append(row.document)
        self.touches.append(row.touches)
        self.hash = event.hash
        self.position = event.position  # last: a view in another thread never sees half an event

    def document(self, position: int) -> Document:
        """The form or notice that the event at `position` publishes, grants or serves, as published by then."""
        return self.documents[self._document_of[position]]

    def newest(self, positions: array[int], upto: int, purpose: int = ALL) -> int | None:
        """The last event of `positions` at or before `upto` that covers `purpose`."""
        place = bisect_right(positions, upto)
        while place and not self.purposes[positions[place - 1]] & purpose:
            place -= 1
        return positions[place - 1] if place else None

    def first(self, positions: array[int], after: int, upto: int, purpose: int = ALL) -> int | None:
        """The first event of `positions` in (after, upto] that covers `purpose`."""
        for place in range(bisect_right(positions, after), bisect_right(positions, upto)):
            if self.purposes[positions[place]] & purpose:
                return positions[place]
        return None

    def retention(self, host: str, captured: int, upto: int) -> int | None:
        """The first retention event at or before `upto` that ends what was captured at `captured` in `host`."""
        positions = self.retentions.get(host, NONE)
        place = bisect_left(self._kept_after.get(host, NONE), captured)
        return positions[place] if place < len(positions) and positions[place] <= upto else None

    def kept_after(self, host: str, upto: int) -> int:
        """Retention has ended what `host` captured at or before this index; -1: nothing yet."""
        place = bisect_right(self.retentions.get(host, NONE), upto)
        return self._kept_after[host][place - 1] if place else -1

    def _follows(self, event: Event) -> int:
        """The event's time, if it takes the chain on: its previous hash is ours and time does not run back."""
        time = integer(event.time)
        if event.previous != self.hash or (self.times and time < self.times[-1]):
            raise LedgerError("the chain does not hold", position=event.position)
        return time

    def _publish(self, kind: str, event: Event, document: Document) -> Row:
        if flag(event.fields["material"]):
            listed(self.material, (kind, document.family), event.position)
        else:
            text(event.fields["decided_by"])  # C5: who says that nothing changed
        self._published[kind, text(event.fields["sha256"])] = number = len(self.documents)
        self.documents.append(document)
        return Row(ALL, number)

    def _form(self, event: Event) -> Row:
        fields = event.fields
        offered, required = bits(fields["purposes"]), bits(fields["requires"])
        limits = (fields[name] if fields[name] is None else integer(fields[name]) for name in ("validity", "retention"))
        family = text(fields["family"])
        return self._publish("form", event, Document(event.position, family, offered, required, *limits))

    def _notice(self, event: Event) -> Row:
        told = bits(event.fields["purposes"])
        return self._publish("notice", event, Document(event.position, text(event.fields["family"]), told))

    def _served(self, event: Event) -> Row:
        contributor = Contributor(*(text(event.fields[name]) for name in Contributor._fields))
        sha256 = text(event.fields["sha256"])
        number = self._published.get(("notice", sha256))
        if number is None:
            return Row(0, self._published["form", sha256])  # what an admin was shown before signing
        if contributor not in self.served:
            self._meet(contributor)
        listed(self.served, contributor, event.position)
        return Row(self.documents[number].purposes, number, (contributor,))

    def _meet(self, contributor: Contributor) -> None:
        self.contributors.append(contributor)
        self._guises.setdefault(contributor.person, []).append(contributor)
        for account in {contributor.account, contributor.host}:
            self._members.setdefault(account, []).append(contributor)

    def _grant(self, event: Event) -> Row:
        account, purposes = text(event.fields["account"]), bits(event.fields["purposes"])
        number = self._published["form", text(event.fields["sha256"])]
        if (validity := self.documents[number].validity) is not None:
            insort(self.deadlines, (event.time + validity, event.position))
        if event.fields["person"] is None:
            listed(self.grants, account, event.position)
            touches = self._members.setdefault(account, [])
        else:
            person = text(event.fields["person"])
            listed(self.own_grants, (person, account), event.position)
            touches = self._guises.setdefault(person, [])
        return Row(purposes, number, touches)

    def _objection(self, event: Event) -> Row:
        person, host = text(event.fields["person"]), event.fields["host"]
        listed(self.vetoes, (person, None if host is None else text(host)), event.position)
        return Row(bits(event.fields["purposes"]), touches=self._guises.setdefault(person, []))

    def _withdrawal(self, event: Event) -> Row:
        purposes = bits(event.fields["purposes"])
        if (event.fields["account"] is None) == (event.fields["person"] is None):
            raise LedgerError("a withdrawal is an account's or a person's", position=event.position)
        if event.fields["person"] is None:
            account = text(event.fields["account"])
            listed(self.ends, account, event.position)
            return Row(purposes, touches=self._members.setdefault(account, []))
        person = text(event.fields["person"])
        listed(self.vetoes, (person, None), event.position)
        return Row(purposes, touches=self._guises.setdefault(person, []))

    def _left(self, event: Event) -> Row:
        person = text(event.fields["person"])
        listed(self.departures, (person, text(event.fields["account"])), event.position)
        return Row(ALL, touches=self._guises.setdefault(person, []))

    def _closed(self, event: Event) -> Row:
        account = text(event.fields["account"])
        listed(self.ends, account, event.position)
        return Row(ALL, touches=self._members.setdefault(account, []))

    def _expired(self, event: Event) -> Row:
        grant = integer(event.fields["grant"])
        if not 0 <= grant < event.position or self.types[grant] != "grant":
            raise LedgerError("an expiry of what is no grant", position=event.position)
        self.expired.setdefault(grant, event.position)
        return Row(ALL, touches=self.touches[grant])

    def _retention(self, event: Event) -> Row:
        host, before = text(event.fields["host"]), integer(event.fields["before"])
        if before >= event.position:
            raise LedgerError("a retention limit that lies ahead", position=event.position)
        before = max(before, self.kept_after(host, event.position))
        listed(self.retentions, host, event.position)
        listed(self._kept_after, host, before)
        return Row(ALL, touches=self._members.setdefault(host, []))

    def _policy(self, event: Event) -> Row:
        everyone = {"account": False, "everyone": True}[event.fields["contributors"]]
        changed = everyone != (bool(self.everyone) and self.everyone[-1])
        self.everyone.append(everyone)
        self.accept_bundled.append(flag(event.fields["accept_bundled"]))
        self.policies.append(event.position)
        if changed:
            self.switches.append(event.position)
        return Row(ALL, touches=self.contributors if changed else ())


def listed(index: dict[Any, array[int]], key: object, position: int) -> None:
    index.setdefault(key, array("q")).append(position)


def bits(purposes: Iterable[str]) -> int:
    """Purposes as bits; KeyError for one that is not known."""
    found = 0
    for purpose in purposes:
        found |= BITS[purpose]
    return found


def text(value: object) -> str:
    """An id, hash or family, kept once however many events name it."""
    if not isinstance(value, str) or not value:
        raise TypeError("expected a text that is not empty")
    return sys.intern(value)


def integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("expected a whole number")
    return value


def flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("expected true or false")
    return value


def ignored(_book: Book, _event: Event) -> Row:
    """An event that no decision rests on."""
    return NOTHING


READERS: dict[str, Callable[[Book, Event], Row]] = {
    "form": Book._form,
    "notice": Book._notice,
    "served": Book._served,
    "grant": Book._grant,
    "objection": Book._objection,
    "withdrawal": Book._withdrawal,
    "left": Book._left,
    "closed": Book._closed,
    "expired": Book._expired,
    "retention": Book._retention,
    "policy": Book._policy,
} | dict.fromkeys(
    (
        *("terms", "account", "account_key", "admin", "telemetry", "erased", "export", "operator_key", "mark"),
        *("adapter_released", "adapter_retired", "adapter_deleted"),
    ),
    ignored,
)
