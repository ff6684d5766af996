"""`assent restore`: a backup brought back, past every decision made since."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.options import output_format
from assent.cli.store import database as database_option
from assent.cli.store import home as home_option
from assent.cli.store import show

if TYPE_CHECKING:
    from assent.data.restore import Restored


@click.command("restore")
@home_option
@database_option
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="A ledger export newer than the backup. [default: the events of the database that is replaced]",
)
@output_format("text", "json")
def command(home: Path | None, database: str | None, folder: Path, ledger: Path | None, form: str) -> None:
    """Bring the backup in FOLDER back under --home; nothing that was withdrawn since comes back to life.

    Stop every program that has the store open first. Decisions newer than the backup are taken from the ledger that is
    replaced, or from --ledger; without them nothing is allowed until they are given.
    """
    from assent.data.facade import default_home
    from assent.data.restore import restore

    restored = restore(folder, home or default_home(), ledger, database=database)
    show(form, asdict(restored), lambda: _said(restored))


def _said(restored: Restored) -> str:
    keys = {"live": "the key store that was here", "backup": "the backup's key store", "none": "no key: nothing opens"}
    lines = [
        f"restored up to position {restored.head}; {restored.appended} newer events, {restored.ends} of them ends",
        f"keys: {keys[restored.keys]}",
    ]
    if restored.nameless:
        lines.append(f"{restored.nameless} people or accounts of the newer events have no name here: ask them again")
    if restored.behind:
        lines.append(f"nothing is allowed for now: {restored.behind}")
    return "\n".join(lines)
