"""What the user's verdict on a result means for training: a table, versioned and pure. It knows no row and no store.

A verdict decides whether a text may be a target and how much it counts. How long the user took and how long a text is
never count: both would teach to hold attention, not to help (T10). In doubt the answer is no.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

VERSION = 1
LARGE_EDIT = 0.30
"""Share of the words an edit changed from which it counts as large; where telemetry's cells divide, too."""


class Meaning(NamedTuple):
    """May the text be a target, and its weight in the loss. `signal` names the line of the table."""

    use: bool
    weight: float
    signal: str


TABLE: dict[str, Meaning] = {
    one.signal: one
    for one in (
        Meaning(False, 0.0, "discarded"),
        Meaning(False, 0.0, "regenerated"),
        Meaning(True, 1.0, "small_edit"),
        Meaning(True, 0.7, "large_edit"),  # the user's own words, but often about more than the lines say
        Meaning(False, 0.0, "changed"),  # edited, and what was kept is not held: the text shown is not it
        Meaning(False, 0.0, "thumb_down"),
        Meaning(True, 1.0, "thumb_up"),
        Meaning(True, 0.5, "accepted"),  # some accept unread
        Meaning(False, 0.0, "silent"),  # no verdict is no yes
    )
}


def meaning(kinds: Collection[str], edited: float | None) -> Meaning:
    """`kinds` of feedback on the result; `edited`: share of the words changed by the edit that is held, None: none."""
    return TABLE[_signal(frozenset(kinds), edited)]


def _signal(kinds: frozenset[str], edited: float | None) -> str:
    if "discard" in kinds:
        return "discarded"
    if "regenerate" in kinds:
        return "regenerated"
    if edited is not None:
        return "large_edit" if edited >= LARGE_EDIT else "small_edit"
    if "edit" in kinds:
        return "changed"
    if "thumb_down" in kinds:
        return "thumb_down"
    if "thumb_up" in kinds:
        return "thumb_up"
    return "accepted" if "accept" in kinds else "silent"
