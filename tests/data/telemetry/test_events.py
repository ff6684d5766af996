"""Recording: whole or not at all, on both databases."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select

from assent.data.clock import DAY
from assent.data.store import Database
from assent.data.store.tables import interactions, subjects, telemetry, texts
from assent.data.telemetry import Telemetry, shipped
from assent.data.telemetry.events import Holding, first_day
from assent.data.telemetry.measures import error_class
from assent.errors import InputError

ACME, OTHER, PERSON = "a_" + "1" * 32, "a_" + "2" * 32, "p_" + "3" * 32
LOGGED, OTHERS = "4" * 32, "5" * 32
NOW = 20_781 * DAY + 5
"""2026-11-24, a little after midnight."""
SENTINEL = "Zyzzyva-4711-Quokka"
FIELDS = {field.name: field for field in shipped().fields}
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=4,
)
PLAUSIBLE = st.fixed_dictionaries(
    {},
    optional={
        name: st.integers(min_value=0) if field.bucketed else st.sampled_from(field.choices)
        for name, field in FIELDS.items()
    },
)
ONE_ODD = st.tuples(PLAUSIBLE, st.sampled_from(list(FIELDS)) | st.text(max_size=8), ANY).map(
    lambda drawn: {**drawn[0], drawn[1]: drawn[2]}
)


@pytest.fixture
def open_database(database: Database) -> Database:
    """Two accounts with a logged interaction each, and a person."""
    about: dict[str, Any] = {"feature": "summarize", "meeting": "m", "captured": 1, "about": {}}
    with database.write() as connection:
        for subject, kind in ((ACME, "account"), (OTHER, "account"), (PERSON, "person")):
            connection.execute(insert(subjects).values(subject=subject, kind=kind, name=subject))
        for interaction, account in ((LOGGED, ACME), (OTHERS, OTHER)):
            connection.execute(insert(interactions).values(id=interaction, account=account, **about))
    return database


def rows(database: Database) -> list[Any]:
    with database.read() as connection:
        return list(connection.execute(select(telemetry)).all())


def recorder(database: Database, effective: int | None = 0) -> Telemetry:
    return Telemetry(database, clock=lambda: NOW, effective=lambda: effective)


def test_an_event_is_one_row_of_ids_a_day_and_a_number(open_database: Database) -> None:
    """T4: the envelope."""
    assert recorder(open_database).emit(ACME, {"feature": "ask", "latency": 1234}, LOGGED)
    [row] = rows(open_database)
    assert (row.account, row.interaction, row.period, row.registry) == (ACME, LOGGED, 20_781, 1)
    assert row.payload == shipped().pack({"feature": "ask", "latency": 1000})
    assert len(row.id) == 34


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(PLAUSIBLE, ONE_ODD, st.dictionaries(st.text(max_size=8), ANY, max_size=3)))
def test_any_dict_is_stored_whole_or_leaves_no_trace(open_database: Database, event: dict[str, object]) -> None:
    """T2."""
    recorded = recorder(open_database)
    stored = recorded.emit(ACME, event)
    assert sum(recorded.drops.values()) == (not stored)
    found = rows(open_database)
    assert len(found) == stored
    if stored:
        [shown] = recorded.show(ACME).events
        assert event.keys() <= FIELDS.keys()
        assert shown.values == shipped().unpack(shipped().pack(event))
        assert {name for name, value in event.items() if value is not None} == set(shown.values or ())
        with open_database.write() as connection:
            connection.execute(delete(telemetry))


@pytest.mark.parametrize(
    ("account", "interaction", "reason"),
    [
        ("acme", None, "unknown_account"),
        ("a_" + "9" * 32, None, "unknown_account"),
        (PERSON, None, "unknown_account"),
        (ACME + "\n", None, "unknown_account"),
        (None, None, "unknown_account"),
        (ACME, "a meeting about money", "unknown_interaction"),
        (ACME, "9" * 32, "unknown_interaction"),
        (ACME, OTHERS, "unknown_interaction"),
        (ACME, "", "unknown_interaction"),
        (ACME, 7, "unknown_interaction"),
    ],
)
def test_the_envelope_takes_only_ids_that_assent_made(
    open_database: Database, account: Any, interaction: Any, reason: str
) -> None:
    """T2, T4."""
    recorded = recorder(open_database)
    assert not recorded.emit(account, {"feature": "ask"}, interaction)
    assert recorded.drops == {reason: 1}
    assert not rows(open_database)


@pytest.mark.parametrize("odd", [SENTINEL, f"{ACME}\n", f" {ACME}", "1" * 33, ACME.upper(), ACME.encode(), ""])
def test_what_has_not_the_form_of_an_id_is_not_even_looked_up(open_database: Database, odd: Any) -> None:
    """T3: a server may log what it is asked. The database is closed: to ask it would count as `store`."""
    open_database.close()
    recorded = recorder(open_database)
    assert not recorded.emit(odd, {"feature": "ask"})
    assert not recorded.emit(ACME, {"feature": "ask"}, odd)
    assert recorded.drops == {"unknown_account": 1, "unknown_interaction": 1}


class Hostile(Mapping[str, object]):
    """A mapping that raises wherever it is touched."""

    def __getitem__(self, key: str) -> object:
        raise RuntimeError(SENTINEL)

    def __iter__(self) -> Iterator[str]:
        raise RuntimeError(SENTINEL)

    def __len__(self) -> int:
        raise RuntimeError(SENTINEL)


@pytest.mark.parametrize("values", [Hostile(), None, 7, "text", ["feature"], {1: 2}, {"feature": Hostile()}])
def test_nothing_that_is_given_raises_into_the_feature(open_database: Database, values: Any) -> None:
    recorded = recorder(open_database)
    assert not recorded.emit(ACME, values)
    assert sum(recorded.drops.values()) == 1
    assert not rows(open_database)


def test_a_database_that_is_gone_does_not_raise_into_the_feature(open_database: Database) -> None:
    open_database.close()
    recorded = recorder(open_database)
    assert not recorded.emit(ACME, {"feature": "ask"})
    assert recorded.drops == {"store": 1}


def test_a_clock_that_breaks_does_not_raise_into_the_feature(open_database: Database) -> None:
    recorded = Telemetry(open_database, clock=lambda: 1 // 0)
    assert not recorded.emit(ACME, {"feature": "ask"})
    assert recorded.drops == {"failed": 1}


def test_an_expired_registry_records_nothing(open_database: Database) -> None:
    """T4."""
    late = Telemetry(open_database, clock=lambda: NOW + 1000 * DAY)
    assert not late.emit(ACME, {"feature": "ask"})
    assert late.drops == {"expired": 1}


def traces(text: str) -> set[bytes]:
    """The text plain, in base64 at every offset, in hex, as UTF-16 and as the usual hashes."""
    raw = text.encode()
    inner = {base64.b64encode(b"x" * pad + raw)[4 if pad else 0 : -4] for pad in range(3)}
    hashes = [hashlib.new(name, raw) for name in ("md5", "sha1", "sha256", "sha512", "blake2b")]
    digests = {one for found in hashes for one in (found.digest(), found.hexdigest().encode()[:32])}
    return {raw, raw.hex().encode(), text.encode("utf-16-le"), *inner, *digests}


def found_in(folder: Path, text: str) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    return [path.name for path in files for trace in traces(text) if trace in path.read_bytes()]


def everywhere(text: str) -> Iterator[tuple[Any, Any, Any]]:
    """`text` in every place of an event that could take it."""
    digest = hashlib.sha256(text.encode()).hexdigest()[:32]
    numbers = (int.from_bytes(text.encode()), float(len(text)), [ord(letter) / 256 for letter in text])
    for name in FIELDS:
        for value in (text, digest, [text], {text: text}, text.encode(), *numbers):
            yield ACME, {"feature": "ask", name: value}, None
    yield ACME, {text: True}, None
    yield ACME, {"error": error_class(ValueError(text))}, None
    for given_id in (text, digest, f"a_{digest}", text.encode()):
        yield given_id, {"feature": "ask"}, None
        yield ACME, {"feature": "ask"}, given_id


def test_no_trace_of_a_text_reaches_the_database(
    open_database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """T3; on PostgreSQL the rows are read, on SQLite the files as well."""
    caplog.set_level(0)
    recorded = recorder(open_database)
    for account, values, interaction in everywhere(SENTINEL):
        recorded.emit(account, values, interaction)
    stored = rows(open_database)
    assert stored
    assert {(row.account, row.interaction, row.period) for row in stored} == {(ACME, None, 20_781)}
    assert not [
        trace for trace in traces(SENTINEL) if trace in caplog.text.encode() + json.dumps(recorded.drops).encode()
    ]
    if open_database.is_sqlite:
        assert not found_in(tmp_path, SENTINEL)
        with open_database.write() as connection:
            connection.execute(insert(texts).values(sha256="0" * 64, body=SENTINEL.encode()))
        assert found_in(tmp_path, SENTINEL), "the control: what is there is found"


def test_an_opt_out_deletes_and_nothing_more_is_recorded(open_database: Database) -> None:
    """T9."""
    recorded = recorder(open_database)
    for account in (ACME, OTHER):
        assert recorded.emit(account, {"feature": "ask"})
    recorded.opt_out(ACME)
    recorded.opt_out(ACME)
    assert not recorded.emit(ACME, {"feature": "ask"})
    assert recorded.drops == {"opted_out": 1}
    assert recorder(open_database).show(ACME) == Holding(True, ())
    assert len(recorded.show(OTHER).events) == 1
    recorded.forget(ACME)
    assert recorded.show(ACME).opted_out
    recorded.opt_in(ACME)
    assert recorded.emit(ACME, {"feature": "ask"})
    assert len(recorded.show(ACME).events) == 1


def test_no_event_slips_in_beside_an_opt_out(open_database: Database) -> None:
    """T9: whatever runs at the same time."""
    recorded = recorder(open_database)
    threads = [Thread(target=lambda: [recorded.emit(ACME, {"feature": "ask"}) for _ in range(25)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    recorded.opt_out(ACME)
    for thread in threads:
        thread.join()
    assert recorded.show(ACME) == Holding(True, ())


@pytest.mark.parametrize("account", ["acme", PERSON, "a_" + "9" * 32])
def test_only_an_account_can_opt_out(open_database: Database, account: str) -> None:
    with pytest.raises(InputError, match="no such account"):
        recorder(open_database).opt_out(account)
    assert not rows(open_database)


def test_an_account_is_forgotten_alone(open_database: Database) -> None:
    recorded = recorder(open_database)
    for account in (ACME, OTHER):
        recorded.emit(account, {"feature": "ask"})
    recorded.forget(ACME)
    assert [row.account for row in rows(open_database)] == [OTHER]


def test_what_is_held_is_shown_decoded(open_database: Database) -> None:
    recorded = recorder(open_database)
    recorded.emit(ACME, {"feature": "compose", "tone": "formal", "edited": 17, "thumb": None}, LOGGED)
    [event] = recorded.show(ACME).events
    assert (event.day, event.interaction, event.registry) == (date(2026, 11, 24), LOGGED, 1)
    assert event.values == {"feature": "compose", "tone": "formal", "edited": 15}


@pytest.mark.parametrize("row", [{"registry": 2, "payload": 1}, {"registry": 1, "payload": -1}])
def test_a_row_that_cannot_be_read_is_shown_as_such(open_database: Database, row: dict[str, int]) -> None:
    with open_database.write() as connection:
        connection.execute(insert(telemetry).values(id="x", account=ACME, interaction=LOGGED, period=1, **row))
    [event] = recorder(open_database).show(ACME).events
    assert event.values is None
    assert not list(recorder(open_database).signals(ACME))


def test_training_sees_only_joined_events_of_logged_interactions(open_database: Database) -> None:
    """T7."""
    recorded = recorder(open_database)
    recorded.emit(ACME, {"feature": "ask"})
    assert not list(recorded.signals(ACME))
    recorded.emit(ACME, {"feature": "ask", "thumb": "up"}, LOGGED)
    assert list(recorded.signals(ACME)) == [(LOGGED, {"feature": "ask", "thumb": "up"})]
    assert not list(recorded.signals(OTHER))
    with open_database.write() as connection:
        connection.execute(delete(interactions).where(interactions.c.id == LOGGED))
    assert not list(recorded.signals(ACME))


@pytest.mark.parametrize(
    ("effective", "usable"), [(None, False), (0, True), (20_781 * DAY, True), (20_781 * DAY + 1, False), (NOW, False)]
)
def test_use_for_training_starts_with_the_first_whole_day_of_the_terms(
    open_database: Database, effective: int | None, usable: bool
) -> None:
    recorded = recorder(open_database, effective)
    assert recorded.emit(ACME, {"feature": "ask"}, LOGGED)
    assert bool(list(recorded.signals(ACME))) == usable


def test_a_day_counts_whole() -> None:
    assert [first_day(moment) for moment in (None, 0, 1, DAY, DAY + 1)] == [None, 0, 1, 1, 2]


def test_every_event_has_an_id_of_its_own(open_database: Database) -> None:
    recorded = recorder(open_database)
    for _ in range(20):
        recorded.emit(ACME, {})
    with open_database.read() as connection:
        assert connection.scalar(select(func.count(telemetry.c.id.distinct()))) == 20
