"""Receipts of what stands in the ledger: which text an event rests on, whose consent it is, what became of it.

It knows no name and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from assent.data.consent.book import PURPOSES, Book
from assent.data.consent.documents import Form, Notice
from assent.data.consent.library import Library
from assent.data.consent.receipts import ENDS, Destruction, Receipt, Subject, receipt
from assent.data.consent.register import Register
from assent.data.ledger import Event, Ledger
from assent.errors import ConsentError

STATES = {
    "served": "ConsentRequested",
    "grant": "ConsentGiven",
    "objection": "ConsentRefused",
    "withdrawal": "ConsentWithdrawn",
    "left": "ConsentRevoked",
    "closed": "ConsentRevoked",
    "expired": "ConsentExpired",
    "retention": "ConsentExpired",
}
"""Event type -> state of consent in the Data Privacy Vocabulary, where nothing was given before."""


class Record:
    def __init__(self, ledger: Ledger, library: Library, destruction: Callable[[int], Destruction | None]) -> None:
        self._ledger, self._library, self._destruction = ledger, library, destruction

    def event(self, position: int) -> Event:
        for event in self._ledger.events(after=position - 1, upto=position):
            return event
        raise ConsentError(f"the ledger has no event {position}", reason="unknown_event")

    def receipt(self, event: Event, book: Book, register: Register) -> Receipt:
        """ConsentError for events that are nobody's decision, such as the publishing of a form."""
        if event.type not in STATES:
            raise ConsentError(
                f"event {event.position} is a {event.type}: no receipt is given for it", reason="receipt"
            )
        subject = self._subject(event, register)
        text = self._text(event, subject, book, register)
        if event.type == "served" and text:
            subject = replace(subject, purposes=text.purposes)
        destruction = self._destruction(event.position) if event.type in ENDS else None
        return receipt(event, self._ledger.head(), subject, text, destruction, self._ledger.signer)

    def _subject(self, event: Event, register: Register) -> Subject:
        of = event.fields
        purposes = tuple(of.get("purposes", PURPOSES))
        if event.type == "expired":
            granted = self.event(of["grant"]).fields
            principal = granted["person"] or granted["account"]
            return Subject(principal, principal, STATES["expired"], tuple(granted["purposes"]))
        principal = of.get("person") or of.get("account") or of["host"]
        before = earlier(register.grants.get(principal, ()), event.position)
        return Subject(principal, of.get("signer") or principal, _state(event.type, before is not None), purposes)

    def _text(self, event: Event, subject: Subject, book: Book, register: Register) -> Form | Notice | None:
        """The text that the event names, or that of the grant it ends, or what the person was shown, if anything."""
        if "sha256" in event.fields:
            return self._read(event)
        if event.type == "expired":
            return self._read(self.event(event.fields["grant"]))
        granted = earlier(register.grants.get(subject.principal, ()), event.position)
        if granted is not None:
            return self._read(self.event(granted))
        shown = (
            at for who in book.touches[event.position] if who.person == subject.principal for at in book.served[who]
        )
        told = earlier(shown, event.position)
        return None if told is None else self._read(self.event(told))

    def _read(self, event: Event) -> Form | Notice | None:
        document = self._library.document(event.fields["sha256"])
        return document if isinstance(document, Form | Notice) else None


def earlier(positions: Iterable[int], position: int) -> int | None:
    """The last of `positions` before `position`."""
    return max((one for one in positions if one < position), default=None)


def _state(type_: str, given_before: bool) -> str:
    if type_ == "grant" and given_before:
        return "RenewedConsentGiven"
    if type_ == "objection" and given_before:
        return "ConsentWithdrawn"
    return STATES[type_]
