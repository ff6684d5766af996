"""Takes an unsupported day, number or name out of a statement when the rest stands and reads right. It adds nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assent.data.transcripts.turns import Turn
from assent.features.grounding import dates, names, numbers
from assent.features.grounding.passage import Kind, Passage
from assent.features.grounding.verdict import Verdict, verify

REMOVABLE = frozenset({"date", "number", "name"})
_PREPOSITION = r"(?:by|on|at|before|until|till|from|for|in|with|after|around|about|during|this|next|within|to)"
# The phrase around the span: from its preposition to a break or the next phrase.
_HEAD = re.compile(
    rf",?\s+{_PREPOSITION}(?:\s+{_PREPOSITION}|\s+the|\s+an?)?(?:\s+(?!{_PREPOSITION}\b)[\w'’-]+){{0,2}}\s+$",
    re.IGNORECASE,
)
_TAIL = re.compile(
    rf"(?:\s+(?:o'clock|am|pm|morning|afternoon|evening|night|lunchtime|week|weeks|days?|months?|years?|hours?|minutes?"
    rf"|of\s+\w+|[A-Z]\w+))*(?=[.,;!?]|$|\s+(?:{_PREPOSITION}|and|but|so|because|if)\b)"
)
_MOST = 3
"""Phrases taken out of one statement at most; one with more wrong is better quoted."""
_FEWEST_WORDS = 4


def repair(
    text: str, verdict: Verdict, evidence: Sequence[Turn], *, kind: Kind, participants: Sequence[str]
) -> str | None:
    """`text` without what the evidence does not hold, or None if it does not stand without it.

    Only what stands in a phrase of its own ("by Friday", "with Ben") is taken out; a subject or an object stays.
    """
    passage = Passage.of(evidence, participants)
    for _ in range(_MOST):
        if not verdict.reasons or not REMOVABLE.issuperset(verdict.reasons):
            break
        shorter = _without_first(text, passage)
        if shorter is None:
            return None
        text, verdict = shorter, verify(shorter, evidence, kind=kind, participants=participants)
    return text if verdict.supported and len(text.split()) >= _FEWEST_WORDS else None


def _without_first(text: str, passage: Passage) -> str | None:
    for start, end in _spans(text, passage):
        head, tail = _HEAD.search(text[:start]), _TAIL.match(text[end:])
        if head and tail:
            return text[: head.start()] + text[end + tail.end() :]
    return None


def _spans(text: str, passage: Passage) -> list[tuple[int, int]]:
    days = [(day.start, day.end) for day in dates.unsupported(text, passage.dates)]
    amounts = [(number.start, number.end) for number in numbers.unsupported(text, passage.numbers)]
    people = [(name.start, name.end) for name in names.unsupported(text, passage.names, passage.participants)]
    return sorted(days + amounts + people)
