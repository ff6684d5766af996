"""The evidence of one statement and the statement itself, each read once for all checks. It judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from assent.data.transcripts.turns import Turn
from assent.features.grounding import dates, names, numbers
from assent.features.grounding.words import Clause, clauses, content_stems, words

Kind = Literal["action", "decision", "question", "point"]
_KEPT = 64
"""Passages read and kept: several drafts on the same turns are judged one after the other."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One to a few turns as the checks see them. `speakers` holds "" where the file names nobody."""

    speakers: tuple[str, ...]
    texts: tuple[str, ...]
    participants: tuple[str, ...]
    clauses: tuple[Clause, ...]
    turn_stems: tuple[frozenset[str], ...]
    stems: frozenset[str]
    numbers: numbers.Stock
    dates: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, turns: Sequence[Turn], participants: Sequence[str]) -> Passage:
        said = tuple((turn.speaker or "", turn.text.replace("’", "'").strip()) for turn in turns)
        return cls._read(said, tuple(participants))

    @classmethod
    @lru_cache(maxsize=_KEPT)
    def _read(cls, said: tuple[tuple[str, str], ...], participants: tuple[str, ...]) -> Passage:
        speakers, texts = tuple(speaker for speaker, _ in said), tuple(text for _, text in said)
        parts = [clauses(at, *turn) for at, turn in enumerate(said)]
        turn_stems = tuple(stems_of(part) for part in parts)
        return cls(
            speakers,
            texts,
            participants,
            tuple(clause for part in parts for clause in part),
            turn_stems,
            frozenset().union(*turn_stems),
            numbers.Stock.of(texts),
            dates.said(texts),
            names.known(said),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement. `stems` are its content words, names of participants apart; `labels` the words of those names."""

    text: str
    kind: Kind
    labels: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, text: str, kind: Kind, participants: Sequence[str]) -> Claim:
        labels = frozenset(part for label in participants for part in words(label))
        return cls(text, kind, labels, claim_stems(text, labels))


def claim_stems(text: str, labels: frozenset[str]) -> frozenset[str]:
    return frozenset(content_stems([word for word in words(text) if word.split("'")[0] not in labels]))


def stems_of(found: Iterable[Clause]) -> frozenset[str]:
    return frozenset().union(*(clause.stems for clause in found))


def share(some: frozenset[str], of: frozenset[str]) -> float:
    """Which part of `of` is in `some`; 0 where there is nothing to share."""
    return len(some & of) / max(1, len(of))
