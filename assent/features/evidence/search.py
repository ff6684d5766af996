"""The search: propose focus turns, gather their evidence, resolve owner and due phrase, rank, and keep the best.

It knows turns and scores; it writes no sentence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from assent.data.transcripts.turns import Transcript
from assent.features import owners
from assent.features.evidence import dues, links, ranks
from assent.features.evidence.candidate import KINDS, Candidate, Kind
from assent.features.evidence.judges import Judges
from assent.features.evidence.talk import Talk
from assent.features.selector import Scores

MAX_EVIDENCE = 4
LINKED = 0.3
"""From this chance on a turn belongs to the evidence of a focus."""
SALIENT = 0.6
"""A point cites no turn that is less salient."""
SHORT = 800
"""Words of a meeting of about a quarter of an hour with pauses, for which the limits hold."""
GROWTH = 0.6
"""Lists grow more slowly than the talk: people list about twice as much of three times as long a meeting."""
SAME = 0.4
"""From this chance on a turn is about what an already kept focus is about."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a kind is cut: the least focus score looked at, the least rank kept, the most kept of 800 words."""

    proposed: float
    kept: float
    most: float


LIMITS: dict[Kind, Limits] = {
    "action": Limits(0.3, 0.4, 8),
    "decision": Limits(0.3, 0.28, 6),
    "question": Limits(0.3, 0.27, 4),
    "point": Limits(0.5, 0.5, 9),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A candidate and the chance of each near turn to belong to it."""

    candidate: Candidate
    linked: dict[int, float]


def find(transcript: Transcript, scores: Scores, judges: Judges | None = None) -> list[Candidate]:
    """Candidates of all kinds in the order of their focus."""
    talk, judges = Talk(transcript, scores), judges or Judges.default()
    kept = [candidate for kind in KINDS for candidate in best(kind, proposals(kind, talk, judges), talk)]
    return sorted(kept, key=lambda candidate: (candidate.focus, candidate.kind))


def proposals(kind: Kind, talk: Talk, judges: Judges) -> list[Proposal]:
    """Every turn that may be a focus, with its evidence and its rank; a point ranks by its salience."""
    chances = talk.scores[links.FOCUS_HEAD[kind]]
    made = [propose(kind, int(turn), talk, judges) for turn in np.flatnonzero(chances >= LIMITS[kind].proposed)]
    if kind == "point":
        ranked = np.array([chances[one.candidate.focus] for one in made])
    else:
        ranked = judges.judge(f"rank_{kind}", [ranks.row(talk, one.candidate, one.linked) for one in made])
    return [
        replace(one, candidate=replace(one.candidate, score=float(rank)))
        for one, rank in zip(made, ranked, strict=True)
    ]


def propose(kind: Kind, focus: int, talk: Talk, judges: Judges) -> Proposal:
    linked = link(kind, focus, talk, judges)
    if kind == "point":
        linked = {turn: chance for turn, chance in linked.items() if talk.scores["salience"][turn] >= SALIENT}
    evidence = gather(focus, linked)
    if kind != "action":
        return Proposal(Candidate(kind, evidence, focus, 0.0), linked)
    owner, due = owners.resolve(talk.transcript, focus, evidence), dues.resolve(talk, focus, linked, judges)
    return Proposal(Candidate(kind, evidence, focus, 0.0, owner, due), linked)


def link(kind: Kind, focus: int, talk: Talk, judges: Judges) -> dict[int, float]:
    """The chance of each near turn to belong with the focus."""
    near = links.near(talk, focus)
    chances = judges.judge(f"link_{kind}", [links.row(talk, kind, focus, other) for other in near])
    return dict(zip(near, map(float, chances), strict=True))


def gather(focus: int, linked: dict[int, float]) -> tuple[int, ...]:
    """The focus and the turns likeliest to belong to it."""
    near = sorted((turn for turn, chance in linked.items() if chance >= LINKED), key=lambda turn: -linked[turn])
    return tuple(sorted([focus, *near[: MAX_EVIDENCE - 1]]))


def best(kind: Kind, made: Sequence[Proposal], talk: Talk) -> list[Candidate]:
    """The highest ranks, without a second candidate for what one kept already covers."""
    limits, kept = LIMITS[kind], list[Proposal]()
    most = max(1, round(limits.most * (talk.transcript.words / SHORT) ** GROWTH))
    for one in sorted(made, key=lambda one: -one.candidate.score):
        if one.candidate.score < limits.kept or len(kept) >= most:
            break
        if not any(same(one, other) for other in kept):
            kept.append(one)
    return [one.candidate for one in kept]


def same(one: Proposal, other: Proposal) -> bool:
    """Whether two proposals are about the same: each focus is likely to belong to the other."""
    if one.candidate.owner != other.candidate.owner:
        return False
    return max(one.linked.get(other.candidate.focus, 0.0), other.linked.get(one.candidate.focus, 0.0)) >= SAME
