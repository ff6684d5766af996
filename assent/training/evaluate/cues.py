"""The cue-word baseline: tasks, decisions and questions as anyone would find them with a few regular expressions.

Each hit is quoted whole; the owner of a task is its speaker. It is the bar, not a feature: nothing else imports it.
"""

from __future__ import annotations

import re

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
    turns = list(enumerate(transcript.turns))
    return MinutesDocument(
        title=transcript.title or "",
        recap=(),
        topics=(),
        decisions=tuple(Statement(turn.text, (index,)) for index, turn in turns if DECISION.search(turn.text)),
        action_items=tuple(_task(index, turn) for index, turn in turns if ACTION.search(turn.text)),
        open_questions=tuple(Statement(turn.text, (index,)) for index, turn in turns if QUESTION.search(turn.text)),
        participants=transcript.participants,
        language="en",
        coverage=Coverage(len(turns), len(turns)),
        grounding=Grounding(),
        model="cue words",
        adapter=None,
        template="none",
    )


def _task(index: int, turn: Turn) -> ActionItem:
    due = DUE.search(turn.text)
    return ActionItem(turn.text, turn.speaker, due.group(0) if due else None, (index,))
