"""Progress of long work on standard error: windows done of all. It knows no feature."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

QUIET_SECONDS = 2.0
"""Where nobody looks on (no terminal), shorter work is done without a word."""


class Progress:
    """Called with (done, total). On a terminal one line is kept up to date; elsewhere a line each is written."""

    def __init__(self, what: str, *, live: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self._what, self._live, self._clock = what, live, clock
        self._start = clock()
        self._shown = False

    def __call__(self, done: int, total: int) -> None:
        if not self._live and self._clock() - self._start < QUIET_SECONDS:
            return
        self._shown = True
        text = f"{self._what}: {done} of {total} windows"
        click.echo(f"\r{text}" if self._live else text, err=True, nl=not self._live)

    def close(self) -> None:
        """End the line that was kept up to date."""
        if self._live and self._shown:
            click.echo(err=True)


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    shown = Progress(what, live=sys.stderr.isatty())
    try:
        yield shown
    finally:
        shown.close()
