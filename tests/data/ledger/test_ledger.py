"""The chain on both databases."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from assent.data.ledger import GENESIS, Event, Head, Ledger, Signer
from assent.data.store import Database

NOON = 1_700_000_000_000_000


@pytest.fixture
def ledger(database: Database, tmp_path: Path) -> Ledger:
    return ledger_of(database, tmp_path)


def ledger_of(database: Database, folder: Path, **settings: object) -> Ledger:
    clock = itertools.count(NOON).__next__
    return Ledger(database, Signer(folder / "operator.key"), checkpoints=str(folder / "out"), clock=clock, **settings)


def grow(ledger: Ledger, count: int) -> list[Event]:
    with ledger._database.write() as connection:
        return [ledger.append(connection, "served", {"person": f"p_{n}"}) for n in range(count)]


def test_an_empty_ledger_has_a_head_before_the_first_event(ledger: Ledger) -> None:
    assert ledger.head() == Head(-1, GENESIS, 0)
    assert list(ledger.events()) == []
    assert ledger.behind() is None


def test_events_come_back_in_order_and_chained(ledger: Ledger) -> None:
    written = grow(ledger, 5)
    assert list(ledger.events()) == written
    assert list(ledger.events(after=1, upto=3)) == written[2:4]
    assert [event.previous for event in written] == [GENESIS, *(event.hash for event in written[:-1])]
    assert ledger.head() == Head(4, written[-1].hash, written[-1].time)
