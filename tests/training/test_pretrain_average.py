"""The mean of two models' weights: between them, by share, and of one model only."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from assent.training.pretrain.average import WEIGHTS, average


def model(folder: Path, value: float, words: str = "{}", size: int = 3) -> Path:
    folder.mkdir()
    save_file({"layer": torch.full((size,), value, dtype=torch.bfloat16)}, folder / WEIGHTS)
    (folder / "tokenizer.json").write_text(words)
    (folder / "config.json").write_text("{}")
    return folder


@pytest.mark.parametrize(("share", "mean"), [(0.0, 1.0), (0.25, 2.0), (1.0, 5.0)])
def test_the_mean_lies_between_the_two_and_keeps_the_files_of_the_first(
    tmp_path: Path, share: float, mean: float
) -> None:
    average(model(tmp_path / "a", 1.0), model(tmp_path / "b", 5.0), tmp_path / "out", share)
    [made] = load_file(tmp_path / "out" / WEIGHTS).values()
    assert made.dtype == torch.bfloat16 and made.tolist() == [mean] * 3
    assert (tmp_path / "out" / "tokenizer.json").read_text() == "{}"


@pytest.mark.parametrize("other", [{"words": "[]"}, {"size": 4}])
def test_models_of_other_words_or_shapes_have_no_mean(tmp_path: Path, other: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not one model"):
        average(model(tmp_path / "a", 1.0), model(tmp_path / "b", 5.0, **other), tmp_path / "out", 0.5)  # type: ignore[arg-type]
    assert not (tmp_path / "out").exists()
