"""Where decisions are written: names looked up, the head held, the event appended, what it sets off done.

It knows no rule of who may decide what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, insert

from assent.data.clock import Clock
from assent.data.consent.agreeing import check_standing
from assent.data.consent.chronicle import Chronicle, Guard
from assent.data.consent.directory import Directory, Kind
from assent.data.consent.documents import Document, Form, Notice, digest
from assent.data.consent.header import FENCE
from assent.data.consent.library import Library
from assent.data.consent.receipts import Destruction, Receipt
from assent.data.consent.record import Record
from assent.data.consent.register import Account, Register, Sort
from assent.data.ledger import Event, Ledger
from assent.data.store import Database
from assent.data.store.tables import jobs
from assent.errors import ConsentError


class Desk:
    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        clock: Clock,
        settle: Callable[[], object],
        guard: Guard,
        destruction: Callable[[int], Destruction | None],
    ) -> None:
        self._ledger, self._clock, self._settle = ledger, clock, settle
        self.chronicle = Chronicle(database, ledger, clock, guard)
        self.directory = Directory(database)
        self.library = Library(database)
        self.record = Record(ledger, self.library, destruction)

    @property
    def register(self) -> Register:
        return self.chronicle.register

    @property
    def now(self) -> int:
        """By the clock or by the newest event, whichever is later (µs)."""
        return max(self._clock(), self._ledger.head().time)

    @contextmanager
    def deciding(self) -> Iterator[Connection]:
        """All that was decided is read, and nobody else decides until this ends; an error leaves nothing behind."""
        with self.chronicle.deciding() as connection:
            yield connection

    def append(self, connection: Connection, type_: str, fields: Mapping[str, Any]) -> Event:
        return self._ledger.append(connection, type_, fields)

    def append_kept(self, connection: Connection, type_: str, fields: Mapping[str, Any]) -> Event:
        """An event and its checkpoint: a database restored from before it is noticed."""
        event = self._ledger.append(connection, type_, fields)
        self._ledger.checkpoint(connection)
        return event

    def append_end(self, connection: Connection, type_: str, fields: Mapping[str, Any]) -> Event:
        """An event that ends something, its erasure job and its checkpoint: all three stand, or none."""
        event = self._ledger.append(connection, type_, fields)
        connection.execute(insert(jobs).values(event=event.position))
        self._ledger.checkpoint(connection)
        return event

    def settled(self, event: Event) -> Event:
        """The event, once what it sets off is done."""
        self._settle()
        return event

    def acknowledged(self, event: Event) -> Receipt:
        """The event's receipt, once what it sets off is done."""
        self._settle()
        return self.receipt(event)

    def receipt(self, event: Event) -> Receipt:
        self.chronicle.follow()
        return self.record.receipt(event, self.chronicle.book, self.register)

    def known(self, kind: Kind, name: str) -> str:
        """The subject id of that name; ConsentError for one never heard of."""
        subject = self.directory.subject(kind, name)
        if subject is None:
            raise ConsentError(f"no {kind} {name!r} is known here; check the name", reason=f"unknown_{kind}")
        return subject

    def account(self, name: str) -> tuple[str, Account]:
        """Subject id and state of an account that was opened, closed or not."""
        subject = self.directory.subject("account", name)
        state = self.register.accounts.get(subject) if subject else None
        if subject is None or state is None:
            raise ConsentError(f"no account {name!r} was opened here; open it first", reason="unknown_account")
        return subject, state

    def open_account(self, name: str) -> tuple[str, Account]:
        """The same, of one that is open."""
        subject, state = self.account(name)
        if state.closed is not None:
            raise ConsentError(f"account {name!r} is closed; open it again first", reason="closed")
        return subject, state

    def account_of(self, subject: str) -> tuple[str, Account]:
        """Name and state of the open account with that subject id."""
        name = self.directory.name(subject)
        if name is None:
            raise ConsentError("that account was not opened here", reason="unknown_account")
        return name, self.open_account(name)[1]

    def form(self, wanted: str | Form) -> Form:
        """By its hash or family, whether it stands or not."""
        found = self.library.document(self._sha256(wanted, "form"))
        if not isinstance(found, Form):
            raise ConsentError(f"{wanted} is not a form", reason="unknown_text")
        return found

    def shown_text(self, wanted: str | Form | Notice | None) -> Form | Notice:
        """A notice or a form by hash, family or text; None: the newest notice. ConsentError unless it stands."""
        found = self.library.document(self._sha256(wanted, "notice", "form"))
        if not isinstance(found, Form | Notice):
            raise ConsentError("terms are not served to a person; name a notice or a form", reason="unknown_text")
        check_standing(self.register, found, self.now)
        return found

    def notice_for(self, *accounts: str) -> Form | Notice:
        """The newest notice, in the language of the form that the first of `accounts` signed, or else the next one.

        ConsentError where that does not tell: nobody is shown a text in a language that was not chosen for them.
        """
        newest = self.register.current("notice")
        family = [one for one in newest if one.family == newest[0].family]
        if len(family) < 2:
            return self.shown_text(None)
        for language in self._languages(accounts):
            for one in family:
                if one.language == language:
                    return self.shown_text(one.sha256)
        names = ", ".join(f"{one.family}/{one.language}" for one in family)
        raise ConsentError(f"the notice stands in several languages; name one of {names}", reason="unknown_text")

    def _languages(self, accounts: Iterable[str]) -> Iterator[str]:
        """Those of the forms that the accounts signed last."""
        for name in accounts:
            granted = self.register.grants.get(self.directory.subject("account", name) or "")
            if granted:
                yield self.register.texts[self.record.event(granted[-1]).fields["sha256"]].language

    def standing(self, kind: Sort) -> list[Document]:
        """The texts of that kind that stand, newest first."""
        self.chronicle.follow()
        return [self.library.document(one.sha256) for one in self.register.current(kind)]

    def _sha256(self, wanted: str | Form | Notice | None, *kinds: Sort) -> str:
        if isinstance(wanted, Form | Notice):
            return wanted.sha256
        if wanted is not None and wanted.startswith(FENCE):
            return digest(wanted.encode())
        if wanted in self.register.texts:
            return str(wanted)
        standing = [one for kind in kinds for one in self.register.current(kind)]
        for one in standing:
            if wanted in (None, one.family, f"{one.family}/{one.language}"):
                return one.sha256
        names = ", ".join(sorted({one.family for one in standing})) or "none"
        raise ConsentError(f"no {kinds[0]} {wanted or ''} is published here; there are: {names}", reason="unknown_text")
