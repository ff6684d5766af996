"""Is a statement about what was said at all? A floor, not a proof: people who write minutes use other words.

It knows no negation, no numbers and no roles.
"""

from __future__ import annotations

from assent.features.grounding.passage import Claim, Passage, share

FLOOR = 0.2
"""Share of content words; higher floors cost more true statements than they catch false ones."""


def holds(claim: Claim, passage: Passage) -> bool:
    return not claim.stems or share(passage.stems, claim.stems) >= FLOOR
