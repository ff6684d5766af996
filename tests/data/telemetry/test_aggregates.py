"""Releases: one partition, closed periods, one vote an account, small cells dropped, nothing computed twice."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from assent.data.clock import DAY
from assent.data.store import Database
from assent.data.store.tables import releases, subjects, telemetry
from assent.data.telemetry import Releases, Telemetry, aggregates, shipped
from assent.data.telemetry.aggregates import LEAST_ACCOUNTS, PERIOD_DAYS
from assent.errors import ConsentError, InputError

PERIOD = 742
FIRST = PERIOD * PERIOD_DAYS
CLOSED = (FIRST + PERIOD_DAYS) * DAY
KEPT = {"feature": "summarize", "accepted": True}
CHANGED = {"feature": "summarize", "accepted": True, "edited": 40}
DISCARDED = {"feature": "summarize", "discarded": True}
DRAFT = {"feature": "compose", "accepted": True}
UNDECIDED = {"feature": "summarize"}
NAMES = {cell.number: cell.name for cell in shipped().cells}
numbers = itertools.count()


def account(number: int) -> str:
    return f"a_{number:032x}"


def put(database: Database, events: list[tuple[int, dict[str, Any], int]], version: int = 1) -> None:
    """(account, values, day): straight into the table, as `emit` would have."""
    found = [
        {
            "id": f"t_{next(numbers):032x}",
            "account": account(who),
            "period": day,
            "registry": version,
            "payload": shipped().pack(values),
        }
        for who, values, day in events
    ]
    with database.write() as connection:
        connection.execute(insert(telemetry), found)


def releaser(database: Database, now: int = CLOSED, effective: int | None = 0) -> Releases:
    return Releases(database, clock=lambda: now, effective=lambda: effective)


def test_a_cell_counts_accounts_and_under_20_it_is_dropped(database: Database) -> None:
    """T7."""
    put(database, [(who, KEPT, FIRST) for who in range(LEAST_ACCOUNTS)])
    put(database, [(100 + who, DISCARDED, FIRST + 27) for who in range(LEAST_ACCOUNTS - 1)])
    release = releaser(database).make(PERIOD)
    assert release.accounts == {"minutes kept as they were": 20}
    assert (release.first, release.last) == (date(2026, 11, 19), date(2026, 12, 16))
    with database.read() as connection:
        stored = connection.execute(select(releases).order_by(releases.c.cell)).all()
    assert [tuple(row) for row in stored] == [(PERIOD, 0, 0), (PERIOD, 5, 20)], "no total beside the cells"


def test_every_account_counts_as_one_however_busy(database: Database) -> None:
    """T7."""
    put(database, [(who, KEPT, FIRST) for who in range(20)])
    put(database, [(0, KEPT, FIRST + 1)] * 500)
    put(database, [(who, DRAFT, FIRST + 2) for who in range(20)] + [(0, DRAFT, FIRST)])
    assert releaser(database).make(PERIOD).accounts == {"minutes kept as they were": 20}


def test_the_vote_is_where_most_events_fell_and_of_equals_the_lowest_cell(database: Database) -> None:
    put(database, [(who, values, FIRST) for who in range(20) for values in (KEPT, CHANGED, KEPT, DRAFT, UNDECIDED)])
    put(database, [(who, values, FIRST) for who in range(20, 40) for values in (DRAFT, DISCARDED)])
    assert releaser(database).make(PERIOD).accounts == {"minutes discarded": 20, "minutes kept as they were": 20}


def test_a_second_release_is_the_first_whatever_became_of_the_events(database: Database) -> None:
    """T7."""
    put(database, [(who, KEPT, FIRST) for who in range(30)])
    first = releaser(database).make(PERIOD)
    put(database, [(100 + who, DISCARDED, FIRST) for who in range(30)])
    assert releaser(database).make(PERIOD) == first
    with database.write() as connection:
        connection.execute(delete(telemetry))
    assert releaser(database, now=0, effective=None).make(PERIOD) == first
    assert releaser(database).all() == [first]


def test_a_release_without_cells_is_a_release(database: Database) -> None:
    """T7: events that come later do not make it one with cells."""
    put(database, [(who, KEPT, FIRST) for who in range(19)])
    assert releaser(database).make(PERIOD).accounts == {}
    put(database, [(19, KEPT, FIRST)])
    assert releaser(database).make(PERIOD).accounts == {}
    assert not releaser(database).due()


def test_a_period_that_runs_is_refused(database: Database) -> None:
    """T7."""
    put(database, [(who, KEPT, FIRST) for who in range(20)])
    with pytest.raises(InputError, match="not closed: it ends with 2026-12-16"):
        releaser(database, now=CLOSED - 1).make(PERIOD)
    assert not releaser(database, now=CLOSED - 1).due()
    assert releaser(database).due() == [PERIOD]
    assert releaser(database).make(PERIOD).accounts


def test_periods_are_disjoint(database: Database) -> None:
    """T7: an event counts in the period of its day and in no other, the first and last day included."""
    days = ((DISCARDED, -1, 3), (KEPT, 0, 1), (KEPT, 27, 1), (DRAFT, 28, 3))
    put(
        database, [(who, values, FIRST + day) for who in range(20) for values, day, times in days for _ in range(times)]
    )
    late = releaser(database, now=CLOSED + PERIOD_DAYS * DAY)
    assert late.due() == [PERIOD - 1, PERIOD, PERIOD + 1]
    made = [late.make(period).accounts for period in late.due()]
    assert made == [{"minutes discarded": 20}, {"minutes kept as they were": 20}, {"drafts kept as they were": 20}]
    assert [release.period for release in late.all()] == [PERIOD - 1, PERIOD, PERIOD + 1]


@pytest.mark.parametrize("effective", [None, CLOSED, CLOSED - DAY + 1])
def test_a_period_before_the_terms_is_never_released(database: Database, effective: int | None) -> None:
    put(database, [(who, KEPT, FIRST + 27) for who in range(20)])
    early = releaser(database, effective=effective)
    with pytest.raises(ConsentError, match="before the terms"):
        early.make(PERIOD)
    assert not early.due()
    assert not early.all()


def test_days_before_the_terms_do_not_count(database: Database) -> None:
    put(database, [(who, KEPT, FIRST + 10) for who in range(20)])
    put(database, [(who, DISCARDED, FIRST + 9) for who in range(20) for _ in range(5)])
    made = releaser(database, effective=(FIRST + 9) * DAY + 1).make(PERIOD)
    assert made.accounts == {"minutes kept as they were": 20}


def test_events_of_another_registry_are_not_read(database: Database) -> None:
    put(database, [(who, KEPT, FIRST) for who in range(20)], version=2)
    assert releaser(database).make(PERIOD).accounts == {}


def test_an_account_that_opted_out_is_in_no_later_release(database: Database) -> None:
    """T9."""
    put(database, [(who, KEPT, FIRST) for who in range(20)])
    with database.write() as connection:
        connection.execute(insert(subjects).values(subject=account(0), kind="account", name="acme"))
    Telemetry(database, clock=lambda: FIRST * DAY).opt_out(account(0))
    assert releaser(database).make(PERIOD).accounts == {}


def test_a_cell_whose_number_is_gone_keeps_its_number(database: Database) -> None:
    put(database, [(who, KEPT, FIRST) for who in range(20)])
    releaser(database).make(PERIOD)
    later = replace(shipped(), cells=shipped().cells[:1])
    assert Releases(database, registry=later).all()[0].accounts == {"cell 5": 20}


def test_two_at_once_make_one_release(database: Database) -> None:
    """T7."""
    put(database, [(who, KEPT, FIRST) for who in range(40)])
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: releaser(database).make(PERIOD), range(12)))
    assert len({str(release) for release in made}) == 1
    assert made[0].accounts == {"minutes kept as they were": 40}


def test_a_release_that_another_process_finished_first_stands(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T7: it came in between, after this process had seen none."""
    put(database, [(who, KEPT, FIRST) for who in range(20)])
    first = releaser(database).make(PERIOD)
    put(database, [(who, KEPT, FIRST) for who in range(20, 40)])
    monkeypatch.setattr(aggregates, "_stands", lambda *_: False)
    assert releaser(database).make(PERIOD) == first


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 45),
        st.sampled_from([KEPT, CHANGED, DISCARDED, DRAFT, UNDECIDED, {"feature": "ask", "thumb": "up"}]),
        st.integers(-2, PERIOD_DAYS + 1),
        st.integers(1, 3),
    ),
    max_size=120,
)


