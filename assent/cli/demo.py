"""`assent demo`: the sample meeting becomes minutes, an instruction a message, and what was consented to an adapter."""

from __future__ import annotations

from importlib.resources import as_file, files

import click

from assent.cli.progress import progress

INSTRUCTION = "tell Priya the demo moves to Thursday 3 pm and ask her to bring the badge printer"
TONE = "friendly"


@click.command("demo")
def command() -> None:
    """Summarize the sample meeting that ships with Assent, compose a message, then learn from it under a signed yes.

    The last part signs for an account, logs, trains a small adapter, uses it and withdraws, in a store that is deleted
    in the end. Nothing is downloaded.
    """
    from assent.cli.loop import MEETING, loop
    from assent.errors import MissingExtra
    from assent.features.compose import compose
    from assent.features.summarize import summarize

    with as_file(files("assent") / "samples" / MEETING) as meeting:
        click.echo(f"$ assent summarize {MEETING}\n")
        with progress("Summarizing") as on_progress:
            click.echo(summarize(meeting, on_progress=on_progress))
    click.echo(f'\n$ assent compose "{INSTRUCTION}" --tone {TONE}\n')
    click.echo(compose(INSTRUCTION, tone=TONE))
    try:
        loop()
    except MissingExtra as missing:
        click.echo(f"\n{missing}; then the demo goes on with learning from it.", err=True)
