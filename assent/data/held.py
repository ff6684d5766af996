"""Everything held about a person or an account, by the host's names: what is owed to whoever asks. It decides nothing.

A person is shown their own turns, opened with their own key; of what others said with them only that it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from assent.data.clock import iso
from assent.data.consent.book import BITS, PURPOSES
from assent.data.consent.gate import Contribution, Contributor, Decision, View
from assent.data.consent.rules import ATTRIBUTIONS, Question, account_refuses
from assent.data.store.tables import exports

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.data.ledger import Event

NOTHING: dict[str, list[Any]] = {"turns": [], "calls": [], "edits": [], "feedback": []}


def of_person(store: Store, person: str) -> dict[str, Any]:
    """Where they take part and what may be done there now, notices, decisions, their turns, and what used them."""
    subject, view = store.consent.subject("person", person), store.consent.at()
    events = list(_about(store, subject)) if subject else []
    content = store.log.person(person) if subject else NOTHING
    return {
        "person": person,
        "subject": subject,
        "meetings": [_standing(store, view, one) for one in view.contributors() if one.person == subject],
        "notices": [_shown(store, event) for event in events if event.type == "served"],
        "decisions": [_decision(store, event) for event in events if event.type != "served"],
        **{part: [_named(store, row) for row in content[part]] for part in NOTHING},
        "exports": list(_exports(store, [one for one in view.contributors() if one.person == subject])),
        "adapters": [],
    }


def of_account(store: Store, account: str) -> dict[str, Any]:
    """Whether the features are on, what stands for each purpose now, its people and its decisions."""
    subject, view = store.consent.subject("account", account), store.consent.at()
    members = [one for one in view.contributors() if subject in (one.account, one.host)]
    decisions = [event for event in _about(store, subject) if event.type != "served"] if subject else []
    return {
        "account": account,
        "subject": subject,
        "enabled": _answer(view.enabled(subject or "")),
        "purposes": {purpose: _answer(_granted(view, subject or "", purpose)) for purpose in PURPOSES},
        "people": [_named(store, one._asdict()) for one in members],
        "decisions": [_decision(store, event) for event in decisions],
    }


def _about(store: Store, subject: str) -> Iterator[Event]:
    """Every event that names the subject."""
    for event in store.ledger.events():
        if any(value == subject or (isinstance(value, list) and subject in value) for value in event.fields.values()):
            yield event


def _granted(view: View, account: str, purpose: str) -> Decision:
    if view.refused:
        return Decision(False, None, view.refused, None)
    asked = Question(view.book, view.index, view.now, Contributor("", account, account), view.index, BITS[purpose])
    refusal = account_refuses(asked, account)
    return refusal.decision if refusal else view.enabled(account)


def _standing(store: Store, view: View, contributor: Contributor) -> dict[str, Any]:
    contribution = Contribution(contributor, ATTRIBUTIONS[0], view.index)
    may = {purpose: _answer(view.may(contribution, purpose)) for purpose in PURPOSES}
    return {
        "account": store.consent.name(contributor.account),
        "host": store.consent.name(contributor.host),
        "may": may,
    }


def _exports(store: Store, parts: list[Contributor]) -> Iterator[dict[str, Any]]:
    """Plain copies made while words of theirs could be published: who got them, why, and whether we reach them."""
    with store.database.read() as connection:
        made = connection.execute(select(exports).order_by(exports.c.event)).all()
    for one in made:
        then = store.consent.at(one.event)
        if any(then.may(Contribution(part, ATTRIBUTIONS[0], then.index), "publish_dataset").allowed for part in parts):
            place = {"position": one.event, "recipient": one.recipient, "reason": one.reason}
            yield place | {"reached": Path(one.place).is_dir()}


def _answer(decision: Decision) -> dict[str, Any]:
    basis = None if decision.basis is None else str(decision.basis)
    return {"allowed": decision.allowed, "reason": str(decision.reason), "basis": basis, "position": decision.event}


def _shown(store: Store, event: Event) -> dict[str, Any]:
    row = _decision(store, event)
    return row | {"text": store.consent.text(row["sha256"])}


def _decision(store: Store, event: Event) -> dict[str, Any]:
    return {"position": event.position, "time": iso(event.time), "type": event.type} | _named(store, event.fields)


def _named(store: Store, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the host's names in the place of subject ids; what was captured by ledger index stays an index."""
    return {name: _name(store, value) for name, value in row.items()}


def _name(store: Store, value: Any) -> Any:
    if isinstance(value, list):
        return [_name(store, one) for one in value]
    return (isinstance(value, str) and value[:2] in ("a_", "p_") and store.consent.name(value)) or value
