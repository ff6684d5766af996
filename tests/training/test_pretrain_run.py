"""A run of a few steps on a model of a few thousand weights: exact resume, whole checkpoints, a model that loads."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from assent.errors import ConfigError
from assent.models import Message, Prompt, load
from assent.training.pretrain import run
from assent.training.pretrain.items import Item
from assent.training.pretrain.mixture import Mixture
from assent.training.pretrain.recipe import Recipe

STATEMENTS = [Item("point", (("Bo", f"We agreed on plan {number}."),), "Bo agreed on it.") for number in range(5)]
DRAFTS = [Item("compose", (("instruction", "tell Bo yes"),), "Hi Bo.", ("friendly", "short"))]


def trainer(folder: Path, steps: int = 6, workers: int = 0, start: Path | None = None, **other: float) -> run.Trainer:
    """Decay 0 keeps the rate the same however many steps are planned, so that a short run is the head of a long one."""
    recipe = replace(
        Recipe(width=16, layers=1, heads=2, hidden=16, context=256, vocabulary=200, batch=8, warmup=2, decay=0.0),
        steps=steps,
        **other,  # type: ignore[arg-type]
    )
    return run.Trainer(recipe, Mixture(STATEMENTS, DRAFTS, [], recipe.seed), folder, start=start, workers=workers)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "VOCABULARY_SAMPLE", 60)
    monkeypatch.setattr(run, "SAVE_EVERY", 3)
    monkeypatch.setattr(run, "LOG_EVERY", 3)


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unbroken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "VOCABULARY_SAMPLE", 60)
        patch.setattr(run, "LOG_EVERY", 3)
        trainer(folder).train()
    return folder


def weights(folder: Path) -> list[torch.Tensor]:
    """Weights and moments, unrounded."""
    state = torch.load(folder / "state.pt", weights_only=True)
    moments = [moment for one in state["optimizers"] for held in one["state"].values() for moment in held.values()]
    return [*state["model"].values(), *moments]


def same(one: Path, other: Path) -> bool:
    return all(torch.equal(a, b) for a, b in zip(weights(one), weights(other), strict=True))


def test_a_resumed_run_gives_the_same_bytes_as_an_unbroken_one(unbroken: Path, tmp_path: Path) -> None:
    trainer(tmp_path, steps=3).train()
    assert not same(tmp_path, unbroken)
    resumed = trainer(tmp_path)
    assert resumed.step == 3
    resumed.train()
    assert same(tmp_path, unbroken)


def test_a_run_that_begins_with_a_model_folder_has_its_words_and_weights(unbroken: Path, tmp_path: Path) -> None:
    begun = trainer(tmp_path, start=unbroken / "model", vocabulary=100)
    assert begun.step == 0
    assert begun.tokenizer.get_vocab() == trainer(unbroken).tokenizer.get_vocab()
    shipped = load_file(unbroken / "model" / "model.safetensors")
    held = begun.model.state_dict()
    assert all(torch.equal(held[name], tensor.float()) for name, tensor in shipped.items())
    begun.train()
    assert trainer(tmp_path, start=unbroken / "model", vocabulary=100).step == 6


def test_a_run_does_not_begin_with_a_model_of_another_shape(unbroken: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="num_attention_heads 2, the recipe 4"):
        trainer(tmp_path, start=unbroken / "model", heads=4)
    assert not list(tmp_path.iterdir())


def test_a_run_goes_on_with_its_own_recipe_only(unbroken: Path) -> None:
    with pytest.raises(ConfigError, match=r"rate was 0\.002, is 0\.1"):
        trainer(unbroken, rate=0.1)


def test_batches_made_beside_the_training_are_the_same(unbroken: Path, tmp_path: Path) -> None:
    trainer(tmp_path, workers=2).train()
    assert same(tmp_path, unbroken)


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import test_pretrain_run as test
from assent.training.pretrain import run
run.VOCABULARY_SAMPLE, run.SAVE_EVERY, run.LOG_EVERY = 60, 3, 3
replace = run.replace_folder
def then_killed(new, target):
    replace(new, target)
    if (target.parent / "state.pt").exists():
        os.kill(os.getpid(), signal.SIGKILL)
run.replace_folder = then_killed
test.trainer(Path(sys.argv[2])).train()
"""
"""Dies inside the second checkpoint, between the model folder and the state."""


@pytest.mark.slow
def test_a_run_killed_inside_a_checkpoint_goes_on_from_the_last_whole_one(unbroken: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(Path(__file__).parent), str(tmp_path)]
    assert subprocess.run(command, check=False, capture_output=True).returncode == -signal.SIGKILL
    resumed = trainer(tmp_path)
    assert resumed.step == 3
    resumed.train()
    assert same(tmp_path, unbroken)


def test_a_checkpoint_is_replaced_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails half-way leaves the last good model and state, and the next checkpoint clears what it left."""
    training = trainer(tmp_path, steps=3)
    training.train()
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    def broken(*_: object, **__: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(training.tokenizer, "save_pretrained", broken)
        with pytest.raises(OSError, match="no space"):
            training.save()
    assert {path: path.read_bytes() for path in before} == before
    (tmp_path / "model" / "stray").touch()
    training.save()
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"model"}
    assert not (tmp_path / "model" / "stray").exists() and not (tmp_path / "state.tmp").exists()


def test_the_weights_may_be_read_by_whoever_may_read_the_config(unbroken: Path) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (unbroken / "model").iterdir()}
    assert len(modes) == 1


def test_the_model_loads_as_the_embedded_one_does(unbroken: Path) -> None:
    engine = load(str(unbroken / "model"))
    assert (engine.info.dialect, engine.info.context) == ("slots", 256)
    prompt = Prompt((Message("system", "point"), Message("user", "Bo: We agreed on plan 2.")), max_new_tokens=4)
    assert engine.complete([prompt])[0].completion_tokens > 0


def test_progress_is_one_line_of_figures_each_time(unbroken: Path) -> None:
    lines = [json.loads(line) for line in (unbroken / "progress.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [3, 6]
    assert lines[0]["tokens"] < lines[1]["tokens"] and all(line["loss"] > 0 for line in lines)


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    training = trainer(tmp_path, steps=25)
    before = training.evaluate(STATEMENTS)
    training.train()
    assert training.evaluate(STATEMENTS) < before - 0.1


def test_padding_weighs_nothing() -> None:
    short, long = run.Encoded((5, 6, 7), 2), run.Encoded((5, 6, 7, 8, 9), 3)
    ids, share = run.pad([short, long])
    assert ids.tolist() == [[5, 6, 7, 0, 0], [5, 6, 7, 8, 9]]
    context = run.CONTEXT_WEIGHT
    assert torch.allclose(share, torch.tensor([[context, context, 1, 0, 0], [context, context, context, 1, 1]]))


def test_tied_weights_are_stored_once(unbroken: Path) -> None:
    names = load_file(unbroken / "model" / "model.safetensors").keys()
    assert "model.embed_tokens.weight" in names and "lm_head.weight" not in names
