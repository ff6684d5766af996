"""Where a growing answer ends, and how much of it may be shown already. It knows text only."""

from __future__ import annotations

from collections.abc import Sequence

BROKEN = "\ufffd"
"""What a decoder gives for the first bytes of a character whose rest has not come yet."""


def first(text: str, stops: Sequence[str]) -> int | None:
    """Where the first of the stop strings begins."""
    return min((place for stop in stops if stop and (place := text.find(stop)) >= 0), default=None)


def settled(text: str, stops: Sequence[str]) -> str:
    """The part of a growing text that no later token takes back: no half character, no beginning of a stop string."""
    text = text.rstrip(BROKEN)
    beginnings = (stop[:length] for stop in stops for length in range(1, len(stop)))
    held = max((len(beginning) for beginning in beginnings if text.endswith(beginning)), default=0)
    return text[: len(text) - held]
