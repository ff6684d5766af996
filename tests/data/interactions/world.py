"""A small world of accounts and people on a real database, ledger, gate and key store.

Only the desk that turns names into events is a fake: it appends the raw events, so a test says exactly what stands in
the ledger, and follows each one with the keys as a settled store would.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

from assent.data.clock import DAY
from assent.data.consent.book import PURPOSES, Book
from assent.data.consent.gate import DENY_ALL, View
from assent.data.consent.generations import changes
from assent.data.interactions import Call, Erased, Interaction, Log, Logged
from assent.data.keystore import FileEpochKeys, Keystore
from assent.data.ledger import Event, Ledger, Signer
from assent.data.store import Database
from assent.data.transcripts.turns import Transcript, Turn

FORM, NOTICE = "f" * 64, "e" * 64
SECRET = b"s" * 32


class Desk:
    """What the log asks of consent: subject ids and views."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self._ledger, self._clock = ledger, clock
        self._book = Book()
        self.broken = False
        self.names: dict[tuple[str, str], str] = {}

    def subject(self, kind: str, name: str) -> str | None:
        return self.names.get((kind, name))

    def at(self, index: int | None = None) -> View:
        if self.broken:
            return DENY_ALL
        for event in self._ledger.events(after=self._book.position):
            self._book.add(event)
        return View(self._book, self._book.position if index is None else index, self._clock())


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now


class World:
    def __init__(self, database: Database, folder: Path) -> None:
        self.clock = Clock()
        self.folder, self.database = folder, database
        self.ledger = Ledger(
            database, Signer(folder / "operator.key"), checkpoints=str(folder / "outside"), clock=self.clock
        )
        self.keys = Keystore(folder / "keys.db", FileEpochKeys(folder / "epoch.key"), self.clock)
        self.desk = Desk(self.ledger, self.clock)
        self.log = Log(database, self.ledger, cast(Any, self.desk), self.keys, SECRET)
        form = {"family": "form", "version": "1", "language": "en", "sha256": FORM, "purposes": list(PURPOSES)}
        self.event("form", **form, requires=[], validity=365 * DAY, retention=None, material=True, decided_by=None)
        notice = form | {"family": "notice", "sha256": NOTICE}
        self.event("notice", **notice, material=True, decided_by=None)

    def close(self) -> None:
        self.keys.close()

    def event(self, type_: str, **fields: Any) -> Event:
        event = self.event_only(type_, **fields)
        self.follow()
        return event

    def event_only(self, type_: str, **fields: Any) -> Event:
        """The event without what it sets off: a store cut off between the two."""
        with self.database.write() as connection:
            return self.ledger.append(connection, type_, fields)

    def follow(self) -> None:
        view = self.desk.at()
        seen = self.keys.seen
        self.keys.follow(view.index, *changes(view.book, seen, view.index), since=seen)

    def account(self, name: str) -> str:
        return self.desk.names.setdefault(("account", name), f"a_{len(self.desk.names):032x}")

    def person(self, name: str) -> str:
        return self.desk.names.setdefault(("person", name), f"p_{len(self.desk.names):032x}")

    def sign(self, account: str, purposes: Iterable[str] = PURPOSES) -> Event:
        fields = {"signer": "x", "nonce": "n", "key_id": "k", "signature": "s", "purposes": list(purposes)}
        return self.event("grant", account=self.account(account), person=None, sha256=FORM, **fields)

    def serve(self, person: str, account: str, host: str | None = None) -> Event:
        host = self.account(host or account)
        return self.event("served", sha256=NOTICE, person=self.person(person), account=self.account(account), host=host)

    def join(self, account: str, *people: str) -> None:
        """An account that has signed, with members who were told."""
        self.sign(account)
        for person in people:
            self.serve(person, account)

    def object(self, person: str, host: str | None = None, purposes: Iterable[str] = PURPOSES) -> Event:
        at = self.account(host) if host else None
        return self.event("objection", person=self.person(person), host=at, purposes=list(purposes))

    def withdraw(self, account: str, purposes: Iterable[str] = PURPOSES) -> Event:
        return self.event("withdrawal", account=self.account(account), person=None, purposes=list(purposes))

    def erase(self, event: Event) -> Erased:
        return self.log.erase(event, self.desk.at())

    def capture(self, account: str, turns: list[Turn], calls: Iterable[Call], **more: Any) -> Logged:
        more = {"user": "dana", "feature": "summarize"} | more
        return self.log.capture(Interaction(account, material=Transcript(tuple(turns)), calls=tuple(calls), **more))


def say(person: str, text: str, account: str = "acme", label: str | None = None) -> Turn:
    return Turn(label or person.title(), text, attribution="roster", person=person, account=account)


def stray(text: str, label: str | None = "Visitor") -> Turn:
    return Turn(label, text)


def call(*turns: int, text: str = "Something was said.", parents: tuple[int, ...] = (), task: str = "map") -> Call:
    return Call(task, turns, text, "model", parents)
