"""What goes wrong around a run: a clear error, the last whole checkpoint kept, nothing sealed."""

from __future__ import annotations

import errno
import pickle
import stat
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch

from assent.errors import Cancelled, ConfigError, ModelError, StoreError, UnknownModel, UnsafeModel
from assent.training.finetune import run
from assent.training.finetune.checkpoints import step
from assent.training.finetune.job import ADAPTER, CHECKPOINTS, begin
from tests.training.finetune.conftest import instruct_model, recipe
from tests.training.finetune.test_job import trained, weights


def cut(office: Any, out: Path, after: int, *settings: str) -> Any:
    """A run that is cancelled after a step; its recipe."""
    cancel, chosen = Event(), recipe(*settings)

    def stop(done: Any) -> None:
        if done.step == after:
            cancel.set()

    with pytest.raises(Cancelled):
        run(office.store, begin(office.store, chosen, out, resume=False), chosen, out, stop, cancel)
    return chosen


def newest(out: Path) -> Path:
    return max((out / CHECKPOINTS).glob("checkpoint-*"), key=step)


def gone_on(office: Any, out: Path, chosen: Any) -> Path:
    return run(office.store, begin(office.store, chosen, out, resume=True), chosen, out)


def test_a_full_disk_keeps_the_last_whole_checkpoint_and_the_run_goes_on_from_it(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, out, chosen = weights(trained(filled, tmp_path / "whole")), tmp_path / "run", recipe()
    saved = torch.save

    def full(value: Any, path: Any, *more: Any) -> None:
        if "checkpoint-4" in str(path) and "optimizer" in str(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        saved(value, path, *more)

    with monkeypatch.context() as patched:
        patched.setattr(torch, "save", full)
        with pytest.raises(StoreError, match=r"No space left on device.*--resume"):
            trained(filled, out)
    assert not (out / ADAPTER).exists()
    assert (out / CHECKPOINTS / "checkpoint-2" / "whole.json").exists()
    assert weights(gone_on(filled, out, chosen)) == whole


def test_a_half_written_or_changed_checkpoint_does_not_count(filled: Any, tmp_path: Path) -> None:
    whole, out = weights(trained(filled, tmp_path / "whole")), tmp_path / "run"
    chosen = cut(filled, out, 2)
    (newest(out) / "optimizer.pt").write_bytes(b"half")
    assert weights(gone_on(filled, out, chosen)) == whole


def test_checkpoints_are_private_and_hold_nothing_that_runs(filled: Any, tmp_path: Path) -> None:
    out = tmp_path / "run"
    chosen = cut(filled, out, 2)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    checkpoint = newest(out)
    assert stat.S_IMODE(checkpoint.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in checkpoint.iterdir()} == {0o600}
    assert not list(checkpoint.glob("*.bin"))
    (checkpoint / "adapter_model.bin").write_bytes(pickle.dumps(print))
    with pytest.raises(UnsafeModel, match="no part of a checkpoint"):
        gone_on(filled, out, chosen)


def test_a_base_whose_template_changed_since_the_snapshot_is_refused(filled: Any, tmp_path: Path) -> None:
    """S9."""
    out, folder = tmp_path / "run", instruct_model(tmp_path / "model")
    chosen = cut(filled, out, 2, f"base={folder}")
    template = folder / "chat_template.jinja"
    template.write_text(template.read_text() + "{# now #}")
    with pytest.raises(ModelError, match="chat_template_sha256 changed"):
        gone_on(filled, out, chosen)
    assert not (out / ADAPTER).exists()


def test_a_missing_base_and_layers_it_does_not_have_are_told(filled: Any, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="assent-mni"):
        trained(filled, tmp_path / "none", "base=assent-mni")
    with pytest.raises(ModelError, match="no such layers"):
        trained(filled, tmp_path / "layers", "targets=[wings]")


def test_passes_that_cannot_be_are_told(filled: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="above batch"):
        trained(filled, tmp_path / "run", "passes=8", "batch=4")


def test_it_stops_early_when_the_held_out_loss_does_not_fall(filled: Any, tmp_path: Path) -> None:
    seen: list[Any] = []
    settings = ("epochs=4", "save_every=1", "patience=2", "rate=1.0")
    trained(filled, tmp_path / "run", *settings, on_progress=seen.append)
    last = max(done.step for done in seen)
    assert 3 <= last < seen[-1].steps


def test_a_withdrawal_while_it_is_sealed_leaves_no_adapter(
    filled: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W2: between the last step and the release."""
    from assent.training.finetune import job

    sealed, seal = [], job._seal

    def late(*given: Any) -> Path:
        path = seal(*given)
        sealed.append(weights(path))
        if len(sealed) == 1:
            filled.store.consent.withdraw(person="tom", purposes=["train_content"])
        return path

    monkeypatch.setattr(job, "_seal", late)
    folder = trained(filled, tmp_path / "run")
    assert len(sealed) == 2
    assert weights(folder) == sealed[1] != sealed[0]
