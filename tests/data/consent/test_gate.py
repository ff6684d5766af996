"""The view: it says what a plain scan says, nothing later changes it, and whatever goes wrong is a no."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.clock import SECOND
from assent.data.consent.book import PURPOSES, Book
from assent.data.consent.gate import (
    BACKWARD,
    DENY_ALL,
    Basis,
    Contribution,
    Decision,
    Reason,
    View,
    deny_all,
)
from tests.data.consent.chain import ANA, GUEST, LOG, TRAIN, YEAR, Chain, signed
from tests.data.consent.restated import Restated
from tests.data.consent.worlds import CONTRIBUTORS, worlds

NO = Decision(False, None, Reason.ERROR, None)


def everything(index: int) -> list[tuple[Contribution, str]]:
    """Every contribution that can have been captured by then, for the purposes whose rules differ."""
    return [
        (Contribution(contributor, "channel", captured), purpose)
        for contributor in CONTRIBUTORS
        for captured in range(index + 1)
        for purpose in (LOG, TRAIN)
    ]


@settings(max_examples=400, deadline=None)
@given(worlds, st.data())
def test_the_gate_says_what_a_plain_scan_of_the_events_says(chain: Chain, data: st.DataObject) -> None:
    """C2, C5, C10, C11: any order of any events, any capture, any later index, any time."""
    index = data.draw(st.integers(0, len(chain.events) - 1))
    now = chain.events[index].time + data.draw(st.sampled_from([-BACKWARD, 0, 9 * SECOND, 25 * SECOND]))
    view, time = chain.view(index, now), max(now, chain.events[index].time)
    for contribution, purpose in everything(index):
        said = Restated(chain.events[: index + 1], tuple(contribution.contributor), contribution.captured, purpose)
        decision = view.may(contribution, purpose)
        assert (decision.allowed, decision.basis) == said.allowed(time), (contribution, purpose, decision)
        deciding = said.own() if said.everyone() else said.grant(said.account)
        assert not decision or decision.event == deciding.position


@settings(max_examples=200, deadline=None)
@given(worlds, st.data())
def test_what_is_refused_once_is_refused_for_good(chain: Chain, data: st.DataObject) -> None:
    """C11: no later grant, notice or agreement revives what was captured before; only `accept_bundled` may change."""
    sooner = data.draw(st.integers(0, len(chain.events) - 1))
    later = data.draw(st.integers(sooner, len(chain.events) - 1))
    for contribution, purpose in everything(sooner):
        decision = chain.view(sooner).may(contribution, purpose)
        if not decision and decision.reason is not Reason.BUNDLED:
            assert not chain.view(later).may(contribution, purpose)


@settings(max_examples=200, deadline=None)
@given(worlds, st.data())
def test_later_events_do_not_change_what_a_view_says(chain: Chain, data: st.DataObject) -> None:
    """A view is pure: the same book, index and time say the same, whatever the book has read since."""
    index = data.draw(st.integers(0, len(chain.events) - 1))
    then = Book()
    for event in chain.events[: index + 1]:
        then.add(event)
    now = chain.events[index].time
    old, new = View(then, index, now), View(chain.book, index, now)
    for contribution, purpose in everything(index):
        assert old.may(contribution, purpose) == new.may(contribution, purpose)
    for contributor in CONTRIBUTORS:
        assert old.generation(contributor) == new.generation(contributor)
        for made in range(index + 1):
            assert old.alive(contributor, made) == new.alive(contributor, made)
    assert [old.enabled(account) for account in ("a_acme", "a_globex")] == [
        new.enabled(account) for account in ("a_acme", "a_globex")
    ]
    assert (list(old.contributors()), old.lapsed()) == (list(new.contributors()), new.lapsed())


def test_what_was_captured_later_than_the_view_is_refused() -> None:
    chain = signed()
    made = chain.captured()
    assert chain.view().may(made._replace(captured=made.captured + 1), LOG).reason is Reason.FUTURE
    assert chain.view(made.captured - 1).may(made, LOG).reason is Reason.FUTURE


@pytest.mark.parametrize("index", [-2, 7, 99])
def test_a_view_beyond_the_book_denies_all(index: int) -> None:
    chain = signed()
    assert len(chain.events) == 6
    view = View(chain.book, index, chain.time)
    assert view.may(chain.captured(), LOG).reason is Reason.FUTURE
    assert view.enabled("a_acme").reason is Reason.FUTURE


def test_a_view_of_an_empty_ledger_denies_all() -> None:
    """C9"""
    view = View(Book(), -1, 0)
    assert view.may(Contribution(ANA, "channel", -1), LOG).reason is Reason.UNKNOWN
    assert (view.generation(ANA), list(view.contributors()), view.lapsed()) == (None, [], [])


def test_a_clock_that_is_set_back_does_not_lengthen_a_grant() -> None:
    """R5: now is the later of the clock and the newest ledger time."""
    chain = signed()
    made, grant = chain.captured(), chain.events[4]
    assert grant.type == "grant"
    chain.time = grant.time + YEAR
    chain.add("admin", account="a_acme", person="p_bo")
    back = chain.events[-1].time - 3600 * SECOND
    assert chain.view(now=back).may(made, LOG) == Decision(False, None, Reason.EXPIRED, grant.position)


@pytest.mark.parametrize(("behind", "reason"), [(BACKWARD, Reason.GIVEN), (BACKWARD + 1, Reason.CLOCK)])
def test_a_clock_more_than_two_hours_behind_the_ledger_denies_all(behind: int, reason: Reason) -> None:
    """R5: an hour's skew between hosts is nothing; more than two is a clock that is wrong."""
    chain = signed()
    view = chain.view(now=chain.events[-1].time - behind)
    assert view.may(chain.captured(), LOG).reason is reason
    assert view.enabled("a_acme").reason is reason


