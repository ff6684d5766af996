"""The help of every verb as one Markdown page: `python -m assent.cli.pages > docs/cli.md`. It knows no verb by name."""

from __future__ import annotations

from collections.abc import Iterator

import click

from assent.cli import main

WIDTH = 100
"""Columns, whatever the terminal."""


def pages() -> str:
    """The page; it is the same on every machine."""
    parts = ["# The command line", "Made by `python -m assent.cli.pages`; a test compares it with the commands."]
    for path, page in _help(main, None, "assent"):
        parts.append(f"## {path}\n\n```text\n{page}\n```")
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command, parent: click.Context | None, name: str) -> Iterator[tuple[str, str]]:
    context = command.context_class(
        command, parent=parent, info_name=name, terminal_width=WIDTH, **command.context_settings
    )
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for verb in command.list_commands(context):
            child = command.get_command(context, verb)
            assert child is not None
            yield from _help(child, context, verb)


if __name__ == "__main__":
    click.echo(pages(), nl=False)
