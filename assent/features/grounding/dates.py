"""Days, months and relative times, each under one key: "Thu", "Thursdays" and "thursday" are one day.

It knows no calendar: "tomorrow" agrees with "tomorrow", not with a date worked out from the day of the meeting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT = {"mon": "monday", "tue": "tuesday", "tues": "tuesday", "wed": "wednesday", "weds": "wednesday",
          "thu": "thursday",
          "thur": "thursday", "thurs": "thursday", "fri": "friday", "sat": "saturday", "sun": "sunday",
          "jan": "january", "feb": "february", "mar": "march", "apr": "april", "jun": "june", "jul": "july",
          "aug": "august", "sept": "september", "sep": "september", "oct": "october", "nov": "november",
          "dec": "december"}  # fmt: skip
WORDS = (*_DAYS, *_MONTHS, "today", "tomorrow", "yesterday", "tonight", "weekend", "morning", "afternoon", "evening")
# Common words that are days or months only with a capital.
_AMBIGUOUS = frozenset({"may", "march", "mar", "mon", "wed", "sat", "sun", "jan", "dec", "apr", "fri"})

# One key per meaning; the first alternative that fits names it.
_RELATIVE = {
    "tomorrow": r"tomorrow|to-morrow",
    "yesterday": r"yesterday|last night",
    "today": r"today|this (?:morning|afternoon)",
    "tonight": r"tonight|this evening",
    "weekend": r"week-?ends?|saturday|sunday",
    "next week": r"next week|week after(?: this)?|(?:monday|tuesday|wednesday|thursday|friday) week",
    "this week": r"this week|(?:end of|by) the week",
    "next month": r"next month",
    "this month": r"this month|(?:end of|by) the month",
    "next year": r"next year",
    "this year": r"this year|(?:end of|by) the year",
    "morning": r"mornings?|\d ?am\b|a\.m\.|breakfast|first thing|dawn|early",
    "afternoon": r"afternoons?|\d ?pm\b|p\.m\.|after lunch|lunch",
    "evening": r"evenings?|tonight|\d ?pm\b|p\.m\.|after hours|night",
    "noon": r"noon|midday|mid-day|lunch\w*|twelve|12",
    "midnight": r"midnight|twelve|12",
    "christmas": r"christmas|xmas",
    "easter": r"easter",
}
_CLAIMED = {
    "tomorrow": r"tomorrow",
    "yesterday": r"yesterday",
    "today": r"today",
    "tonight": r"tonight",
    "weekend": r"weekend",
    "next week": r"next week",
    "this week": r"this week",
    "next month": r"next month",
    "this month": r"this month",
    "next year": r"next year",
    "this year": r"this year",
    "morning": r"morning",
    "afternoon": r"afternoon",
    "evening": r"evening",
    "noon": r"noon|midday",
    "midnight": r"midnight",
    "christmas": r"christmas|xmas",
    "easter": r"easter",
}
_SAID = {key: re.compile(rf"\b(?:{pattern})", re.IGNORECASE) for key, pattern in _RELATIVE.items()}
_CLAIM = {key: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for key, pattern in _CLAIMED.items()}
_CALENDAR = re.compile(r"\b([A-Za-z]{3,9}?)(?:s|'s|’s)?\b(?!-)")


@dataclass(frozen=True, slots=True)
class When:
    """One mention of a day, a month or a relative time."""

    start: int
    end: int
    key: str


def calendar(text: str) -> list[When]:
    """Weekdays and months named in `text`."""
    lower_only = text == text.lower()
    found = []
    for word in _CALENDAR.finditer(text):
        name = word[1].lower()
        if name in _AMBIGUOUS and not (word[1][0].isupper() or (lower_only and name in _MONTHS)):
            continue
        key = _SHORT.get(name, name)
        if key in _DAYS or key in _MONTHS:
            found.append(When(*word.span(), key))
    return found


def claims(text: str) -> list[When]:
    """What a statement says of days and times, number words apart."""
    relative = [When(*found.span(), key) for key, pattern in _CLAIM.items() for found in pattern.finditer(text)]
    return calendar(text) + relative


def said(texts: Iterable[str]) -> frozenset[str]:
    """The keys that the evidence holds, near-synonyms of a relative time included."""
    texts = tuple(texts)
    joined = "\n".join(texts)
    relative = {key for key, pattern in _SAID.items() if pattern.search(joined)}
    return frozenset(relative | {when.key for text in texts for when in calendar(text)})


def is_weekday(key: str) -> bool:
    return key in _DAYS


def unsupported(text: str, held: frozenset[str]) -> list[When]:
    """Days and times of `text` that the evidence does not say; a part of the day only where it says another one."""
    return [when for when in claims(text) if when.key not in held and not (when.key in _PARTS and not held & _PARTS)]


_PARTS = frozenset({"morning", "afternoon", "evening"})
