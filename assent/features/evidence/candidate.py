"""What a statement is to be made of. It knows neither scores nor how it was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["decision", "action", "question", "point"]
KINDS: tuple[Kind, ...] = ("decision", "action", "question", "point")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement to be made: its evidence (1-4 turns, ascending), the turn it turns on, and what was resolved."""

    kind: Kind
    evidence: tuple[int, ...]
    focus: int
    score: float
    owner: str | None = None
    due: str | None = None
