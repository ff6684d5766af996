"""`assent ledger`: the chain of decisions checked, copied and checkpointed."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.options import output_format
from assent.cli.store import in_standing_store, in_store, show
from assent.errors import InputError, LedgerError

if TYPE_CHECKING:
    from assent.data.facade import Store

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("ledger")
def command() -> None:
    """Check, copy or checkpoint the ledger: the append-only chain of every decision.

    It holds who decided what, under random ids, and nothing that anybody said.
    """


@command.command("verify")
@in_standing_store
@click.option("--receipt", "receipts", type=FILE, multiple=True, metavar="FILE", help="Also hold it against a receipt.")
@output_format("text", "json")
def verify_command(store: Store, receipts: tuple[Path, ...], form: str) -> None:
    """Walk the whole chain; exit 8 and the first bad position where it does not hold.

    A cut tail is found by the checkpoints outside the database, a rebuilt ledger by receipts that others hold.
    """
    from assent.data.consent import Receipt

    found = store.ledger.verify([Receipt(_bytes(path)) for path in receipts])
    if form == "json" or found.ok:
        key = store.ledger.signer.public_key
        said = f"The ledger holds: {found.size} events. The operator's public key: {key}"
        show(form, asdict(found) | {"public_key": key}, lambda: said)
    if not found.ok:
        raise LedgerError(f"position {found.position}: {found.reason}", found.position)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes().removesuffix(b"\n")
    except OSError as error:
        raise InputError(f"{path}: cannot read the receipt: {error.strerror}") from None


@command.command("export")
@in_standing_store
@click.argument("file", type=FILE)
def export_command(store: Store, file: Path) -> None:
    """Write the chain, its checkpoints and its public keys to FILE, for anybody to check.

    The export holds random ids only; it names no account and no person.
    """
    store.ledger.export(file)
    click.echo(f"wrote {file}", err=True)


@command.command("import")
@in_store
@click.argument("file", type=FILE)
def import_command(store: Store, file: Path) -> None:
    """Take the chain in FILE, an export, into an empty database, after checking it."""
    store.ledger.import_(file)
    click.echo(f"took {store.ledger.head().position + 1} events", err=True)


@command.command("checkpoint")
@in_standing_store
@output_format("text", "json")
def checkpoint_command(store: Store, form: str) -> None:
    """Sign the head of the chain and write that outside the database now."""
    with store.database.write() as connection:
        checkpoint = store.ledger.checkpoint(connection)
    store.ledger.publish()
    show(form, asdict(checkpoint), lambda: f"checkpoint at position {checkpoint.position}: {checkpoint.hash}")


@command.command("rotate")
@in_standing_store
@output_format("text", "json")
def rotate_command(store: Store, form: str) -> None:
    """Replace the operator's key by a new one, which the present one signs; publish the new public key.

    What was signed before verifies with the old public key, or with the ledger's export.
    """
    event = store.ledger.rotate()
    found = {"position": event.position} | {name: event.fields[name] for name in ("key_id", "public_key")}
    show(form, found, lambda: f"position {event.position}: the operator's public key is now {found['public_key']}")
