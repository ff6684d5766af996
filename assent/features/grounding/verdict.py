"""The verdict on one statement: is it supported by its evidence, and if not, why. It writes nothing and mends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.data.transcripts.turns import Turn
from assent.features.grounding import content, dates, form, names, numbers, polarity, roles, strength
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
    claim = Claim.of(text, kind, participants)
    claimed = " ; ".join(part for part in (text, owner, due) if part)
    checks = (
        ("number", numbers.unsupported(claimed, passage.numbers)),
        ("date", dates.unsupported(claimed, passage.dates)),
        ("name", names.unsupported(claimed, passage.names, participants)),
        ("negation", not polarity.holds(claim, passage)),
        ("role", not roles.holds(claim, passage, owner)),
        ("strength", not strength.holds(claim, passage)),
        ("content", not content.holds(claim, passage)),
    )
    reasons = tuple(reason for reason, failed in checks if failed)
    return Verdict(not reasons, reasons)
