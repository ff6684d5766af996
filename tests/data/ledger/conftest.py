"""A ledger on either database, with a clock that moves one second a call."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from assent.data.clock import SECOND
from assent.data.ledger import Event, Ledger, Signer
from assent.data.store import Database

NOON = 1_700_000_000 * SECOND
Grow = Callable[..., list[Event]]


@pytest.fixture
def ledger(database: Database, tmp_path: Path) -> Ledger:
    clock = itertools.count(NOON, SECOND).__next__
    return Ledger(database, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "outside"), clock=clock)


@pytest.fixture
def grow(database: Database, ledger: Ledger) -> Grow:
    """Appends events, checkpointed and published on request."""

    def append(count: int = 1, checkpoint: bool = False) -> list[Event]:
        with database.write() as connection:
            events = [ledger.append(connection, "served", {"person": f"p_{n}", "host": "a_1"}) for n in range(count)]
            if checkpoint:
                ledger.checkpoint(connection)
        ledger.publish()
        return events

    return append
