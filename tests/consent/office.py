"""A store with its texts published, and accounts that sign: what the tests of the whole store begin with."""

from __future__ import annotations

from collections.abc import Iterable

from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction, Logged
from assent.data.transcripts.turns import Transcript, Turn

LOGGED = ("use_feature", "log_content", "train_content")
OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 Example Street",
    "contact": "privacy@example.com",
    "jurisdiction": "DE",
    "storage": "EU",
}


def publish(store: Store) -> None:
    for name in ("separate", "notice"):
        text = shipped(name)
        given = {key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in text}
        store.consent.publish(shipped(name, **given))


def enable(store: Store, account: str, people: Iterable[str], purposes: Iterable[str] = LOGGED) -> None:
    """The account signs for `purposes`; the first of its people is its admin, and all are shown the notice."""
    people = list(people)
    private, public = new_key()
    store.consent.open_account(account, people[:1], public)
    store.consent.serve(people[0], account, account, "separate")
    store.consent.sign(account, "separate", purposes, people[0], private)
    for person in people:
        store.consent.serve(person, account, account)


def say(store: Store, account: str, person: str, text: str, request: str | None = None) -> Logged:
    """One call over one turn."""
    turn = Turn(person.title(), text, attribution="channel", person=person, account=account)
    call = Call("point", (0,), text, "quote")
    return store.log.capture(Interaction(account, person, "summarize", Transcript((turn,)), (call,), request=request))


def said(store: Store, account: str) -> set[str]:
    return {row.text for row in store.log.rows(account)}
