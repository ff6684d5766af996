"""Spelling mended with a dictionary: one or two letters off a common word. It knows no grammar beyond a few neighbours.

Names, codes and anything with a capital inside a sentence are left alone: a wrong "correction" of a name is worse than
a typo.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import Any

from assent.features.drafting.shorthand import first_names, shorthand, spell_out

_WORD = re.compile(r"(?<![\w@/#.-])[A-Za-z][A-Za-z]*(?:['’][a-z]+)?(?![\w@/-])")
_DAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "september",
    "october",
    "november",
    "december",
)
_CONFUSED = (
    (r"\btheir (?=(?:is|are|was|were|will|has|have|might|can|should)\b)", "there "),
    (r"\bthere (?=(?:own|house|car|team|work|report|order|names?|badges?|keys?)\b)", "their "),
    (r"\bweather (?=(?:the|we|you|it|they|i|he|she|or|to)\b)", "whether "),
    (r"\byour (?=(?:welcome|right|late|not|going|the|a|invited)\b)", "you're "),
    (r"\bits (?=(?:a|the|not|been|too|very|ok|fine|still|already|only|just|going|broken|late)\b)", "it's "),
    (r"\b(could|should|would|must|might) of\b", r"\1 have"),
    (r"\b(more|less|better|worse|later|earlier|bigger|smaller|longer|shorter|cheaper|rather|other) then\b", r"\1 than"),
    (r"\bloose (?=(?:the|a|my|our|your|it|this|money|time)\b)", "lose "),
    (r"\b(alot)\b", "a lot"),
    (r"\bto (?=(?:many|much|late|early|long|big|small|few|expensive|slow|fast|hot|cold|often)\b)", "too "),
    (r"\btoo (?=(?:the|a|my|our|your|his|her|\w+day|\d)\b)", "to "),
    (r"\b(update|check|bring|save|sign|send|take|use|for|in|on|with|of|about) you're\b", r"\1 your"),
    (r"\ban other\b", "another"),
    (r"\b(there (?:are|were)|for|only|take|need|have) to (?=\w+s\b)(?!\w+ss\b)", r"\1 two "),
    (r"\bto (?=action's)", "two "),
    (r"\b(please|to|we|you|can|will) chose\b", r"\1 choose"),
    (r"\b(please) (find atached)", r"\1 find attached"),
    (r"\bpleas (?=[a-z])", "please "),
    (r"\bminuets\b", "minutes"),
    (r"(?<=\d )box's\b", "boxes"),
)
_COMMON_MISTAKES = {
    "definately": "definitely",
    "seperate": "separate",
    "recieve": "receive",
    "recieved": "received",
    "occured": "occurred",
    "wich": "which",
    "becuase": "because",
    "beleive": "believe",
    "thier": "their",
    "adress": "address",
    "accomodation": "accommodation",
    "tommorow": "tomorrow",
    "tommorrow": "tomorrow",
    "calender": "calendar",
    "maintainance": "maintenance",
    "acurate": "accurate",
    "untill": "until",
    "teh": "the",
    "twelf": "twelve",
    "fourty": "forty",
    "ninty": "ninety",
    "eigth": "eighth",
    "nineth": "ninth",
    "twelth": "twelfth",
    "corse": "course",
    "cheif": "chief",
    "comittee": "committee",
    "stearing": "steering",
    "meating": "meeting",
    "meatings": "meetings",
    "thrusday": "Thursday",
    "recomend": "recommend",
    "neccessary": "necessary",
    "sombody": "somebody",
    "shelve": "shelf",
    "leson": "lesson",
    "inventery": "inventory",
    "wether": "whether",
    "buisness": "business",
    "goverment": "government",
}


@cache
def _checker() -> Any:
    """The dictionary (English, by word frequency), loaded at first use."""
    from spellchecker import SpellChecker

    return SpellChecker(distance=2)


def spelled(text: str) -> str:
    """The text with typos mended."""
    for pattern, right in _CONFUSED:
        text = re.sub(pattern, right, text, flags=re.IGNORECASE)
    mended = _WORD.sub(lambda found: _mended(found.group(), _opens(text, found.start())), text)
    return spell_out(mended)


def _opens(text: str, at: int) -> bool:
    """Whether a word opens a sentence, so that its capital says nothing; "Dr. Pell" does not open one."""
    before = text[:at]
    return re.search(r"(?:^|[.!?]\s|\n)\s*$", before) is not None and not re.search(
        r"(?i)\b(?:dr|mr|mrs|ms|prof|st)\. *$", before
    )


def _mended(word: str, opens: bool) -> str:
    lower = word.lower().replace("’", "'")
    day = _day(lower)
    if day:
        return day
    if (
        (word[0].isupper() and not opens)
        or word.isupper()
        or len(word) < 3
        or "'" in lower
        or lower in shorthand()
        or lower in first_names()
    ):
        return word
    found = _COMMON_MISTAKES.get(lower) or _corrected(lower, opens and word[0].isupper())
    return found.capitalize() if word[0].isupper() else found


def _day(word: str) -> str | None:
    """The weekday or long month that a misspelt word stands for."""
    if len(word) < 6 or word in _checker():
        return None
    near = get_close_matches(word, _DAYS, n=1, cutoff=0.8)
    return near[0].capitalize() if near and near[0] != word else None


@cache
def _corrected(word: str, named: bool) -> str:
    """A common word one letter off, or two in a long one; `named`: it may be a name, so only long words are touched."""
    checker = _checker()
    if len(word) < (6 if named else 4) or _known(word):
        return word
    near = checker.known(checker.edit_distance_1(word))
    if not near and len(word) >= 7:
        near = {other for other in checker.candidates(word) or () if other[0] == word[0]}
    return str(
        max(near, key=lambda other: (_dropped_letter(word, other), checker.word_usage_frequency(other)), default=word)
    )


def _dropped_letter(word: str, other: str) -> float:
    """Most typos leave a letter out or swap two: a longer word that holds this one, or the same letters."""
    if sorted(word) == sorted(other):
        return 2.0
    letters = iter(other)
    return 1.0 if len(other) > len(word) and all(letter in letters for letter in word) else 0.0


def _known(word: str) -> bool:
    """In the dictionary, in its American spelling, or made of two words that are."""
    checker = _checker()
    american = (
        word.replace("our", "or"),
        re.sub(r"re(s?)$", r"er\1", word),
        re.sub(r"(is|ys)(e|ed|es|ing|ation|er)$", lambda found: found.group(1)[0] + "z" + found.group(2), word),
        word.replace("ll", "l"),
    )
    if word in checker or any(other in checker for other in american):
        return True
    if word.endswith("s") and word[:-1] in checker:
        return True
    return any(word[:at] in checker and word[at:] in checker for at in range(4, len(word) - 3))
