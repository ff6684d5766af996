"""From scores to candidates: which turns bear a task, a decision, an open question or a point, who owns it and when it is due.

It reads scores and turns; it knows no model and writes no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assent.data.transcripts.turns import Transcript
from assent.features import owners, signals
from assent.features.dates import standing_due
from assent.features.selector import Scores

Kind = Literal["decision", "action", "question", "point"]

MAX_EVIDENCE = 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """A statement to be made: its evidence (1-4 turns, ascending), the turn it turns on, and what was resolved."""

    kind: Kind
    evidence: tuple[int, ...]
    focus: int
    score: float
    owner: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Search:
    """How one kind is looked for: the head of the focus and of the evidence, and where it is cut."""

    focus: str
    support: str
    threshold: float
    per_turns: float
    """At most one candidate for so many turns."""
    apart: int
    """Turns between two candidates of the kind."""


SEARCHES: dict[Kind, Search] = {
    "action": Search("commit", "action", 0.55, 10, 1),
    "decision": Search("decide", "decision", 0.55, 14, 3),
    "question": Search("ask", "question", 0.6, 25, 4),
    "point": Search("salience", "info", 0.5, 12, 3),
}


def find(transcript: Transcript, scores: Scores) -> list[Candidate]:
    """Candidates of all kinds in the order of their focus."""
    found = [c for kind, search in SEARCHES.items() for c in _of_kind(kind, search, transcript, scores)]
    return sorted(found, key=lambda candidate: (candidate.focus, candidate.kind))


def _of_kind(kind: Kind, search: Search, transcript: Transcript, scores: Scores) -> list[Candidate]:
    strength = np.sqrt(scores[search.focus] * scores[search.support])
    limit = max(1, round(len(strength) / search.per_turns))
    taken: list[int] = []
    for turn in np.argsort(-strength, kind="stable"):
        if len(taken) == limit or strength[turn] < search.threshold:
            break
        if all(abs(int(turn) - other) > search.apart for other in taken):
            taken.append(int(turn))
    return [_candidate(kind, focus, strength[focus], transcript, scores[search.support]) for focus in sorted(taken)]


def _candidate(kind: Kind, focus: int, score: float, transcript: Transcript, support: NDArray[np.float64]) -> Candidate:
    evidence = _gather(focus, transcript, support)
    if kind != "action":
        return Candidate(kind, evidence, focus, float(score))
    owner = owners.resolve(transcript, focus, evidence)
    return Candidate(kind, evidence, focus, float(score), owner, standing_due(transcript, focus, evidence))


def _gather(focus: int, transcript: Transcript, support: NDArray[np.float64]) -> tuple[int, ...]:
    """The focus and the likeliest turns close to it; a turn that shares its words counts more."""
    turns = transcript.turns
    bags = {i: signals.content(turns[i].text) for i in range(max(0, focus - 6), min(len(turns), focus + 4))}
    worth = {
        i: support[i] + 0.3 * bool(bags[i] & bags[focus]) + 0.1 * (len(bags[i]) > 3) - 0.06 * abs(i - focus)
        for i in bags
        if i != focus
    }
    near = sorted((i for i in worth if worth[i] > 0.45), key=lambda i: -worth[i])[: MAX_EVIDENCE - 1]
    return tuple(sorted([focus, *near]))
