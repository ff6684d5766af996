"""An instruction, read: whom it addresses, what is to be said, asked or requested, and what must not be said.

It knows no tone. What it cannot make out it keeps as a statement in the instruction's own words.
"""

from __future__ import annotations

import re

from assent.features.drafting.clauses import clauses_of
from assent.features.drafting.plan import Plan
from assent.features.drafting.reader import Reader
from assent.features.drafting.shorthand import spell_out
from assent.features.drafting.wishes import apart


def read_instruction(text: str, known: tuple[str, ...] = (), asker: str | None = None) -> Plan:
    """The plan of an instruction. `known` are the thread's texts; `asker` is whom "her" and "them" mean there."""
    spelled = spell_out(text, known).strip()
    reader = Reader(asker, known)
    for clause in clauses_of(apart(spelled)):
        reader.take(clause)
    return Plan(
        reader.to or _named_speaker(spelled, asker) or asker, tuple(reader.points), tuple(reader.hushed), spelled
    )


def _named_speaker(text: str, asker: str | None) -> str | None:
    """The one speaker that the instruction names, so that only that one is greeted."""
    named = [
        name for name in (asker or "").split(" and ") if name and re.search(rf"(?<!not )\b{re.escape(name)}\b", text)
    ]
    return named[0] if len(named) == 1 else None
