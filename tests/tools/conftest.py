"""A true world made once: a store, a run on it, and what an auditor gets of both. Its operator forges copies of it."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from assent.data.consent import Receipt, new_key
from assent.data.facade import Store
from assent.data.ledger import Event, Signer, canonical, exchange
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import GENESIS, Head, Row, chained
from assent.models.adapters import Registry, seal
from assent.models.adapters.folder import (
    BINDING,
    BINDING_SIGNATURE,
    CONFIG,
    CONSENT,
    MANIFEST,
    MANIFEST_SIGNATURE,
    WEIGHTS,
    bound,
)
from assent.training.finetune import resolve, run
from assent.training.finetune.job import begin
from tests.training.finetune.conftest import TINY, talk
from tests.training.snapshot.conftest import Office

PROGRAM = Path(__file__).parents[2] / "tools" / "verify_adapter.py"
ROWS = 3
"""Of each of the two whose rows are trained on."""
ONE_STEP = (*TINY, "held_out=0.0", "batch=8", "passes=1", "rank=1", "alpha=1")
Entry = tuple[str, dict[str, Any]]


def loaded() -> Any:
    """The program as a module of this process."""
    spec = spec_from_file_location("verify_adapter", PROGRAM)
    assert spec
    assert spec.loader
    made = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


program = loaded()


@dataclass
class Verdict:
    code: int
    lines: list[str]


@dataclass
class World:
    """What the operator has, and what an auditor is given of it."""

    home: Path
    folder: Path
    ledger: Path
    ids: dict[str, str]
    receipts: list[Path] = field(default_factory=list)

    @property
    def signer(self) -> Signer:
        return Signer(self.home / "operator.key")

    @property
    def given(self) -> list[object]:
        """What the program is called with."""
        return [self.folder, self.ledger, self.signer.public_key]

    def store(self) -> Store:
        return Store(self.home)

    def export(self, store: Store) -> None:
        store.ledger.export(self.ledger)

    def keep(self, receipt: Receipt) -> Path:
        """Somebody keeps their receipt, as `assent consent receipt` prints it."""
        path = self.home.parent / f"receipt-{receipt.position}-{receipt.head[0]}.json"
        path.write_bytes(receipt.content + b"\n")
        self.receipts.append(path)
        return path

    def judge(self, *receipts: Path, key: str | None = None) -> Verdict:
        """As an auditor does: the program by itself, in another process."""
        kept = [word for path in receipts for word in ("--receipt", path)]
        command = [sys.executable, "-I", PROGRAM, self.folder, self.ledger, key or self.signer.public_key, *kept]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert "Traceback" not in done.stderr
        return Verdict(done.returncode, (done.stdout + done.stderr).splitlines())

    def events(self) -> list[Event]:
        rows = exchange.Reader(self.ledger).rows()
        return [Event(row.position, row.hash, *_framed(json.loads(row.body))) for row in rows]

    def find(self, kind: str, **fields: object) -> int:
        """The position of the last event of that kind and those fields."""
        return [e.position for e in self.events() if e.type == kind and fields.items() <= e.fields.items()][-1]

    def forge(self, change: Callable[[dict[str, Any], list[dict[str, Any]]], object]) -> None:
        """Other claims in manifest and consent record, sealed by the operator with their own key."""
        manifest, consent = (json.loads((self.folder / name).read_bytes()) for name in (MANIFEST, CONSENT))
        change(manifest, consent)
        self.seal(manifest, consent)

    def seal(self, manifest: dict[str, Any], consent: list[dict[str, Any]]) -> None:
        signer, written = self.signer, {MANIFEST: canonical(manifest), CONSENT: canonical(consent)}
        files = {path.name: path.read_bytes() for path in self.folder.iterdir()} | written
        binding = canonical(json.loads(files[BINDING]) | bound(files))
        signatures = {MANIFEST_SIGNATURE: files[MANIFEST], BINDING_SIGNATURE: binding}
        written |= {BINDING: binding} | {name: signer.sign(of).encode() for name, of in signatures.items()}
        for name, content in written.items():
            (self.folder / name).write_bytes(content)

    def give(self, row: int, events: list[int], captured: int | None = None, **who: object) -> None:
        """The operator says that one row is somebody else's, or rests on other events."""

        def change(manifest: dict[str, Any], consent: list[dict[str, Any]]) -> None:
            consent[row]["contributors"] = [consent[row]["contributors"][0] | who]
            consent[row]["events"] = manifest["rows"][row]["events"] = [events]
            consent[row]["captured"] = manifest["ledger"]["position"] if captured is None else captured

        self.forge(change)

    def rebuild(self, change: Callable[[list[Entry], list[int]], object]) -> None:
        """Another ledger, chained and signed anew with the operator's own key; the manifest names its head."""
        old = self.events()
        entries, times = [(event.type, dict(event.fields)) for event in old], [event.time for event in old]
        change(entries, times)
        head = write_ledger(self.ledger, entries, times, self.signer)
        self.forge(lambda manifest, _: manifest["ledger"].update(position=head.position, hash=head.hash))


