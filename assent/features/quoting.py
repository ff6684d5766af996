"""Cleaned quotes: what was said, without fillers, restarts and hedges, enough of it to be understood alone.

It shortens and never adds: every word is in the evidence but for the speakers' labels. It knows no model.
"""

from __future__ import annotations

import re

from assent.data.transcripts.turns import Transcript
from assent.features import signals
from assent.features.evidence import Candidate

MAX_WORDS = 45
"""A quote is a list entry, not a passage."""
MIN_CONTENT = 3
"""Content words from which a sentence can stand alone."""

_SENTENCE = re.compile(r"[^.?!…]+(?:\.(?=\w)[^.?!…]+)*[.?!…]*")
_FILLERS = re.compile(
    r"(?:^|(?<=[\s,]))(?:,\s*)?\b(?:u[hm]+|er+m?|hmm*|mm+|you know|i mean|sort of|kind of|like,|basically|honestly|to be fair|"
    r"i suppose|i guess)\b,?\s*",
    re.IGNORECASE,
)
_OPENERS = re.compile(
    r"^(?:(?:so|and|but|well|right|okay|ok|yeah|yes|oh|now|look|alright|all right|um|uh|er|no|sure|fine|good|then)[,.]?\s+)+(?=\w+\W+\w)",
    re.IGNORECASE,
)
_REPEAT = re.compile(r"\b(\w+(?:\s\w+)?),?\s+\1\b", re.IGNORECASE)
_SPACES = re.compile(r"\s+")


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.findall(text) if re.search(r"\w", part)]


def tidy(sentence: str) -> str:
    """One sentence without fillers, stutters and openers, with a capital and a full stop."""
    text = _FILLERS.sub(" ", sentence)
    text = _REPEAT.sub(r"\1", _OPENERS.sub("", text.strip(" ,")))
    text = _SPACES.sub(" ", text).replace(" ,", ",").strip(" ,;-–—")
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!…" else ".")


def quote(candidate: Candidate, transcript: Transcript) -> str:
    """The sentences of the evidence that carry it, each speaker named once, in the order of the talk."""
    chosen = _choose(candidate, transcript)
    parts: list[str] = []
    speaker: str | None = None
    for turn, sentence in chosen:
        who = transcript.turns[turn].speaker
        parts.append(f"{who}: {sentence}" if who and who != speaker and len(chosen) > 1 else sentence)
        speaker = who
    return " ".join(parts)


def _choose(candidate: Candidate, transcript: Transcript) -> list[tuple[int, str]]:
    """(turn, tidy sentence) of the best sentences within `MAX_WORDS`; the focus comes first."""
    spots = [
        (turn, place, tidy(text))
        for turn in candidate.evidence
        for place, text in enumerate(sentences(transcript.turns[turn].text))
    ]
    worth = {spot: _worth(spot[2]) + 2 * (spot[0] == candidate.focus) for spot in spots if spot[2]}
    kept: list[tuple[int, int, str]] = []
    room = MAX_WORDS
    for spot in sorted(worth, key=lambda spot: -worth[spot]):
        if len(spot[2].split()) <= room and (not kept or worth[spot] >= MIN_CONTENT):
            kept.append(spot)
            room -= len(spot[2].split())
    return [(turn, text) for turn, _, text in sorted(kept)]


def _worth(sentence: str) -> float:
    return float(min(len(signals.content(sentence)), 6))
