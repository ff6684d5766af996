"""Cleaned quotes: what was said, without fillers, restarts and hedges, enough of it to be understood alone.

It shortens and never adds: every word is in the evidence but for the speakers' labels. It knows no model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assent.data.transcripts.turns import Transcript
from assent.features import cues, signals
from assent.features.evidence import Candidate, Kind

MAX_WORDS: dict[Kind, int] = {"action": 24, "decision": 30, "question": 24, "point": 24}
"""A quote is a list entry, not a passage; a decision needs the proposal as well as the assent."""
MIN_CONTENT = 2
"""Content words from which a sentence adds something to the one that carries the statement."""
MANY_CONTENT = 7
"""More content words than this make a sentence no better."""

_SENTENCE = re.compile(r"(?:\b(?:Mr|Mrs|Ms|Dr|St|vs|e\.g|i\.e)\.|\.(?=\w)|[^.?!…])+[.?!…]*")
_FILLERS = re.compile(
    r"(?P<before>,\s*)?(?:^|(?<=[\s,]))\b(?:u[hm]+|er+m?|hmm*|mm+|you know|i mean|sort of|kind of|like(?=,)|"
    r"basically|honestly|to be (?:fair|honest)|i suppose|i guess|by the way|i'll be honest)\b(?P<after>,)?\s*",
    re.IGNORECASE,
)
_OPENERS = re.compile(
    r"^(?:(?:so|and|but|well|right|okay|ok|yeah|yes|yep|oh|ah|now|look|listen|alright|all right|sure|fine|good|then|"
    r"anyway|actually|no)(?:,\s*|\.\s+|\s+(?=so\b|and\b|then\b|i\b|we\b|the\b|it\b|that\b|let)))+(?=\w+\W+\w)",
    re.IGNORECASE,
)
_REPEAT = re.compile(
    r"\b(\w+(?:['’]\w+)?(?:\s\w+(?:['’]\w+)?){0,2})(?:,\s*|\s+|\s*[—–-]+\s*)\1\b(?!['’])", re.IGNORECASE
)
_TWICE = frozenset("had that very really no yes bye never much more".split())
"""Words that are said twice on purpose."""
_SPACES = re.compile(r"\s+")
_CARRIES: dict[Kind, tuple[str, ...]] = {
    "action": ("promise", "volunteer", "ask", "give_task", "someone_will", "near_time"),
    "decision": ("let_us", "then", "negated", "we_will", "number"),
    "question": ("question", "unknown", "choice", "defer"),
    "point": ("number", "told", "done"),
}
"""The cues of the sentence that carries a statement of each kind."""


@dataclass(frozen=True, slots=True, order=True)
class Sentence:
    """A tidy sentence and where it stands."""

    turn: int
    place: int
    text: str

    @property
    def words(self) -> int:
        return len(self.text.split())


def sentences(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.findall(text) if re.search(r"\w", part)]


def tidy(sentence: str) -> str:
    """One sentence without fillers, stutters and openers, with a capital and a full stop."""
    text = _FILLERS.sub(lambda m: ", " if m["before"] and not m["after"] else " ", sentence)
    text = _OPENERS.sub("", _SPACES.sub(" ", text).strip(" ,"))
    text = _REPEAT.sub(lambda m: m[0] if m[1].lower() in _TWICE else m[1], text)
    text = _SPACES.sub(" ", text).replace(" ,", ",").strip(" ,;-–—")
    text = re.sub(r"[,;\s]+([.?!…])", r"\1", text)
    if not re.search(r"\w", text):
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".?!…" else ".")


def quote(candidate: Candidate, transcript: Transcript) -> str:
    """The sentences of the evidence that carry it, each speaker named at a change, in the order of the talk."""
    chosen = _choose(candidate, transcript)
    if not chosen:
        return transcript.turns[candidate.focus].text.strip()
    several = len({transcript.turns[sentence.turn].speaker for sentence in chosen}) > 1
    parts: list[str] = []
    speaker: str | None = None
    for sentence in chosen:
        who = transcript.turns[sentence.turn].speaker
        parts.append(f"{who}: {sentence.text}" if several and who and who != speaker else sentence.text)
        speaker = who
    return " ".join(parts)


def _choose(candidate: Candidate, transcript: Transcript) -> list[Sentence]:
    """The sentence that carries the statement, then those that say most, within `MAX_WORDS`."""
    spots = [
        Sentence(turn, place, tidy(text))
        for turn in candidate.evidence
        for place, text in enumerate(sentences(transcript.turns[turn].text))
    ]
    worth = {spot: _worth(spot, candidate) for spot in spots if spot.text and not _speaks_against(spot, candidate)}
    focal = [spot for spot in worth if spot.turn == candidate.focus] or list(worth)
    if not focal:
        return []
    kept = [max(focal, key=lambda spot: worth[spot])]
    room = MAX_WORDS[candidate.kind] - kept[0].words
    for spot in sorted(worth.keys() - set(kept), key=lambda spot: (-worth[spot], spot)):
        if spot.words <= room and len(signals.content(spot.text)) >= MIN_CONTENT:
            kept.append(spot)
            room -= spot.words
    return sorted(kept)


def _speaks_against(spot: Sentence, candidate: Candidate) -> bool:
    """Whether a sentence beside the one where a task is taken tells of what was refused: it would read as the task."""
    plain = cues.plain(spot.text)
    beside = candidate.kind == "action" and spot.turn != candidate.focus
    return beside and any(re.search(cues.CUES[name], plain) is not None for name in ("refuse", "negated"))


def _worth(spot: Sentence, candidate: Candidate) -> float:
    """Content, the cues of the kind, the due phrase, and being in the focus turn."""
    plain = cues.plain(spot.text)
    carries = sum(re.search(cues.CUES[name], plain) is not None for name in _CARRIES[candidate.kind])
    holds_due = candidate.due is not None and cues.plain(candidate.due) in plain
    return (
        min(len(signals.content(spot.text)), MANY_CONTENT)
        + carries
        + 2 * holds_due
        + 2 * (spot.turn == candidate.focus)
    )
