"""The cue-word baseline: tasks, decisions and questions as anyone would find them with a few regular expressions.

The owner of a task is its speaker. It is the bar, not a feature: nothing else imports it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assent.data.transcripts.turns import Transcript, Turn
from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument, Statement

ACTION = re.compile(
    r"\b(i'?ll|i will|i'm going to|i am going to|i can (do|take|send|get|write|ask|check)|let me|leave it with me|"
    r"(can|could|would|will) you|you'?ll|please|needs? to|have to|has to|action item|to-?do)\b",
    re.I,
)
DECISION = re.compile(
    r"\b(let'?s|we'?ll|we will|we'?re (going|not)|agreed|decided|decision|settled|approved|go with|stick with|"
    r"that'?s a (yes|no)|we are (going|not))\b",
    re.I,
)
QUESTION = re.compile(
    r"\b(don'?t know|not sure|no idea|unclear|open question|find out|who knows|depends on|still (open|waiting)|"
    r"nobody knows)\b",
    re.I,
)
DUE = re.compile(
    r"\b(?:(?:by|on|before|until|next|this|end of)\s+(?:the\s+)?)*"
    r"((?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|noon|afternoon|evening))?|tomorrow(?:\s+\w+noon|\s+morning)?|"
    r"tonight|today|(?:next|this) (?:week|month|afternoon|morning)|end of (?:the )?(?:day|week|month))\b",
    re.I,
)


def cue_minutes(transcript: Transcript) -> MinutesDocument:
    """Each hit quoted as its turn alone."""
    return _minutes(transcript, around=0)


def wide_cue_minutes(transcript: Transcript) -> MinutesDocument:
    """Each hit quoted with the turn before and after: as long as quotes of several turns, and matching as easily."""
    return _minutes(transcript, around=1)


def _minutes(transcript: Transcript, around: int) -> MinutesDocument:
    turns = transcript.turns

    def hits(cue: re.Pattern[str]) -> list[tuple[int, tuple[int, ...]]]:
        found = [index for index, turn in enumerate(turns) if cue.search(turn.text)]
        return [(i, tuple(range(max(0, i - around), min(len(turns), i + around + 1)))) for i in found]

    def quoted(cue: re.Pattern[str]) -> tuple[Statement, ...]:
        return tuple(Statement(_said(turns, evidence), evidence) for _, evidence in hits(cue))

    return MinutesDocument(
        title=transcript.title or "",
        recap=(),
        topics=(),
        decisions=quoted(DECISION),
        action_items=tuple(_task(turns, index, evidence) for index, evidence in hits(ACTION)),
        open_questions=quoted(QUESTION),
        participants=transcript.participants,
        language="en",
        coverage=Coverage(len(turns), len(turns)),
        grounding=Grounding(),
        model="cue words",
        adapter=None,
        template="none",
    )


def _said(turns: Sequence[Turn], evidence: Sequence[int]) -> str:
    return " ".join(turns[index].text for index in evidence)


def _task(turns: Sequence[Turn], index: int, evidence: tuple[int, ...]) -> ActionItem:
    due = DUE.search(turns[index].text)
    return ActionItem(_said(turns, evidence), turns[index].speaker, due.group(0) if due else None, evidence)
