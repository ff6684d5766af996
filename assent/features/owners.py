"""Whose a task is: the one who takes it, the one who is asked and does not refuse, or a third person named.

It knows turns and labels; it never returns a name that is neither a participant nor in the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assent.data.transcripts.turns import Transcript
from assent.features import cues

_TAKES = re.compile(f"{cues.CUES['promise']}|{cues.CUES['volunteer']}|{cues.CUES['accept']}")
_ASKS = re.compile(f"{cues.CUES['ask']}|{cues.CUES['give_task']}|{cues.CUES['want']}|\\?|\\byou\\b")


def called(text: str, participants: Sequence[str]) -> list[str]:
    """Participants whose first name, last name or label stands in the text, by order of appearance."""
    places = {}
    for label in participants:
        parts = {label.strip(), *_name_parts(label)}
        parts.discard("")
        spots = [m.start() for part in parts for m in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text)]
        if spots:
            places[label] = min(spots)
    return sorted(places, key=lambda label: places[label])


def _name_parts(label: str) -> list[str]:
    """The first name, and what else of the label is long enough to be a name of its own."""
    first, *rest = re.split(r"[\s,()]+", label.strip())
    return [part for part in [first, *(part for part in rest if len(part) > 2)] if part]


def resolve(transcript: Transcript, focus: int, evidence: Sequence[int]) -> str | None:
    """The owner as far as the evidence tells."""
    turns = transcript.turns
    turn = turns[focus]
    if _TAKES.search(cues.plain(turn.text)):
        return turn.speaker
    others = [label for label in called(turn.text, transcript.participants) if label != turn.speaker]
    if others:
        return others[0]
    if _ASKS.search(cues.plain(turn.text)) and focus + 1 < len(turns):
        return turns[focus + 1].speaker
    return turn.speaker
