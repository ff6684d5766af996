"""The shortest form of minutes: the sentences that together say most in a given number of words. It knows no model.

Greedy budgeted coverage (Lin and Bilmes 2010, https://aclanthology.org/N10-1134): each sentence is worth the
content stems it adds, a stem the more the oftener the meeting says it, per word of its length.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from assent.data.transcripts.turns import Transcript
from assent.features.minutes import MinutesDocument
from assent.features.quoting import sentences
from assent.features.words import content_stems

REPEATED = 0.3
"""What a stem is worth the second time it is said, and so on by powers."""
LENGTH_POWER, LENGTH_OFFSET = 0.9, 4
"""A sentence's gain is divided by (words + 4) ** 0.9: long sentences pay nearly in full, scraps gain nothing."""
MIN_WORDS = 4
"""A shorter sentence says nothing alone."""


def brief(document: MinutesDocument, transcript: Transcript, words: int = 200) -> str:
    """At most `words` words: the decisions, tasks, questions and points that cover most, in the minutes' order."""
    said = Counter(stem for turn in transcript.turns for stem in content_stems(turn.text))
    weights = {stem: math.log1p(count) for stem, count in said.items()}
    pieces = [piece for piece in dict.fromkeys(_pieces(document)) if len(piece.split()) >= MIN_WORDS]
    return " ".join(pieces[index] for index in _chosen(pieces, weights, words))


def _pieces(document: MinutesDocument) -> Iterator[str]:
    """Sentences of every statement, the recap's first."""
    statements = [*document.recap, *document.decisions]
    tasks = [f"{item.owner} will: {item.task}." if item.owner else f"{item.task}." for item in document.action_items]
    points = [point for topic in document.topics for point in topic.points]
    for text in (*(s.text for s in statements), *tasks, *(s.text for s in (*document.open_questions, *points))):
        yield from sentences(text)


def _chosen(pieces: Sequence[str], weights: dict[str, float], room: int) -> list[int]:
    """Indexes of the pieces that fit, in order; each time the one with the highest gain for its length."""
    stems = [set(content_stems(piece)) for piece in pieces]
    covered: Counter[str] = Counter()
    left, chosen = set(range(len(pieces))), []

    def worth(index: int) -> float:
        gain: float = sum(weights.get(stem, 0.0) * REPEATED ** covered[stem] for stem in stems[index])
        return gain / math.pow(len(pieces[index].split()) + LENGTH_OFFSET, LENGTH_POWER)

    while left:
        best = max(left, key=lambda index: (worth(index), -index))
        left.remove(best)
        if len(pieces[best].split()) <= room:
            room -= len(pieces[best].split())
            chosen.append(best)
            covered.update(stems[best])
    return sorted(chosen)
