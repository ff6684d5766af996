"""The weight of each sign that a check looks for, and how low a sum may be. It knows no text.

Fitted by logistic regression to the hand-written statements of the corpus `invented` (role base) and to one-change
corruptions of them, rounded to a tenth; the two weights of asking are set by hand, since few statements there
report a question. The floors and slacks are chosen so that all checks together keep nine of ten true statements.
"""

from __future__ import annotations

from collections.abc import Mapping


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The sum of `features` under `weights`, with the weight "bias" added."""
    return weights.get("bias", 0.0) + sum(weights.get(name, 0.0) * value for name, value in features.items() if value)


# Is a negation of the statement meant in the evidence?
ADDED: dict[str, float] = {
    "negated clause": 0.7,
    "same turn": -1.0,
    "any negation": 0.7,
    "density": 0.7,
    "known words": 0.2,
    "negated only": 0.4,
    "negated": 0.2,
    "asked": 0.2,
    "not": -3.0,
    "last turn negated": 0.5,
    "taken on": 0.2,
    "open": 2.3,
    "open and pending": 1.1,
    "main": -1.2,
    "main, no negation": -0.9,
    "main, plainly said": -0.4,
    "main, action": -1.8,
    "main, decision": 1.4,
    "point": -0.7,
    "one word": 0.5,
    "doubled": -1.0,
    "excluded": 0.2,
    "verb denied": 0.8,
    "verb denied last": 0.7,
    "verb plain last": -0.3,
    "heads": 0.7,
    "bias": 2.3,
}
ADDED_FLOOR = -0.3

# Is a statement without a negation free of one that the evidence has?
LOST: dict[str, float] = {
    "negated": -1.2,
    "plainly said": 0.5,
    "negated only": -0.7,
    "density": -1.1,
    "any negation": -0.6,
    "last turn negated": -0.8,
    "contrary": -0.5,
    "own": 0.5,
    "own, negated": 0.5,
    "own, last turn negated": 0.6,
    "own, any negation": 0.8,
    "decision": -1.7,
    "action": 0.9,
    "closed question": -2.9,
    "closed, pending": -1.3,
    "verb denied": -1.0,
    "verb denied only": -0.7,
    "verb denied last": -0.6,
    "verb plain last": 0.2,
    "heads, not own": -1.0,
    "bias": 1.7,
}
LOST_FLOOR = -1.6

# Was what a decision or a task says settled?
STRENGTH: dict[str, float] = {
    "firmly said": 0.5,
    "hedged": -0.6,
    "known words": 1.3,
    "own refusal": 1.3,
    "either or": -1.5,
    "will": 1.5,
    "taken on": 0.5,
    "taken on, same turn": 0.5,
    "summed up": 0.6,
    "top hedged": -0.2,
    "top is last": 0.5,
    "accepted": 0.5,
    "assent": 0.5,
    "told to": 0.6,
    "deferred last": -0.5,
    "hedged last": -0.3,
    "pending last": -0.9,
    "pending": -0.2,
    "summed up last": 0.3,
    "alone": -2.2,
    "echoed": 0.9,
    "refused after": -0.6,
    "refused last": -1.1,
    "refused at top": 0.7,
    "negated": -1.5,
    "bias": -2.1,
}
DECISION_FLOOR = -0.6
ACTION_FLOOR = -1.3

# Is a person the one who takes the task on?
OWNER: dict[str, float] = {
    "speaks": 1.8,
    "says it": 0.7,
    "alone says it": 0.6,
    "asks it": 0.2,
    "best clause": -1.0,
    "takes on": 1.3,
    "takes it on": 1.8,
    "takes on in its turn": -0.6,
    "first person": 2.1,
    "requests it": 0.6,
    "accepts": 0.4,
    "replies to you": 0.3,
    "replies to question": 0.1,
    "says you": -0.4,
    "last": 0.9,
    "first": -0.3,
    "share of turns": 1.4,
    "named": 0.7,
    "named with it": 0.8,
    "named in its turn": 0.6,
    "named as doing": 0.6,
    "named as receiving": -0.7,
    "called": 0.8,
    "refusing, negates": -0.1,
}
OWNER_SLACK = 1.0

# Is a person the one who said, asked or wanted it?
SPEAKER: dict[str, float] = {
    "speaks": 0.7,
    "says it": 0.5,
    "alone says it": 0.9,
    "asks it": -0.7,
    "takes on": 0.6,
    "takes it on": -0.9,
    "takes on in its turn": -0.2,
    "first person": 0.8,
    "requests it": 0.8,
    "accepts": 1.1,
    "replies to you": 0.2,
    "replies to question": 0.8,
    "says you": -0.9,
    "last": -0.1,
    "first": -0.1,
    "share of turns": 1.0,
    "named": 1.0,
    "named with it": -0.1,
    "named in its turn": -0.3,
    "named as doing": 0.4,
    "called": -0.7,
    "asking, asks it": 2.5,
    "asking, asks": 1.5,
    "refusing, negates": 0.5,
    "wishing, wishes": 0.3,
}
SPEAKER_SLACK = 0.3
