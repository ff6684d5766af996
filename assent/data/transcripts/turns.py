"""A transcript as a typed, immutable value. It knows no file format and no model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal


@dataclass(frozen=True, slots=True)
class Turn:
    """One stretch of speech, or one chat message, by one speaker.

    `speaker` is the label as the file has it, None where the file names nobody. `start` and `end` are seconds as the
    file has them, None where it gives none. `participant_id` is the host's own id of the speaker where the
    file carries one. `attribution`, `person` and `account` are set by a roster: who spoke, and how that is known.
    """

    speaker: str | None
    text: str
    start: float | None = None
    end: float | None = None
    participant_id: str | None = None
    attribution: Literal["channel", "roster", "unknown"] = "unknown"
    person: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """Turns in the order of the file. `format` is the reader that read it; `cleaned` counts characters neutralised."""

    turns: tuple[Turn, ...]
    title: str | None = None
    date: str | None = None
    language: str | None = None
    format: str = "turns"
    source: str = ""
    cleaned: int = 0

    @property
    def participants(self) -> tuple[str, ...]:
        """Speaker labels in order of first appearance."""
        return tuple(dict.fromkeys(turn.speaker for turn in self.turns if turn.speaker))

    @property
    def words(self) -> int:
        return sum(len(turn.text.split()) for turn in self.turns)

    def correct(self, index: int, text: str) -> Transcript:
        """The same transcript with the text of one turn replaced."""
        turns = list(self.turns)
        turns[index] = replace(turns[index], text=text)
        return replace(self, turns=tuple(turns))

    @classmethod
    def of(cls, turns: Iterable[tuple[str | None, str]], title: str | None = None) -> Transcript:
        """A transcript from (speaker, text) pairs."""
        return cls(tuple(Turn(speaker, text) for speaker, text in turns), title=title)
