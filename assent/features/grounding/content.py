"""Is a statement about what was said at all? A floor, not a proof: people who write minutes use other words.

It knows no negation, no numbers and no roles.
"""

from __future__ import annotations

from assent.features.grounding.passage import Passage
from assent.features.grounding.words import content_stems, words


def overlap(text: str, passage: Passage) -> tuple[int, int]:
    """How many of the content words of `text`, names of participants apart, are said; and how many there are."""
    labels = {part for label in passage.participants for part in words(label)}
    stems = set(content_stems([word for word in words(text) if word.removesuffix("'s") not in labels]))
    return len(stems & passage.stems), len(stems)


def holds(text: str, passage: Passage) -> bool:
    said, written = overlap(text, passage)
    return written == 0 or said / written >= FLOOR


FLOOR = 0.2