def by_hand(events: list[tuple[int, dict[str, Any], int, int]]) -> dict[str, int]:
    """What a release must be, the slow way."""
    cells: dict[int, Counter[int]] = {}
    for who, values, day, times in events:
        number = next(
            (at for at, known in ((1, DISCARDED), (3, CHANGED), (5, KEPT), (10, DRAFT)) if values == known), 0
        )
        number = 12 if values.get("thumb") else number
        if number and 0 <= day < PERIOD_DAYS:
            cells.setdefault(who, Counter())[number] += times
    votes = Counter(min(c for c in mine if mine[c] == max(mine.values())) for mine in cells.values())
    return {NAMES[number]: count for number, count in votes.items() if count >= 20}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.just(KEPT) | st.just(DRAFT) | st.just(DISCARDED), st.integers(0, 45)), max_size=3), EVENTS)
def test_a_release_is_what_counting_by_hand_gives(
    database: Database,
    crowds: list[tuple[dict[str, Any], int]],
    events: list[tuple[int, dict[str, Any], int, int]],
) -> None:
    """T7."""
    events = events + [(who, values, 3, 1) for values, many in crowds for who in range(many)]
    with database.write() as connection:
        connection.execute(delete(telemetry))
        connection.execute(delete(releases))
    if events:
        put(database, [(who, values, FIRST + day) for who, values, day, times in events for _ in range(times)])
    assert releaser(database, now=CLOSED + 2 * DAY).make(PERIOD).accounts == by_hand(events)
