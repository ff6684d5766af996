"""Receipts: what was decided, signed by the operator, for whoever decided it. They know no ledger and no storage.

A receipt is RFC 8785 JSON with every mandatory field of a consent record by ISO/IEC TS 27560:2023, as the guide of the
Data Privacy Vocabulary lists them (https://w3id.org/dpv/guides/consent-27560, "Mappings of Terms"), one of its ten
consent states, and the place of the event in the ledger. It can be checked with nothing but the operator's public key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from assent.data.clock import DAY, iso
from assent.data.ledger import Event, Head, canonical, key_id, verify_signature

if TYPE_CHECKING:
    from assent.data.consent.documents import Facts, Form, Notice

SCHEMA = "ISO/IEC TS 27560:2023; assent receipt 1"
OPERATOR = "operator"
"""The id of the controller among a receipt's parties."""
NOT_STATED = "not stated: no text was published"
LAWFUL_BASIS = "consent"
ENDS = ("withdrawal", "objection", "left", "closed", "expired", "retention")
"""The events that end something, and with it keys."""

STATES = (
    "ConsentUnknown",
    "ConsentRequested",
    "ConsentRequestDeferred",
    "ConsentRefused",
    "ConsentGiven",
    "RenewedConsentGiven",
    "ConsentExpired",
    "ConsentInvalidated",
    "ConsentRevoked",
    "ConsentWithdrawn",
)
"""The states of consent in the Data Privacy Vocabulary."""

MANDATORY = (
    "schema_version",
    "record_id",
    "receipt_id",
    "pii_principal_id",
    "privacy_notice",
    "language",
    "purposes",
    "pii_information",
    "pii_type",
    "pii_controllers",
    "storage_locations",
    "retention_period",
    "jurisdiction",
    "recipient_third_parties",
    "withdrawal_method",
    "party_id",
    "party_name",
    "party_address",
    "party_contact",
    "party_type",
    "event_time",
    "validity_duration",
    "entity_id",
    "event_type",
    "event_state",
)
"""The mandatory fields, wherever they stand in the record."""


class Signing(Protocol):
    public_key: str

    def sign(self, message: bytes) -> str: ...


class Destruction(Protocol):
    """What an end did to keys; times in microseconds.

    Copies of the key store made before it open until `due_by` at the latest; `replaced_at` is when they stopped to.
    """

    @property
    def keys(self) -> int: ...
    @property
    def destroyed_at(self) -> int: ...
    @property
    def due_by(self) -> int: ...
    @property
    def replaced_at(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose consent the event is about, who acted, and what became of it. Subject ids; `state` is one of STATES."""

    principal: str
    entity: str
    state: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """`content` is what the person keeps; any other bytes do not verify."""

    content: bytes

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.content)
        return found

    @property
    def position(self) -> int:
        return int(self.json()["ledger"]["position"])

    @property
    def hash(self) -> str:
        return str(self.json()["ledger"]["hash"])

    @property
    def head(self) -> tuple[int, str]:
        """Position and hash of the ledger's head when the receipt was made."""
        head = self.json()["ledger"]["head"]
        return int(head["position"]), str(head["hash"])

    @property
    def state(self) -> str:
        return str(self.json()["event"]["event_state"])


def receipt(
    event: Event,
    head: Head,
    subject: Subject,
    text: Form | Notice | None,
    destruction: Destruction | None,
    signer: Signing,
) -> Receipt:
    """The signed receipt of `event`; `text` is the form or notice it rests on."""
    record = {
        "schema_version": SCHEMA,
        "record_id": event.hash,
        "receipt_id": f"{event.hash[:32]}-{head.position}",
        "pii_principal_id": subject.principal,
        "processing": _processing(text, subject.purposes),
        "parties": [_party(text)],
        "event": _event(event, subject, text),
        "ledger": _place(event, head),
        "erasure": _erasure(destruction) if event.type in ENDS else None,
        "operator": {"key_id": key_id(signer.public_key), "public_key": signer.public_key},
    }
    return Receipt(canonical(record | {"signature": signer.sign(canonical(record))}))


def verify_receipt(content: bytes, public_key: str) -> bool:
    """Whether the operator with that public key (hex) signed exactly these bytes. Needs no ledger and no network."""
    try:
        record = json.loads(content)
        if canonical(record) != content:  # the same values spelled otherwise are not what was signed
            return False
        signature = record.pop("signature")
        exact = bytes.fromhex(signature).hex() == signature
        return exact and verify_signature(public_key, signature, canonical(record))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def fields_in(record: Any) -> Iterator[tuple[str, Any]]:
    """Every named value in a receipt, however deep."""
    if isinstance(record, dict):
        for name, value in record.items():
            yield name, value
            yield from fields_in(value)
    elif isinstance(record, list):
        for value in record:
            yield from fields_in(value)


def _processing(text: Form | Notice | None, purposes: tuple[str, ...]) -> dict[str, Any]:
    facts = text.facts if text else None
    return {
        "privacy_notice": _notice(text),
        "language": text.language if text else NOT_STATED,
        "purposes": list(purposes),
        "lawful_basis": LAWFUL_BASIS,
        "pii_information": [{"pii_type": kind} for kind in (facts.data if facts else (NOT_STATED,))],
        "pii_controllers": [OPERATOR],
        "storage_locations": [facts.storage if facts else NOT_STATED],
        "retention_period": _duration(facts, "retention"),
        "jurisdiction": facts.jurisdiction if facts else NOT_STATED,
        "recipient_third_parties": list(facts.recipients if facts else (NOT_STATED,)),
        "withdrawal_method": facts.withdrawal if facts else NOT_STATED,
    }


def _notice(text: Form | Notice | None) -> dict[str, str]:
    if text is None:
        return {"title": NOT_STATED}
    return {"title": text.title, "family": text.family, "version": text.version, "sha256": text.sha256}


def _party(text: Form | Notice | None) -> dict[str, str]:
    party = text.facts.controller if text else None
    return {
        "party_id": OPERATOR,
        "party_role": "PII controller",
        "party_name": party.name if party else NOT_STATED,
        "party_address": party.address if party else NOT_STATED,
        "party_contact": party.contact if party else NOT_STATED,
        "party_type": party.type if party else NOT_STATED,
    }


def _event(event: Event, subject: Subject, text: Form | Notice | None) -> dict[str, str]:
    return {
        "event_time": iso(event.time),
        "validity_duration": _duration(text.facts if text else None, "validity"),
        "entity_id": subject.entity,
        "event_type": "ExplicitlyExpressedConsent",
        "event_state": subject.state,
    }


def _place(event: Event, head: Head) -> dict[str, Any]:
    return {
        "type": event.type,
        "position": event.position,
        "hash": event.hash,
        "time": event.time,
        "head": {"position": head.position, "hash": head.hash},
    }


def _erasure(destruction: Destruction | None) -> dict[str, Any]:
    """None where no key went: there was nothing to open, or nothing that this end took."""
    if destruction is None:
        return {"keys": 0, "keys_destroyed": None, "epoch_key_replaced_by": None, "epoch_key_replaced": None}
    replaced = destruction.replaced_at
    return {
        "keys": destruction.keys,
        "keys_destroyed": iso(destruction.destroyed_at),
        "epoch_key_replaced_by": iso(destruction.due_by),
        "epoch_key_replaced": None if replaced is None else iso(replaced),
    }


def _duration(facts: Facts | None, which: str) -> str:
    """An ISO 8601 duration in days."""
    if facts is None:
        return NOT_STATED
    days = facts.retention if which == "retention" else facts.validity
    return "until withdrawn" if days is None else f"P{days // DAY}D"
