"""`assent summarize`: a transcript in, minutes out."""

from __future__ import annotations

import click

from assent.cli.options import from_format, lines_of, model, out, output_format, text_of, transcript_of, write
from assent.cli.progress import progress
from assent.cli.use import Use, assistant, by_account


@click.command("summarize")
@click.argument("file")
@from_format
@output_format("md", "json", "html", "ics", "csv")
@model
@click.option(
    "--template", default="general", show_default=True, help="A meeting template by name, or your own TOML file."
)
@click.option("--language", metavar="CODE", help="Language of the minutes (ISO 639-1); else the transcript's.")
@click.option("--notes", metavar="FILE", help="Your own notes of the meeting, as context for the model.")
@click.option("--glossary", metavar="FILE", help="Names and terms to spell right, one a line.")
@click.option("--instructions", metavar="TEXT", help="What the minutes should mind.")
@click.option("--meeting", metavar="NAME", help="Which meeting this is, for the log of an account.")
@out
@by_account
def command(
    file: str,
    from_format: str | None,
    form: str,
    model: str | None,
    template: str,
    language: str | None,
    notes: str | None,
    glossary: str | None,
    instructions: str | None,
    meeting: str | None,
    out: str | None,
    use: Use,
) -> None:
    """Turn the transcript in FILE into minutes that cite their turns.

    The forms ics and csv hold the action items only.
    """
    transcript = transcript_of(file, from_format)
    with assistant(use, model) as running, progress("Summarizing") as on_progress:
        minutes = running.summarize(
            transcript,
            meeting=meeting,
            template=template,
            language=language,
            instructions=instructions,
            glossary=lines_of(glossary, "glossary"),
            notes=text_of(notes, "notes"),
            on_progress=on_progress,
        )
    write(minutes.render(form), out)
