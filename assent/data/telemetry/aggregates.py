"""Released aggregates: all that training may learn from accounts whose rows it may not see.

One fixed partition (the registry's cells) over closed, disjoint periods of 28 days. Every account has one vote in a
period; a cell with under 20 accounts is dropped and no total is told beside the cells. What was released is stored
and never computed again, whatever becomes of the events. It knows no content and no person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import itemgetter

from sqlalchemy import ColumnElement, Connection, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from assent.data.clock import DAY, Clock, system_clock
from assent.data.store import Database
from assent.data.store.tables import releases, telemetry
from assent.data.telemetry.events import OPTED_OUT, Effective, day_of, first_day
from assent.data.telemetry.loader import shipped
from assent.data.telemetry.registry import Registry
from assent.errors import ConsentError, InputError, TelemetryError

PERIOD_DAYS = 28
LEAST_ACCOUNTS = 20
_MADE = 0
"""The cell number of the row that says that a period was released, if with no cell at all; it counts nothing."""


@dataclass(frozen=True, slots=True)
class Release:
    """The accounts in each cell of one period, both days included. A cell that is not there was too small, or empty."""

    period: int
    first: date
    last: date
    accounts: dict[str, int]


class Releases:
    def __init__(
        self,
        database: Database,
        *,
        clock: Clock = system_clock,
        effective: Effective = lambda: None,
        registry: Registry | None = None,
    ) -> None:
        self.registry = registry or shipped()
        self._database, self._clock, self._effective = database, clock, effective

    def make(self, period: int) -> Release:
        """The release of a period: the one that stands, or now the first and only one.

        InputError while the period runs, ConsentError where it lies before the terms took effect.
        """
        with self._database.write() as connection:
            if not _stands(connection, period):
                self._count(connection, period)
            return self._stored(connection, period)

    def due(self) -> list[int]:
        """The closed periods that have events and no release, oldest first."""
        since = first_day(self._effective())
        if since is None:
            return []
        with self._database.read() as connection:
            days = connection.scalars(select(telemetry.c.period).where(_used(since, self._today())).distinct())
            made = set(connection.scalars(select(releases.c.period).where(releases.c.cell == _MADE)))
            found = {day // PERIOD_DAYS for day in days}
        return sorted(period for period in found - made if not self._running(period))

    def all(self) -> list[Release]:
        """Every release there is, oldest first."""
        with self._database.read() as connection:
            made = select(releases.c.period).where(releases.c.cell == _MADE).order_by(releases.c.period)
            return [self._stored(connection, period) for period in connection.scalars(made).all()]

    def _today(self) -> int:
        return self._clock() // DAY

    def _running(self, period: int) -> bool:
        return self._today() < (period + 1) * PERIOD_DAYS

    def _count(self, connection: Connection, period: int) -> None:
        first, after = period * PERIOD_DAYS, (period + 1) * PERIOD_DAYS
        since = first_day(self._effective())
        if self._running(period):
            raise InputError(f"telemetry period {period} is not closed: it ends with {day_of((after - 1) * DAY)}")
        if since is None or after <= since:
            raise ConsentError(f"telemetry period {period} lies before the terms on service-generated data took effect")
        if not _claimed(connection, period):
            return
        votes = Counter(self._votes(connection, max(first, since), after))
        rows = [
            {"period": period, "cell": cell, "accounts": accounts}
            for cell, accounts in sorted(votes.items())
            if accounts >= LEAST_ACCOUNTS
        ]
        if rows:
            connection.execute(insert(releases), rows)

    def _votes(self, connection: Connection, first: int, after: int) -> Iterator[int]:
        """The cell of each account that has one."""
        used = _used(first, after) & (telemetry.c.registry == self.registry.version)
        key = (telemetry.c.account, telemetry.c.payload)
        events = select(*key, func.count()).where(used).group_by(*key).order_by(telemetry.c.account)
        rows = connection.execute(events.execution_options(yield_per=10_000))
        for _, mine in groupby(rows, key=itemgetter(0)):
            vote = self._vote((payload, times) for _, payload, times in mine)
            if vote is not None:
                yield vote

    def _vote(self, events: Iterable[tuple[int, int]]) -> int | None:
        """The cell most of an account's events fell into; of equals, the lowest number."""
        cells: Counter[int] = Counter()
        for payload, times in events:
            cell = self._cell(payload)
            if cell is not None:
                cells[cell] += times
        return min(cells, key=lambda cell: (-cells[cell], cell), default=None)

    def _cell(self, payload: int) -> int | None:
        try:
            return self.registry.cell(self.registry.unpack(payload))
        except TelemetryError:
            return None

    def _stored(self, connection: Connection, period: int) -> Release:
        names = {cell.number: cell.name for cell in self.registry.cells}
        rows = connection.execute(
            select(releases.c.cell, releases.c.accounts)
            .where((releases.c.period == period) & (releases.c.cell != _MADE))
            .order_by(releases.c.cell)
        )
        first = period * PERIOD_DAYS
        accounts = {names.get(cell, f"cell {cell}"): count for cell, count in rows}
        return Release(period, day_of(first * DAY), day_of((first + PERIOD_DAYS - 1) * DAY), accounts)


def _used(first: int, after: int) -> ColumnElement[bool]:
    """Events of the days from `first` to before `after`; registry 0 is an opt-out."""
    return (telemetry.c.period >= first) & (telemetry.c.period < after) & (telemetry.c.registry > OPTED_OUT)


def _stands(connection: Connection, period: int) -> bool:
    made = (releases.c.period == period) & (releases.c.cell == _MADE)
    return connection.scalar(select(releases.c.period).where(made)) is not None


def _claimed(connection: Connection, period: int) -> bool:
    """Whether it is ours to count; another process that does so is waited for, and its figures stand."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = dialect.insert(releases).values(period=period, cell=_MADE, accounts=0).on_conflict_do_nothing()
    return connection.execute(row).rowcount == 1
