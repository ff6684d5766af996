"""English endings: a word as its plain form and -s, -ed or -ing, and back. It knows no slot.

Only what comes back letter for letter is taken apart, so that a text that goes through it stays as it was. Which plain
form an ending stands on ("moving" on move, "planning" on plan) is settled by how common the candidates are.
Nothing of a text is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

ENDINGS = ("s", "ed", "ing")
SHORTEST = 3
"""Letters of a plain form."""
RARER = 5
"""A plain form this many times rarer than the word is none of it: feed is not fee and -ed."""
WHOLE = frozenset(
    (
        "anything bring ceiling during evening everything king morning news nothing ring seed series shed something "
        "species spring string theses thing weed wing"
    ).split()
)
"""Words that look like a form of another and are none."""
_VOWELS = frozenset("aeiou")
_HISSING = ("s", "x", "z", "ch", "sh")


def apart(word: str) -> tuple[str, str]:
    """(plain form, ending) of a lower-case word, with the ending "" where it has none or would not come back."""
    for ending in ENDINGS:
        if word.endswith(ending) and word not in WHOLE and not word.endswith(("ss", "us", "is")):
            found = [plain for plain in _plain(word, ending) if _frequency(plain) and together(plain, ending) == word]
            best = max(found, key=_frequency, default="")
            if best and _frequency(best) * RARER >= _frequency(word):
                return best, ending
    return word, ""


def together(plain: str, ending: str) -> str:
    """The form of a plain word; of two spellings the more common one."""
    return max(_spelled(plain, ending), key=_frequency) if ending else plain


def _plain(word: str, ending: str) -> Iterator[str]:
    """What the word may be a form of."""
    stem = word[: -len(ending)]
    candidates = [stem, stem + "e"]
    if stem[-1:] == stem[-2:-1]:
        candidates.append(stem[:-1])
    if ending == "s":
        candidates = [stem] + ([stem[:-1]] if stem.endswith("e") else [])
    if word.endswith(("ies", "ied")):
        candidates.append(word[:-3] + "y")
    return (plain for plain in candidates if len(plain) >= SHORTEST and re.search("[aeiouy]", plain))


def _spelled(plain: str, ending: str) -> list[str]:
    """The ways to write it, the likeliest first."""
    last, before, third = plain[-1:], plain[-2:-1], plain[-3:-2]
    if last == "y" and before not in _VOWELS and ending != "ing":
        return [plain[:-1] + ("ies" if ending == "s" else "ied")]
    if ending == "s":
        if plain.endswith("o"):
            return [plain + "s", plain + "es"]
        return [plain + ("es" if plain.endswith(_HISSING) else "s")]
    if plain.endswith("ie") and ending == "ing":
        return [plain[:-2] + "ying"]
    if plain.endswith("e"):
        silent = ending == "ed" or not plain.endswith(("ee", "oe", "ye"))
        return [(plain[:-1] if silent else plain) + ending]
    if last in "aeiouwxy" or before not in _VOWELS or third in _VOWELS:
        return [plain + ending]
    doubled = plain + last + ending
    return [doubled] if len(re.findall("[aeiouy]+", plain)) == 1 else [plain + ending, doubled]


def _frequency(word: str) -> int:
    return int(_dictionary()[word])


@cache
def _dictionary() -> Any:
    from spellchecker import SpellChecker

    return SpellChecker().word_frequency
