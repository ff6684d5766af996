"""Does a statement turn round what was said: a "not" that nobody meant, or a refusal left out?

It knows no names and no numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assent.features.grounding.lexicon import COMMIT, CONTRARY, NEGATIONS, OPEN, PENDING, TURNED_DOWN
from assent.features.grounding.passage import Claim, Passage, share, stems_of
from assent.features.grounding.weights import ADDED, ADDED_FLOOR, LOST, LOST_FLOOR, weigh
from assent.features.grounding.words import Clause, clauses, content_stems

_REACH = 5
"""Content words that a negation governs."""
_MAIN = re.compile(
    r"^(.*?)\b(?:(?:will|is|are|was|were|has|have|had|should|must|could|would|may|might|do|does|did) not|cannot)\b"
)
_LATER_CLAUSE = re.compile(r"[,;]| (?:and|but|so|because|that|which|if|whether) ")


@dataclass(frozen=True, slots=True)
class Negation:
    """One negation of a statement and the stems it governs; `main` where it stands at the verb of the first clause."""

    cue: str
    scope: frozenset[str]
    main: bool


def negations(claim: Claim) -> list[Negation]:
    first = _MAIN.match(claim.text)
    main = bool(first) and not _LATER_CLAUSE.search(first[0] if first else "")
    found: list[Negation] = []
    for clause in clauses(0, "", claim.text):
        for at, token in enumerate(clause.tokens):
            if token in NEGATIONS:
                found.append(Negation(token, _scope(clause.tokens, at, claim.labels), main and not found))
    return found


def _scope(tokens: tuple[str, ...], at: int, labels: frozenset[str]) -> frozenset[str]:
    def content(part: tuple[str, ...]) -> list[str]:
        return content_stems([word for word in part if word.split("'")[0] not in labels])

    return frozenset(content(tokens[at + 1 :])[:_REACH] or content(tokens[:at])[-_REACH:])


def holds(claim: Claim, passage: Passage) -> bool:
    """Every negation of the statement is meant in the evidence, and none of the evidence is left out."""
    found = negations(claim)
    if found:
        return all(weigh(_added(negation, claim, passage), ADDED) > ADDED_FLOOR for negation in found)
    if claim.kind == "question":
        return True
    return weigh(_lost(claim, passage), LOST) > LOST_FLOOR


def _added(negation: Negation, claim: Claim, passage: Passage) -> dict[str, float]:
    """Signs that a negation in the statement is meant in the evidence."""
    scope = negation.scope & passage.stems
    negated = [clause for clause in passage.clauses if clause.negated]
    plain = stems_of(clause for clause in passage.clauses if not clause.negated and not clause.asked)
    hits = [clause for clause in passage.clauses if clause.stems & scope]
    opened = bool(OPEN.search(claim.text))
    is_not = negation.cue in ("not", "cannot")
    return {
        "negated clause": any(clause.stems & scope for clause in negated),
        "same turn": any(hit.turn == clause.turn for hit in hits for clause in negated),
        "any negation": bool(negated),
        "density": len(negated) / max(1, len(passage.clauses)),
        "known words": share(passage.stems, negation.scope),
        "negated only": share(stems_of(negated) - plain, scope),
        "negated": share(stems_of(negated), scope),
        "asked": share(stems_of(clause for clause in passage.clauses if clause.asked), scope),
        "not": is_not,
        "last turn negated": any(clause.turn == len(passage.texts) - 1 for clause in negated),
        "taken on": any(COMMIT.search(clause.text) for clause in hits),
        "open": opened,
        "open and pending": opened and any(PENDING.search(text) for text in passage.texts),
        "main": negation.main,
        "main, no negation": negation.main and not negated,
        "main, plainly said": negation.main * share(plain, scope),
        "main, action": negation.main and claim.kind == "action",
        "main, decision": negation.main and claim.kind == "decision",
        "point": claim.kind == "point",
        "one word": len(negation.scope) <= 1,
    }


def _lost(claim: Claim, passage: Passage) -> dict[str, float]:
    """Signs that a statement without a negation leaves one out; the more, the lower the sum."""
    stems = claim.stems & passage.stems
    negated = [clause for clause in passage.clauses if clause.negated]
    plain = stems_of(clause for clause in passage.clauses if not clause.negated and not clause.asked)
    governed = frozenset(stem for clause in negated for stem in _governed(clause))
    own = bool(TURNED_DOWN.search(claim.text))
    last = any(clause.turn == len(passage.texts) - 1 for clause in negated)
    return {
        "negated": share(stems_of(negated), stems),
        "plainly said": share(plain, stems),
        "negated only": share(stems_of(negated) - plain, stems),
        "governed": share(governed, stems),
        "governed only": share(governed - plain, stems),
        "density": len(negated) / max(1, len(passage.clauses)),
        "any negation": bool(negated),
        "last turn negated": last,
        "contrary": any(CONTRARY.search(text) for text in passage.texts),
        "own": own,
        "own, negated": own * share(stems_of(negated), stems),
        "own, last turn negated": own and last,
        "own, any negation": own and bool(negated),
        "decision": claim.kind == "decision",
        "action": claim.kind == "action",
    }


def _governed(clause: Clause) -> list[str]:
    first = next(at for at, token in enumerate(clause.tokens) if token in NEGATIONS)
    return content_stems(list(clause.tokens[first + 1 :]))[:_REACH]
