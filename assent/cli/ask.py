"""`assent ask`: a question to a meeting, a cited answer."""

from __future__ import annotations

import json

import click

from assent.cli.options import from_format, model, output_format, transcript_of, write
from assent.cli.use import Use, assistant, by_account


@click.command("ask")
@click.argument("file")
@click.argument("question")
@from_format
@output_format("md", "json")
@model
@by_account
def command(file: str, question: str, from_format: str | None, form: str, model: str | None, use: Use) -> None:
    """Answer QUESTION from the transcript in FILE, citing the turns that support the answer."""
    transcript = transcript_of(file, from_format)
    with assistant(use, model) as running:
        answer = running.ask(transcript, question)
    write(json.dumps(answer.json(), ensure_ascii=False, indent=2) if form == "json" else str(answer), None)
