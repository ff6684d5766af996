"""A reply leans on its thread: "yes" becomes the offer taken up, and what is answered is named.

It knows the thread's words only. Where a question cannot be turned into an answer it is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assent.features.drafting.reading import Plan, Point

Line = tuple[str, str]
_YES = re.compile(r"(?i)^(?:say )?(?:yes|yep|ok|OK|sure|agree|agreed|accept|confirm|i can(?: do it)?|can do|will do|i'm in|fine)\b(?:\s*(?:please|pls))?[,.: ]*")
_NO = re.compile(r"(?i)^(?:say )?(?:no|nope|decline|i can't|can't|cannot|not possible|refuse)\b[,.: ]*")
_ASKED_ME = re.compile(r"(?i)\b(?:can|could|would|will) you (?!be\b|like\b|mind\b|prefer\b)(?:please |maybe |also )?([^?.!]+)\?")
_ASKED_WE = re.compile(r"(?i)\b(?:can|could|shall) we ([^?.!]+)\?")
_TURN = {"me": "you", "my": "your", "your": "my", "you": "me", "us": "you", "our": "your", "mine": "yours", "yours": "mine", "I": "you", "myself": "yourself"}
_FILLER = re.compile(r"(?i)^(?:hi|hey|hello|dear|thanks|thank you|ok|also|and|so|sorry|good morning|morning)\b[^,.!?:]*[,.!:]\s*")
_FACT = re.compile(r"[A-Z][\w'’-]+|[\w.,:/-]*\d[\w.,:/-]*%?")
MAX_QUOTE = 16
"""Words of a quoted question in a long answer."""


def answer_points(points: Sequence[Point], thread: Sequence[Line], me: str | None) -> tuple[Point, ...]:
    """The points with a bare yes or no written out from the question asked."""
    if not points or points[0].kind != "say":
        return tuple(points)
    first = points[0]
    asked = _question(thread, me)
    if asked is None:
        return tuple(points)
    for pattern, phrase in ((_YES, "yes, I can {}"), (_NO, "I can't {}")):
        found = pattern.match(first.text)
        rest = first.text[found.end() :].strip() if found else ""
        if found and len(rest.split()) <= 12 and not re.match(r"(?i)(?:i|we|you|it|the|that|to)\b", rest):
            act = _turned(asked, me)
            tail = f", {rest}" if rest else ""
            return (replace(first, text=phrase.format(act) + tail), *points[1:])
    return tuple(points)


def _question(thread: Sequence[Line], me: str | None) -> str | None:
    for speaker, text in reversed(thread):
        if speaker != me:
            found = _ASKED_ME.search(text)
            if found:
                return found.group(1).strip()
    return None


def _turned(text: str, me: str | None) -> str:
    """The asker's words from the answerer's side: "send me your slides" -> "send you my slides"."""
    words = re.findall(r"[\w'’-]+|[^\w]+", text)
    turned = "".join(_TURN.get(word, _TURN.get(word.lower(), word) if word.lower() != "i" else "you") for word in words)
    return re.sub(rf",?\s*{re.escape(me)}$", "", turned) if me else turned


def reference(plan: Plan, points: Sequence[Point], thread: Sequence[Line], me: str | None, high: int) -> str:
    """What the answer is about, quoted from the thread, where the answer itself does not say it."""
    told = " ".join(point.text for point in points).lower()
    room = min(MAX_QUOTE, high - len(told.split()) - 5)
    best = _weightiest(thread, me, told)
    if not best or room < 3:
        return ""
    words = best.split()
    if len(words) > room:
        facts = [index for index, word in enumerate(words) if _FACT.search(word) and word.lower().strip(",.?") not in told]
        start = max(0, min(facts[0] - 2, len(words) - room)) if facts else 0
        words = words[start : start + room]
    return f"about \"{' '.join(words).strip(',;:')}\": "


def _weightiest(thread: Sequence[Line], me: str | None, told: str) -> str:
    """The sentence of the others with the most names and numbers that the answer lacks; questions first."""
    best, weight = "", 0
    for age, (speaker, text) in enumerate(reversed(thread)):
        if speaker == me:
            continue
        for sentence in re.split(r"(?<=[.?!])\s+", _FILLER.sub("", text)):
            clean = re.sub(rf"(?i)^@?{re.escape(me)}\b[,:]?\s*|,?\s*@?{re.escape(me)}\b(?=[?.!])", "", sentence) if me else sentence
            facts = {fact.lower() for fact in _FACT.findall(clean[1:])} - {"i"}
            score = 3 * len([fact for fact in facts if fact not in told]) + 4 * sentence.endswith("?") - age
            if score > weight and len(clean.split()) > 2:
                best, weight = clean.rstrip(".!?"), score
    return best
