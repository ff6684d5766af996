"""Minutes as one typed value: what a summary says, on what evidence, who wrote it. It knows no model and no prompt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from assent.data.interactions.calls import Call

WrittenBy = Literal["model", "quote", "human"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence and the indexes of the turns that support it."""

    text: str
    evidence: tuple[int, ...]
    written_by: WrittenBy = "quote"


@dataclass(frozen=True, slots=True)
class ActionItem:
    """A task that stood at the end. `owner` is a participant or a name in the evidence; `due` is as said."""

    task: str
    owner: str | None
    due: str | None
    evidence: tuple[int, ...]
    written_by: WrittenBy = "quote"


@dataclass(frozen=True, slots=True)
class Topic:
    """A stretch of the meeting: turns start_turn to end_turn, both included."""

    heading: str
    start_turn: int
    end_turn: int
    points: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which turns were read: `read` + `failed` = `turns`."""

    turns: int
    read: int
    failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounding:
    """How many statements the model wrote and kept, were replaced by a quote, or were dropped."""

    kept: int = 0
    quoted: int = 0
    dropped: int = 0
    reasons: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MinutesDocument:
    """The plain facts of one summary; `assent.features.summarize.Minutes` is this with its life around it."""

    title: str
    recap: tuple[Statement, ...]
    topics: tuple[Topic, ...]
    decisions: tuple[Statement, ...]
    action_items: tuple[ActionItem, ...]
    open_questions: tuple[Statement, ...]
    participants: tuple[str, ...]
    language: str
    coverage: Coverage
    grounding: Grounding
    model: str
    adapter: str | None
    template: str
    calls: tuple[Call, ...] = ()
    """The prompts it was made from and what came of each: what a log or a training row is made of."""
