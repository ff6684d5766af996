"""A run: from the rows that may train to a sealed adapter, cut off and gone on with, or begun again without a row."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch

from assent.data.ledger import verify_signature
from assent.errors import Cancelled, ConsentError, InputError, StoreError, TrainingError
from assent.training.finetune import run
from assent.training.finetune.job import ADAPTER, CHECKPOINTS, begin
from assent.training.finetune.trainer import Progress, WeightedTrainer
from tests.training.finetune.conftest import recipe, talk

WEIGHTS = "adapter_model.safetensors"


def weights(folder: Path) -> bytes:
    return (folder / WEIGHTS).read_bytes()


def trained(office: Any, out: Path, *settings: str, **more: Any) -> Path:
    chosen = recipe(*settings)
    return run(office.store, begin(office.store, chosen, out, resume=False), chosen, out, **more)


def test_a_run_gives_a_sealed_adapter_and_leaves_no_checkpoint(filled: Any, tmp_path: Path) -> None:
    """L3: the signed manifest is the snapshot's, bound to the weights."""
    seen: list[Progress] = []
    folder = trained(filled, tmp_path / "run", on_progress=seen.append)
    key = filled.store.ledger.signer.public_key
    for name in ("manifest", "binding"):
        written, signature = (folder / f"{name}.json").read_bytes(), (folder / f"{name}.sig").read_text()
        assert verify_signature(key, signature, written)
    assert not (tmp_path / "run" / CHECKPOINTS).exists()
    losses = [done.loss for done in seen if done.loss is not None]
    assert losses[-1] < losses[0]


def test_equal_runs_give_equal_weights_and_another_seed_other_ones(filled: Any, tmp_path: Path) -> None:
    """L2: same snapshot, seed, packages and threads."""
    first = weights(trained(filled, tmp_path / "a"))
    assert weights(trained(filled, tmp_path / "b")) == first
    assert weights(trained(filled, tmp_path / "c", "seed=1")) != first


def test_cancelled_and_gone_on_with_it_ends_with_equal_weights(filled: Any, tmp_path: Path) -> None:
    whole = weights(trained(filled, tmp_path / "whole"))
    cancel, out, chosen = Event(), tmp_path / "cut", recipe()

    def stop(done: Progress) -> None:
        if done.step == 3:
            cancel.set()

    with pytest.raises(Cancelled, match="--resume"):
        run(filled.store, begin(filled.store, chosen, out, resume=False), chosen, out, stop, cancel)
    assert not (out / ADAPTER).exists()
    assert weights(run(filled.store, begin(filled.store, chosen, out, resume=True), chosen, out)) == whole


KILLED = """
import os, signal, sys
from pathlib import Path
from assent.data.facade import Store
from assent.training.finetune import run
from assent.training.finetune.job import begin
from tests.training.finetune.conftest import recipe
home, out, at = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
def kill(done):
    if done.step == at and done.loss is not None:
        os.kill(os.getpid(), signal.SIGKILL)
with Store(home) as store:
    run(store, begin(store, recipe(), out, resume=out.exists()), recipe(), out, kill)
"""


@pytest.mark.slow
def test_killed_in_the_middle_and_gone_on_with_it_ends_with_equal_weights(filled: Any, tmp_path: Path) -> None:
    """SIGKILL right after a step, and again in the run that goes on."""
    home, root = filled.store.home, Path(__file__).parents[3]
    whole = weights(trained(filled, tmp_path / "whole"))
    environment = os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}

    def start(at: int) -> int:
        command = [sys.executable, "-c", KILLED, str(home), str(tmp_path / "cut"), str(at)]
        return subprocess.run(command, cwd=root, env=environment, check=False, capture_output=True).returncode

    assert start(3) == -signal.SIGKILL
    assert start(4) == -signal.SIGKILL
    assert start(0) == 0
    assert weights(tmp_path / "cut" / ADAPTER) == whole


def test_a_withdrawal_during_the_run_begins_it_again_without_those_rows(filled: Any, tmp_path: Path) -> None:
    """W2: the checkpoints go, the snapshot is taken again, the base is the start."""
    notes: list[str] = []
    withdrawn = Event()

    def leave(done: Progress) -> None:
        notes.extend(filter(None, [done.note]))
        if done.step == 3 and not withdrawn.is_set():
            withdrawn.set()
            filled.store.consent.withdraw(person="tom", purposes=["train_content"])

    folder = trained(filled, tmp_path / "run", on_progress=leave)
    assert any("began again" in note or "again" in note for note in notes), notes
    other = recipe()
    without = run(
        filled.store, begin(filled.store, other, tmp_path / "without", resume=False), other, tmp_path / "without"
    )
    assert weights(folder) == weights(without)


def test_when_nothing_is_left_to_train_on_the_run_ends_with_nothing(filled: Any, tmp_path: Path) -> None:
    def close(done: Progress) -> None:
        if done.step == 2:
            filled.store.consent.withdraw(account="acme", purposes=["train_content"])

    with pytest.raises(ConsentError):
        trained(filled, tmp_path / "run", on_progress=close)
    assert not (tmp_path / "run" / ADAPTER).exists()
    assert not (tmp_path / "run" / CHECKPOINTS).exists()


def test_a_loss_that_is_no_number_ends_the_run_and_seals_nothing(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = WeightedTrainer._prepare_inputs

    def poisoned(self: Any, inputs: Any) -> Any:
        made = prepared(self, inputs)
        return made | {"weights": made["weights"] * float("nan")} if self.state.global_step == 3 else made

    monkeypatch.setattr(WeightedTrainer, "_prepare_inputs", poisoned)
    with pytest.raises(TrainingError, match="no number"):
        trained(filled, tmp_path / "run")
    assert [one.name for one in (tmp_path / "run" / CHECKPOINTS).glob("checkpoint-*")] == ["checkpoint-2"]
    assert not (tmp_path / "run" / ADAPTER).exists()


def test_too_few_rows_and_another_runs_folder_are_refused(filled: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 500 wanted"):
        trained(filled, tmp_path / "few", "min_rows=500")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="is not empty"):
        trained(filled, tmp_path / "full")


def test_a_checkpoint_of_another_run_is_not_gone_on_from(filled: Any, tmp_path: Path) -> None:
    cancel, out, chosen = Event(), tmp_path / "run", recipe()
    cancel.set()
    with pytest.raises(Cancelled):
        run(filled.store, begin(filled.store, chosen, out, resume=False), chosen, out, None, cancel)
    talk(filled, "acme", "dana", range(40, 44))
    other = recipe("seed=5")
    with pytest.raises((StoreError, InputError)):
        run(filled.store, begin(filled.store, chosen, out, resume=True), other, out)
