"""The evidence of one statement, read once: its clauses, and the numbers, days and names it holds. It judges nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assent.data.transcripts.turns import Turn
from assent.features.grounding import dates, names, numbers
from assent.features.grounding.words import Clause, clauses


@dataclass(frozen=True, slots=True)
class Passage:
    """One to a few turns as the checks see them. `speakers` is the label of each turn, "" where the file names nobody."""

    speakers: tuple[str, ...]
    texts: tuple[str, ...]
    participants: tuple[str, ...]
    clauses: tuple[Clause, ...]
    numbers: numbers.Stock
    dates: frozenset[str]
    names: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, turns: Sequence[Turn], participants: Sequence[str]) -> Passage:
        speakers = tuple(turn.speaker or "" for turn in turns)
        texts = tuple(turn.text for turn in turns)
        parts = [part for at, turn in enumerate(turns) for part in clauses(at, turn.speaker or "", turn.text)]
        return cls(
            speakers,
            texts,
            tuple(participants),
            tuple(parts),
            numbers.Stock.of(texts),
            dates.said(texts),
            names.known(zip(speakers, texts, strict=True)),
            frozenset().union(*(part.stems for part in parts)),
        )
