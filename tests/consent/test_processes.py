"""Eight processes write grants, withdrawals and interactions into one store at once."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest

from assent.data.facade import Store
from tests.consent.office import enable, publish, said, say

PROCESSES = 8
ROUNDS = 4

Acknowledged = tuple[str, list[int], list[str]]
"""Account, positions of the receipts it got, requests of the calls that were logged."""


def work(home: str, url: str, number: int) -> Acknowledged:
    """An account of its own: people come, speak, withdraw; everybody shares the ledger, the keys and the log."""
    account, positions, requests = f"account-{number}", [], []
    with Store(home, database=url) as store:
        enable(store, account, [f"admin-{number}", *(f"person-{number}-{n}" for n in range(ROUNDS))])
        for n in range(ROUNDS):
            person = f"person-{number}-{n}"
            for again in range(2):
                request = f"{number}-{n}-{again}"
                if say(store, account, person, request, request).logged:
                    requests.append(request)
            if n % 2:
                positions.append(store.consent.withdraw(person=person).position)
            else:
                positions.append(store.consent.object(person, "shared").position)
    return account, positions, requests


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_there_is_one_order_and_nothing_is_lost(tmp_path: Path, database_url: str) -> None:
    """C14, R2: no deadlock, a whole chain, every acknowledged event in it, no key without its event."""
    home = str(tmp_path / "home")
    with Store(home, database=database_url) as store:
        publish(store)
        enable(store, "shared", ["owner"])
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        done = pool.starmap(work, [(home, database_url, number) for number in range(PROCESSES)])
    with Store(home, database=database_url) as store:
        assert store.ledger.verify().ok
        events = list(store.ledger.events())
        assert [event.position for event in events] == list(range(len(events)))
        ends = {event.position: event.type for event in events if event.type in ("withdrawal", "objection")}
        assert {position for _, positions, _ in done for position in positions} == set(ends)
        for number, (account, _, requests) in enumerate(done):
            assert len(requests) == 2 * ROUNDS
            staying = {request for request in requests if int(request.split("-")[1]) % 2 == 0}
            assert said(store, account) == staying, number
        view = store.consent.at()
        live = set(store.keys.live())
        alive = {
            (contributor, made)
            for contributor, made in live
            if view.generation(type(next(view.contributors()))(*contributor)) is not None
        }
        assert alive == live
        assert len(live) == PROCESSES * (ROUNDS // 2 + 1) + 1
