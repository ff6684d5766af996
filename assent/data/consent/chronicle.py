"""The ledger as far as it has been read, kept in step with it; who wants to write holds its head. It makes no decision.

Looking is cheap: one glance at the head, and only if it moved are the new events read. A database that was put in the
place of a newer one shows as a head that went back, or as events that do not follow those read before; then all is read
anew, and nothing is allowed until the guard finds nothing amiss.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, select

from assent.data.clock import Clock
from assent.data.consent.book import Book
from assent.data.consent.gate import Reason, View, deny_all
from assent.data.consent.register import Register
from assent.data.ledger import Event, Head, Ledger
from assent.data.store import Database
from assent.data.store.tables import ledger_head
from assent.errors import LedgerError

Guard = Callable[[], str | None]
"""Why nothing may be allowed, or None. It may list files: it is asked at first and when the ledger looks set back."""


class Chronicle:
    def __init__(self, database: Database, ledger: Ledger, clock: Clock, guard: Guard) -> None:
        self._database, self._ledger, self._clock, self._guard = database, ledger, clock, guard
        self._reading = threading.RLock()
        self._writing = threading.RLock()
        self._begin()

    def view(self, index: int | None = None) -> View:
        """What the gate says at `index`, None: at the head. Whatever goes wrong on the way, it says no."""
        try:
            book = self._followed()
            if self._amiss() is not None:
                return deny_all(Reason.BEHIND)
            if self.unreadable is not None:
                return deny_all(Reason.BROKEN)
            return View(book, book.position if index is None else index, self._clock())
        except Exception:  # noqa: BLE001  a store that does not answer has not said yes (C15)
            return deny_all(Reason.ERROR)

    @contextmanager
    def deciding(self) -> Iterator[Connection]:
        """A writing transaction in which nobody else can append, with all that was appended before it read.

        LedgerError where nothing may be added: the database is behind its checkpoints, or an event cannot be read.
        """
        with self._writing:
            while True:
                book = self._followed()
                self._refuse_damage()
                with self._database.write() as connection:
                    if self._held(connection) == book.position:
                        yield connection
                        return

    def follow(self) -> None:
        """Reads what is new; raises what `view` would answer with a no."""
        self._followed()

    def _begin(self) -> None:
        self.book, self.register = Book(), Register()
        self.unreadable: int | None = None
        self._suspect = True

    def _followed(self) -> Book:
        """The book, up to the head."""
        if self._at(self._ledger.head()):
            return self.book
        with self._reading:
            head = self._ledger.head()  # again: another thread may have read on meanwhile
            if not self._read(head):
                self._begin()
                self._read(head)
            return self.book

    def _at(self, head: Head) -> bool:
        return (head.position, head.hash) == (self.book.position, self.book.hash)

    def _read(self, head: Head) -> bool:
        """Reads up to `head`; False where that is another chain than the one read so far."""
        for event in self._ledger.events(after=self.book.position, upto=head.position):
            if event.previous != self.book.hash:
                return False
            self.book.add(event)
            self._enter(event)
        return self._at(head)

    def _enter(self, event: Event) -> None:
        try:
            if self.unreadable is None:
                self.register.add(event)
        except Exception:  # noqa: BLE001  what cannot be read may have been a no
            self.unreadable = event.position

    def _amiss(self) -> str | None:
        if self._suspect:
            reason = self._guard()
            self._suspect = reason is not None
            return reason
        return None

    def _refuse_damage(self) -> None:
        if reason := self._amiss():
            raise LedgerError(f"nothing is decided on this database: {reason}; restore the newest one")
        unreadable = self.book.broken if self.unreadable is None else self.unreadable
        if unreadable is not None:
            raise LedgerError(f"event {unreadable} cannot be read; run `assent ledger verify`", unreadable)

    def _held(self, connection: Connection) -> int:
        """The head's position; nobody else appends until the transaction ends."""
        return int(connection.execute(select(ledger_head.c.position).with_for_update()).scalar_one())
