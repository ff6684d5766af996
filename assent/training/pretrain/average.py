"""`python -m assent.training.pretrain.average`: the mean of the weights of two models, one trained on from the other.

Where one begins with the weights of the other, what lies between them is often better than either (Wortsman et al.
2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import torch
from safetensors.torch import load_file, save_file

WEIGHTS = "model.safetensors"
FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


@click.command()
@click.argument("first", type=FOLDER)
@click.argument("second", type=FOLDER)
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--share", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="How much SECOND counts.")
def main(first: Path, second: Path, out: Path, share: float) -> None:
    """Write the model between FIRST and SECOND to OUT, a new folder, with all other files of FIRST."""
    try:
        average(first, second, out, share)
    except (ValueError, FileExistsError) as error:
        raise click.UsageError(str(error)) from None


def average(first: Path, second: Path, out: Path, share: float) -> None:
    """Raises ValueError where the two have other words or other shapes, FileExistsError where `out` is there."""
    one, other = (load_file(folder / WEIGHTS) for folder in (first, second))
    same = (first / "tokenizer.json").read_bytes() == (second / "tokenizer.json").read_bytes()
    if not same or shapes(one) != shapes(other):
        raise ValueError(f"{first} and {second}: not one model trained on; their words or shapes differ")
    shutil.copytree(first, out)
    mean = {
        name: ((1 - share) * part.float() + share * other[name].float()).to(part.dtype) for name, part in one.items()
    }
    save_file(mean, out / WEIGHTS, metadata={"format": "pt"})
    (out / WEIGHTS).chmod((out / "config.json").stat().st_mode)  # safetensors makes its files private


def shapes(weights: dict[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: part.shape for name, part in weights.items()}


if __name__ == "__main__":
    main()
