"""Receipts: all that the standard asks for, one of ten states, and not one bit may differ."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from assent.data.clock import DAY
from assent.data.consent.documents import Form, read
from assent.data.consent.receipts import (
    MANDATORY,
    NOT_STATED,
    STATES,
    Receipt,
    Subject,
    fields_in,
    receipt,
    verify_receipt,
)
from assent.data.ledger import Event, Head, canonical
from tests.data.consent.office import START, Destroyed, Office, filled


@dataclass
class Key:
    """Stands in for the operator's key file."""

    private: Ed25519PrivateKey

    @property
    def public_key(self) -> str:
        return self.private.public_key().public_bytes_raw().hex()

    def sign(self, message: bytes) -> str:
        return self.private.sign(message).hex()


OPERATOR = Key(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
FORM = read(filled("separate"))
assert isinstance(FORM, Form)
EVENT = Event(
    7, "ab" * 32, "cd" * 32, START, "withdrawal", {"account": "a_1", "person": None, "purposes": ["log_content"]}
)
SUBJECT = Subject("a_1", "a_1", "ConsentWithdrawn", ("log_content",))
RECEIPT = receipt(EVENT, Head(9, "ef" * 32, START), SUBJECT, FORM, Destroyed(3, START, START + DAY), OPERATOR)


def test_a_receipt_verifies_with_the_operators_key_alone() -> None:
    """C12: offline; what it takes is the bytes and the published key."""
    assert verify_receipt(RECEIPT.content, OPERATOR.public_key)
    assert not verify_receipt(RECEIPT.content, Key(Ed25519PrivateKey.generate()).public_key)
    assert not verify_receipt(RECEIPT.content, "no key")


@given(st.integers(0, len(RECEIPT.content) * 8 - 1))
def test_a_receipt_fails_after_any_change_of_one_bit(bit: int) -> None:
    """C12."""
    changed = bytearray(RECEIPT.content)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verify_receipt(bytes(changed), OPERATOR.public_key)


@pytest.mark.slow
def test_a_receipt_fails_after_every_change_of_one_bit() -> None:
    """C12: all of them."""
    for bit in range(len(RECEIPT.content) * 8):
        test_a_receipt_fails_after_any_change_of_one_bit.hypothesis.inner_test(bit)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "spelling",
    [
        lambda content: content + b"\n",
        lambda content: b" " + content,
        lambda content: json.dumps(json.loads(content)).encode(),
        lambda content: canonical(json.loads(content) | {"note": "added"}),
        lambda content: canonical({name: value for name, value in json.loads(content).items() if name != "erasure"}),
        lambda content: canonical(json.loads(content) | {"signature": json.loads(content)["signature"].upper()}),
        lambda content: canonical(json.loads(content) | {"signature": None}),
        lambda content: b"[]",
        lambda content: b"",
        lambda content: b"\xff",
        lambda content: b"[" * 100_000,
    ],
)
def test_the_same_values_spelled_otherwise_are_no_receipt(spelling: object) -> None:
    """C12."""
    assert callable(spelling)
    assert not verify_receipt(spelling(RECEIPT.content), OPERATOR.public_key)


def test_a_receipt_signed_by_another_key_that_it_names_itself_is_refused() -> None:
    """C12: the key comes from the reader, not from the receipt."""
    forger = Key(Ed25519PrivateKey.generate())
    forged = receipt(EVENT, Head(9, "ef" * 32, START), SUBJECT, FORM, None, forger)
    assert verify_receipt(forged.content, forger.public_key)
    assert not verify_receipt(forged.content, OPERATOR.public_key)


def test_a_receipt_says_where_its_event_stands_and_when_keys_died() -> None:
    assert (RECEIPT.position, RECEIPT.hash, RECEIPT.head, RECEIPT.state) == (
        7,
        "ab" * 32,
        (9, "ef" * 32),
        "ConsentWithdrawn",
    )
    assert RECEIPT.json()["erasure"] == {
        "keys": 3,
        "keys_destroyed": "2027-01-15T08:00:00Z",
        "epoch_key_replaced_by": "2027-01-16T08:00:00Z",
        "epoch_key_replaced": None,
    }


