"""`assent train`: settings said, progress told, the folder of the adapter on standard output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.called import refused, run
from tests.training.finetune.conftest import TINY, talk
from tests.training.snapshot.conftest import Office

SET = [word for setting in TINY for word in ("--set", setting)]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    office = Office(tmp_path / "home")
    office.join("acme", "dana", "tom")
    talk(office, "acme", "dana", range(12))
    yield office
    office.store.close()


def test_settings_yield_and_progress_go_to_stderr_and_the_folder_to_stdout(filled: Any) -> None:
    done = run("train", *SET)
    assert done.exit_code == 0, done.output
    folder = Path(done.stdout.strip())
    assert folder == filled.store.home / "runs" / "1" / "adapter"
    assert (folder / "adapter_model.safetensors").is_file()
    for said in ("rank", "command line", "12 of 12 logged calls may train", "step 1 of", "held-out loss"):
        assert said in done.stderr, said


def test_faults_of_settings_and_a_wrong_place_are_one_line_each(filled: Any, tmp_path: Path) -> None:
    told = refused(3, "train", "--set", "rank=0", "--set", "epochs=9")
    assert "rank" in told
    assert "epochs" in told
    assert "no store here" in refused(7, "train", "--home", str(tmp_path / "none"))
    assert "no run to go on with" in run("train", *SET, "--resume").stderr
    many = run("train", *SET, "--set", "min_rows=100")
    assert (many.exit_code, many.stdout) == (3, "")
    assert "at least 100 wanted" in many.stderr


def start(*words: str, wrapped: tuple[str, ...] = (sys.executable, "-m", "assent.training.finetune")) -> Any:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    return subprocess.Popen(
        [*wrapped, *SET, *words],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
def test_the_first_ctrl_c_ends_with_a_checkpoint_and_says_how_to_go_on(filled: Any, tmp_path: Path) -> None:
    out = tmp_path / "run"
    begun = start("--out", str(out), "--set", "epochs=4", "--set", "batch=2")
    for line in begun.stderr:
        if line.startswith("step 2 of"):
            begun.send_signal(signal.SIGINT)
            break
    _, told = begun.communicate(timeout=120)
    assert begun.returncode == 130, told
    assert f"--resume --out {out}" in told
    assert not (out / "adapter").exists()
    again = start("--out", str(out), "--set", "epochs=4", "--set", "batch=2", "--resume")
    made, told = again.communicate(timeout=120)
    assert again.returncode == 0, told
    assert Path(made.strip()) == out / "adapter"


@pytest.mark.slow
def test_two_processes_have_the_loss_curve_of_one(filled: Any, tmp_path: Path) -> None:
    """Under accelerate launch, with the same rows in each step."""
    import torch
    from safetensors.torch import load_file

    launch = [sys.executable, "-m", "accelerate.commands.launch", "--cpu", "--num_processes", "2"]
    launch += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no", "--main_process_port", "0"]
    one = start("--out", str(tmp_path / "one"), "--set", "epochs=4")
    _, alone = one.communicate(timeout=200)
    assert one.returncode == 0, alone
    wrapped = (*launch, "-m", "assent.training.finetune")
    two = start("--out", str(tmp_path / "two"), "--set", "epochs=4", wrapped=wrapped)
    _, both = two.communicate(timeout=200)
    assert two.returncode == 0, both
    assert curve(alone) == pytest.approx(curve(both), abs=2e-4)
    assert len(curve(alone)) > 4
    weights = [load_file(tmp_path / name / "adapter" / "adapter_model.safetensors") for name in ("one", "two")]
    for name, value in weights[0].items():
        torch.testing.assert_close(value, weights[1][name], rtol=1e-3, atol=1e-4)


def curve(told: str) -> list[float]:
    return [float(line.split()[-1]) for line in told.splitlines() if line.startswith("step ")]
