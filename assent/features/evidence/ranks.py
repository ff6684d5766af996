"""How a candidate looks to the rank judge: its focus, its neighbours, its evidence, and what was said of it later.

It knows no weights.
"""

from __future__ import annotations

from assent.features import signals
from assent.features.evidence.candidate import Candidate
from assent.features.evidence.links import FOCUS_HEAD
from assent.features.evidence.talk import Row, Talk
from assent.features.selector import ALL_HEADS

NEIGHBOURS = (-2, -1, 1, 2)
FOCUS_SIGNALS = (
    "promise", "volunteer", "ask", "accept", "refuse", "negated", "done", "done_by_me", "if", "joke", "recap", "let_us",
    "then", "turn_back", "unknown", "defer", "choice", "question", "near_time", "by", "number", "length", "position",
    "chair", "names_someone", "overlap_end", "overlap_later", "new_words", "last", "first",
)  # fmt: skip
NEXT_SIGNALS = ("accept", "refuse", "done", "turn_back", "question", "joke", "negated")
WIDTH = len(ALL_HEADS) * 2 + len(NEIGHBOURS) + len(FOCUS_SIGNALS) + len(NEXT_SIGNALS) + 8


def row(talk: Talk, candidate: Candidate, linked: dict[int, float]) -> Row:
    focus, head = candidate.focus, FOCUS_HEAD[candidate.kind]
    after = focus + 1
    chances = sorted(linked.values(), reverse=True) + [0.0] * 3
    around = [talk.logit(head, turn) for turn in range(focus - 3, focus + 4) if 0 <= turn < len(talk.turns)]
    return [
        *talk.logits[focus],
        *talk.logits[list(candidate.evidence)].max(axis=0),
        *(talk.logit(head, focus + k) if 0 <= focus + k < len(talk.turns) else -5.0 for k in NEIGHBOURS),
        *(talk.signal(name, focus) for name in FOCUS_SIGNALS),
        *(talk.signal(name, after) if after < len(talk.turns) else 0.0 for name in NEXT_SIGNALS),
        *chances[:3],
        float(talk.logit(head, focus) >= max(around)),
        float(candidate.due is not None),
        float(candidate.owner == talk.turns[focus].speaker),
        signals.overlap(
            talk.bag(candidate.evidence[0], candidate.evidence[-1] + 1),
            talk.bag(after + 5, len(talk.turns)),
            talk.weights,
        ),
        sum(talk.weight(turn) for turn in candidate.evidence) / 20,
    ]
