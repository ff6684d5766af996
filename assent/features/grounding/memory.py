"""What the checks keep of a meeting while they judge it, and its end: nothing of it stays once the result is made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from assent.features import words as feature_words
from assent.features.grounding import denial, numbers, reversal, words
from assent.features.grounding.passage import Passage

READ = (Passage._read, denial.of, numbers.mentions, reversal._values, words.stem, feature_words.stem)
"""Every function that keeps words of a meeting, to read the same turns once for many statements."""


@contextmanager
def forgetting() -> Iterator[None]:
    """Whatever was read inside is forgotten at the end, also after an error. A use beside it only reads anew."""
    try:
        yield
    finally:
        for read in READ:
            read.cache_clear()
