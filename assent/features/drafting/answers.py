"""A reply leans on its thread: "yes" becomes the offer taken up, and what is answered is named.

It knows the thread's words only. Where a question cannot be turned into an answer it is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assent.features.drafting.plan import Point
from assent.features.words import FUNCTION_WORDS

Line = tuple[str, str]
_YES = re.compile(
    r"(?i)^(?:say )?(?:yes|yep|ok|OK|sure|agree|agreed|accept|confirm|i can(?: do it)?|can do|will do|"
    r"i'm in|fine)\b(?:\s*(?:please|pls))?[,.: ]*"
)
_NO = re.compile(r"(?i)^(?:say )?(?:no|nope|decline|i can't|can't|cannot|not possible|refuse)\b[,.: ]*")
_ASKED_ME = re.compile(
    r"(?i)\b(?:can|could|would|will) you (?!be\b|like\b|mind\b|prefer\b)(?:please |maybe |also )?([^?.!]+)\?"
)
_TURN = {
    "me": "you",
    "my": "your",
    "your": "my",
    "you": "me",
    "us": "you",
    "our": "your",
    "mine": "yours",
    "yours": "mine",
    "i": "you",
    "myself": "yourself",
}
_RECAP = re.compile(
    r"(?i)^(?:please )?(?:summari[sz]e|recap|sum up|give (?:the |a )?(?:status|summary|overview)|write down what we)\b"
)
_FACT = re.compile(r"^[(\"“]?(?:[A-Z][\w'’-]+|\S*\d\S*)")
MAX_WINDOW = 14
"""Words quoted of one message."""
_EDGE = FUNCTION_WORDS | {"hi", "hey", "hello"}


def answer_points(points: Sequence[Point], thread: Sequence[Line], me: str | None) -> tuple[Point, ...]:
    """The points with a bare yes or no written out from the question asked, or a recap filled from the thread."""
    if not points:
        return tuple(points)
    first = points[0]
    if _RECAP.match(first.text):
        said = [
            Point("say", f"{speaker}: {text.rstrip('.')}")
            for speaker, text in thread
            if not text.rstrip().endswith("?")
        ]
        return (Point("say", "to sum up"), *said, *points[1:])
    asked = _question(thread, me)
    if first.kind != "say" or asked is None:
        return tuple(points)
    for pattern, phrase in ((_YES, "yes, I can {}"), (_NO, "I can't {}")):
        found = pattern.match(first.text)
        rest = first.text[found.end() :].strip() if found else ""
        if found and len(rest.split()) <= 12 and not re.match(r"(?i)(?:i|we|you|it|the|that|to)\b", rest):
            tail = f", {rest}" if rest else ""
            return (replace(first, text=phrase.format(_turned(asked, me)) + tail), *points[1:])
    return tuple(points)


def _question(thread: Sequence[Line], me: str | None) -> str | None:
    for speaker, text in reversed(thread):
        found = _ASKED_ME.search(text) if speaker != me else None
        if found:
            return found.group(1).strip()
    return None


def _turned(text: str, me: str | None) -> str:
    """The asker's words from the answerer's side: "send me your slides" -> "send you my slides"."""
    words = re.findall(r"[\w'’-]+|[^\w]+", text)
    turned = "".join(_TURN.get(word.lower(), word) for word in words)
    return re.sub(rf",?\s*{re.escape(me)}$", "", turned) if me else turned


def reference(points: Sequence[Point], thread: Sequence[Line], me: str | None, room: int) -> str:
    """What the answer is about, in the thread's words: `about "the printer in bay 2": `. Empty where there is no room.

    The stretch with the most names, numbers and content words that the answer lacks is quoted; a second one where a
    longer message has room for it.
    """
    told = {word for point in points for word in _keys(point.text)}
    quotes: list[str] = []
    for _ in range(2 if room > 24 else 1):
        best = _best(thread, me, told, min(MAX_WINDOW, room - 2))
        if not best:
            break
        quotes.append(f'"{best}"')
        told |= set(_keys(best))
        room -= len(best.split()) + 1
    return f"about {' and '.join(quotes)}: " if quotes else ""


def _keys(text: str) -> list[str]:
    return [word.lower().strip(".,:;!?()\"'“”") for word in text.split()]


def _best(thread: Sequence[Line], me: str | None, told: set[str], size: int) -> str:
    if size < 2:
        return ""
    best, weight = "", 2.0
    for age, (speaker, text) in enumerate(reversed(thread)):
        if speaker == me:
            continue
        for sentence in re.split(r"(?<=[.?!])\s+", text):
            stretch, worth = _stretch(sentence, told | _keys_of(me), size)
            worth += 1.5 * sentence.endswith("?") - 0.4 * age
            if stretch and worth > weight:
                best, weight = stretch, worth
    return best


def _keys_of(me: str | None) -> set[str]:
    return set(_keys(me)) if me else set()


def _stretch(sentence: str, told: set[str], size: int) -> tuple[str, float]:
    """The weightiest run of at most `size` words, without function words at its ends."""
    words = sentence.split()
    worths = [_worth(word, index, told) for index, word in enumerate(words)]
    best, found = 0.0, ""
    for start in range(len(words)):
        for stop in range(start + 1, min(len(words), start + size) + 1):
            worth = sum(worths[start:stop]) - 0.05 * (stop - start)
            if worths[start] and worths[stop - 1] and worth > best:
                best, found = worth, " ".join(words[start:stop])
    return found.strip(',;:.!?"“” '), best


def _worth(word: str, index: int, told: set[str]) -> float:
    key = _keys(word)[0]
    if not key or key in told or key in _EDGE or "'" in key or "’" in key:
        return 0.0
    if _FACT.match(word) and (index or word[:1].isdigit()):
        return 2.5
    return 1.0
