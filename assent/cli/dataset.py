"""`assent dataset`: the rows that may be used, counted and exported."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.options import output_format
from assent.cli.store import in_standing_store, show
from assent.errors import InputError, MissingExtra

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.data.interactions.selecting import Summary

NEEDED = ("datasets", "pyarrow")
"""Packages of the extra `dataset`."""
PURPOSES = ("train_content", "log_content", "publish_dataset")
purpose = click.option(
    "--purpose", type=click.Choice(PURPOSES), default=PURPOSES[0], show_default=True, help="What the rows are for."
)


@click.group("dataset")
def command() -> None:
    """Count or export the rows that everyone in them allows to be used.

    The gate is asked for every row, now; what it refuses is counted by reason.
    """
    if not all(find_spec(package) for package in NEEDED):
        raise MissingExtra("dataset", "rows as a dataset")


@command.command("show")
@in_standing_store
@purpose
@output_format("text", "json")
def show_command(store: Store, purpose: str, form: str) -> None:
    """Count the rows that may be used, what they rest on, and why the others may not."""
    from assent.data.interactions.dataset import count

    found = count(store.log, purpose)
    show(form, found.json(), lambda: _said(found))


@command.command("export")
@in_standing_store
@click.argument("folder", type=click.Path(path_type=Path))
@purpose
@click.option("--plain", is_flag=True, help="In the clear; needs everyone's publish_dataset, --recipient and --reason.")
@click.option("--recipient", metavar="NAME", help="Who gets the plain rows; kept, and shown to the people in them.")
@click.option("--reason", metavar="TEXT", help="Why they get them.")
@output_format("text", "json")
def export_command(
    store: Store, folder: Path, purpose: str, plain: bool, recipient: str | None, reason: str | None, form: str
) -> None:
    """Write the rows to FOLDER, a new one: Parquet tables, a dataset card, the ledger positions they rest on.

    Without --plain the tables are ciphertext, to be read with assent.data.open beside the store that holds the keys.
    """
    from assent.data.interactions.export import export, export_plain

    if plain:
        found = export_plain(store, folder, recipient=recipient or "", reason=reason or "")
    elif recipient or reason:
        raise InputError("--recipient and --reason are for --plain")
    else:
        found = export(store, folder, purpose)
    show(form, found.json(), lambda: f"{_said(found)}\nwrote {folder}")


def _said(found: Summary) -> str:
    lines = [f"{found.rows} of {found.calls} calls may be used for {found.purpose}, from {found.accounts} accounts."]
    lines += [f"  {count} on {basis}" for basis, count in sorted(found.bases.items())]
    lines += [f"  {count} not: {reason}" for reason, count in sorted(found.refused.items())]
    return "\n".join(lines)
