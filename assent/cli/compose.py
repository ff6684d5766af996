"""`assent compose`: an instruction in, drafts of a message out."""

from __future__ import annotations

import json

import click

from assent.cli.options import model, output_format, thread_of, write


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
def command(
    text: str,
    thread: str | None,
    tone: str | None,
    length: str | None,
    n: int,
    me: str | None,
    form: str,
    model: str | None,
) -> None:
    """Write the message that TEXT asks for; with --thread, as a reply to it."""
    from assent.features.compose import compose

    drafts = compose(text, thread=thread_of(thread), tone=tone, length=length, n=n, me=me, model=model)
    write(json.dumps(drafts.json(), ensure_ascii=False, indent=2) if form == "json" else str(drafts), None)
