"""The index of events: what it refuses to read, what it finds, and how much memory it takes."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.consent.book import PURPOSES, Book, bits
from assent.data.consent.gate import Contributor, Reason
from assent.data.ledger.event import Event, Head, chained
from assent.errors import LedgerError
from tests.data.consent.chain import LOG, START, Chain, signed


def broken_by(chain: Chain, type_: str, fields: dict[str, Any]) -> bool:
    """One more event: does it break the book, so that all is refused from there on?"""
    made = chain.captured()
    position = chain.add(type_, **fields)
    decision = chain.view().may(made, LOG)
    assert chain.view(position - 1).may(made, LOG).allowed
    return decision.reason is Reason.BROKEN and chain.book.broken == position


UNREADABLE: list[tuple[str, dict[str, Any]]] = [
    ("pardon", {}),
    ("", {}),
    ("objection", {}),
    ("objection", {"person": "p_ana", "host": None, "purposes": ["everything"]}),
    ("objection", {"person": "p_ana", "host": None, "purposes": LOG}),
    ("objection", {"person": None, "host": None, "purposes": [LOG]}),
    ("objection", {"person": "p_ana", "host": 7, "purposes": [LOG]}),
    ("objection", {"person": "p_ana", "host": "", "purposes": [LOG]}),
    ("withdrawal", {"account": None, "person": None, "purposes": [LOG]}),
    ("withdrawal", {"account": "a_acme", "person": "p_ana", "purposes": [LOG]}),
    ("withdrawal", {"account": "a_acme", "person": None, "purposes": None}),
    ("closed", {"account": ["a_acme"]}),
    ("left", {"person": "p_ana"}),
    ("expired", {"grant": 0}),
    ("expired", {"grant": 99}),
    ("expired", {"grant": -1}),
    ("expired", {"grant": True}),
    ("retention", {"host": "a_acme", "before": 99}),
    ("retention", {"host": "a_acme", "before": "3"}),
    ("policy", {"contributors": "nobody", "accept_bundled": False}),
    ("policy", {"contributors": "account", "accept_bundled": 1}),
    ("served", {"person": "p_ana", "account": "a_acme", "host": "a_acme", "sha256": "never published"}),
    ("served", {"person": "p_ana", "account": "a_acme", "host": None, "sha256": "notice-1"}),
]


@pytest.mark.parametrize(("type_", "fields"), UNREADABLE)
def test_an_event_that_cannot_be_read_denies_everything_from_there_on(type_: str, fields: dict[str, Any]) -> None:
    """C15: it may have been a no; and what was true before it stays true of then."""
    assert broken_by(signed(), type_, fields)


@pytest.mark.parametrize(
    "changed",
    [
        {"sha256": "never published"},
        {"purposes": ["all"]},
        {"person": 7},
        {"account": None},
    ],
)
def test_a_grant_that_cannot_be_read_breaks_the_book(changed: dict[str, Any]) -> None:
    """C15"""
    chain = signed()
    grant = next(event for event in chain.events if event.type == "grant")
    assert broken_by(chain, "grant", {**grant.fields, **changed})


@pytest.mark.parametrize("kind", ["form", "notice"])
@pytest.mark.parametrize("changed", [{"material": None}, {"material": False, "decided_by": None}, {"family": ""}])
def test_a_text_that_cannot_be_read_breaks_the_book(kind: str, changed: dict[str, Any]) -> None:
    """C5, C15: above all one that says it changes nothing, and not who decided so."""
    chain = signed()
    first = next(event for event in chain.events if event.type == kind)
    assert broken_by(chain, kind, {**first.fields, **changed})


@pytest.mark.parametrize("name", ["validity", "retention"])
def test_a_form_whose_limits_are_no_numbers_breaks_the_book(name: str) -> None:
    chain = signed()
    first = next(event for event in chain.events if event.type == "form")
    assert broken_by(chain, "form", {**first.fields, name: "forever"})


@pytest.mark.parametrize(
    "type_",
    [
        *("terms", "account", "account_key", "admin", "telemetry", "erased", "export", "operator_key", "mark"),
        *("adapter_released", "adapter_retired", "adapter_deleted"),
    ],
)
def test_events_that_no_decision_rests_on_are_passed_over(type_: str) -> None:
    assert not broken_by(signed(), type_, {"anything": "at all"})


def test_an_event_that_does_not_follow_the_chain_breaks_the_book() -> None:
    """C15: another previous hash, or a time that runs back."""
    chain = signed()
    newest = chain.events[-1]
    for head in (Head(newest.position, "f" * 64, newest.time), Head(newest.position, newest.hash, START - 1)):
        book = Book()
        for event in chain.events:
            book.add(event)
        stray, _ = chained(head, START - 1, "erased", {"event": 0, "pieces": 0, "keys": 0})
        book.add(stray)
        assert book.broken == stray.position


def test_a_position_that_is_not_the_next_is_refused_outright() -> None:
    """The book is not changed by it."""
    chain = signed()
    for event in (chain.events[0], replace(chain.events[-1], position=len(chain.events) + 1)):
        with pytest.raises(LedgerError, match="does not follow"):
            chain.book.add(event)
    assert (chain.book.position, chain.book.broken) == (len(chain.events) - 1, None)


def test_the_book_knows_how_far_it_has_read() -> None:
    chain = signed()
    assert (Book().position, chain.book.position, chain.book.hash) == (
        -1,
        chain.events[-1].position,
        chain.events[-1].hash,
    )


covered = st.lists(st.sampled_from(PURPOSES), unique=True)


@given(st.lists(covered, max_size=12), st.integers(-2, 14), st.integers(-2, 14), st.sampled_from(PURPOSES))
def test_newest_and_first_find_what_a_scan_finds(events: list[list[str]], after: int, upto: int, purpose: str) -> None:
    chain = Chain()
    for purposes in events:
        chain.objection(purposes=purposes)
    book, marks = chain.book, chain.book.vetoes.get(("p_ana", None), chain.book.switches)
    covering = [position for position, purposes in enumerate(events) if purpose in purposes]
    assert book.newest(marks, upto, bits([purpose])) == max((p for p in covering if p <= upto), default=None)
    between = [position for position in covering if after < position <= upto]
    assert book.first(marks, after, upto, bits([purpose])) == min(between, default=None)


def test_many_accounts_fit_in_modest_memory() -> None:
    """An account with its grant and two members who were served takes under 3 kB: 100,000 of them under 300 MB."""
    accounts, events = 20_000, signed().events
    book = Book()
    for event in events:
        book.add(event)
    tracemalloc.start()
    for number in range(accounts):
        for type_, fields in account_events(f"a_{number:032x}", events):
            book.add(Event(book.position + 1, "0" * 64, book.hash, START * 2, type_, fields))
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert book.broken is None
    assert taken / accounts < 3_000


def account_events(account: str, events: list[Event]) -> list[tuple[str, dict[str, Any]]]:
    grant = next(event for event in events if event.type == "grant")
    people = [Contributor(f"p_{account}_{name}", account, account) for name in ("one", "two")]
    served = [("served", {"sha256": "notice-1", **person._asdict()}) for person in people]
    return [("grant", {**grant.fields, "account": account}), *served]
