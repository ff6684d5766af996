"""The verbs of `assent consent` about an account itself: its admins, its key, who left it, its end; and the policy.

A part of `assent consent`. It knows no form and no notice.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.options import output_format
from assent.cli.receipts import acknowledge, tell_adapters
from assent.cli.store import in_standing_store, in_store, show

if TYPE_CHECKING:
    from assent.data.facade import Store

account_option = click.option("--account", required=True, metavar="NAME", help="The organisation.")


@click.command("admin")
@in_standing_store
@account_option
@click.option("--person", required=True, metavar="NAME", help="Who may sign for it from now on.")
@output_format("text", "json")
def admin_command(store: Store, account: str, person: str, form: str) -> None:
    """Let one more person sign for an account. Who leaves the account signs for it no more."""
    event = store.consent.add_admin(account, person)
    found = {"account": account, "admin": person, "position": event.position}
    show(form, found, lambda: f"{person} may sign for {account}: position {event.position}")


@click.command("key")
@in_standing_store
@account_option
@click.option(
    "--key",
    "path",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Its present private key; the new one takes its place. [default: ACCOUNT.key]",
)
@output_format("text", "json")
def key_command(store: Store, account: str, path: Path | None, form: str) -> None:
    """Replace an account's key by a new one, which the present one signs. What it signed before stands."""
    from assent.cli.receipts import key_of
    from assent.data.consent import rotate_key
    from assent.data.ledger import Signer
    from assent.errors import ConsentError

    path = path or key_of(account)
    if not path.is_file():
        raise ConsentError(f"{path}: the account's present key is not here; --key names its file")
    event = rotate_key(store.consent, account, Signer(path))
    found = {"account": account, "key_id": event.fields["key_id"], "position": event.position}
    show(form, found, lambda: f"{path} holds the new key of {account}: position {event.position}; the old one is gone")


@click.command("leave")
@in_standing_store
@click.option("--person", required=True, metavar="NAME", help="Who is no member any more.")
@account_option
@output_format("text", "json")
def leave_command(store: Store, person: str, account: str, form: str) -> None:
    """Record that a person left an account; what was kept of them as its member is gone at once."""
    acknowledge(store.consent.leave(person, account), form)
    tell_adapters(store)


@click.command("close")
@in_standing_store
@account_option
@output_format("text", "json")
def close_command(store: Store, account: str, form: str) -> None:
    """End an account, and with it all that was kept under its grants. Signing again opens it anew, and empty."""
    acknowledge(store.consent.close(account), form)
    tell_adapters(store)


@click.command("policy")
@in_store
@click.option(
    "--contributors",
    type=click.Choice(("account", "everyone")),
    help="Whose yes decides: the account's, or that of everyone in a meeting. Settled before the first grant.",
)
@click.option("--accept-bundled/--refuse-bundled", default=None, help="Whether training takes bundled grants.")
@output_format("text", "json")
def policy_command(store: Store, contributors: str | None, accept_bundled: bool | None, form: str) -> None:
    """Show the policy of this installation; with options, set it."""
    if (contributors, accept_bundled) != (None, None):
        store.consent.set_policy(contributors=contributors, accept_bundled=accept_bundled)
    policy = store.consent.policy()
    found = {"contributors": policy.contributors, "accept_bundled": policy.accept_bundled}
    who = {"account": "the account", "everyone": "everyone in a meeting, beside the account"}[policy.contributors]
    taken = "also takes" if policy.accept_bundled else "takes no"
    show(form, found, lambda: f"Who must say yes: {who}. Training {taken} bundled grants.")