class Faulty:
    """A book in which the n-th thing that is looked at cannot be had."""

    def __init__(self, book: Book, at: int) -> None:
        self._book, self._left = book, at

    def __getattr__(self, name: str) -> Any:
        self._left -= 1
        if self._left == 0:
            raise OSError("no such thing")
        return getattr(self._book, name)


@pytest.mark.parametrize("policy", ["account", "everyone"])
@pytest.mark.parametrize("question", ["may", "enabled", "generation"])
def test_a_fault_anywhere_inside_is_a_no(question: str, policy: str) -> None:
    """C15: fault injection at every access to the book."""
    chain = signed(policy=policy, accept_bundled=True)
    chain.grant("a_globex")
    chain.served(GUEST)
    chain.grant("a_globex", person="p_gil")
    asked: dict[str, tuple[Any, ...]] = {
        "may": (chain.captured(GUEST), TRAIN),
        "enabled": ("a_acme",),
        "generation": (GUEST,),
    }
    faults = 0
    while True:
        view = chain.view()
        view.book = faulty = Faulty(chain.book, faults + 1)  # type: ignore[assignment]
        answer = getattr(view, question)(*asked[question])
        if faulty._left > 0:
            break
        assert answer == (None if question == "generation" else NO)
        faults += 1
    assert faults > 5
    assert answer


@pytest.mark.parametrize("given_", [None, (), "x", (ANA, "roster", None), (7, "roster", 1), (ANA, "roster", "6")])
def test_a_contribution_that_is_none_is_a_no(given_: Any) -> None:
    """C15"""
    contribution = Contribution(*given_) if isinstance(given_, tuple) and given_ else given_
    assert signed().view().may(contribution, LOG) == NO


@pytest.mark.parametrize("purpose", [None, 0, 2, ["log_content"], b"log_content", "LOG_CONTENT"])
def test_a_purpose_that_is_none_is_a_no(purpose: Any) -> None:
    """C2, C15"""
    chain = signed()
    assert not chain.view().may(chain.captured(), purpose)


