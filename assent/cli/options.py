"""Options that several verbs share, and how a file named on the command line becomes a value. It knows no feature."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from assent.errors import InputError

if TYPE_CHECKING:
    from assent.data.transcripts import Transcript

Command = TypeVar("Command", bound=Callable[..., Any])

TEXT_LIMIT = 1_000_000
"""Bytes of a notes or glossary file: more is no note."""

from_format = click.option(
    "--from", "from_format", metavar="FORMAT", help="Read FILE as this format instead of looking at it."
)
model = click.option(
    "--model",
    metavar="NAME",
    help="A model of `assent models`, a hub id[@revision], a local folder, or a server's URL, which is sent the text.",
)
out = click.option(
    "--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write the result here, not to the screen."
)


def output_format(*choices: str) -> Callable[[Command], Command]:
    """The --format option; the first choice is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Form of the result.",
    )


def transcript_of(path: str, from_format: str | None) -> Transcript:
    from assent.data.transcripts import read

    return read(Path(path), from_format)


def thread_of(path: str | None) -> Transcript | None:
    """The messages of a chat: JSON turns or any chat format that `read` knows."""
    return transcript_of(path, None) if path else None


def text_of(path: str | None, what: str) -> str | None:
    """The text of a small UTF-8 file; InputError where it is missing, too large or no text."""
    if path is None:
        return None
    try:
        with Path(path).open("rb") as file:
            raw = file.read(TEXT_LIMIT + 1)
    except OSError as error:
        raise InputError(f"{path}: cannot read the {what}: {error.strerror}; expected a text file") from error
    if len(raw) > TEXT_LIMIT:
        raise InputError(f"{path}: the {what} is larger than {TEXT_LIMIT} bytes; expected a short text file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the {what} is no UTF-8 text; expected a text file") from error


def lines_of(path: str | None, what: str) -> tuple[str, ...]:
    """The non-empty lines of a small text file."""
    return tuple(line.strip() for line in (text_of(path, what) or "").splitlines() if line.strip())


def write(text: str, path: str | None) -> None:
    """Write a result to a file, or to standard output with one closing line break."""
    if path is None:
        click.echo(text.rstrip("\n"))
        return
    try:
        Path(path).write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot write the result: {error.strerror}") from error
