"""Spelling mended with a dictionary: one or two letters off a common word. It knows no grammar beyond a few neighbours.

Names, codes and anything with a capital inside a sentence are left alone: a wrong "correction" of a name is worse than
a typo.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from assent.features.drafting.shorthand import first_names, shorthand, spell_out

_WORD = re.compile(r"(?<![\w@/#.-])[A-Za-z][A-Za-z]*(?:['’][a-z]+)?(?![\w@/-])")
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
    (r"(?<=\d )box's\b", "boxes"),
)
_COMMON_MISTAKES = {
    "definately": "definitely", "seperate": "separate", "recieve": "receive", "recieved": "received", "occured": "occurred", "untill": "until", "wich": "which", "becuase": "because", "beleive": "believe", "thier": "their",
    "adress": "address", "accomodation": "accommodation", "tommorow": "tomorrow", "tommorrow": "tomorrow", "calender": "calendar", "maintainance": "maintenance", "acurate": "accurate", "untill": "until", "teh": "the",
    "recomend": "recommend", "neccessary": "necessary", "sombody": "somebody", "shelve": "shelf", "leson": "lesson", "inventery": "inventory", "wether": "whether", "buisness": "business", "goverment": "government",
}  # fmt: skip


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
    """Whether a word opens a sentence, so that its capital says nothing."""
    return re.search(r"(?:^|[.!?]\s|\n)\s*$", text[:at]) is not None


def _mended(word: str, opens: bool) -> str:
    lower = word.lower().replace("’", "'")
    if (word[0].isupper() and not opens) or word.isupper() or len(word) < 3 or lower in shorthand() or lower in first_names() or "'" in lower:
        return word
    found = _COMMON_MISTAKES.get(lower) or _corrected(lower)
    return found.capitalize() if word[0].isupper() else found


@cache
def _corrected(word: str) -> str:
    checker = _checker()
    if word in checker or len(word) < 4:
        return word
    for ending in ("s", "ed", "ing", "er", "ly"):
        if word.endswith(ending) and word[: -len(ending)] in checker and len(word) - len(ending) > 2:
            return word
    return str(checker.correction(word) or word)
