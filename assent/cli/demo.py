"""`assent demo`: the sample meeting becomes minutes, an instruction becomes a message."""

from __future__ import annotations

from importlib.resources import as_file, files

import click

from assent.cli.progress import progress

MEETING = "community_fair.vtt"
INSTRUCTION = "tell Priya the demo moves to Thursday 3 pm and ask her to bring the badge printer"
TONE = "friendly"


@click.command("demo")
def command() -> None:
    """Summarize the sample meeting that ships with Assent and compose a message; nothing is stored or downloaded."""
    from assent.features.compose import compose
    from assent.features.summarize import summarize

    with as_file(files("assent") / "samples" / MEETING) as meeting:
        click.echo(f"$ assent summarize {MEETING}\n")
        with progress("Summarizing") as on_progress:
            click.echo(summarize(meeting, on_progress=on_progress))
    click.echo(f'\n$ assent compose "{INSTRUCTION}" --tone {TONE}\n')
    click.echo(compose(INSTRUCTION, tone=TONE))
