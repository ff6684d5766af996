"""Chat shorthand written out: "tell ingrid its moved to thu" -> "tell Ingrid it's moved to Thursday".

It knows no meaning: a word is replaced where its look and its neighbours settle it, and left alone otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"w/(?:out|o)?(?!\w)|[A-Za-z][A-Za-z'’]*|[+&]|\d+[\w.,:/%-]*|\S")
ADDRESSING = frozenset(
    (
        "tell ask remind thank congratulate invite chase warn inform cc welcome text email nudge message "
        "hi hey dear hello"
    ).split()
)
_MONTHS = {
    "jan": "January",
    "feb": "February",
    "mar": "March",
    "apr": "April",
    "jun": "June",
    "jul": "July",
    "aug": "August",
    "sep": "September",
    "sept": "September",
    "oct": "October",
    "nov": "November",
    "dec": "December",
    "may": "May",
    "march": "March",
}
_MONTH_BEFORE = frozenset(
    "in until till by before after since mid early late end of from to during next last and - –".split()
)
_BEFORE_SUNDAY = frozenset("on this next by sat and his her from to till until before after late early".split())
_IT_IS = re.compile(
    r"(?i)^(?:\d|a$|an$|the$|not$|my$|our$|too$|past$|like$|only$|ok$|fine$|no$|just$|still$|been$|"
    r"also$|mine$|almost$|in$|on$|at$|all$|[a-z]+ing$|[a-z]+ed$|broken$|good$|bad$|late$|free$)"
)
_COMMON = frozenset(
    (
        "team everyone all the my our them him her his their that if for to about whether it who when "
        "where what why how can could legal"
    ).split()
)


def table(name: str) -> list[str]:
    text = (files("assent.features.drafting") / "tables" / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def shorthand() -> dict[str, str]:
    rows = (line.split(" => ") for line in table("shorthand.txt"))
    return {row[0]: row[1] for row in rows}


@cache
def first_names() -> frozenset[str]:
    return frozenset(name for line in table("names.txt") for name in line.split())


def spell_out(text: str, known: Iterable[str] = ()) -> str:
    """`text` with shorthand written out; words of `known` (the thread's names and terms) keep their capitals."""
    capitals = {word.lower(): word for phrase in known for word in _proper(phrase)}
    out: list[str] = []
    last = 0
    pieces = list(_WORD.finditer(text))
    for index, match in enumerate(pieces):
        before = pieces[index - 1].group() if index else ""
        after = pieces[index + 1].group() if index + 1 < len(pieces) else ""
        out += [
            text[last : match.start()],
            _word(match.group(), before, after, text[match.end() : match.end() + 1], capitals),
        ]
        last = match.end()
    return "".join([*out, text[last:]])


def _proper(phrase: str) -> list[str]:
    """Words with a capital that no sentence start explains; a phrase of one or two words is a speaker's label."""
    found = re.findall(r"(?<![.!?:\n]\s)(?<!^)(?<=[\s@(])[A-Z][\w'’-]*", phrase)
    return [*found, *(re.findall(r"[A-Z][\w'’-]*", phrase) if len(phrase.split()) <= 2 else ())]


def _word(word: str, before: str, after: str, glued: str, capitals: dict[str, str]) -> str:
    lower = word.lower()
    if glued in {"-", "/", "@"} or glued.isdigit() or not (word[0].isalpha() or word in "+&"):
        return word
    if lower == "its" and _IT_IS.match(after):
        return _cased(word, "it's")
    if lower == "ill" and after.lower() in {
        "be",
        "do",
        "send",
        "take",
        "bring",
        "look",
        "call",
        "check",
        "have",
        "get",
        "go",
    }:
        return "I'll"
    if lower == "id" and after.lower() in {"like", "love", "prefer", "rather", "be"}:
        return "I'd"
    if lower == "min" and before[:1].isdigit():
        return "minutes"
    if lower == "sun" and before.lower() in _BEFORE_SUNDAY:
        return "Sunday"
    if lower in _MONTHS and (
        before[:1].isdigit()
        or after[:1].isdigit()
        or (lower not in {"may", "march"} and before.lower() in _MONTH_BEFORE)
    ):
        return _MONTHS[lower]
    if word[0].islower() and (lower in first_names() or (lower in capitals and lower not in _COMMON)):
        return capitals.get(lower, word.capitalize())
    if lower in shorthand() and (word.islower() or not word[0].isalpha() or word.istitle()):
        return _cased(word, shorthand()[lower])
    return word


def _cased(word: str, written: str) -> str:
    return written[0].upper() + written[1:] if word[0].isupper() else written
