"""Where the store is, and how a verb gets it opened. It knows no decision and no content."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from assent.cli.options import write
from assent.errors import StoreError

DIR = click.Path(file_okay=False, path_type=Path)
home = click.option(
    "--home", type=DIR, envvar="ASSENT_HOME", metavar="DIR", help="Where Assent keeps its files. [default: ~/.assent]"
)
database = click.option(
    "--database",
    envvar="ASSENT_DATABASE",
    metavar="URL",
    help="sqlite:////path/assent.db or postgresql+pg8000://user@host/name. [default: SQLite under --home]",
)


def in_store(command: Any) -> Any:
    """The command gets the opened store first; where there is none yet, one is made."""
    return _opening(command, missing="make")


def in_standing_store(command: Any) -> Any:
    """The same for commands that end or look at something: a wrong --home is an error and no empty store."""
    return _opening(command, missing="refuse")


def in_store_if_any(command: Any) -> Any:
    """The same for commands that also work without a store; they get None."""
    return _opening(command, missing="none")


def _opening(command: Any, *, missing: str) -> Any:
    @home
    @database
    @wraps(command)
    def opened(*args: Any, home: Path | None, database: str | None, **options: Any) -> None:
        from assent.data.facade import Store, default_home

        place = home or default_home()
        absent = not (place / "operator.key").is_file()
        if absent and missing == "refuse":
            raise StoreError(f"{place}: no store here; --home names another, `assent consent form publish` begins one")
        if absent and missing == "none":
            command(None, *args, **options)
            return
        with Store(place, database=database) as store:
            command(store, *args, **options)

    return opened


def show(form: str, value: Any, text: Callable[[], str]) -> None:
    """A result as JSON, or as the lines that `text` gives."""
    write(json.dumps(value, ensure_ascii=False, indent=2) if form == "json" else text(), None)


def columns(rows: Iterable[Iterable[Any]], indent: str = "") -> str:
    """The rows with each column as wide as its longest cell."""
    table = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(indent + "  ".join(map(str.ljust, row, widths)).rstrip() for row in table)
