"""Two adapters of what two people of an account said, made once; each test has the store to itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assent.data.clock import system_clock
from assent.data.facade import Store
from assent.data.ledger import canonical
from assent.models.adapters import seal
from assent.models.adapters.folder import CONSENT, MANIFEST, WEIGHTS
from assent.training.finetune import resolve, run
from assent.training.finetune.job import begin
from tests.training.finetune.conftest import TINY, talk
from tests.training.snapshot.conftest import Office


@dataclass
class Clock:
    """Time stands still but for what a test adds (µs)."""

    ahead: int = 0

    def __call__(self) -> int:
        return system_clock() + self.ahead


@dataclass
class Shop:
    """A store with what `two_adapters` made, which stand outside of it."""

    store: Store
    clock: Clock
    first: Path
    second: Path

    def withdraw(self, person: str) -> int:
        return self.store.consent.withdraw(person=person, purposes=["train_content"]).position


@pytest.fixture(scope="session")
def two_adapters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a closed store, and the adapters `run0`, of dana and tom, and `run1`, of dana alone."""
    place = tmp_path_factory.mktemp("two")
    office = Office(place / "home")
    office.join("acme", "dana", "tom")
    talk(office, "acme", "dana", range(12))
    _train(office.store, place / "run1")
    talk(office, "acme", "tom", range(12, 24))
    _train(office.store, place / "run0")
    office.store.close()
    yield place


def _train(store: Store, out: Path) -> None:
    recipe = resolve(None, list(TINY)).recipe
    run(store, begin(store, recipe, out, resume=False), recipe, out)


@pytest.fixture
def shop(two_adapters: Path, tmp_path: Path) -> Iterator[Shop]:
    home = Path(shutil.copytree(two_adapters / "home", tmp_path / "home"))
    clock = Clock()
    with Store(home, clock=clock) as store:
        yield Shop(store, clock, *(two_adapters / name / "adapter" for name in ("run0", "run1")))


def child(shop: Shop, parent: str, folder: Path) -> Path:
    """The second adapter sealed again with other weights, as one that goes on from `parent`."""
    from safetensors.torch import load

    content: dict[str, Any] = {name: (shop.second / name).read_bytes() for name in (WEIGHTS, MANIFEST, CONSENT)}
    manifest = json.loads(content[MANIFEST])
    manifest["base"]["adapter"] = parent
    weights = {name: tensor + len(parent) / 1000 for name, tensor in load(content[WEIGHTS]).items()}
    config = json.loads((shop.second / "adapter_config.json").read_bytes())
    signer = shop.store.ledger.signer
    return seal(
        folder,
        weights=weights,
        config=config,
        manifest=canonical(manifest),
        manifest_signature=signer.sign(canonical(manifest)),
        consent=json.loads(content[CONSENT]),
        card="",
        signer=signer,
    )
