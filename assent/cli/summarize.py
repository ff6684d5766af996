"""`assent summarize`: a transcript in, minutes out."""

from __future__ import annotations

import click

from assent.cli.options import from_format, lines_of, model, out, output_format, text_of, transcript_of, write
from assent.cli.progress import progress


@click.command("summarize")
@click.argument("file")
@from_format
@output_format("md", "json", "html", "ics", "csv")
@model
@click.option(
    "--template", default="general", show_default=True, help="A meeting template by name, or your own TOML file."
)
@click.option("--language", metavar="CODE", help="Language of the minutes (ISO 639-1); else the transcript's.")
@click.option("--roster", metavar="FILE", help="Who the speakers are: JSON {entries: [...]}.")
@click.option("--notes", metavar="FILE", help="Your own notes of the meeting, as context for the model.")
@click.option("--glossary", metavar="FILE", help="Names and terms to spell right, one a line.")
@click.option("--instructions", metavar="TEXT", help="What the minutes should mind.")
@out
def command(
    file: str,
    from_format: str | None,
    form: str,
    model: str | None,
    template: str,
    language: str | None,
    roster: str | None,
    notes: str | None,
    glossary: str | None,
    instructions: str | None,
    out: str | None,
) -> None:
    """Turn the transcript in FILE into minutes that cite their turns.

    The forms ics and csv hold the action items only.
    """
    from assent.features.export import render
    from assent.features.summarize import summarize

    transcript = transcript_of(file, from_format, roster)
    with progress("Summarizing") as on_progress:
        minutes = summarize(
            transcript,
            model=model,
            template=template,
            language=language,
            instructions=instructions,
            glossary=lines_of(glossary, "glossary"),
            notes=text_of(notes, "notes"),
            on_progress=on_progress,
        )
    write(render(minutes.document, form, minutes.layout), out)
