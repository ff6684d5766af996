"""The lines of minutes as plain text, and which of them came of which call: what a person's edit is compared by.

It knows no store. A line belongs to the call whose text it resembles most; the recap repeats statements, so the line
further down, where the statement has its own place, is matched first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

Shown = list[tuple[str | None, str]]
"""(id of the call, None where there is none or it was not logged; the text shown), in the order shown."""

BULLET = re.compile(r"^\s*-\s+(?:\[.?\]\s+)?")
SOURCE = re.compile(r"\s*\((?:model|quote|human), turns? [\d, ]+\)\s*$")
ESCAPE = re.compile(r"\\([^\w\s])")
ALIKE = 0.6
"""Least likeness (difflib's ratio) of a line to the text of its call: an action loses its owner's name in front."""


def plain_lines(markdown: str) -> list[str]:
    """The lines of minutes that say something, without bullets, emphasis, escapes and the note of their source."""
    lines = (SOURCE.sub("", BULLET.sub("", line)) for line in markdown.splitlines())
    bare = (ESCAPE.sub(r"\1", line.replace("**", "")).strip() for line in lines)
    return [line for line in bare if line and line != "---"]


def shown_lines(markdown: str, calls: Sequence[tuple[str | None, str]]) -> Shown:
    """Every line of the minutes, each with the call it came of; no call has two lines."""
    lines = plain_lines(markdown)
    owners: list[str | None] = [None] * len(lines)
    free = list(calls)
    for at in reversed(range(len(lines))):
        scored = [(SequenceMatcher(None, lines[at], text, autojunk=False).ratio(), place)
                  for place, (_, text) in enumerate(free)]  # fmt: skip
        best, place = max(scored, default=(0.0, -1))
        if best >= ALIKE:
            owners[at] = free.pop(place)[0]
    return list(zip(owners, lines, strict=True))
