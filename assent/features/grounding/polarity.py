"""Does a statement turn round what was said: a "not" that nobody meant, or a refusal left out?

It knows no names and no numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assent.features.grounding import denial
from assent.features.grounding.lexicon import COMMIT, CONTRARY, EXCLUDED, NEGATIONS, OPEN, PENDING, TURNED_DOWN
from assent.features.grounding.passage import Claim, Passage, share, stems_of
from assent.features.grounding.weights import ADDED, ADDED_FLOOR, LOST, LOST_FLOOR, weigh
from assent.features.grounding.words import clauses, content_stems

_REACH = 5
"""Content words that a negation governs."""
_MAIN = re.compile(
    r"^(.*?)\b(?:(?:will|is|are|was|were|has|have|had|should|must|could|would|may|might|do|does|did) not|cannot)\b"
)
_LATER_CLAUSE = re.compile(r"[,;]| (?:and|but|so|because|that|which|if|whether) ")
_CLOSED = re.compile(
    r"\b(?:is|are|was|were|been|now|knows?|knew)(?: \w+ly| now| already)? "
    r"(?:known|settled|decided|agreed?|clear|certain|resolved|answered|confirmed|fixed|chosen|sure|why|what|how|who)\b",
    re.IGNORECASE,
)
_STILL_OPEN = re.compile(r"\b(?:still|yet|un\w+|open|until|till)\b", re.IGNORECASE)
_AUXILIARIES = frozenset(
    "will is are was were has have had can could would may might must should be been do does did to".split()
)


@dataclass(frozen=True, slots=True)
class Negation:
    """One negation of a statement and the stems it governs, the first of them as `verb`.

    `main` where it stands at the verb of the first clause; `doubled` where another one stands before it.
    """

    cue: str
    scope: frozenset[str]
    verb: frozenset[str]
    main: bool
    doubled: bool


def negations(claim: Claim) -> list[Negation]:
    first = _MAIN.match(claim.text)
    main = bool(first) and not _LATER_CLAUSE.search(first[0] if first else "")
    found: list[Negation] = []
    for clause in clauses(0, "", claim.text):
        doubled = False
        for at, token in enumerate(clause.tokens):
            if token in NEGATIONS:
                scope = _scope(clause.tokens, at, claim.labels)
                found.append(Negation(token, frozenset(scope), frozenset(scope[:1]), main and not found, doubled))
                doubled = True
    return found


def _scope(tokens: tuple[str, ...], at: int, labels: frozenset[str]) -> list[str]:
    return _content(tokens[at + 1 :], labels)[:_REACH] or _content(tokens[:at], labels)[-_REACH:]


def _content(tokens: tuple[str, ...], labels: frozenset[str]) -> list[str]:
    return content_stems([word for word in tokens if word.split("'")[0] not in labels])


def holds(claim: Claim, passage: Passage) -> bool:
    """Every negation of the statement is meant in the evidence, and none of the evidence is left out."""
    found = negations(claim)
    if found:
        return all(weigh(_added(negation, claim, passage), ADDED) > ADDED_FLOOR for negation in found)
    if claim.kind == "question" and not _closed(claim):
        return True
    return weigh(_lost(claim, passage), LOST) > LOST_FLOOR


def _closed(claim: Claim) -> bool:
    """A question that the statement calls answered, which an open question of the minutes never is."""
    return bool(_CLOSED.search(claim.text)) and not _STILL_OPEN.search(claim.text)


def _added(negation: Negation, claim: Claim, passage: Passage) -> dict[str, float]:
    """Signs that a negation in the statement is meant in the evidence."""
    scope = negation.scope & passage.stems
    negated = [clause for clause in passage.clauses if clause.negated]
    plain = stems_of(clause for clause in passage.clauses if not clause.negated and not clause.asked)
    hits = [clause for clause in passage.clauses if clause.stems & scope]
    opened = bool(OPEN.search(claim.text))
    said = denial.of(passage.clauses, passage.texts)
    return {
        "negated clause": any(clause.stems & scope for clause in negated),
        "same turn": any(hit.turn == clause.turn for hit in hits for clause in negated),
        "any negation": bool(negated),
        "density": len(negated) / max(1, len(passage.clauses)),
        "known words": share(passage.stems, negation.scope),
        "negated only": share(stems_of(negated) - plain, scope),
        "negated": share(stems_of(negated), scope),
        "asked": share(stems_of(clause for clause in passage.clauses if clause.asked), scope),
        "not": negation.cue in ("not", "cannot"),
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
        "doubled": negation.doubled,
        "excluded": any(EXCLUDED.search(clause.text) for clause in hits),
        "verb denied": bool(negation.verb & said.heads),
        "verb denied last": bool(negation.verb & said.last_denied),
        "verb plain last": bool(negation.verb & said.last_plain),
        "heads": share(said.heads, scope),
    }


def _lost(claim: Claim, passage: Passage) -> dict[str, float]:
    """Signs that a statement without a negation leaves one out; the more, the lower the sum."""
    stems = claim.stems & passage.stems
    negated = [clause for clause in passage.clauses if clause.negated]
    plain = stems_of(clause for clause in passage.clauses if not clause.negated and not clause.asked)
    own = bool(TURNED_DOWN.search(claim.text))
    last = any(clause.turn == len(passage.texts) - 1 for clause in negated)
    closed = claim.kind == "question"
    return {
        "negated": share(stems_of(negated), stems),
        "plainly said": share(plain, stems),
        "negated only": share(stems_of(negated) - plain, stems),
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
        "closed question": closed,
        "closed, pending": closed and any(PENDING.search(text) for text in passage.texts),
        **_verb_denied(claim, passage, own),
    }


def _verb_denied(claim: Claim, passage: Passage, own: bool) -> dict[str, float]:
    said, verbs = denial.of(passage.clauses, passage.texts), _verbs(claim)
    denied, plain = bool(verbs & said.heads), bool(verbs & said.last_plain)
    return {
        "verb denied": denied,
        "verb denied only": denied and not plain,
        "verb denied last": bool(verbs & said.last_denied),
        "verb plain last": plain,
        "heads, not own": (not own) * share(said.heads, claim.stems & passage.stems),
    }


def _verbs(claim: Claim) -> frozenset[str]:
    """The content words right behind an auxiliary: what a statement says is done."""
    found: set[str] = set()
    for clause in clauses(0, "", claim.text):
        for at, token in enumerate(clause.tokens):
            if token in _AUXILIARIES:
                found.update(_content(clause.tokens[at + 1 :], claim.labels)[:1])
    return frozenset(found)
