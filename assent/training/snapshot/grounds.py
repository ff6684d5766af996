"""What in the ledger a row rests on, and whether that is genuine: signatures of grants, hashes of texts.

The gate reads the ledger as it stands; here each deciding event is held against the account's key and the published
bytes. One that does not hold stops the build and names the row (L1). It knows no content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from assent.data.consent import signing
from assent.data.consent.book import BITS
from assent.data.consent.gate import Contribution, View
from assent.data.consent.rules import Question, account_grant, everyone, has_left, notice_is_old, notices, own_grant
from assent.data.ledger import Event, verify_signature
from assent.errors import ConsentError

if TYPE_CHECKING:
    from assent.data.facade import Store

PURPOSE = "train_content"


class Ground(NamedTuple):
    """Positions of the events that let a contribution train: grants and the notice served; and the basis."""

    events: tuple[int, ...]
    basis: str


def ground(view: View, contribution: Contribution) -> Ground | None:
    """None where the gate says no."""
    decision = view.may(contribution, PURPOSE)
    if not decision.allowed or contribution.contributor is None:
        return None
    who = contribution.contributor
    asked = Question(view.book, view.index, view.now, who, contribution.captured, BITS[PURPOSE])
    told = next(at for at in notices(asked) if not notice_is_old(asked, at) and not has_left(asked, at))
    grants = {account_grant(asked, who.account), account_grant(asked, who.host)}
    if everyone(asked):
        grants.add(own_grant(asked))
    return Ground(tuple(sorted({told, *(one for one in grants if one is not None)})), str(decision.basis))


@dataclass
class Proof:
    """Reads the ledger once, from its start to `index`, and proves the events that `rows` rest on.

    `rows` has one row for each position. `forms` is then the hash of the text each of them names.
    """

    store: Store
    rows: Mapping[int, str]
    forms: dict[int, str] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, dict[str, str]] = field(default_factory=dict)
    _current: dict[str, str] = field(default_factory=dict)
    _bytes: set[str] = field(default_factory=set)

    def run(self, index: int) -> dict[int, str]:
        """Raises ConsentError naming the row whose grounds do not hold, LedgerError where the chain does not."""
        for event in self.store.ledger.events(upto=index):
            if event.position in self.rows:
                self._prove(event)
            self._learn(event)
        if missing := sorted(self.rows.keys() - self.forms.keys()):
            raise self._forged(missing[0], "is not in the ledger")
        return self.forms

    def _learn(self, event: Event) -> None:
        of = event.fields
        if event.type in ("form", "notice"):
            self._texts[of["sha256"]] = event.type
        elif event.type == "account":
            self._keys.setdefault(of["account"], {})[of["key_id"]] = of["public_key"]
            self._current[of["account"]] = of["key_id"]
        elif event.type == "account_key" and self._handed_over(event):
            self._keys[of["account"]][of["key_id"]] = of["public_key"]
            self._current[of["account"]] = of["key_id"]

    def _handed_over(self, event: Event) -> bool:
        of = event.fields
        request = signing.KeyRequest(of["account"], of["key_id"], of["public_key"], of["replaces"])
        before = self._keys.get(of["account"], {}).get(of["replaces"])
        current = self._current.get(of["account"]) == of["replaces"]
        return bool(current and before and verify_signature(before, of["signature"], signing.written(request)))

    def _prove(self, event: Event) -> None:
        fault = partial(self._forged, event.position)
        sha256 = event.fields["sha256"]
        if event.type == "grant":
            if event.fields["person"] is None and not self._signed(event):
                raise fault("is a grant that the account's key did not sign")
            kind = "form"
        elif event.type == "served":
            kind = "notice"
        else:
            raise fault(f"is a {event.type}, on which no row can rest")
        if self._texts.get(sha256) != kind:
            raise fault(f"names no {kind} that was published before it")
        if not self._genuine(sha256):
            raise fault(f"names a {kind} whose stored text is not the one of its hash")
        self.forms[event.position] = sha256

    def _signed(self, event: Event) -> bool:
        of = event.fields
        public = self._keys.get(of["account"], {}).get(str(of["key_id"]))
        if public is None or self._current.get(of["account"]) != of["key_id"]:
            return False
        names = ("account", "key_id", "nonce", "purposes", "sha256", "signer")
        request = signing.GrantRequest(**{name: of[name] for name in names})
        return verify_signature(public, str(of["signature"]), signing.written(request))

    def _genuine(self, sha256: str) -> bool:
        """The published bytes hash to `sha256`."""
        if sha256 not in self._bytes:
            if hashlib.sha256(self._stored(sha256)).hexdigest() != sha256:
                return False
            self._bytes.add(sha256)
        return True

    def _stored(self, sha256: str) -> bytes:
        try:
            return self.store.consent.text(sha256).encode()
        except (ConsentError, ValueError):
            return b""

    def _forged(self, position: int, what: str) -> ConsentError:
        return ConsentError(f"row {self.rows[position]}: event {position} {what}; nothing was built", reason="forged")
