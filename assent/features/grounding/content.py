"""Is a statement about what was said at all? A floor, not a proof: people who write minutes use other words.

It knows no negation and no roles, and does not ask whether a number or a day is the right one.
"""

from __future__ import annotations

from assent.features.grounding import dates, numbers
from assent.features.grounding.passage import Claim, Passage, share
from assent.features.grounding.words import stem, words

FLOOR = 0.2
"""Share of content words; higher floors cost more true statements than they catch false ones."""
_FEWEST_FACTS = {"question": 1}
"""Two for the other kinds."""
_COMMON = "day days week weeks month months year years time times hour hours minute minutes people person start end new"
_VAGUE = frozenset(stem(word) for word in (*dates.WORDS, *numbers.WORDS, *_COMMON.split()))
"""Words that say when or how many, and never of what: alone they state nothing."""


def holds(claim: Claim, passage: Passage) -> bool:
    if claim.stems and share(passage.stems, claim.stems) < FLOOR:
        return False
    told = claim.stems - _VAGUE
    return bool(told) and (bool(told & passage.stems) or _facts(claim, passage) >= _FEWEST_FACTS.get(claim.kind, 2))


def _facts(claim: Claim, passage: Passage) -> int:
    """Names of people in the evidence, days and numbers: enough of them stand in for a shared word."""
    people = {word.split("'")[0] for word in words(claim.text)} & claim.labels & passage.names
    return len(people) + len(dates.claims(claim.text)) + len(numbers.mentions(claim.text))
