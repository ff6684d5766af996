"""The view is fresh, cheap, and a no whenever anything is wrong. On both databases."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from assent.data.clock import SECOND
from assent.data.consent import PURPOSES, Consent, Contribution, Contributor
from assent.data.consent.gate import Reason
from assent.data.store import Database
from assent.errors import ConsentError, LedgerError, StoreError
from tests.data.consent.office import START, Office

HOURS = 3_600 * SECOND
FAULTS = (StoreError("gone"), TimeoutError("slow"), ValueError("not JSON"), KeyError("purposes"), MemoryError())


@pytest.fixture
def signed(ready: Office) -> Office:
    ready.consent.serve("bob", "acme", "acme")
    ready.sign()
    return ready


def bob(office: Office) -> Contribution:
    names = (("person", "bob"), ("account", "acme"), ("account", "acme"))
    who = Contributor(*(office.consent.subject(kind, name) or "" for kind, name in names))  # type: ignore[arg-type]
    return Contribution(who, "roster", office.ledger.head().position)


def denies_everything(consent: Consent, contribution: Contribution) -> bool:
    view = consent.at()
    refused = not any(view.may(contribution, purpose) for purpose in PURPOSES)
    return refused and view.refused is not None and not consent.enabled("acme")


class Faulty:
    """Counts what the record asks of the outside, and fails at the call it is told to."""

    def __init__(self, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.fail_at, self.fault = 0, -1, FAULTS[0]
        for owner, name in (
            (office, "time_now"),
            (office, "guard"),
            (office.ledger, "head"),
            (office.ledger, "events"),
            (office.database, "glance"),
            (office.database, "read"),
        ):
            monkeypatch.setattr(owner, name, self._around(getattr(owner, name)))

    def _around(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def faulty(*args: Any, **options: Any) -> Any:
            self.calls += 1
            if self.calls - 1 == self.fail_at:
                raise self.fault
            return call(*args, **options)

        return faulty


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_failure_at_any_call_denies_everything_and_passes(
    signed: Office, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C15: fault injection at every call of a first look, and it is over when the fault is."""
    contribution = bob(signed)
    faulty = Faulty(signed, monkeypatch)
    signed.another().at()
    calls, faulty.fault = faulty.calls, fault
    assert calls >= 6
    for call in range(calls):
        consent = signed.another()
        faulty.calls, faulty.fail_at = 0, call
        view = consent.at()
        assert view.refused, call
        assert not any(view.may(contribution, purpose) for purpose in PURPOSES)
        faulty.fail_at = -1
        assert consent.at().may(contribution, "log_content"), call


def test_an_event_that_cannot_be_read_denies_everything_and_stops_decisions(signed: Office) -> None:
    """C15."""
    contribution = bob(signed)
    assert signed.consent.at().may(contribution, "log_content")
    with signed.database.write() as connection:
        signed.ledger.append(connection, "admin", {"account": "a_nobody"})
    assert denies_everything(signed.consent, contribution)
    assert signed.consent.at().refused is Reason.BROKEN
    assert denies_everything(signed.another(), contribution)
    with pytest.raises(LedgerError, match="cannot be read"):
        signed.consent.serve("eve", "acme", "acme")


def test_an_unknown_event_denies_everything(signed: Office) -> None:
    """C2, C15."""
    contribution = bob(signed)
    with signed.database.write() as connection:
        signed.ledger.append(connection, "amnesty", {"account": "a_nobody"})
    assert denies_everything(signed.consent, contribution)


def test_a_clock_set_back_by_more_than_two_hours_denies_everything(signed: Office) -> None:
    """R5: less is the skew of hosts, and the order is the ledger's."""
    contribution = bob(signed)
    for back, allowed in ((0, True), (HOURS, True), (2 * HOURS, True), (2 * HOURS + SECOND, False), (START, False)):
        signed.time = START - back
        assert denies_everything(signed.consent, contribution) is not allowed
    signed.time = START
    assert signed.consent.at().may(contribution, "log_content")


def test_a_closed_database_denies_everything(signed: Office) -> None:
    contribution = bob(signed)
    signed.database.close()
    assert signed.consent.at().refused is Reason.ERROR
    assert not signed.consent.at().may(contribution, "log_content")
    assert not signed.consent.enabled("acme")


def test_a_decision_of_another_process_counts_at_once(signed: Office) -> None:
    contribution, other = bob(signed), signed.another()
    assert other.at().may(contribution, "log_content")
    signed.consent.object("bob", "acme")
    assert not other.at().may(contribution, "log_content")
    assert other.at(contribution.captured).may(contribution, "log_content")
    assert other.at(10_000).refused


def test_a_look_at_what_has_not_changed_is_one_glance(signed: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    signed.consent.at()
    asked = Counter[str]()
    for owner, name in ((signed.database, "glance"), (signed.database, "read"), (signed, "guard")):
        original = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, o=original, n=name: (asked.update([n]), o(*args))[1])
    for _ in range(5):
        signed.consent.at()
    assert asked == {"glance": 5}