def test_without_any_text_the_mandatory_fields_say_so() -> None:
    """C1: an objection may come before any notice was published."""
    bare = receipt(EVENT, Head(9, "ef" * 32, START), SUBJECT, None, None, OPERATOR)
    check(bare)
    assert bare.json()["processing"]["privacy_notice"]["title"] == NOT_STATED
    assert bare.json()["erasure"]["keys"] == 0


def check(found: Receipt) -> None:
    """Every mandatory field is there and says something."""
    fields = list(fields_in(found.json()))
    for name in MANDATORY:
        values = [value for field, value in fields if field == name]
        assert values, name
        assert all(value not in (None, "", [], {}) for value in values), name
    assert found.state in STATES


def test_every_decision_has_a_receipt_with_all_that_the_standard_asks_for(ready: Office) -> None:
    """C1: the mandatory fields of ISO/IEC TS 27560, and one of the ten states."""
    consent = ready.consent
    shown = consent.serve("bob", "acme", "acme")
    ready.show("separate", "bob")
    found = {
        "ConsentRequested": consent.receipt(shown.position),
        "ConsentGiven": ready.sign(),
        "RenewedConsentGiven": ready.sign("use_feature"),
        "ConsentRefused": consent.object("bob", "acme"),
        "own": consent.own_grant("bob", "acme", "separate", "log_content"),
        "after a yes": consent.object("bob"),
        "unknown person": consent.object("zoe"),
        "ConsentWithdrawn": consent.withdraw(account="acme", purposes=["log_content"]),
        "person": consent.withdraw(person="bob"),
        "left": consent.leave("bob", "acme"),
        "ConsentRevoked": consent.close("acme"),
    }
    for name, made in found.items():
        check(made)
        assert verify_receipt(made.content, ready.signer.public_key)
        assert made.state == name or name not in STATES
        assert ready.event(made.position).hash == made.hash
    states = [found[name].state for name in ("own", "after a yes", "unknown person", "person", "left")]
    assert states == ["ConsentGiven", "ConsentWithdrawn", "ConsentRefused", "ConsentWithdrawn", "ConsentRevoked"]
    assert ready.ledger.verify(found.values()).ok


def test_a_receipt_names_the_text_it_rests_on(ready: Office) -> None:
    """C3: version, hash of the exact bytes, and language."""
    form, notice = ready.consent.forms()[0], ready.consent.notices()[0]
    ready.consent.serve("bob", "acme", "acme")
    of = {"grant": ready.sign(), "end": ready.consent.withdraw(account="acme"), "refusal": ready.consent.object("bob")}
    named = {name: made.json()["processing"] for name, made in of.items()}
    assert form.family == "separate"
    assert [named[name]["privacy_notice"]["sha256"] for name in of] == [form.sha256, form.sha256, notice.sha256]
    assert named["grant"]["privacy_notice"]["version"] == form.version
    assert named["grant"]["language"] == "en"
    assert ready.consent.text(form.sha256).encode() == form.content


def test_a_receipt_holds_no_name_of_the_host(ready: Office) -> None:
    """W10: random ids stand for people and organisations."""
    ready.consent.serve("bob-the-builder", "acme", "acme")
    for made in (ready.sign(), ready.consent.object("bob-the-builder", "acme"), ready.consent.close("acme")):
        for name in (b"acme", b"dana", b"bob"):
            assert name not in made.content
    with ready.database.read() as connection:
        bodies = connection.exec_driver_sql("SELECT body FROM ledger_events").scalars().all()
    assert not any(name in body for body in bodies for name in ("acme", "dana", "bob"))


def test_what_nobody_decided_has_no_receipt(ready: Office) -> None:
    with pytest.raises(Exception, match="no receipt is given"):
        ready.consent.receipt(0)
    with pytest.raises(Exception, match="no event 999"):
        ready.consent.receipt(999)
