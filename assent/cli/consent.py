"""`assent consent`: forms and notices, who said yes to what, who said no, and the receipts of it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.accounts import admin_command, close_command, key_command, leave_command, policy_command
from assent.cli.options import Command, output_format
from assent.cli.receipts import acknowledge, gone, key_of, swept, tell_adapters
from assent.cli.store import in_standing_store, in_store, in_store_if_any, show
from assent.cli.texts import form_group, notice_group, terms_group
from assent.errors import ConsentError, InputError, StoreError

if TYPE_CHECKING:
    from assent.data.consent import Form, Receipt
    from assent.data.facade import Store

FILE = click.Path(dir_okay=False, path_type=Path)
PURPOSES = ("use_feature", "log_content", "train_content", "telemetry", "publish_dataset")


@click.group("consent")
def command() -> None:
    """Ask for a yes, record it, take it back, and prove either.

    An ACCOUNT is an organisation; its admin signs a FORM. A PERSON takes part in meetings; they are shown a NOTICE and
    may object. Without a yes nothing is kept, and a person's no stands above every yes.

    \b
    A start:
      assent consent form show separate > form.md     then fill in what stands in {{...}}
      assent consent form publish form.md
      assent consent notice show notice > notice.md   the same
      assent consent notice publish notice.md
      assent consent sign --account acme --admin dana --purpose use_feature --purpose log_content
      assent consent notice serve --person bela --account acme --host acme
      assent consent status --person bela
    """


for part in (
    form_group,
    notice_group,
    terms_group,
    admin_command,
    close_command,
    key_command,
    leave_command,
    policy_command,
):
    command.add_command(part)


def person_option(required: bool, help: str) -> Callable[[Command], Command]:
    return click.option("--person", required=required, metavar="NAME", help=help)


def account_option(required: bool, help: str) -> Callable[[Command], Command]:
    return click.option("--account", required=required, metavar="NAME", help=help)


def purpose_option(required: bool, help: str) -> Callable[[Command], Command]:
    return click.option(
        "--purpose", "purposes", type=click.Choice(PURPOSES), multiple=True, required=required, help=help
    )


@command.command("sign")
@in_store
@account_option(True, "The organisation that agrees, by the name your product uses.")
@click.option("--admin", metavar="NAME", help="Who signs for it. The first one to sign opens the account.")
@person_option(False, "In place of --admin: a member who agrees for themselves only; needs no key.")
@purpose_option(True, "What is agreed to; repeat it for each. Nothing is chosen for you.")
@click.option("--form", "family", metavar="NAME", help="The form, by family or hash. [default: the newest one]")
@click.option(
    "--key", type=FILE, metavar="FILE", help="The account's private key, made if absent. [default: ACCOUNT.key]"
)
@click.option(
    "--yes-i-have-read", "read", metavar="SHA256", help="Where nobody can be asked: the hash of the form read."
)
@output_format("text", "json")
def sign_command(
    store: Store,
    account: str,
    admin: str | None,
    person: str | None,
    purposes: tuple[str, ...],
    family: str | None,
    key: Path | None,
    read: str | None,
    form: str,
) -> None:
    """Show the form, ask, and record the yes of an account (or, with --person, of one member).

    The account's yes is signed with its own key: keep that file, it is the account's and not the operator's.
    """
    if (admin is None) == (person is None):
        raise click.UsageError("Name --admin, who signs for the account, or --person, who agrees for themselves.")
    text = _form(store, family)
    _ask(text, purposes, read)
    if person is not None:
        store.consent.serve(person, account, account, text)
        receipt = store.consent.own_grant(person, account, text, purposes)
    else:
        receipt = _signed(store, account, str(admin), text, purposes, key or key_of(account))
    acknowledge(receipt, form)


@command.command("object")
@in_standing_store
@person_option(True, "Who says no, by the name your product uses.")
@click.option("--host", metavar="NAME", help="Only in the meetings of this organisation. [default: everywhere]")
@purpose_option(False, "Only to this; may be repeated. [default: to everything]")
@output_format("text", "json")
def object_command(store: Store, person: str, host: str | None, purposes: tuple[str, ...], form: str) -> None:
    """Record a person's no. It stands above every yes, and what was kept of them is gone at once.

    Nobody has to give a reason, and refusing changes nothing about the answers they get.
    """
    acknowledge(store.consent.object(person, host, purposes or PURPOSES), form)
    tell_adapters(store)


@command.command("withdraw")
@in_standing_store
@account_option(False, "The organisation that takes its yes back.")
@person_option(False, "The person who takes theirs back.")
@purpose_option(False, "Only this; may be repeated. [default: everything]")
@output_format("text", "json")
def withdraw_command(
    store: Store, account: str | None, person: str | None, purposes: tuple[str, ...], form: str
) -> None:
    """Take a yes back, for everything before, for good. No reason is asked; the keys are destroyed at once."""
    if (account is None) == (person is None):
        raise click.UsageError("Name --account or --person: who takes their yes back.")
    acknowledge(store.consent.withdraw(account=account, person=person, purposes=purposes or PURPOSES), form)
    tell_adapters(store)


@command.command("sweep")
@in_standing_store
@click.option(
    "--adapter-deadline",
    "deadline",
    type=click.IntRange(0, 30),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="How long after a decision the adapters that hold its rows are deleted; they are refused at once.",
)
@output_format("text", "json")
def sweep_command(store: Store, deadline: int, form: str) -> None:
    """End what time has ended, and finish every erasure that is still open. Run it once a day.

    Grants past their validity and what a form keeps for a limited time are erased, copies of the key store made before
    an erasure are made useless, and totals of telemetry that are due are released. What ran out is refused before that.
    Adapters with a row that may not train any more are deleted at their deadline.
    """
    from dataclasses import asdict

    from assent.models.adapters import Registry

    done, deleted = store.sweep(), Registry(store, deadline=deadline).sweep()
    found = [*map(asdict, done), *({"type": "adapter_deleted", **asdict(one)} for one in deleted)]
    plain = [{name: str(value) if isinstance(value, Path) else value for name, value in one.items()} for one in found]
    show(form, plain, lambda: "\n".join([*map(swept, done), *map(gone, deleted)]) or "Nothing was due.")


@command.command("status")
@in_standing_store
@account_option(False, "What stands for this organisation.")
@person_option(False, "Everything held about this person, their own turns decrypted.")
@output_format("text", "json")
def status_command(store: Store, account: str | None, person: str | None, form: str) -> None:
    """Show what stands for an account, or everything held about a person."""
    from assent.cli import status
    from assent.data import held
    from assent.models.adapters import Registry

    if (account is None) == (person is None):
        raise click.UsageError("Name --account or --person.")
    if account is not None:
        found = held.of_account(store, account)
        show(form, found, lambda: status.of_account(found))
    else:
        about = held.of_person(store, str(person))
        about["adapters"] = Registry(store).used(about["subject"])
        show(form, about, lambda: status.of_person(about))


@command.command("receipt")
@in_store_if_any
@click.argument("position", type=int, required=False)
@click.option("--verify", "receipt", type=FILE, metavar="FILE", help="Check a receipt instead; needs no store.")
@click.option("--key", metavar="HEX", help="The operator's public key that the receipt must be signed with.")
@output_format("text", "json")
def receipt_command(
    store: Store | None, position: int | None, receipt: Path | None, key: str | None, form: str
) -> None:
    """Print the signed receipt of the decision at POSITION in the ledger; or check one with --verify.

    A receipt can be checked without Assent's operator: all it takes is their published public key.
    """
    if receipt is not None:
        _verify(receipt, key, form)
    elif position is None:
        raise click.UsageError("Name the POSITION of a decision, or --verify FILE.")
    elif store is None:
        raise StoreError("no store here; --home names one")
    else:
        click.echo(store.consent.receipt(position).content)


def _verify(path: Path, key: str | None, form: str) -> None:
    from assent.data.consent import Receipt, verify_receipt

    if key is None:
        raise click.UsageError("--verify needs --key: the operator's published public key, 64 hex digits.")
    try:
        content = path.read_bytes().removesuffix(b"\n")
    except OSError as error:
        raise InputError(f"{path}: cannot read the receipt: {error.strerror}") from None
    if not verify_receipt(content, key):
        raise ConsentError(f"{path}: not a receipt that this key signed, or it was changed since")
    receipt = Receipt(content)
    said = f"The receipt holds: {receipt.state}, position {receipt.position} of the ledger."
    show(form, {"holds": True, **receipt.json()}, lambda: said)


def _form(store: Store, name: str | None) -> Form:
    """The form to sign: the newest, or that of the name or hash."""
    for form in store.consent.forms():
        if name in (None, form.family, f"{form.family}/{form.language}", form.sha256):
            return form
    wanted = f"form {name!r}" if name else "form"
    raise ConsentError(f"no {wanted} is published here; the operator publishes one: assent consent form publish --help")


def _ask(form: Form, purposes: tuple[str, ...], read: str | None) -> None:
    """Shows the form and gets a yes for exactly these bytes; ConsentError without one."""
    if read is not None:
        if read != form.sha256:
            raise ConsentError(f"the form to sign is {form.sha256}, not the one you say you read; read it first")
        return
    if not sys.stdin.isatty():
        raise ConsentError(
            f"nobody can be asked here; read it with `assent consent form show {form.family}`, then sign with "
            f"--yes-i-have-read {form.sha256}"
        )
    click.echo(form.content.decode(), err=True)
    click.echo(f"You agree to: {', '.join(purposes)}. To nothing else.", err=True)
    if click.prompt("Type yes to sign", default="no", show_default=False, err=True).strip().lower() != "yes":
        raise ConsentError("nothing was signed")


def _signed(store: Store, account: str, admin: str, form: Form, purposes: tuple[str, ...], key: Path) -> Receipt:
    """The account's yes, signed with its key, which is made where there is none."""
    from assent.data.ledger import Signer

    if not key.exists():
        click.echo(
            f"making the key of {account} in {key}, readable by you alone: keep it, later decisions need it", err=True
        )
    signer = Signer(key)
    store.consent.open_account(account, [admin], signer.public_key)
    store.consent.serve(admin, account, account, form)
    request = store.consent.request(account, form, purposes, admin)
    return store.consent.grant(request, signer.sign(request))
