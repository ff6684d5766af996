"""`assent rewrite`: a message in, the same message said differently out."""

from __future__ import annotations

import json

import click

from assent.cli.options import model, output_format, write
from assent.cli.use import Use, assistant, by_account


@click.command("rewrite")
@click.argument("text")
@click.option(
    "--how",
    required=True,
    metavar="HOW",
    help="improve, fix spelling, shorten, elaborate, simplify, formal, friendly, direct, or a wish in your own words.",
)
@click.option("-n", "n", type=click.IntRange(1, 10), default=1, show_default=True, help="How many drafts.")
@output_format("md", "json")
@model
@by_account
def command(text: str, how: str, n: int, form: str, model: str | None, use: Use) -> None:
    """Rewrite TEXT as HOW says."""
    with assistant(use, model) as running:
        drafts = running.rewrite(text, how, n=n)
    write(json.dumps(drafts.json(), ensure_ascii=False, indent=2) if form == "json" else str(drafts), None)
