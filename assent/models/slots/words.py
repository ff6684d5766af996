"""Word classes of the slot codec: what counts as a number, a time word, a piece of a contraction. It knows no model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

UNITS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion "
    "dozen".split()
)
MAGNITUDES = frozenset({"hundred", "thousand", "million"})
"""After these an "and" goes on with the number."""
ORDINALS = frozenset(
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth hundredth".split()
)
TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april june july august september "
    "october november december today tomorrow tonight yesterday noon midnight".split()
)
"""`may` is left out: it is a verb far more often than a month."""
CAPITAL_ONLY = frozenset({"march"})
"""Time words that count only when capitalised."""

TOKEN = re.compile(
    r"[€$£]?\d[\w.,:/%€$£-]*[\w%€$£]|[€$£]?\d[%€$£]?"  # numbers, times, codes that begin with a digit
    r"|[^\W\d_](?:[\w]|[-'’.&/@](?=\w))*"  # words, with inner hyphens, apostrophes, dots
    r"|\n|[^\w\s]|_"
)
CONTRACTION = re.compile(r"(?i)(n['’]t|['’](?:ll|ve|re|m|s|d))$")


def split(text: str) -> list[str]:
    """Words, contraction pieces and punctuation of `text`, case kept; a line break is the piece "\\n"."""
    pieces: list[str] = []
    for token in TOKEN.findall(unicodedata.normalize("NFC", text)):
        match = CONTRACTION.search(token) if token[0].isalpha() else None
        if match and match.start() > 0:
            pieces += [token[: match.start()], match.group().replace("’", "'")]
        else:
            pieces.append(token)
    return pieces


def is_number(piece: str) -> bool:
    """Whether the piece states a number: digits, number words ("thirty-one"), ordinals but for "first"."""
    if any(character.isdigit() for character in piece):
        return True
    parts = [part for part in piece.lower().split("-") if part]
    return bool(parts) and all(map(_is_number_word, parts))


def _is_number_word(word: str) -> bool:
    return word in UNITS or word in ORDINALS or word.rstrip("s") in UNITS or word == "odd"


def number_length(pieces: Sequence[str], start: int) -> int:
    """How many pieces from `start` are one number: "two hundred and twelve" is four. Digits end it."""
    end = start
    while end < len(pieces) and (is_number(pieces[end]) or (end > start and _links_numbers(pieces, end))):
        end += 1
        if any(character.isdigit() for character in pieces[end - 1]):
            break
    return end - start


def _links_numbers(pieces: Sequence[str], index: int) -> bool:
    """Whether the piece is the "and" or "point" inside a number: "one thousand and two", "one point five"."""
    if index + 1 == len(pieces) or not is_number(pieces[index + 1]):
        return False
    before, piece = pieces[index - 1].lower(), pieces[index].lower()
    return (piece == "and" and before in MAGNITUDES) or (piece == "point" and before in UNITS)


def is_time(piece: str) -> bool:
    lower = piece.lower().rstrip("s") if piece.lower().endswith("days") else piece.lower()
    return lower in TIMES and (lower not in CAPITAL_ONLY or piece[0].isupper())
