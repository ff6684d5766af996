"""Cuts a meeting into topics where its words change, and names one where no model can. It knows no model.

Lexical cohesion between neighbouring blocks of turns, as TextTiling does (Hearst 1997, https://aclanthology.org/J97-1003).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from assent.data.transcripts.turns import Turn
from assent.features.words import content_stems, content_words
from assent.models.slots.words import ORDINALS, UNITS

BLOCK = 8
"""Turns on either side of a possible boundary."""
MIN_TURNS = 10
"""No topic is shorter, but for a meeting that is."""
WORDS_PER_TOPIC = 220
MAX_TOPICS = 12
OPENERS = re.compile(
    r"^(?i:(?:(?:okay|ok|right|so|now|well|good|great|all right|alright|thanks?)[,. ]+)*)"
    r"(?:(?i:next|moving on|on to|onto|let's (?:move|go|start|talk|do|turn)|last (?:one|thing|item)|item|first|second|"
    r"then,|any other)\b|[A-Z][\w' -]{2,30}[.,] [A-Z][a-z]+[.?])",
)
OPENER_BONUS = 0.25
"""How much a turn that announces a topic weighs beside the depth of the gap, which is at most 2."""


def segments(turns: Sequence[Turn]) -> list[tuple[int, int]]:
    """Spans (first, last), both included, that together hold every turn once."""
    if not turns:
        return []
    words = sum(len(turn.text.split()) for turn in turns)
    wanted = max(1, min(MAX_TOPICS, round(words / WORDS_PER_TOPIC), len(turns) // MIN_TURNS))
    depths = _depths([Counter(content_stems(turn.text)) for turn in turns])
    for index, turn in enumerate(turns):
        depths[index] += OPENER_BONUS * bool(OPENERS.match(turn.text))
    starts = [0]
    for index in sorted(range(1, len(turns)), key=lambda index: -depths[index]):
        if len(starts) == wanted:
            break
        if all(abs(index - start) >= MIN_TURNS for start in [*starts, len(turns)]):
            starts.append(index)
    starts.sort()
    return list(zip(starts, [start - 1 for start in starts[1:]] + [len(turns) - 1], strict=True))


def _depths(bags: list[Counter[str]]) -> list[float]:
    """For the gap before each turn: how far its similarity lies below the peaks on both sides."""
    similarity = [
        _cosine(sum(bags[max(0, gap - BLOCK) : gap], Counter()), sum(bags[gap : gap + BLOCK], Counter()))
        for gap in range(len(bags))
    ]
    depths = []
    for gap, value in enumerate(similarity):
        left = max(similarity[max(1, gap - BLOCK) : gap + 1], default=value)
        right = max(similarity[gap : gap + BLOCK + 1])
        depths.append((left - value) + (right - value))
    return depths


def _cosine(one: Counter[str], other: Counter[str]) -> float:
    shared = sum(count * other[stem] for stem, count in one.items())
    norm = math.sqrt(sum(c * c for c in one.values()) * sum(c * c for c in other.values()))
    return shared / norm if norm else 0.0


def keywords(turns: Sequence[Turn], everything: Sequence[Turn], count: int = 3) -> list[str]:
    """The words that mark these turns off from the whole meeting, in order of first use."""
    inside = Counter(content_words(" ".join(turn.text for turn in turns)))
    whole = Counter(content_words(" ".join(turn.text for turn in everything)))
    people = {part.lower() for turn in everything if turn.speaker for part in turn.speaker.split()}
    numbers = UNITS | ORDINALS
    scores = {
        word: seen * math.log(1 + seen / (1 + whole[word] - seen))
        for word, seen in inside.items()
        if word not in people | numbers
    }
    best = sorted(scores, key=lambda word: (-scores[word], word))[:count]
    return [word for word in inside if word in best]
