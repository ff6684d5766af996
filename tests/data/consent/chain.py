"""A chain of events built by hand, with the book that has read them. No database: the gate sees events only."""

from __future__ import annotations

from collections.abc import Iterable

from assent.data.clock import DAY, SECOND
from assent.data.consent.book import PURPOSES, Book
from assent.data.consent.gate import Contribution, Contributor, View
from assent.data.ledger.event import GENESIS, Event, Head, chained

START = 1_700_000_000 * SECOND
YEAR = 365 * DAY
ANA = Contributor("p_ana", "a_acme", "a_acme")
GUEST = Contributor("p_gil", "a_globex", "a_acme")
LOG, TRAIN = "log_content", "train_content"


class Chain:
    """Every method appends one event, a second after the one before it, and returns its position."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.book = Book()
        self.time = START

    def add(self, type_: str, **fields: object) -> int:
        newest = self.events[-1] if self.events else Event(-1, GENESIS, "", 0, "", {})
        event, _ = chained(Head(newest.position, newest.hash, newest.time), self.time, type_, fields)
        self.events.append(event)
        self.book.add(event)
        self.time += SECOND
        return event.position

    def form(
        self,
        sha256: str = "form-1",
        *,
        family: str = "separate",
        requires: Iterable[str] = ("use_feature",),
        validity: int | None = None,
        material: bool = True,
    ) -> int:
        return self.add(
            "form",
            family=family,
            version=sha256,
            language="en",
            sha256=sha256,
            purposes=list(PURPOSES),
            requires=list(requires),
            validity=validity,
            retention=None,
            material=material,
            decided_by=None if material else "p_counsel",
        )

    def bundled(self) -> int:
        return self.form("bundled-1", family="bundled", requires=("use_feature", LOG, TRAIN), validity=YEAR)

    def notice(
        self,
        sha256: str = "notice-1",
        *,
        family: str = "notice",
        purposes: Iterable[str] = PURPOSES,
        material: bool = True,
    ) -> int:
        return self.add(
            "notice",
            family=family,
            version=sha256,
            language="en",
            sha256=sha256,
            purposes=list(purposes),
            material=material,
            decided_by=None if material else "p_counsel",
        )

    def served(self, contributor: Contributor = ANA, sha256: str = "notice-1") -> int:
        return self.add("served", sha256=sha256, **contributor._asdict())

    def grant(
        self,
        account: str = "a_acme",
        purposes: Iterable[str] = PURPOSES,
        *,
        person: str | None = None,
        sha256: str = "form-1",
    ) -> int:
        return self.add(
            "grant",
            account=account,
            person=person,
            signer=person or "p_admin",
            sha256=sha256,
            purposes=list(purposes),
            nonce="nonce",
            key_id=None,
            signature=None,
        )

    def own(self, contributor: Contributor = ANA, purposes: Iterable[str] = PURPOSES) -> int:
        return self.grant(contributor.account, purposes, person=contributor.person)

    def objection(self, person: str = "p_ana", host: str | None = None, purposes: Iterable[str] = PURPOSES) -> int:
        return self.add("objection", person=person, host=host, purposes=list(purposes))

    def withdrawal(
        self, *, account: str | None = None, person: str | None = None, purposes: Iterable[str] = PURPOSES
    ) -> int:
        return self.add("withdrawal", account=account, person=person, purposes=list(purposes))

    def policy(self, contributors: str = "account", *, accept_bundled: bool = False) -> int:
        return self.add("policy", contributors=contributors, accept_bundled=accept_bundled)

    def view(self, index: int | None = None, now: int | None = None) -> View:
        index = len(self.events) - 1 if index is None else index
        return View(self.book, index, self.events[index].time if now is None else now)

    def captured(self, contributor: Contributor = ANA, attribution: str = "roster") -> Contribution:
        """Something that is captured now."""
        return Contribution(contributor, attribution, len(self.events) - 1)


def signed(*, policy: str = "account", accept_bundled: bool = False, form: str = "form-1") -> Chain:
    """Acme signed for everything, Ana was served the notice, and under the policy 'everyone' she agreed herself."""
    chain = Chain()
    chain.policy(policy, accept_bundled=accept_bundled)
    chain.form(validity=YEAR)
    chain.bundled()
    chain.notice()
    chain.grant(sha256=form)
    chain.served()
    if policy == "everyone":
        chain.own()
    return chain
