"""`python -m assent.training.snapshot`: what a run would train on now, and what keeps the rest from it."""

from __future__ import annotations

from pathlib import Path

import click

from assent.data.facade import Store
from assent.errors import AssentError
from assent.training.snapshot.selection import Choice
from assent.training.snapshot.taking import take, yield_text

DEFAULT = Choice()


@click.command()
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the store (default: $ASSENT_HOME, ~/.assent).")
@click.option("--base", default=DEFAULT.base, show_default=True, help="Base model the manifest names.")
@click.option("--seed", default=0, show_default=True, help="Of order and split.")
@click.option("--held-out", default=DEFAULT.held_out, show_default=True, help="Share of meetings kept from training.")
@click.option(
    "--account-share", default=DEFAULT.account_share, show_default=True, help="Most of the rows of an account."
)
@click.option("--out", type=click.Path(path_type=Path), help="New folder to write the signed snapshot to.")
def main(home: Path | None, base: str, seed: int, held_out: float, account_share: float, out: Path | None) -> None:
    """Take a snapshot and say its yield: rows allowed of calls logged, by policy and basis."""
    try:
        with Store(home) as store:
            snapshot = take(store, Choice(base=base, held_out=held_out, account_share=account_share), seed=seed)
            click.echo(yield_text(snapshot.manifest["yield"]))
            click.echo(f"ledger {snapshot.index}, rows {snapshot.digest}, root {snapshot.manifest['merkle_root']}")
            if out:
                snapshot.save(out)
    except AssentError as error:
        click.echo(str(error), err=True)
        raise SystemExit(error.exit_code) from error


if __name__ == "__main__":
    main()
