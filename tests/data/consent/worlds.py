"""Ledgers of any shape, for rules about all of them: two accounts, two persons, forms that run out, every event."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from assent.data.clock import SECOND
from assent.data.consent.book import PURPOSES
from assent.data.consent.gate import Contributor
from tests.data.consent.chain import Chain

ACCOUNTS, PERSONS = ("a_acme", "a_globex"), ("p_ana", "p_bo")
CONTRIBUTORS = (
    Contributor("p_ana", "a_acme", "a_acme"),
    Contributor("p_ana", "a_acme", "a_globex"),
    Contributor("p_bo", "a_globex", "a_globex"),
    Contributor("p_bo", "a_globex", "a_acme"),
)
VALIDITY = 30 * SECOND
"""Short beside the time that passes in a world, so that forms do run out."""

accounts, persons, contributors = st.sampled_from(ACCOUNTS), st.sampled_from(PERSONS), st.sampled_from(CONTRIBUTORS)
purposes = st.one_of(st.just(PURPOSES), st.lists(st.sampled_from(PURPOSES), min_size=1, unique=True))
forms, notices = st.sampled_from(["separate", "bundled", "endless"]), st.sampled_from(["members", "guests"])
yes_mostly = st.sampled_from([False, False, False, True])

steps = st.one_of(
    st.tuples(st.just("grant"), accounts, purposes, forms),
    st.tuples(st.just("grant"), accounts, st.just(PURPOSES), forms),
    st.tuples(st.just("grant on the first form"), accounts, purposes, forms),
    st.tuples(st.just("own"), contributors, purposes, forms),
    st.tuples(st.just("served"), contributors, notices),
    st.tuples(st.just("served"), contributors, st.just("members")),
    st.tuples(st.just("objection"), persons, st.sampled_from([None, *ACCOUNTS]), purposes),
    st.tuples(st.just("withdraw account"), accounts, purposes),
    st.tuples(st.just("withdraw person"), persons, purposes),
    st.tuples(st.just("left"), contributors),
    st.tuples(st.just("closed"), accounts),
    st.tuples(st.just("expired"), st.integers(0, 9)),
    st.tuples(st.just("retention"), accounts, st.integers(1, 6)),
    st.tuples(st.just("policy"), yes_mostly, st.booleans()),
    st.tuples(st.just("form"), forms, yes_mostly),
    st.tuples(st.just("notice"), notices, yes_mostly),
    st.tuples(st.just("wait"), st.integers(1, 20)),
)
worlds = st.lists(steps, min_size=8, max_size=32).map(lambda taken: play(taken))


def play(taken: list[tuple[Any, ...]]) -> Chain:
    """The chain that these steps make. Every text is published first, and both accounts start with a grant."""
    chain = Chain()
    for family in ("separate", "bundled", "endless"):
        publish_form(chain, family, 0, material=True)
    for family in ("members", "guests"):
        chain.notice(f"{family}-0", family=family)
    for account in ACCOUNTS:
        chain.grant(account, sha256="endless-0")
    for number, (what, *about) in enumerate(taken, start=1):
        STEPS[what](chain, number, *about)
    return chain


def newest(chain: Chain, type_: str, family: str) -> str:
    """The hash of the newest publication of a family."""
    return [str(e.fields["sha256"]) for e in chain.events if e.type == type_ and e.fields["family"] == family][-1]


def publish_form(chain: Chain, family: str, number: int, *, material: bool) -> None:
    requires = ("use_feature", "train_content") if family == "bundled" else ("use_feature",)
    validity = None if family == "endless" else VALIDITY
    chain.form(f"{family}-{number}", family=family, requires=requires, validity=validity, material=material)


def expire(chain: Chain, which: int) -> None:
    grants = [event.position for event in chain.events if event.type == "grant"]
    chain.add("expired", grant=grants[which % len(grants)])


def wait(chain: Chain, seconds: int) -> None:
    chain.time += seconds * SECOND


STEPS: dict[str, Any] = {
    "grant": lambda c, n, account, purposes, form: c.grant(account, purposes, sha256=newest(c, "form", form)),
    "grant on the first form": lambda c, n, account, purposes, form: c.grant(account, purposes, sha256=f"{form}-0"),
    "own": lambda c, n, who, purposes, form: c.grant(
        who.account, purposes, person=who.person, sha256=newest(c, "form", form)
    ),
    "served": lambda c, n, who, notice: c.served(who, newest(c, "notice", notice)),
    "objection": lambda c, n, person, host, purposes: c.objection(person, host, purposes),
    "withdraw account": lambda c, n, account, purposes: c.withdrawal(account=account, purposes=purposes),
    "withdraw person": lambda c, n, person, purposes: c.withdrawal(person=person, purposes=purposes),
    "left": lambda c, n, who: c.add("left", person=who.person, account=who.account),
    "closed": lambda c, n, account: c.add("closed", account=account),
    "expired": lambda c, n, which: expire(c, which),
    "retention": lambda c, n, host, back: c.add("retention", host=host, before=max(len(c.events) - 1 - back, 0)),
    "policy": lambda c, n, everyone, accept: c.policy("everyone" if everyone else "account", accept_bundled=accept),
    "form": lambda c, n, family, material: publish_form(c, family, n, material=material),
    "notice": lambda c, n, family, material: c.notice(f"{family}-{n}", family=family, material=material),
    "wait": lambda c, n, seconds: wait(c, seconds),
}
