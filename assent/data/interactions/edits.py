"""What became of each shown text when a user edited them as one, and which words the edit brought in. Pure text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

Shown = Sequence[tuple[str | None, str]]
"""(id of the call, None where it was not logged; text as it was shown), in the order shown."""

_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"'”’)\]]*(?=\s)|\n|$)\s*", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:[.,:/'’-][^\W_]+)*")
_INSIDE = re.compile(r"[./'’-]")
_POSSESSIVE = re.compile(r"['’]s$")
_FUNCTION_WORDS = frozenset(
    """a about after all also am an and any are as at be because been before being both but by can could did do does
    doing done down during each else for from further had has have having he her here hers him his how i if in into is
    it its itself just me more most my of off on once only or other our ours out over own same she should so some such
    than that the their theirs them then there these they this those through to too under until up upon us very was we
    were what when where which while who whom whose why will with would you your yours""".split()
)
"""Words that carry no content of a meeting. Other languages' are not listed: there, every word counts as content."""


class Sentence(NamedTuple):
    """A sentence or line with the space that follows it, and the shown text it stands in."""

    text: str
    of: int

    @property
    def key(self) -> str:
        return " ".join(self.text.split())


def became(before: Sequence[str], after: str) -> list[str]:
    """For each text of `before`, its part of `after`: sentences kept, changed, or put in behind it; "" if all went."""
    old = [Sentence(text, at) for at, shown in enumerate(before) for text in sentences(shown)]
    parts: list[list[str]] = [[] for _ in before]
    new = [Sentence(text, -1) for text in sentences(after)]
    if not old:
        return ["" for _ in before]
    matcher = SequenceMatcher(None, [one.key for one in old], [one.key for one in new], autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        for j in range(j1, j2):
            at = old[i1 + j - j1].of if tag == "equal" else _nearest(old, i1, i2, new[j])
            parts[at].append(new[j].text)
    return ["".join(part).strip() for part in parts]


def sentences(text: str) -> list[str]:
    return _SENTENCE.findall(text)


def added(after: str, *known: str) -> set[str]:
    """The content words, names and numbers of `after` that none of `known` holds."""
    held = {word for text in known for word in words(text)}
    held |= {part for word in held for part in _INSIDE.split(word)}
    return {word for word in words(after) if word not in held and word not in _FUNCTION_WORDS}


def words(text: str) -> set[str]:
    return {_POSSESSIVE.sub("", word.casefold()) for word in _WORD.findall(text)}


def _nearest(old: Sequence[Sentence], start: int, end: int, new: Sentence) -> int:
    """Of the sentences replaced, the one that shares most with the new one; else the one before."""
    likeness = {at: SequenceMatcher(None, old[at].key, new.key, autojunk=False).ratio() for at in range(start, end)}
    best = max(likeness, key=lambda at: likeness[at]) if likeness else max(start - 1, 0)
    return old[best].of
