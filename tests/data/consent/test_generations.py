"""Keys by events: which are made, which end, and that it does not matter in how many steps the ledger is followed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.clock import SECOND
from assent.data.consent import generations
from assent.data.consent.gate import Contributor, changes
from assent.errors import LedgerError
from tests.data.consent import restated
from tests.data.consent.chain import ANA, GUEST, LOG, TRAIN, YEAR, Chain, signed
from tests.data.consent.worlds import CONTRIBUTORS, worlds


def follow(chain: Chain, stops: list[int]) -> set[tuple[Contributor, int]]:
    """The keys of a key store that follows the ledger to each stop in turn."""
    live: set[tuple[Contributor, int]] = set()
    seen = -1
    for stop in stops:
        gained, lost = changes(chain.book, seen, stop)
        assert not live & set(gained)
        assert live.issuperset(lost)
        live, seen = (live | set(gained)) - set(lost), stop
    return live


@settings(max_examples=300, deadline=None)
@given(worlds, st.data())
def test_following_step_by_step_or_in_one_go_comes_to_the_same_keys(chain: Chain, data: st.DataObject) -> None:
    """And they are the keys that a plain scan says are still needed."""
    newest = len(chain.events) - 1
    stops = sorted({*data.draw(st.lists(st.integers(0, newest))), newest})
    needed = restated.living(chain.events, CONTRIBUTORS)
    assert follow(chain, [newest]) == needed
    assert follow(chain, stops) == needed
    assert follow(chain, list(range(newest + 1))) == needed


@settings(max_examples=200, deadline=None)
@given(worlds)
def test_what_the_gate_allows_now_has_a_key_that_is_alive(chain: Chain) -> None:
    """And the key was made by an event: capture never needs one that following the ledger did not make."""
    live = follow(chain, [len(chain.events) - 1])
    view = chain.view()
    for contributor in CONTRIBUTORS:
        made = view.generation(contributor)
        assert made == restated.generation(chain.events, contributor, len(chain.events) - 1)
        assert made is None or ((contributor, made) in live and view.alive(contributor, made))


@settings(max_examples=200, deadline=None)
@given(worlds, st.integers(0, 40))
def test_a_key_is_alive_while_something_captured_under_it_is_allowed(chain: Chain, seconds: int) -> None:
    """By the clock, too: a view denies what has run out before its 'expired' event ends the key."""
    index, now = len(chain.events) - 1, chain.events[-1].time + seconds * SECOND
    view = chain.view(now=now)
    for contributor in CONTRIBUTORS:
        captures: dict[int | None, bool] = {}
        for captured in range(index + 1):
            made = restated.generation(chain.events, contributor, captured)
            allowed = restated.Restated(chain.events, contributor, captured, LOG).allowed(now)[0]
            captures[made] = captures.get(made, False) or allowed
        assert [made for made in range(index + 1) if view.alive(contributor, made)] == sorted(
            made for made, allowed in captures.items() if allowed and made is not None
        )


def made_and_ended(chain: Chain, **event: Any) -> tuple[list[Any], list[Any]]:
    """What one more event makes and ends."""
    position = chain.add(**event)
    return changes(chain.book, position - 1, position)


def test_a_key_is_made_by_the_event_that_completes_what_it_needs() -> None:
    """Grant first or notice first: the second of the two makes it, and nothing else does."""
    chain = signed()
    assert changes(chain.book, -1, 4) == ([], [])
    assert changes(chain.book, 4, 5) == ([(ANA, 5)], [])
    chain.served(GUEST)
    assert changes(chain.book, 5, 6) == ([], [])
    chain.grant("a_globex")
    assert changes(chain.book, 6, 7) == ([(GUEST, 7)], [])


def test_every_grant_and_notice_begins_a_generation_and_ends_none() -> None:
    chain = signed()
    for begin in (chain.grant, chain.served, chain.own):
        position = begin()
        assert changes(chain.book, position - 1, position) == ([(ANA, position)], [])
        assert chain.view().generation(ANA) == position
    assert [made for made in range(9) if chain.view().alive(ANA, made)] == [5, 6, 7, 8]


def test_a_grant_for_another_purpose_makes_no_key() -> None:
    chain = signed()
    chain.grant(purposes=["use_feature", TRAIN])
    chain.objection(purposes=[TRAIN])
    assert changes(chain.book, 5, 7) == ([], [])
    assert chain.view().generation(ANA) == 5


@pytest.mark.parametrize(
    ("type_", "fields"),
    [
        ("objection", {"person": "p_ana", "host": None, "purposes": [LOG]}),
        ("objection", {"person": "p_ana", "host": "a_acme", "purposes": [LOG]}),
        ("withdrawal", {"person": "p_ana", "account": None, "purposes": [LOG]}),
        ("withdrawal", {"person": None, "account": "a_acme", "purposes": [LOG]}),
        ("left", {"person": "p_ana", "account": "a_acme"}),
        ("closed", {"account": "a_acme"}),
        ("expired", {"grant": 4}),
        ("retention", {"host": "a_acme", "before": 5}),
    ],
)
def test_every_end_takes_the_key(type_: str, fields: dict[str, Any]) -> None:
    """W3, R7"""
    chain = signed()
    gained, lost = made_and_ended(chain, type_=type_, **fields)
    assert lost == [(ANA, 5)]
    assert gained == ([(ANA, 6)] if type_ == "retention" else [])
    assert changes(chain.book, -1, 6) == (gained, [])


@pytest.mark.parametrize("what", ["form", "notice"])
def test_a_new_text_ends_no_key_and_makes_none(what: str) -> None:
    """C5: what was collected under the old one stays."""
    chain = signed()
    position = getattr(chain, what)("new-2")
    assert changes(chain.book, 5, position) == ([], [])
    assert chain.view().alive(ANA, 5)
    assert chain.view().generation(ANA) is None


def test_the_clock_alone_ends_no_key_but_denies_it() -> None:
    chain = signed()
    later = chain.view(now=chain.time + YEAR)
    assert not later.alive(ANA, 5)
    assert later.generation(ANA) is None
    chain.time += YEAR
    assert made_and_ended(chain, type_="admin", account="a_acme", person="p_bo") == ([], [])
    assert made_and_ended(chain, type_="expired", grant=4) == ([], [(ANA, 5)])


def test_a_notice_served_when_the_grant_has_run_out_makes_no_key() -> None:
    chain = signed()
    chain.time += YEAR
    position = chain.served(ANA._replace(person="p_bo"))
    assert changes(chain.book, 5, position) == ([], [])


def test_retention_ends_a_generation_once_all_of_it_is_too_old() -> None:
    """R7: what was captured in it after the limit keeps its key alive."""
    chain = signed()
    assert made_and_ended(chain, type_="retention", host="a_acme", before=4) == ([(ANA, 6)], [])
    assert made_and_ended(chain, type_="retention", host="a_acme", before=5) == ([(ANA, 7)], [(ANA, 5)])


def test_no_key_is_made_or_ended_on_a_broken_chain() -> None:
    """C15: a chain that cannot be read must not destroy what it does not understand."""
    chain = signed()
    chain.add("pardon")
    with pytest.raises(LedgerError, match="event 6 cannot be read"):
        changes(chain.book, -1, 6)
    assert changes(chain.book, -1, 5) == ([(ANA, 5)], [])


def test_only_those_an_event_touches_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """One person's objection among a thousand members, one account's withdrawal among a hundred."""
    chain = signed()
    for number in range(100):
        chain.grant(f"a_{number}")
        for person in range(5):
            chain.served(Contributor(f"p_{number}_{person}", f"a_{number}", f"a_{number}"))
    before = len(chain.events) - 1
    chain.objection("p_7_3")
    chain.withdrawal(account="a_8")
    chain.form("form-2")
    asked: set[Contributor] = set()
    lives = generations.lives
    monkeypatch.setattr(generations, "lives", lambda book, who, *rest: asked.add(who) or lives(book, who, *rest))
    gained, lost = changes(chain.book, before, len(chain.events) - 1)
    assert (gained, len(lost)) == ([], 6)
    assert {contributor.person for contributor in asked} == {"p_7_3", *(f"p_8_{person}" for person in range(5))}
