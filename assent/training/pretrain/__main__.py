"""`python -m assent.training.pretrain`: trains the embedded model; run it again to go on from the last checkpoint."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import click

from assent.errors import ConfigError
from assent.training.pretrain.mixture import Mixture
from assent.training.pretrain.recipe import Recipe
from assent.training.pretrain.run import Trainer

GPU = """On a GPU, a model of 18 million parameters (36 MB): --compile --workers 15 --set width=384 --set layers=7
--set heads=6 --set hidden=1152 --set vocabulary=12000 --set batch=1024 --set steps=12000"""


@click.command(epilog=GPU)
@click.option(
    "--corpora",
    type=click.Path(path_type=Path, exists=True),
    required=True,
    help="Folder of corpora; only base rows are read.",
)
@click.option(
    "--compose", type=click.Path(path_type=Path, exists=True), required=True, help="Folder of instructions and drafts."
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for checkpoints, progress and the model."
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="Override a setting of the recipe, e.g. steps=100."
)
@click.option(
    "--start",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Model folder to begin with, its vocabulary too; its shape must be the recipe's.",
)
@click.option("--compile", "compiled", is_flag=True, help="Compile the model: faster steps; needs a C++ compiler.")
@click.option("--workers", type=click.IntRange(0), default=0, help="Processes that make batches beside the training.")
def main(
    corpora: Path, compose: Path, out: Path, settings: tuple[str, ...], start: Path | None, compiled: bool, workers: int
) -> None:
    """Train the embedded model, from scratch or from a model folder; or go on with a run that was broken off."""
    recipe = override(Recipe(), settings)
    click.echo(f"{recipe}", err=True)
    try:
        mixture = Mixture.load(corpora, compose, recipe.seed)
        trainer = Trainer(recipe, mixture, out, start=start, compiled=compiled, workers=workers)
    except ConfigError as error:
        raise click.UsageError(str(error)) from None
    trainer.train()


def override(recipe: Recipe, settings: tuple[str, ...]) -> Recipe:
    """The recipe with NAME=VALUE settings put in; an unknown name or a bad value is a usage error."""
    types = {field.name: {"int": int, "float": float}[str(field.type)] for field in fields(Recipe)}
    for setting in settings:
        name, _, value = setting.partition("=")
        if name not in types:
            raise click.BadParameter(f"{name}: not a setting; there are {', '.join(types)}")
        try:
            recipe = replace(recipe, **{name: types[name](value)})
        except ValueError as error:
            raise click.BadParameter(f"{setting}: expected {name}={types[name].__name__} ({error})") from None
    return recipe


if __name__ == "__main__":
    main()
