"""A transcript as numbers: for each turn its cues and its place in the talk, as the heads of the selector read them.

It knows no weights and no labels. Everything is computed from the words and the speakers alone, in one pass.
"""

from __future__ import annotations

import math
import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from assent.data.transcripts.turns import Transcript
from assent.features import cues, words

Matrix = NDArray[np.float64]

STRUCTURE = (
    "length", "one_word", "first", "last", "position", "chair", "share", "same_as_before", "returns", "same_as_next",
    "names_someone", "calls_someone", "named_speaks_next", "answers_name", "overlap_1", "overlap_2", "overlap_3",
    "overlap_next", "overlap_later", "overlap_end", "new_words", "speaks_again",
)  # fmt: skip
NAMES = cues.NAMES + STRUCTURE
END_TURNS = 6
"""How many last turns count as the end, where a chair reads back."""
REACH = 120
"""How far ahead a turn is compared, so that a long meeting takes no longer a turn than a short one."""


def content(text: str) -> frozenset[str]:
    """Stems of the words that carry content."""
    return frozenset(words.content_stems(text))


def name_parts(transcript: Transcript) -> frozenset[str]:
    """Lower-case parts of the speakers' labels, three letters or more."""
    return frozenset(
        part for label in transcript.participants for part in re.findall(r"[^\W\d_]{3,}", cues.plain(label))
    )


def first_name(label: str | None) -> str:
    """The first word of a label in lower case; a character that no text holds where there is none."""
    parts = cues.plain(label or "").split()
    return parts[0] if parts else "\0"


def idf(bags: list[frozenset[str]]) -> dict[str, float]:
    """Weight of each stem within this meeting."""
    counts = Counter(stem for bag in bags for stem in bag)
    return {stem: math.log(1 + len(bags) / count) for stem, count in counts.items()}


def overlap(left: frozenset[str], right: frozenset[str], weights: dict[str, float]) -> float:
    """Weighted share of the smaller bag that stands in the other; 0 for an empty one."""
    shared = sum(weights[stem] for stem in left & right)
    return shared / (2.0 + min(sum(weights[s] for s in left), sum(weights[s] for s in right))) if shared else 0.0


def matrix(transcript: Transcript) -> Matrix:
    """Shape (turns, len(NAMES))."""
    face = np.array([cues.cues(turn.text) for turn in transcript.turns]).reshape(len(transcript.turns), len(cues.NAMES))
    return np.hstack([face, _structure(transcript)])


def _structure(transcript: Transcript) -> Matrix:
    turns = transcript.turns
    bags = [content(turn.text) for turn in turns]
    weights, count = idf(bags), Counter(turn.speaker for turn in turns)
    chair = count.most_common(1)[0][0] if count else None
    first_names = {label: first_name(label) for label in transcript.participants}
    end = frozenset[str]().union(*bags[-END_TURNS:]) if bags else frozenset[str]()
    rows = np.zeros((len(turns), len(STRUCTURE)))
    for i, turn in enumerate(turns):
        said = cues.tokens(turn.text)
        named = [label for label, name in first_names.items() if name in said and label != turn.speaker]
        called = [label for label in named if first_names[label] in (said[:2] + said[-2:])]
        speaker = [turns[j].speaker if 0 <= j < len(turns) else None for j in (i - 2, i - 1, i + 1)]
        later = [overlap(bags[i], bags[j], weights) for j in range(i + 6, min(i + REACH, len(turns)))]
        before = frozenset[str]().union(*bags[max(0, i - 8) : i]) if i else frozenset[str]()
        rows[i] = (
            math.log1p(len(said)) / 3,
            len(said) <= 2,
            i < 3,
            len(turns) - i <= END_TURNS,
            i / len(turns),
            turn.speaker == chair,
            count[turn.speaker] / len(turns),
            turn.speaker == speaker[1],
            turn.speaker == speaker[0] != speaker[1],
            turn.speaker == speaker[2],
            bool(named),
            bool(called),
            speaker[2] in named,
            i > 0 and first_name(turn.speaker) in cues.plain(turns[i - 1].text),
            *(overlap(bags[i], bags[i - k], weights) if i >= k else 0.0 for k in (1, 2, 3)),
            overlap(bags[i], bags[i + 1], weights) if i + 1 < len(turns) else 0.0,
            max(later, default=0.0),
            overlap(bags[i], end, weights) if len(turns) - i > END_TURNS else 0.0,
            sum(weights[stem] for stem in bags[i] - before) / 20,
            any(turns[j].speaker == turn.speaker for j in range(i + 1, min(i + 4, len(turns)))),
        )
    return rows
