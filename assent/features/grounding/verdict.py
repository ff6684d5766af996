"""The verdict on one statement: is it supported by its evidence, and if not, why. It mends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.data.transcripts.turns import Turn
from assent.features.grounding import (
    content,
    dates,
    form,
    names,
    numbers,
    polarity,
    quotation,
    reversal,
    roles,
    strength,
)
from assent.features.grounding.passage import Claim, Kind, Passage

REASONS = (
    "empty", "form", "copy_of_prompt", "number", "date", "name", "negation", "reversal", "role", "strength", "content"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` come from REASONS, in that order; a supported statement has none."""

    supported: bool
    reasons: tuple[str, ...] = ()


def verify(
    text: str,
    evidence: Sequence[Turn],
    *,
    kind: Kind,
    participants: Sequence[str],
    owner: str | None = None,
    due: str | None = None,
) -> Verdict:
    """Is `text`, one third-person sentence of minutes, supported by the turns it cites?

    `owner` and `due` of an action are checked as if they stood in the text. Never raises on any text.
    """
    broken = form.faults(text)
    if broken:
        return Verdict(False, broken)
    passage = Passage.of(evidence, participants)
    misquoted = quotation.faults(text, passage)
    plain = quotation.outside(text)
    if misquoted or _only_attributes(plain, text, participants):
        return Verdict(not misquoted, misquoted)
    reasons = _reasons(Claim.of(plain, kind, participants), passage, owner, due)
    return Verdict(not reasons, reasons)


def _only_attributes(plain: str, text: str, participants: Sequence[str]) -> bool:
    """Is there nothing but a quotation and whose it is?"""
    return plain != text and not Claim.of(plain, "point", participants).stems


def _reasons(claim: Claim, passage: Passage, owner: str | None, due: str | None) -> tuple[str, ...]:
    stated = " ; ".join(part for part in (claim.text, owner, due) if part)
    checks = (
        ("number", not numbers.unsupported(stated, passage.numbers)),
        ("date", not dates.unsupported(stated, passage.dates)),
        ("name", not names.unsupported(stated, passage.names, passage.participants)),
        ("negation", polarity.holds(claim, passage)),
        ("reversal", reversal.holds(stated, passage)),
        ("role", roles.holds(claim, passage)),
        ("strength", strength.holds(claim, passage)),
        ("content", content.holds(claim, passage)),
    )
    return tuple(reason for reason, held in checks if not held)
