"""`assent telemetry`: what may be recorded of use, what is recorded of an account, and the totals released."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from assent.cli.options import output_format
from assent.cli.store import columns, in_standing_store, show
from assent.errors import ConsentError

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.data.telemetry import Registry


@click.group("telemetry")
def command() -> None:
    """See what Assent may record of its own use, what it has, and what was released of it.

    A record has no field that could hold text: only yes or no, choices from a closed list, and numbers in wide steps.
    """


@command.command("registry")
@output_format("text", "json")
def registry_command(form: str) -> None:
    """List every field a record may have, with its choices, its bits and why it is there."""
    from assent.data.telemetry import shipped

    registry = shipped()
    show(form, _registry(registry), lambda: _listed(registry))


@command.command("show")
@in_standing_store
@click.option("--account", metavar="NAME", help="What is recorded of this organisation. [default: what was released]")
@output_format("text", "json")
def show_command(store: Store, account: str | None, form: str) -> None:
    """Show the released totals; with --account, every record of that account.

    Totals count accounts, each as one, over closed periods; a total under 20 accounts is never released.
    """
    if account is None:
        releases = _releases(store)
        show(form, releases, lambda: "\n".join(map(_release, releases)) or "Nothing was released yet.")
        return
    subject = store.consent.subject("account", account)
    if subject is None:
        raise ConsentError(f"no account {account!r} is known here")
    held = _held(store, subject)
    show(form, {"account": account, **held}, lambda: _records(account, held))


def _switch(name: str, recorded: bool, help: str) -> None:
    @command.command(name, help=help)
    @in_standing_store
    @click.option("--account", required=True, metavar="NAME", help="The organisation.")
    @output_format("text", "json")
    def switch_command(store: Store, account: str, form: str) -> None:
        store.consent.set_recorded(account, recorded)
        said = "is recorded from now on" if recorded else "is not recorded any more, and its records are deleted"
        show(form, {"account": account, "recorded": recorded}, lambda: f"The use by {account} {said}.")


_switch("off", False, "Record nothing more of an account, and delete what was recorded of it.")
_switch("on", True, "Record the use by an account again. What was deleted stays gone.")


def _registry(registry: Registry) -> dict[str, Any]:
    fields = [
        {"name": field.name, "type": field.kind, "choices": list(field.choices), "bits": field.bits, "why": field.why}
        for field in registry.fields
    ]
    return {"version": registry.version, "bits": registry.bits, "fields": fields}


def _listed(registry: Registry) -> str:
    rows = [(field.name, f"{field.bits} bits", field.kind, _choices(field.choices, field.unit), field.why)
            for field in registry.fields]  # fmt: skip
    return f"{columns(rows)}\n\n{registry.bits} bits a record, all of it; registry version {registry.version}."


def _choices(choices: tuple[bool | str | int, ...], unit: str) -> str:
    words = [("yes" if choice else "no") if isinstance(choice, bool) else str(choice) for choice in choices]
    return f"{', '.join(words)} {unit}".strip()


def _releases(store: Store) -> list[dict[str, Any]]:
    from assent.data.telemetry import Releases

    releases = Releases(store.database).all()
    return [{"first": str(one.first), "last": str(one.last), "accounts": one.accounts} for one in releases]


def _release(one: dict[str, Any]) -> str:
    cells = (
        columns(((count, cell) for cell, count in one["accounts"].items()), "  ") if one["accounts"] else "  nothing"
    )
    return f"{one['first']} to {one['last']}, accounts:\n{cells}"


def _held(store: Store, subject: str) -> dict[str, Any]:
    held = store.telemetry.show(subject)
    events = [{"day": str(one.day), "interaction": one.interaction, "values": one.values} for one in held.events]
    return {"opted_out": held.opted_out, "events": events}


def _records(account: str, held: dict[str, Any]) -> str:
    if held["opted_out"]:
        return f"{account} has opted out: nothing is recorded."
    lines = [f"{one['day']}  {', '.join(f'{name} {value}' for name, value in (one['values'] or {}).items())}"
             for one in held["events"]]  # fmt: skip
    return "\n".join([f"{len(lines)} records of {account}", *lines])
