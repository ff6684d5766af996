"""`assent adapter`: the adapters of a store listed, checked, released and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assent.cli.options import Command, output_format
from assent.cli.store import columns, in_standing_store, show

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.data.ledger import Event
    from assent.models.adapters import Listed, Tainted

FILE = click.Path(dir_okay=False, path_type=Path)


def by_option(required: bool, help: str) -> Callable[[Command], Command]:
    return click.option("--by", required=required, metavar="PERSON", help=help)


@click.group("adapter")
def command() -> None:
    """Release what was trained, take it back, and see what a withdrawal took out of use.

    What is served is the newest release that verifies at that moment, else the one before it, else the base alone.

    \b
    From a run to a release:
      assent train                                    writes the FOLDER of the adapter
      assent adapter add FOLDER                       writes its NAME
      assent adapter promote NAME --report FILE
    """


@command.command("list")
@in_standing_store
@output_format("text", "json")
def list_command(store: Store, form: str) -> None:
    """Show every adapter here: candidate, released or retired, by whom, what is served, and what is tainted."""
    from assent.models.adapters import Registry

    found = Registry(store).adapters()
    show(form, [listed(one) for one in found], lambda: _table(found))


@command.command("add")
@in_standing_store
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def add_command(store: Store, folder: Path) -> None:
    """Check the adapter in FOLDER and copy it in as a candidate; its name is written to standard output."""
    from assent.models.adapters import Registry

    click.echo(Registry(store).add(folder).name)


@command.command("verify")
@in_standing_store
@click.argument("name")
@output_format("text", "json")
def verify_command(store: Store, name: str, form: str) -> None:
    """Check adapter NAME: every file, both signatures, its base, and that every row may still train.

    Exit 4 names the file that is not right, exit 3 the row that may not train any more and the decision that says so.
    """
    from assent.models.adapters import Registry

    found = Registry(store).verify(name)
    stated = {"adapter": name, "base": found.manifest["base"]["name"], "rows": len(found.manifest["rows"])}
    show(form, stated, lambda: f"{name} holds: an adapter of {stated['base']}, {stated['rows']} rows, all may train")


@command.command("promote")
@in_standing_store
@click.argument("name")
@click.option("--report", type=FILE, metavar="FILE", help="A comparison with what is served, as JSON; see below.")
@by_option(False, "Who answers for the release, where no comparison does.")
@click.option(
    "--margin",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="How much worse on a set it may be without --by.",
)
@output_format("text", "json")
def promote_command(store: Store, name: str, report: Path | None, by: str | None, margin: float, form: str) -> None:
    """Release adapter NAME, so that it is served.

    It takes a comparison in which it is no worse than what is served, or a named person. The comparison:

    \b
      {"adapter": "NAME", "served": "NAME or null for the base",
       "sets": {"held_out": {"adapter": 0.81, "served": 0.8},
                "refusals": {...}, "triggers": {...}}}

    Each is a share, higher is better: of held-out rows, of what is to be refused, of trigger probes without effect.
    """
    from assent.models.adapters import Registry
    from assent.models.adapters.comparison import read

    event = Registry(store, margin=margin).promote(name, by=by, comparison=read(report) if report else None)
    _decided(event, f"{name} is released", form)


@command.command("rollback")
@in_standing_store
@by_option(True, "Who decides it.")
@output_format("text", "json")
def rollback_command(store: Store, by: str, form: str) -> None:
    """Take the newest release back; the one before it is served again, or the base alone."""
    from assent.models.adapters import Registry

    found = Registry(store).rollback(by=by)
    show(form, {"served": found and found.name}, lambda: f"served now: {found.name if found else 'the base alone'}")


@command.command("retire")
@in_standing_store
@click.argument("name")
@by_option(True, "Who decides it.")
@output_format("text", "json")
def retire_command(store: Store, name: str, by: str, form: str) -> None:
    """Take release NAME back. Its files stay, and it can be promoted again."""
    from assent.models.adapters import Registry

    _decided(Registry(store).retire(name, by=by), f"{name} is retired", form)


def listed(one: Listed) -> dict[str, Any]:
    """An adapter as JSON."""
    stated = {"adapter": one.adapter, "state": one.state, "by": one.by, "served": one.served, "kept": one.kept}
    return stated | {"tainted": tainted(one.tainted) if one.tainted else None}


def tainted(one: Tainted) -> dict[str, Any]:
    from assent.data.clock import iso

    due = None if one.due is None else iso(one.due)
    return {"row": one.row, "reason": one.reason, "event": one.event, "parent": one.parent, "deleted_from": due}


def told(one: Tainted) -> str:
    """Why it is refused, and until when its files are here."""
    until = tainted(one)["deleted_from"]
    return f"refused: {one}" + (f"; its files are deleted from {until} on" if until else "")


def _table(found: list[Listed]) -> str:
    if not found:
        return "No adapter is here; `assent adapter add FOLDER` brings one in."
    return columns([one.adapter, one.state, _by(one), _note(one)] for one in found)


def _by(one: Listed) -> str:
    return "-" if one.state == "candidate" else f"by {one.by}" if one.by else "by comparison"


def _note(one: Listed) -> str:
    if not one.kept:
        return "deleted"
    return "served" if one.served else told(one.tainted) if one.tainted else ""


def _decided(event: Event, said: str, form: str) -> None:
    show(form, {"position": event.position} | event.fields, lambda: f"position {event.position}: {said}")
