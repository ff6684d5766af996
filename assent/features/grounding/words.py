"""Words of a text: tokens, stems and clauses, with the marks the checks ask for. It knows no meeting."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from assent.features.grounding.lexicon import FUNCTION, NEGATIONS

_STEMMER = snowballstemmer.stemmer("english")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*")
_CLAUSE_END = re.compile(
    r"(?<=[.?!;:,])\s+|\s+[-–—]+\s+|\s+(?=(?:but|because|so|unless|if|although|though)\b)", re.IGNORECASE
)


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The snowball stem of a lower-case word, possessive taken off."""
    bare = word.replace("’", "'").removesuffix("'s").removesuffix("'")
    return str(_STEMMER.stemWord(bare))


def words(text: str) -> list[str]:
    """Words and digit groups of `text` in lower case, apostrophes straight."""
    return [found.replace("’", "'").lower() for found in _WORD.findall(text)]


def content_stems(tokens: list[str]) -> list[str]:
    """Stems of the words that carry content; digits are left to the number check."""
    return [stem(token) for token in tokens if token not in FUNCTION and not token[0].isdecimal() and len(token) > 1]


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between two breaks of punctuation. `turn` is the place of its turn in the evidence."""

    turn: int
    speaker: str
    tokens: tuple[str, ...]
    stems: frozenset[str]
    asked: bool
    negated: bool
    text: str


def clauses(turn: int, speaker: str, text: str) -> list[Clause]:
    """The clauses of one turn; a clause is `asked` when the sentence it stands in ends in a question mark."""
    found = []
    for sentence in re.split(r"(?<=[.?!])\s+", text):
        asked = sentence.rstrip("\"'”’ ").endswith("?")
        for part in _CLAUSE_END.split(sentence):
            tokens = words(part)
            if tokens:
                negated = not NEGATIONS.isdisjoint(tokens)
                found.append(
                    Clause(turn, speaker, tuple(tokens), frozenset(content_stems(tokens)), asked, negated, part)
                )
    return found