def answer(*words: object) -> tuple[int, list[str]]:
    """What the program says and its exit status, in this process."""
    said = io.StringIO()
    with (
        patch.object(sys, "argv", ["verify_adapter.py", *map(str, words)]),
        redirect_stdout(said),
        redirect_stderr(said),
    ):
        try:
            code = program.main()
        except SystemExit as end:
            code = int(str(end.code))
    return code, said.getvalue().splitlines()


def judged(world: World) -> tuple[int, list[str]]:
    return answer(world.folder, world.ledger, world.signer.public_key)


def write_ledger(path: Path, entries: list[Entry], times: list[int], signer: Signer) -> Head:
    """An export of a chain of these events, with one checkpoint; its head."""
    head, rows = Head(-1, GENESIS, 0), []
    for (kind, fields), time in zip(entries, times, strict=True):
        event, body = chained(head, time, kind, fields)
        head = event.head
        rows.append(Row(event.position, event.hash, body))
    exchange.write(path, [signer.public_key], [Checkpoint.of(head, signer)], rows)
    return head


def _framed(body: dict[str, Any]) -> tuple[str, int, str, dict[str, Any]]:
    previous, time, kind = (body.pop(name) for name in ("previous", "time", "type"))
    del body["position"]
    return previous, time, kind, body


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Dana and tom of acme made the rows. Gil of globex is a guest there; nina signed for initech and saw no notice."""
    place = tmp_path_factory.mktemp("audited")
    office = Office(place / "home")
    office.join("acme", "dana", "tom")
    office.join("globex", "gil", purposes=["log_content"])
    (place / "globex.pem").write_bytes(office.keys["globex"])
    office.store.consent.serve("gil", "globex", "acme")
    _open(office, "initech", "nina")
    for person, start in (("dana", 0), ("tom", ROWS)):
        talk(office, "acme", person, range(start, start + ROWS))
    recipe = resolve(None, list(ONE_STEP)).recipe
    with one_thread():
        folder = run(office.store, begin(office.store, recipe, place / "run", resume=False), recipe, place / "run")
    registry = Registry(office.store)
    registry.promote(registry.add(folder).name, by="dana")
    consent = office.store.consent
    ids = {name: str(consent.subject("person", name)) for name in ("dana", "tom", "gil", "nina")}
    ids |= {name: str(consent.subject("account", name)) for name in ("acme", "globex", "initech")}
    world = World(place / "home", folder, place / "ledger.jsonl", ids)
    world.export(office.store)
    for event in world.events():
        if event.type in ("grant", "served"):
            world.keep(consent.receipt(event.position))
    office.store.close()
    return world


@contextmanager
def one_thread() -> Iterator[None]:
    """A step this small is slower with more."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def sealed_again(world: World, office: Office, folder: Path) -> World:
    """An adapter of what may train in another store, with the weights of `world`: what they learned is not judged."""
    from safetensors.torch import load_file

    recipe = resolve(None, list(ONE_STEP)).recipe
    snapshot = begin(office.store, recipe, folder / "run", resume=False)
    seal(
        folder / "adapter",
        weights=load_file(world.folder / WEIGHTS),
        config=json.loads((world.folder / CONFIG).read_bytes()),
        manifest=(folder / "run" / "snapshot" / MANIFEST).read_bytes(),
        manifest_signature=(folder / "run" / "snapshot" / MANIFEST_SIGNATURE).read_text(),
        consent=snapshot.consent(),
        card="",
        signer=office.store.ledger.signer,
    )
    made = World(office.store.home, folder / "adapter", folder / "ledger.jsonl", {})
    made.export(office.store)
    return made


def _open(office: Office, account: str, admin: str) -> None:
    consent = office.store.consent
    private, public = new_key()
    consent.open_account(account, [admin], public)
    consent.serve(admin, account, account, "separate")
    consent.sign(account, "separate", ["use_feature", "log_content", "train_content"], admin, private)


@pytest.fixture
def world(made: World, tmp_path: Path) -> Iterator[World]:
    """A copy of its own."""
    home, folder = shutil.copytree(made.home, tmp_path / "home"), shutil.copytree(made.folder, tmp_path / "adapter")
    ledger = shutil.copy(made.ledger, tmp_path / "ledger.jsonl")
    shutil.copy(made.home.parent / "globex.pem", tmp_path)
    yield World(Path(home), Path(folder), Path(ledger), made.ids, list(made.receipts))
