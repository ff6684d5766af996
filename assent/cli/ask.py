"""`assent ask`: a question to a meeting, a cited answer."""

from __future__ import annotations

import json

import click

from assent.cli.options import from_format, model, output_format, transcript_of, write


@click.command("ask")
@click.argument("file")
@click.argument("question")
@from_format
@output_format("md", "json")
@model
def command(file: str, question: str, from_format: str | None, form: str, model: str | None) -> None:
    """Answer QUESTION from the transcript in FILE, citing the turns that support the answer."""
    from assent.features.ask import ask

    answer = ask(transcript_of(file, from_format), question, model=model)
    write(json.dumps(answer.json(), ensure_ascii=False, indent=2) if form == "json" else str(answer), None)
