"""What a feature measures before it tells telemetry: sizes, how much an edit changed, the class of an error.

Text goes in and one number or word of a closed set comes out; nothing is kept.
"""

from __future__ import annotations

import math
from collections import Counter
from difflib import SequenceMatcher

from assent import errors

MOST_ALIGNED = 2_000
"""Words on either side: above it the words are counted, not aligned, because aligning takes the square of the time."""
_ERRORS: tuple[tuple[type[BaseException], str], ...] = (  # the first that fits
    (errors.MissingExtra, "extra"),
    (errors.ModelError, "model"),
    (errors.ContextOverflow, "context"),
    (errors.GenerationError, "generation"),
    (errors.ConsentError, "consent"),
    (errors.ConsentRequired, "consent"),
    (errors.StoreError, "store"),
    (errors.LedgerError, "ledger"),
    (errors.Cancelled, "cancelled"),
    (errors.InputError, "input"),
)


def words(text: str) -> int:
    return len(text.split())


def changed(before: str, after: str) -> int:
    """How much of the words an edit changed, in percent; 0 only where no word and no space is different."""
    if before == after:
        return 0
    old, new = before.split(), after.split()
    same = 2 * _common(old, new) / max(1, len(old) + len(new))
    return min(100, max(1, math.ceil(100 * (1 - same))))


def error_class(error: BaseException | None) -> str:
    """One word for an error; of its message nothing."""
    if error is None:
        return "none"
    return next((word for kind, word in _ERRORS if isinstance(error, kind)), "other")


def _common(old: list[str], new: list[str]) -> int:
    """Words that stand in both, in order."""
    head = _shared_start(old, new)
    tail = _shared_start(old[head:][::-1], new[head:][::-1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    if max(len(old), len(new)) > MOST_ALIGNED:
        return head + tail + (Counter(old) & Counter(new)).total()
    matches = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    return head + tail + sum(match.size for match in matches)


def _shared_start(old: list[str], new: list[str]) -> int:
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
