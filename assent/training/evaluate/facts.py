"""Whether a text keeps a fact, and what it says that its source does not give. It knows no request and no tone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from difflib import get_close_matches

from assent.training.evaluate.words import listed, stem

_SHORT = {
    "mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "weds": "wednesday", "thu": "thursday",
    "thur": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday", "sun": "sunday", "jan": "january",
    "feb": "february", "mar": "march", "apr": "april", "jun": "june", "jul": "july", "aug": "august",
    "sept": "september", "sep": "september", "oct": "october", "nov": "november", "dec": "december",
    "tmrw": "tomorrow", "tmr": "tomorrow", "mins": "minutes", "min": "minutes", "hrs": "hours", "hr": "hour",
    "wk": "week", "wks": "weeks",
}  # fmt: skip
_SMALL = listed("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen")
_SMALL += listed("seventeen eighteen nineteen")
_TENS = listed("twenty thirty forty fifty sixty seventy eighty ninety")
_NUMBERS = {word: str(value) for value, word in enumerate(_SMALL)}
_NUMBERS |= {word: str(10 * value) for value, word in enumerate(_TENS, 2)}
_DAYS = frozenset(
    listed("monday tuesday wednesday thursday friday saturday sunday january february april june july august september")
    + listed("october november december tomorrow tonight yesterday")
)
_NO_NAME = frozenset(
    listed("i mr mrs ms dr sir madam professor ok okay am pm hr it dear hi hello hey thanks thank best kind regards")
    + listed("yours please sorry all team everyone")
)
"""Words that are written with a capital and name nobody."""
_COUNTED = frozenset({"0", "1", "2", "3"})
"""Numbers that a writer may reach, in words, by counting what the source lists."""
_ORDERS = frozenset(
    listed("tell ask remind inform write draft word compose enquire explain answer congratulate decline refuse concede")
    + listed("admit announce invite thank apologise apologize warn message email reply report sound put set")
)
"""Words that tell a writer what to do."""
_MISSPELT = 0.72
"""Likeness (difflib) from which a word of the source is a day or number word with a typing error."""


def keeps(fact: str, text: str) -> bool:
    """Whether the fact stands in the text, however its days, numbers and endings are written."""
    wanted, held = _plain(fact), _plain(text)
    return any(held[place : place + len(wanted)] == wanted for place in range(len(held) - len(wanted) + 1))


def invented(text: str, source: str, never: Iterable[str] = ()) -> list[str]:
    """What the text says that the source does not give: a phrase of `never`, a number, a day, a name."""
    given = frozenset(_plain(source))
    phrases = [phrase for phrase in never if _whole(phrase, text)]
    timed = [token for token in _tokens(text) if not _number_given(token, given) or not _day_given(token, given)]
    names = [name for name in _names(text) if name not in _DAYS and stem(_SHORT.get(name, name)) not in given]
    return [*phrases, *timed, *names]


def orders(text: str, instruction: str) -> list[str]:
    """Commands to the writer that the text repeats ("tell the team") where it should carry them out."""
    told, asked = f" {' '.join(_tokens(text))} ", _tokens(instruction)
    starts = [place for place, word in enumerate(asked[:-2]) if word in _ORDERS]
    phrases = [" ".join(asked[place : place + 3]) for place in starts]
    return [phrase for phrase in phrases if f" {phrase} " in told]


def _number_given(token: str, given: Collection[str]) -> bool:
    if token.isdigit():
        return token in given
    value = _NUMBERS.get(token)
    return value is None or value in _COUNTED or value in given or _misspelt(token, given)


def _day_given(token: str, given: Collection[str]) -> bool:
    day = _SHORT.get(token, token)
    return day not in _DAYS or stem(day) in given or _misspelt(stem(day), given)


def _misspelt(word: str, given: Collection[str]) -> bool:
    """Near to a word of the source that is no day or number itself."""
    rivals = {stem(day) for day in _DAYS} | {stem(short) for short in _SHORT}
    near = get_close_matches(word, given, n=1, cutoff=_MISSPELT)
    return bool(near) and near[0] not in rivals and not near[0].isdigit()


def _whole(phrase: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase.lower())}(?!\w)", text.lower()) is not None


def _tokens(text: str) -> list[str]:
    """Lower-case words and numbers; "3pm" is two of them, "1,400" one."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.lower().replace("’", "'"))
    return re.findall(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?", re.sub(r"'s\b", "", text))


def _plain(text: str) -> list[str]:
    """Tokens with days spelled out, numbers in digits, and endings off."""
    tokens = (_SHORT.get(token, token) for token in _tokens(text))
    return [_NUMBERS.get(token) or (token if token.isdigit() else stem(token)) for token in tokens]


def _names(text: str) -> list[str]:
    """Words with a capital inside a sentence, lower-cased."""
    found = re.findall(r"(?<![.!?:\n•-]\s)(?<!^)(?<=[^\S\n])([A-Z][^\W\d_]*(?:['’-][A-Za-z]+)*)", text)
    words = [part for word in found for part in _tokens(word.replace("-", " "))]
    return [word for word in words if word.split("'")[0] not in _NO_NAME]
