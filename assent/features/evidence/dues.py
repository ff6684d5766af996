"""Which phrase of time is the due date of a task: how each one in or near the evidence looks to the due judge.

It knows no weights and no calendar. The phrase that stands is returned as it was said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assent.features import cues, dates
from assent.features.evidence.judges import Judges
from assent.features.evidence.talk import Row, Talk

STANDS = 0.35
"""From this chance on a phrase is the due date; below it for all phrases, the task has none."""
NEAR = 0.12
"""Turns with a smaller chance to belong to the task are not looked at."""
OFFSETS = (-3, -2, -1, 0, 1, 2, 3)
SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:by|before|till|until|within)\b",
        r"^(?:on|at|for)\b",
        r"^(?:in|after|from|over|during)\b",
        r"\b(?:last|yesterday|every|ago)\b",
        r"\b(?:today|tonight|tomorrow|this|now)\b",
        r"\b(?:next|end of)\b",
        cues.CUES["weekday"],
        cues.CUES["month"],
        cues.CUES["ordinal"],
        r"^(?:straight|as soon|once|when)\b",
    )
)
SENTENCE_CUES = tuple(
    re.compile(cues.CUES[name])
    for name in (
        "promise",
        "volunteer",
        "question",
        "done",
        "negated",
        "ask",
        "if",
        "someone_will",
        "told",
        "send_verbs",
    )
)
_SENTENCE_END = re.compile(r"[.?!…]")


@dataclass(frozen=True, slots=True)
class Spot:
    """A phrase of time in a turn; `rank` is its place among those of the turn, counted from the last."""

    turn: int
    phrase: dates.TimePhrase
    rank: int


def spots(talk: Talk, focus: int, linked: dict[int, float]) -> list[Spot]:
    """The phrases of the focus and of the turns that may belong with it."""
    turns = sorted([focus, *(turn for turn, chance in linked.items() if chance >= NEAR)])
    found = {turn: dates.phrases(talk.turns[turn].text) for turn in turns}
    return [
        Spot(turn, phrase, len(said) - place) for turn, said in found.items() for place, phrase in enumerate(said, 1)
    ]


def row(talk: Talk, focus: int, linked: dict[int, float], spot: Spot) -> Row:
    text = talk.turns[spot.turn].text
    sentence = cues.plain(_sentence(text, spot.phrase))
    return [
        linked.get(spot.turn, 1.0),
        *(float(spot.turn - focus == offset) for offset in OFFSETS),
        float(talk.turns[spot.turn].speaker == talk.turns[focus].speaker),
        talk.logit("commit", spot.turn),
        talk.logit("action", spot.turn),
        float(spot.phrase.clause),
        float(spot.rank == 0),
        min(len(sentence.split()), 20) / 10,
        len(spot.phrase.text.split()) / 4,
        *(float(shape.search(spot.phrase.text) is not None) for shape in SHAPES),
        *(float(cue.search(sentence) is not None) for cue in SENTENCE_CUES),
        talk.signal("length", focus) * (spot.turn != focus),
    ]


def resolve(talk: Talk, focus: int, linked: dict[int, float], judges: Judges) -> str | None:
    """The phrase likeliest to be the due date, or None."""
    said = spots(talk, focus, linked)
    chances = judges.judge("due", [row(talk, focus, linked, spot) for spot in said])
    if not said or chances.max() < STANDS:
        return None
    return said[int(chances.argmax())].phrase.text


def _sentence(text: str, phrase: dates.TimePhrase) -> str:
    """The sentence around a phrase."""
    before = [m.end() for m in _SENTENCE_END.finditer(text, 0, phrase.start)]
    after = _SENTENCE_END.search(text, phrase.end)
    return text[before[-1] if before else 0 : after.end() if after else len(text)]
