"""`python -m assent.training.finetune`, alone or under `accelerate launch`: the same run as `assent train`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from assent.data.facade import Store
from assent.errors import AssentError
from assent.training.finetune.program import program


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the store (default: $ASSENT_HOME, ~/.assent).")
@click.option(
    "--database", envvar="ASSENT_DATABASE", metavar="URL", help="Where the store's database is, if elsewhere."
)
@click.option("--recipe", "path", type=click.Path(path_type=Path), help="YAML file of settings.")
@click.option("--set", "overrides", multiple=True, metavar="NAME=VALUE", help="One setting, over the recipe's.")
@click.option("--out", type=click.Path(path_type=Path), help="New folder of the run.")
@click.option("--resume", is_flag=True, help="Go on with the run in that folder.")
def main(
    home: Path | None,
    database: str | None,
    path: Path | None,
    overrides: tuple[str, ...],
    out: Path | None,
    resume: bool,
) -> None:
    """Train an adapter on what everyone in it allows to be trained on."""
    say = partial(click.echo, err=True)
    try:
        with Store(home, database=database) as store:
            click.echo(program(store, say, path=path, overrides=overrides, out=out, resume=resume))
    except AssentError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    main()