@pytest.mark.parametrize("reason", [Reason.BEHIND, Reason.ERROR, Reason.BROKEN])
def test_a_view_that_denies_all_says_why(reason: Reason) -> None:
    view = deny_all(reason)
    assert all(view.may(Contribution(ANA, "channel", -1), purpose).reason is reason for purpose in PURPOSES)
    assert view.enabled("a_acme").reason is reason
    assert (view.generation(ANA), view.alive(ANA, 0), list(view.contributors()), view.lapsed()) == (None, False, [], [])


def test_the_view_that_stands_in_after_an_error_denies_all() -> None:
    """C15"""
    assert DENY_ALL.may(Contribution(ANA, "channel", -1), LOG) == NO


def test_a_refused_view_of_a_good_book_denies_all_too() -> None:
    """R6: the book is whole, but the store is behind its checkpoint."""
    chain = signed()
    view = View(chain.book, chain.book.position, chain.time, Reason.BEHIND)
    assert view.may(chain.captured(), LOG).reason is Reason.BEHIND
    assert (view.generation(ANA), list(view.contributors())) == (None, [])


def test_a_refusal_is_false_and_a_yes_is_true() -> None:
    chain = signed()
    assert chain.view().may(chain.captured(), LOG)
    assert not chain.view().may(chain.captured(GUEST), LOG)


def test_features_are_on_while_the_grant_and_all_it_must_be_signed_with_stand() -> None:
    """Under the bundled form whoever ends training ends the features; under the separate form training is apart."""
    separate, bundled = signed(), signed(form="bundled-1")
    assert separate.view().enabled("a_acme").basis is Basis.ACCOUNT_GRANT
    assert bundled.view().enabled("a_acme") == Decision(True, Basis.BUNDLED_GRANT, Reason.GIVEN, 4)
    for chain, allowed in ((separate, True), (bundled, False)):
        end = chain.withdrawal(account="a_acme", purposes=[TRAIN])
        decision = chain.view().enabled("a_acme")
        assert decision.allowed is allowed
        assert allowed or decision == Decision(False, None, Reason.WITHDRAWN, end)


@pytest.mark.parametrize("end", ["withdrawal", "closed", "expired", "form"])
def test_features_go_off_with_the_grant_and_on_with_the_next(end: str) -> None:
    chain = signed()
    ended = {
        "withdrawal": lambda: chain.withdrawal(account="a_acme", purposes=["use_feature"]),
        "closed": lambda: chain.add("closed", account="a_acme"),
        "expired": lambda: chain.add("expired", grant=4),
        "form": lambda: chain.form("form-2"),
    }[end]()
    assert chain.view().enabled("a_acme").event == ended
    chain.grant(sha256="form-2" if end == "form" else "form-1")
    assert chain.view().enabled("a_acme")


def test_a_member_who_refuses_keeps_the_accounts_features() -> None:
    """C8: no person's no turns anything off."""
    chain = signed()
    chain.objection()
    chain.withdrawal(person="p_ana")
    assert chain.view().enabled("a_acme")


def test_the_contributors_of_a_view_are_those_served_by_then() -> None:
    chain = signed()
    chain.served(GUEST)
    chain.served(ANA)
    assert list(chain.view().contributors()) == [ANA, GUEST]
    assert list(chain.view(5).contributors()) == [ANA]
    assert list(chain.view(4).contributors()) == []


def test_grants_that_have_run_out_are_listed_until_their_event_stands() -> None:
    """R7: what a sweep has to end; the longest overdue first."""
    chain = signed()
    second = chain.grant("a_globex", sha256="bundled-1")
    due = chain.events[4].time + YEAR
    assert chain.view(now=due - 1).lapsed() == []
    assert chain.view(now=due).lapsed() == [4]
    assert chain.view(now=due + YEAR).lapsed() == [4, second]
    assert chain.view(4, due + YEAR).lapsed() == [4]
    before = len(chain.events) - 1
    chain.time = due
    chain.add("expired", grant=4)
    assert chain.view(now=due).lapsed() == []
    assert chain.view(before, due).lapsed() == [4]
