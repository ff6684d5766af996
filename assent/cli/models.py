"""`assent models`: what there is to run, and how well one does on this machine."""

from __future__ import annotations

import click


@click.group("models", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the models: name, licence, context, and what each may write."""
    if ctx.invoked_subcommand is not None:
        return
    from assent.models.catalog import CATALOG

    for entry in CATALOG:
        click.echo(f"{entry.name:<24}{entry.license:<18}{entry.context:>8}  {entry.writing_mode}")


@command.command("check")
@click.argument("name")
def check(name: str) -> None:
    """Run the built-in probes on model NAME and set what it may write."""
    from assent.models import check as probes

    report = probes.run(name)
    click.echo(str(report))
