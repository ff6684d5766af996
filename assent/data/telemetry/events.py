"""Recording of events: an event that is registered whole becomes one row, any other leaves nothing but a count.

It knows no content, no person and no rule of consent: whoever emits says, event by event, whether it may be joined to a
logged interaction. An account's opt-out is a row of its own, under the account's random id and registry 0.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from threading import Lock

from sqlalchemy import Connection, Select, delete, insert, select

from assent.data.clock import DAY, SECOND, Clock, system_clock
from assent.data.store import Database
from assent.data.store.tables import interactions, subjects, telemetry
from assent.data.telemetry.loader import shipped
from assent.data.telemetry.registry import Registry, Value
from assent.errors import InputError, StoreError, TelemetryError

Effective = Callable[[], int | None]
"""When the terms on service-generated data took effect (microseconds), None while there are none."""
OPTED_OUT = 0
"""The registry number of the row that says that an account is not recorded; it has no payload."""
_ID = re.compile(r"(?:[a-z]{1,2}_)?[0-9a-f]{32}")
"""The form of the random ids that Assent makes; nothing else is even looked up."""


def first_day(effective: int | None) -> int | None:
    """The first whole day, since the epoch, that lies after the terms took effect."""
    return None if effective is None else -(-effective // DAY)


def day_of(moment: int) -> date:
    return datetime.fromtimestamp(moment // SECOND, UTC).date()


@dataclass(frozen=True, slots=True)
class Recorded:
    """One stored event. `values` is None where another version of the registry would be needed to read it."""

    day: date
    interaction: str | None
    registry: int
    values: dict[str, Value] | None


@dataclass(frozen=True, slots=True)
class Holding:
    """All that telemetry holds about an account."""

    opted_out: bool
    events: tuple[Recorded, ...]


class Telemetry:
    """`account` and `interaction` are ids that Assent made; `effective` tells from when events may be used to train."""

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
        self._drops: Counter[str] = Counter()
        self._followed: dict[str, bool] = {}
        self._lock = Lock()

    @property
    def drops(self) -> dict[str, int]:
        """How many events this process dropped, by reason: one of a closed set, nothing of the event."""
        with self._lock:
            return dict(sorted(self._drops.items()))

    def emit(self, account: str, values: Mapping[str, object], interaction: str | None = None) -> bool:
        """Records one event and says whether it did; never raises into the feature.

        Numbers are given whole (durations in milliseconds). `interaction` is given only where the account may be
        joined to its rows. One unknown key or value drops the whole event.
        """
        try:
            self._record(account, values, interaction)
        except TelemetryError as error:
            return self._dropped(error.reason)
        except StoreError:
            return self._dropped("store")
        except Exception:  # noqa: BLE001 - whatever was given or broke, a feature never fails for its telemetry
            return self._dropped("failed")
        return True

    def show(self, account: str) -> Holding:
        """What is stored about an account, decoded."""
        with self._database.read() as connection:
            rows = connection.execute(_rows(account)).all()
        events = tuple(
            Recorded(day_of(row.period * DAY), row.interaction, row.registry, self._read(row.registry, row.payload))
            for row in rows
            if row.registry != OPTED_OUT
        )
        return Holding(any(row.registry == OPTED_OUT for row in rows), events)

    def signals(self, account: str) -> Iterator[tuple[str, dict[str, Value]]]:
        """(interaction, values) of the events that training may ask the gate about: joined, and under the terms."""
        since = first_day(self._effective())
        if since is None:
            return
        logged = (interactions.c.id == telemetry.c.interaction) & (interactions.c.account == telemetry.c.account)
        usable = _rows(account).join(interactions, logged).where(telemetry.c.period >= since)
        with self._database.read() as connection:
            rows = connection.execute(usable).all()
        for row in rows:
            values = self._read(row.registry, row.payload)
            if values is not None:
                yield row.interaction, values

    def opt_out(self, account: str) -> None:
        """Deletes what is recorded about an account; nothing more is until `opt_in`. InputError where there is none.

        An account decides it through the record of consent, which outlives this database; here is what comes of it.
        """
        with self._database.write() as connection:
            if not self._leave_out(connection, account):
                raise InputError("no such account; expected the id of one that was opened")

    def opt_in(self, account: str) -> None:
        """Ends an opt-out; what was deleted stays gone."""
        with self._database.write() as connection:
            _take_in(connection, account)

    def follows(self, recorded: Mapping[str, bool]) -> bool:
        """Whether `follow` was done for this very record."""
        return self._followed == recorded

    def follow(self, connection: Connection, recorded: Mapping[str, bool]) -> None:
        """Brings opt-outs in line with what accounts decided; of an account that nobody knows here, nothing is kept."""
        for account, allowed in recorded.items():
            out = _opted_out(connection, account)
            if allowed and out:
                _take_in(connection, account)
            elif not allowed and not out:
                self._leave_out(connection, account)
        self._followed = dict(recorded)

    def forget(self, account: str) -> None:
        """Deletes what is recorded about an account; an opt-out stands."""
        with self._database.write() as connection:
            mine = (telemetry.c.account == account) & (telemetry.c.registry != OPTED_OUT)
            connection.execute(delete(telemetry).where(mine))

    def _leave_out(self, connection: Connection, account: str) -> bool:
        """False where there is no such account."""
        if not _stands(connection, account, alone=True):
            return False
        connection.execute(delete(telemetry).where(telemetry.c.account == account))
        row = {"id": account, "account": account, "period": self._clock() // DAY}
        connection.execute(insert(telemetry).values(**row, registry=OPTED_OUT, payload=0))
        return True

    def _record(self, account: str, values: Mapping[str, object], interaction: str | None) -> None:
        now = self._clock()
        if self.registry.expired(day_of(now)):
            raise TelemetryError("expired")
        payload = self.registry.pack(values)
        if not _is_id(account):
            raise TelemetryError("unknown_account")
        if interaction is not None and not _is_id(interaction):
            raise TelemetryError("unknown_interaction")
        row = {"id": f"t_{secrets.token_hex(16)}", "account": account, "interaction": interaction}
        with self._database.write() as connection:
            _check(connection, account, interaction)
            connection.execute(
                insert(telemetry).values(**row, period=now // DAY, registry=self.registry.version, payload=payload)
            )

    def _read(self, version: int, payload: int) -> dict[str, Value] | None:
        if version != self.registry.version:
            return None
        try:
            return self.registry.unpack(payload)
        except TelemetryError:
            return None

    def _dropped(self, reason: str) -> bool:
        with self._lock:
            self._drops[reason] += 1
        return False


def _is_id(given: object) -> bool:
    return type(given) is str and _ID.fullmatch(given) is not None


def _rows(account: str) -> Select[tuple[str | None, int, int, int]]:
    columns = (telemetry.c.interaction, telemetry.c.period, telemetry.c.registry, telemetry.c.payload)
    return select(*columns).where(telemetry.c.account == account).order_by(telemetry.c.period, telemetry.c.id)


def _check(connection: Connection, account: str, interaction: str | None) -> None:
    """TelemetryError unless the account stands and is recorded, and the interaction is one of its logged ones."""
    if not _stands(connection, account, alone=False):
        raise TelemetryError("unknown_account")
    if _opted_out(connection, account):
        raise TelemetryError("opted_out")
    mine = (interactions.c.id == interaction) & (interactions.c.account == account)
    if interaction is not None and not connection.scalar(select(interactions.c.id).where(mine)):
        raise TelemetryError("unknown_interaction")


def _opted_out(connection: Connection, account: str) -> bool:
    return connection.scalar(select(telemetry.c.id).where(telemetry.c.id == account)) is not None


def _take_in(connection: Connection, account: str) -> None:
    connection.execute(delete(telemetry).where(telemetry.c.id == account))


def _stands(connection: Connection, account: str, *, alone: bool) -> bool:
    """Whether there is such an account. Its row stays locked, so that no event slips in beside an opt-out."""
    known = select(subjects.c.subject).where((subjects.c.subject == account) & (subjects.c.kind == "account"))
    return connection.scalar(known.with_for_update(read=not alone)) is not None
