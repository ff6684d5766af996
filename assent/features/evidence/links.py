"""Which turns belong with a focus turn: how a pair of turns looks to the link heads. It knows no weights."""

from __future__ import annotations

from assent.features import cues, signals
from assent.features.evidence.candidate import Kind
from assent.features.evidence.talk import Row, Talk
from assent.features.selector import ALL_HEADS

FOCUS_HEAD: dict[Kind, str] = {"action": "commit", "decision": "decide", "question": "ask", "point": "salience"}
OFFSETS = tuple(offset for offset in range(-8, 7) if offset)
"""How far from its focus a turn may stand: what is asked goes before, what confirms comes after."""
OTHER_SIGNALS = (
    "question", "ask", "accept", "refuse", "needs", "who", "then", "recap", "first", "position", "length", "pointer",
    "one_word", "names_someone", "overlap_1", "overlap_next", "new_words", "last", "promise", "turn_back", "number",
    "weekday", "near_time", "wh", "let_us",
)  # fmt: skip
FOCUS_SIGNALS = ("pointer", "length", "accept", "question", "promise")


def near(talk: Talk, focus: int) -> list[int]:
    """Turns that may belong with the focus."""
    return [focus + offset for offset in OFFSETS if 0 <= focus + offset < len(talk.turns)]


def row(talk: Talk, kind: Kind, focus: int, other: int) -> Row:
    """How the turn `other` looks beside the focus."""
    offset = other - focus
    return [
        *(float(offset == each) for each in OFFSETS),
        abs(offset),
        offset < 0,
        *_shared(talk, focus, other),
        *_speakers(talk, focus, other),
        *talk.logits[other],
        *_between(talk, kind, focus, other),
        *(talk.signal(name, other) for name in OTHER_SIGNALS),
        *(talk.signal(name, focus) * (-1 if offset > 0 else 1) for name in FOCUS_SIGNALS),
        talk.signal("length", focus) * abs(offset),
    ]


WIDTH = len(OFFSETS) + 2 + 5 + 3 + len(ALL_HEADS) + 2 + len(OTHER_SIGNALS) + len(FOCUS_SIGNALS) + 1


def _shared(talk: Talk, focus: int, other: int) -> Row:
    """Words in common, and how much the other turn carries."""
    between = talk.bag(min(focus, other) + 1, max(focus, other))
    return [
        talk.overlap(focus, other),
        float(bool(talk.bags[focus] & talk.bags[other])),
        signals.overlap(talk.bags[other], between, talk.weights),
        talk.weight(other) / 10,
        float(len(talk.bags[other]) >= 3),
    ]


def _speakers(talk: Talk, focus: int, other: int) -> Row:
    """Same speaker; the one named in the other's turn."""
    here, there = talk.turns[focus], talk.turns[other]
    return [
        float(here.speaker == there.speaker),
        float(signals.first_name(there.speaker) in cues.plain(here.text)),
        float(signals.first_name(here.speaker) in cues.plain(there.text)),
    ]


def _between(talk: Talk, kind: Kind, focus: int, other: int) -> Row:
    """Whether something else was told or settled between the two turns."""
    inner = range(min(focus, other) + 1, max(focus, other))
    return [
        max((talk.logit("info", turn) for turn in inner), default=0.0),
        max((talk.logit(FOCUS_HEAD[kind], turn) for turn in inner), default=-5.0),
    ]