def test_the_guard_is_asked_at_first_and_until_nothing_is_amiss(signed: Office) -> None:
    """R6: a database restored from before a withdrawal denies until it is reconciled."""
    contribution = bob(signed)
    signed.amiss = "the database is behind its checkpoints"
    consent = signed.another()
    assert consent.at().refused is Reason.BEHIND
    assert denies_everything(consent, contribution)
    with pytest.raises(LedgerError, match="behind its checkpoints"):
        consent.withdraw(account="acme")
    signed.amiss, asked = None, signed.asked
    assert consent.at().may(contribution, "log_content")
    consent.at()
    assert signed.asked == asked + 1


def test_a_database_put_back_under_a_running_process_is_noticed(tmp_path: Path) -> None:
    """R6: the head goes back, or the chain is another: all is read anew and the guard is asked."""
    office, database = Office(Database(f"sqlite:///{tmp_path}/store.db"), tmp_path), tmp_path / "store.db"
    office.ready().consent.serve("bob", "acme", "acme")
    office.sign()
    office.database.close()
    shutil.copy(database, tmp_path / "backup.db")
    office.database = Database(f"sqlite:///{database}")
    office.ledger = type(office.ledger)(
        office.database, office.signer, checkpoints=str(tmp_path / "checkpoints"), clock=office.clock
    )
    consent = office.consent = office.another()
    contribution = bob(office)
    consent.object("bob", "acme")
    chronicle = consent._desk.chronicle
    assert not consent.at().may(contribution, "log_content")
    with office.database.write() as connection:
        put_back(connection, contribution.captured)
    office.amiss, asked = "behind", office.asked
    assert consent.at().refused is Reason.BEHIND
    assert office.asked == asked + 1
    office.amiss = None
    assert consent.at().index == contribution.captured
    with office.database.write() as connection:
        put_back(connection, contribution.captured - 1)
        office.ledger.append(connection, "admin", {"account": contribution.contributor.account, "person": "p_1"})  # type: ignore[union-attr]
        office.ledger.append(connection, "admin", {"account": contribution.contributor.account, "person": "p_2"})  # type: ignore[union-attr]
    office.amiss = "beside"
    assert consent.at().refused is Reason.BEHIND
    office.amiss = None
    assert not consent.at().may(contribution, "log_content")
    assert chronicle.book.hash == office.ledger.head().hash
    office.database.close()


def put_back(connection: Any, position: int) -> None:
    """What the owner of the file can do: the ledger as it was at `position`."""
    for name in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all():
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql(f"DELETE FROM ledger_events WHERE position > {position}")
    hash_ = connection.exec_driver_sql(f"SELECT hash FROM ledger_events WHERE position = {position}").scalar_one()
    connection.exec_driver_sql(f"UPDATE ledger_head SET position = {position}, hash = '{hash_}', time = {START}")


def test_many_at_once_come_to_one_order(signed: Office) -> None:
    """C14: a hundred threads of two processes; the chain holds and the gate is what the last event says."""
    records = [signed.consent, signed.another()]
    begin = threading.Barrier(10)

    def decide(number: int) -> int:
        consent = records[number % 2]
        if number < 10:
            begin.wait()
        if number % 3 == 0:
            return consent.object("bob", "acme").position
        return consent.own_grant("dana", "acme", "separate", "log_content").position

    before = signed.ledger.head().position
    with ThreadPoolExecutor(10) as threads:
        positions = list(threads.map(decide, range(100)))
    assert sorted(positions) == list(range(before + 1, before + 101))
    assert signed.ledger.verify().ok
    newest = {kind: max(at for at in positions if signed.event(at).type == kind) for kind in ("grant", "objection")}
    for consent in records:
        view = consent.at()
        assert view.index == before + 100
        assert view.may(bob(signed), "log_content").allowed is False
        assert view.book.types[newest["grant"]] == "grant"


def test_served_twice_at_once_is_served_once(signed: Office) -> None:
    records = [signed.another() for _ in range(4)]
    with ThreadPoolExecutor(8) as threads:
        events = list(threads.map(lambda number: records[number % 4].serve("eve", "globex", "acme"), range(24)))
    assert len({event.position for event in events}) == 1


def test_a_request_used_by_two_at_once_counts_once(signed: Office) -> None:
    from assent.data.consent.signing import signed as signature

    request = signed.consent.request("acme", "separate", ["use_feature"], "dana")
    mark = signature(signed.key, request)
    records = [signed.another() for _ in range(4)]

    def grant(consent: Consent) -> Iterator[str]:
        try:
            consent.grant(request, mark)
        except ConsentError as error:
            yield error.reason

    with ThreadPoolExecutor(4) as threads:
        refusals = [reason for found in threads.map(lambda consent: list(grant(consent)), records) for reason in found]
    assert refusals == ["used_nonce"] * 3
