"""Rules of the real code, each broken on purpose: what the soak must notice. They patch and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from assent.data.consent import book, gate, rules
from assent.data.consent.book import NONE, NOTHING
from assent.data.consent.gate import Contributor, View
from assent.data.consent.rules import Decision
from assent.data.interactions import Interaction, editing, log, names, plan
from assent.data.keystore import Keystore
from assent.data.ledger import Ledger

Fault = Callable[[], AbstractContextManager[Any]]


def nothing(*_: object, **__: object) -> None:
    """A rule that never refuses."""


def _guest_is_a_member(asked: Any) -> None:
    return None


def _any_grant(asked: Any, account: str) -> int | None:
    """The newest grant, given before or after the capture."""
    return asked.book.newest(asked.book.grants.get(account, NONE), asked.upto, asked.purpose)


def _one_too_late(asked: Any, grant: int) -> Any:
    validity = asked.book.document(grant).validity
    late = asked._replace(time=asked.time - 1)
    return None if validity is None else _expired(late, grant)


def _own_is_free(asked: Any) -> Decision:
    return Decision(True, rules.Basis.OWN_CONSENT, rules.Reason.GIVEN, rules.own_grant(asked))


def _superseded_since_it_was_signed(asked: Any, grant: int) -> Any:
    publications = asked.book.material.get(("form", asked.book.document(grant).family), NONE)
    newer = asked.book.first(publications, grant, asked.captured)
    return None if newer is None else rules.Refusal(rules.Reason.SUPERSEDED, newer)


_expired, _decide = rules.expired, rules.decide


def _never_train_forgotten(asked: Any) -> Decision:
    """What may be logged may be trained on."""
    from assent.data.consent.book import BITS

    return _decide(asked._replace(purpose=BITS["log_content"]))


@contextmanager
def _unattributed_allowed() -> Iterator[None]:
    with (
        patch.object(rules, "ATTRIBUTIONS", ("channel", "roster", "unknown")),
        patch.object(gate, "unattributed", nothing),
    ):
        speaker = plan.Plan._speaker

        def known(self: Any, turn: Any) -> Any:
            found = speaker(self, turn)
            return plan.Speaker(next(iter(self.view.contributors()), None)) if found.contributor is None else found

        with patch.object(plan.Plan, "_speaker", known):
            yield


@contextmanager
def _parents_forgotten() -> Iterator[None]:
    made = plan.Plan.__init__

    def without(self: Any, interaction: Any, *more: Any) -> None:
        from dataclasses import replace

        calls = tuple(replace(call, parents=(), turns=call.turns or (0,)) for call in interaction.calls)
        made(self, replace(interaction, calls=calls), *more)

    with patch.object(plan.Plan, "__init__", without):
        yield


@contextmanager
def _regrant_keeps_keys() -> Iterator[None]:
    with patch.object(rules, "withdrawn", nothing):
        yield


@contextmanager
def _head_not_read_again() -> Iterator[None]:
    """A capture goes by what the gate said before its transaction began."""
    made, first = log.Plan, {}

    def stale(interaction: Interaction, subject: Any, view: View, keys: Keystore) -> plan.Plan:
        _, before = first.setdefault(id(interaction), (interaction, view))
        return made(interaction, subject, before, keys)

    with patch.object(log, "Plan", stale):
        yield


@contextmanager
def _key_made_at_capture() -> Iterator[None]:
    """Whoever finds none makes it, by what the gate said before: what was decided since cannot refuse it."""
    asked = plan.standing

    def standing(view: View, keys: Keystore, contributor: Contributor, attribution: str) -> plan.Standing:
        found = asked(view, keys, contributor, attribution)
        return plan.Standing(attribution, None, view.index, bytes(32)) if found.reason == plan.NO_KEY else found

    with _head_not_read_again(), patch.object(plan, "standing", standing):
        yield


FAULTS: dict[str, Fault] = {
    "objection ignored": lambda: patch.object(rules, "person_refuses", nothing),
    "guest taken for a member": lambda: patch.object(rules, "host_refuses", _guest_is_a_member),
    "notice unchecked": lambda: patch.object(rules, "was_not_told", nothing),
    "a later grant revives old rows": lambda: patch.object(rules, "account_grant", _any_grant),
    "withdrawal of an account ignored": _regrant_keeps_keys,
    "expiry off by one": lambda: patch.object(rules, "expired", _one_too_late),
    "new form keeps old grants": lambda: patch.object(rules, "superseded", nothing),
    "a form signed after its successor counts": lambda: patch.object(
        rules, "superseded", _superseded_since_it_was_signed
    ),
    "old notice still tells": lambda: patch.object(rules, "notice_is_old", nothing),
    "leaving ignored": lambda: patch.object(rules, "has_left", nothing),
    "own consent not needed under everyone": lambda: patch.object(rules, "has_not_agreed", nothing),
    "bundled taken for own": lambda: patch.object(rules, "bundle_is_not_accepted", nothing),
    "own consent never bundled": lambda: patch.object(rules, "own_consent", _own_is_free),
    "never-train ignored": lambda: patch.object(gate, "decide", _never_train_forgotten),
    "unknown speakers allowed": _unattributed_allowed,
    "derived text does not inherit": _parents_forgotten,
    "an edit keeps its row whatever it adds": lambda: patch.object(editing, "added", lambda *_: set()),
    "names of others left in": lambda: patch.object(names.Names, "hide", lambda self, text, spellings: text),
    "keys outlive a withdrawal": lambda: patch.object(Keystore, "_destroy", lambda self, connection, keys: 0),
    "ledger head not read again by a capture": _head_not_read_again,
    "key made at capture": _key_made_at_capture,
    "a database from before is not noticed": lambda: patch.object(Ledger, "behind", nothing),
    "unknown event passed over": lambda: patch.dict(book.READERS, {"withdrawal": lambda *_: NOTHING}),
}

RARE = {
    "own consent never bundled": "tests/data/consent/test_rules.py",
    "an edit keeps its row whatever it adds": "tests/data/interactions/test_log.py",
    "names of others left in": "tests/data/interactions/test_capture.py",
    "a database from before is not noticed": "tests/data/test_backup.py",
}
"""What 400 random lives did not come upon, and the file of tests that must."""
