"""Puts a message right in tone and length by courtesies alone; what states a fact is left. It knows no source."""

from __future__ import annotations

import re

from assent.features import guard
from assent.features.drafting.tones import BANDS, FILLERS, long_forms, words_in

_COURTESY = re.compile(
    r"(?i)^(?:thank you|thanks|many thanks|let me know|please let me know|feel free|i hope|hope|have "
    r"a|all the best|kind regards|best)\b[^\d]*$"
)


def repaired(text: str, tone: str | None, length: str | None) -> str:
    """The text with the marks of its tone, and courtesies added or taken away to reach its length."""
    if tone and not guard.sounds(text, tone):
        text = _toned(text, tone)
    if length and not guard.fits(text, length):
        text = _fitted(text, tone or "neutral", *BANDS[length])
    return text


def _toned(text: str, tone: str) -> str:
    if tone == "formal":
        text = long_forms(text).replace("!", ".")
        return (
            re.sub(r"(?i)^(?:hi|hey|hello)\b", "Dear", text) if re.match(r"(?i)(?:hi|hey|hello) [A-Z]", text) else text
        )
    if tone == "enthusiastic":
        return re.sub(r"\.$", "!", text.rstrip())
    if tone in {"friendly", "apologetic"}:
        return f"{text.rstrip()} {FILLERS[tone][0]}"
    head, _, tail = text.rpartition("!")
    return head.replace("!", ".") + ("!" if head else "") + tail if "!" in text else text


def _fitted(text: str, tone: str, low: int, high: int) -> str:
    for filler in FILLERS[tone]:
        if words_in(text) < low and filler not in text:
            text = f"{text.rstrip()} {filler}"
    sentences = re.split(r"(?<=[.!?])\s+", text)
    while words_in(" ".join(sentences)) > high and len(sentences) > 1 and _COURTESY.match(sentences[-1]):
        sentences.pop()
    return " ".join(sentences)
