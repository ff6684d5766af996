"""Which words of the evidence are denied, one by one: said behind a "not", or asked and answered with a no.

It knows no statement and does not judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from assent.features.grounding.lexicon import NEGATIONS
from assent.features.grounding.words import Clause, content_stems

_HEADS = 2
"""Content words right behind a negation that it surely denies."""
_REACH = 5
"""Content words behind a negation that it may deny."""
_NO = re.compile(
    r"^\W*(?:(?:oh|well|er|um|god|hm+|ha),? )*(?:no\b|nope|nah|not |never|don't"
    r"|it (?:isn't|doesn't|won't|can't|hasn't))",
    re.IGNORECASE,
)
_ANSWERED_WITHIN = 2
"""Turns between a question and the no that answers it."""


@dataclass(frozen=True, slots=True)
class Denial:
    """`heads` stand right behind a negation; `last_denied` and `last_plain` were, or were not, denied the last time."""

    heads: frozenset[str]
    last_denied: frozenset[str]
    last_plain: frozenset[str]


@lru_cache(maxsize=64)
def of(clauses: tuple[Clause, ...], texts: tuple[str, ...]) -> Denial:
    refusals = [at for at, text in enumerate(texts) if _NO.search(text)]
    heads: set[str] = set()
    last: dict[str, bool] = {}
    for clause in clauses:
        behind = stems_behind(clause)
        heads.update(behind[:_HEADS])
        if clause.asked:
            last.update(dict.fromkeys(clause.stems, True) if _refused(clause, refusals) else {})
        else:
            last.update({stem: stem in behind for stem in clause.stems})
    denied = frozenset(stem for stem, negated in last.items() if negated)
    return Denial(frozenset(heads), denied, frozenset(last) - denied)


def _refused(question: Clause, refusals: Iterable[int]) -> bool:
    return any(question.turn < at <= question.turn + _ANSWERED_WITHIN for at in refusals)


def stems_behind(clause: Clause) -> list[str]:
    """The content words that the first negation of a clause governs."""
    first = next((at for at, token in enumerate(clause.tokens) if token in NEGATIONS), None)
    return [] if first is None else content_stems(list(clause.tokens[first + 1 :]))[:_REACH]
