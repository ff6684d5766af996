"""An instruction cut into clauses: one thing to say each. It knows no plan."""

from __future__ import annotations

import re

from assent.features.drafting.patterns import (
    ABBREVIATION,
    AND,
    AUX,
    HUSH,
    OPEN,
    PRONOUN,
    SPLIT,
    WH,
    request_verbs,
)

_BRACKET = re.compile(r"\s*\(([^()]*)\)")


def _wish_apart(found: re.Match[str]) -> str:
    """ "(don't say why)" as a clause of its own; any other bracket as it stands."""
    return f". {found.group(1)}." if HUSH.match(found.group(1)) else found.group()


def clauses_of(text: str) -> list[str]:
    text = _BRACKET.sub(_wish_apart, text)
    rough: list[str] = []
    for piece in _guarded(text):
        rough += [part for part in AND.split(piece) if part.strip()]
    out: list[str] = []
    for piece in rough:
        clean = piece.strip(" ,;")
        if out and not stands_alone(clean):
            out[-1] = f"{out[-1].rstrip('.!?')}, {clean}"
        elif clean:
            out.append(clean)
    return out


def _guarded(text: str) -> list[str]:
    """Split at clause ends, but not behind "Mr." or "ch."."""
    pieces: list[str] = []
    start = 0
    for match in SPLIT.finditer(text):
        if ABBREVIATION.search(text[: match.start()]) or ABBREVIATION.search(text[: match.start() + 1]):
            continue
        if _inside_brackets(text, match.start()):
            continue
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def _inside_brackets(text: str, at: int) -> bool:
    return text.count("(", 0, at) > text.count(")", 0, at)


def stands_alone(clause: str) -> bool:
    """Whether a piece between commas is a clause of its own and not the next item of a list."""
    words = clause.split()
    first = words[0].lower().strip(":") if words else ""
    if HUSH.match(clause) or (OPEN.match(clause) and first not in {"for", "to", "have", "need", "want", "get"}):
        return True
    if (
        first in request_verbs()
        or first in WH
        or first in AUX
        or first in {"please", "thanks", "sorry", "yes", "no", "not", "wish"}
    ):
        return True
    lowered = [word.lower().strip(".,!?") for word in words]
    return (
        any(word in AUX or words[at] in PRONOUN for at, word in enumerate(lowered)) or len(words) > 4 or ":" in clause
    )
