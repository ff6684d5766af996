"""`assent models`: what there is to run, and how well one does on this machine."""

from __future__ import annotations

import click


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the models: name, licence, context in tokens, and what to know."""
    if ctx.invoked_subcommand is not None:
        return
    from assent.models.catalog import CATALOG

    for entry in CATALOG:
        context = str(entry.context or "own")
        click.echo(f"{entry.name:<16}{entry.licence:<22}{context:>7}  {entry.notes}".rstrip())


@command.command("check")
@click.argument("name")
def check(name: str) -> None:
    """Run the eight built-in probes on model NAME, print pass rates, and set what it may write."""
    from assent.features.probes import check as probe

    click.echo(str(probe(name, notice=lambda line: click.echo(line, err=True))))
