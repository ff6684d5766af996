"""`assent compose`: an instruction in, drafts of a message out."""

from __future__ import annotations

import json

import click

from assent.cli.options import model, output_format, thread_of, write
from assent.cli.use import Use, assistant, by_account


@click.command("compose")
@click.argument("text")
@click.option("--thread", metavar="FILE", help="The chat to reply to: JSON [{speaker, text}] or any chat format.")
@click.option(
    "--tone",
    default=None,
    metavar="TONE",
    help="How it should sound: neutral, friendly, formal, direct, apologetic, enthusiastic.",
)
@click.option("--length", type=click.Choice(["short", "medium", "long"]), default=None, help="How long it should be.")
@click.option("-n", "n", type=click.IntRange(1, 10), default=1, show_default=True, help="How many drafts.")
@click.option("--me", metavar="NAME", help="Who is writing.")
@output_format("md", "json")
@model
@by_account
def command(
    text: str,
    thread: str | None,
    tone: str | None,
    length: str | None,
    n: int,
    me: str | None,
    form: str,
    model: str | None,
    use: Use,
) -> None:
    """Write the message that TEXT asks for; with --thread, as a reply to it."""
    chat = thread_of(thread)
    with assistant(use, model, me) as running:
        drafts = running.compose(text, thread=chat, tone=tone, length=length, n=n)
    write(json.dumps(drafts.json(), ensure_ascii=False, indent=2) if form == "json" else str(drafts), None)
