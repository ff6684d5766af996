"""The last word wins: a day or a number that somebody took back is no longer what was said ("Thursday ... no, Friday").

It knows nothing of who may overrule whom.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from assent.features.grounding import dates, numbers
from assent.features.grounding.passage import Passage
from assent.features.grounding.words import content_stems, words

_CORRECTION = re.compile(
    r"(?:^|[\s,.?!|])(?:no|sorry|actually|I mean|scratch that|make (?:it|that)|rather|correction"
    r"|moved? to"
    r"|shift(?:ed)? (?:it )?to|push(?:ed)? (?:it )?to|changed? (?:it )?to|it's now|better"
    r"|can't do|won't do|don't do)\b",
    re.IGNORECASE,
)
_REACH = {"weekday": 90, "month": 90, "number": 30}
"""Characters between what is taken back and what takes its place; amounts stand too close together for more."""
_SETTLES = 4
"""Words, at most, in the short reply that settles a day ("Wednesday it is, then")."""
_DENIED = re.compile(
    r"\b(?:not|isn't|never|instead of|rather than|can't do|no longer|can't be|won't be) (?:on |the |in |by )?$", re.I
)


@dataclass(frozen=True, slots=True)
class _Said:
    start: int
    end: int
    meaning: frozenset[object]
    sort: str


def holds(text: str, passage: Passage) -> bool:
    """No day or number of `text` was taken back for another one that `text` does not name."""
    talk = " | ".join(passage.texts)
    said, claimed = _values(talk), _values(text)
    return not any(_taken_back(value, claimed, said, talk) and not _contrasted(value, text) for value in claimed)


@lru_cache(maxsize=128)
def _values(text: str) -> tuple[_Said, ...]:
    days = [_Said(when.start, when.end, frozenset({when.key}), _sort(when.key)) for when in dates.calendar(text)]
    amounts = [
        _Said(number.start, number.end, frozenset(number.readings), "number")
        for number in numbers.mentions(text)
        if ("n", 1.0) not in number.readings
    ]
    return tuple(sorted(days + amounts, key=lambda value: value.start))


def _sort(key: str) -> str:
    return "weekday" if dates.is_weekday(key) else "month"


def _contrasted(value: _Said, text: str) -> bool:
    return bool(_DENIED.search(text[: value.start]))


def _taken_back(value: _Said, claimed: tuple[_Said, ...], said: tuple[_Said, ...], talk: str) -> bool:
    same = [other for other in said if other.sort == value.sort]
    mine = [at for at, other in enumerate(same) if other.meaning & value.meaning]
    later = same[mine[-1] + 1 :] if mine else []
    if not later or any(other.meaning & new.meaning for new in later for other in claimed):
        return False
    between = talk[same[mine[-1]].end : later[0].start]
    corrected = len(between) <= _REACH[value.sort] and bool(_CORRECTION.search(between))
    denied = all(_DENIED.search(talk[: same[at].start]) for at in mine)
    return corrected or denied or (value.sort != "number" and _settles(later[-1], talk))


def _settles(value: _Said, talk: str) -> bool:
    """Is the last day said on its own, as a reply that settles it?"""
    start = max(talk.rfind(mark, 0, value.start) for mark in ".?!|") + 1
    end = min((at for at in (talk.find(mark, value.end) for mark in ".?!|") if at >= 0), default=len(talk))
    if talk[end : end + 1] == "?":
        return False
    reply = words(talk[start : value.start] + talk[value.end : end])
    return len(reply) < _SETTLES and not content_stems(reply)
