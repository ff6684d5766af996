"""A real store with accounts whose rows the embedded model can learn, and runs of a few steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from assent.training.finetune import Recipe, resolve
from tests.training.snapshot.conftest import Office

TINY = (
    *("epochs=1", "min_rows=1", "held_out=0.25", "account_share=1.0", "rank=4", "alpha=8", "batch=4", "passes=2"),
    *("rate=0.003", "save_every=2", "patience=0", "dtype=float32"),
)
SAID = "the red bridge will be open for all of us again next week so we can take the boat home after lunch".split()


def recipe(*settings: str) -> Recipe:
    return resolve(None, [*TINY, *settings]).recipe


def said(at: int) -> str:
    """Frequent words in an order that no other number has, and the number."""
    rng = Random(at)
    return f"We think that {' '.join(rng.sample(SAID, 6))} on day {at}."


def talk(office: Office, account: str, person: str, rows: Iterable[int]) -> None:
    for at in rows:
        office.use(account, [(person, said(at))], f"{said(at)}", user=person, request=f"{account}-{person}-{at}")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    made = Office(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def filled(office: Office) -> Any:
    """Two people of one account, twelve rows each."""
    office.join("acme", "dana", "tom")
    talk(office, "acme", "dana", range(12))
    talk(office, "acme", "tom", range(12, 24))
    return office
