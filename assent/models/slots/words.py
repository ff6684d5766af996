"""Word classes of the slot codec: what counts as a number, a time word, a piece of a contraction. It knows no model."""

from __future__ import annotations

import re
import unicodedata

UNITS = frozenset(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen".split()
)
ORDINALS = frozenset(
    "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
    "seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth hundredth".split()
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
    parts = piece.lower().split("-")
    return all(part in UNITS or part in ORDINALS or part.rstrip("s") in UNITS or part == "odd" for part in parts if part)


def is_time(piece: str) -> bool:
    lower = piece.lower().rstrip("s") if piece.lower().endswith("days") else piece.lower()
    return lower in TIMES and (lower not in CAPITAL_ONLY or piece[0].isupper())


def shape(word: str) -> str:
    """The slot kind of a rare lower-case word, by ending: its likely part of speech."""
    for ending, kind in (("ing", "g"), ("ed", "e"), ("s", "s")):
        if word.endswith(ending) and len(word) > len(ending) + 2 and not word.endswith("ss"):
            return kind
    return "w"
