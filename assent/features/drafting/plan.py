"""What an instruction asks for, as a value. It knows no wording of instructions and no tone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["say", "ask", "do", "dont", "thank", "sorry", "wish"]


@dataclass(frozen=True, slots=True)
class Point:
    """One thing to be said. `text` is a clause, a question without its mark, or a request without "please"."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What an instruction asks for. `to` is how the greeting calls the addressee, None where nobody is named."""

    to: str | None
    points: tuple[Point, ...]
    hushed: tuple[str, ...] = ()
    """What the instruction forbids to mention, in its own words."""
    text: str = ""
    """The instruction with its shorthand written out."""
