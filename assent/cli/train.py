"""`assent train`: an adapter from the rows that everyone in them allows to be trained on."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.store import in_standing_store

if TYPE_CHECKING:
    from assent.data.facade import Store


@click.command("train")
@in_standing_store
@click.option("--recipe", "path", type=click.Path(path_type=Path), metavar="FILE", help="YAML file of settings.")
@click.option("--set", "overrides", multiple=True, metavar="NAME=VALUE", help="One setting, over the recipe's.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="New folder of the run. [default: the next one under runs in --home]",
)
@click.option("--resume", is_flag=True, help="Go on with the run in --out, or with the newest one.")
def command(store: Store, path: Path | None, overrides: tuple[str, ...], out: Path | None, resume: bool) -> None:
    """Train an adapter on the rows that everyone in them allows to be trained on, and on nothing else.

    The settings are shown with where they come from, then how many rows there are and why not more. A withdrawal while
    it trains begins it again without the rows. Ctrl-C stops it with a checkpoint. The folder of the signed adapter is
    written to standard output.
    """
    from assent.training.finetune.program import program

    say = partial(click.echo, err=True)
    click.echo(program(store, say, path=path, overrides=overrides, out=out, resume=resume))
