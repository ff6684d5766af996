"""One meeting made ready for questions about pairs and groups of its turns. It knows no kinds and no weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from assent.data.transcripts.turns import Transcript, Turn
from assent.features import signals
from assent.features.selector import ALL_HEADS, Scores

Row = list[float]

_LEAST = 1e-4
"""Probabilities are kept this far from 0 and 1 before they become logits."""


@dataclass(frozen=True)
class Talk:
    transcript: Transcript
    scores: Scores

    @property
    def turns(self) -> tuple[Turn, ...]:
        return self.transcript.turns

    @cached_property
    def signals(self) -> NDArray[np.float64]:
        return signals.matrix(self.transcript)

    @cached_property
    def logits(self) -> NDArray[np.float64]:
        """Shape (turns, len(ALL_HEADS))."""
        chances = np.clip(np.stack([self.scores[head] for head in ALL_HEADS], axis=1), _LEAST, 1 - _LEAST)
        return np.log(chances / (1 - chances))

    @cached_property
    def bags(self) -> list[frozenset[str]]:
        return [signals.content(turn.text) for turn in self.turns]

    @cached_property
    def weights(self) -> dict[str, float]:
        return signals.idf(self.bags)

    def logit(self, head: str, turn: int) -> float:
        return float(self.logits[turn, ALL_HEADS.index(head)])

    def signal(self, name: str, turn: int) -> float:
        return float(self.signals[turn, signals.NAMES.index(name)])

    def overlap(self, left: int, right: int) -> float:
        return signals.overlap(self.bags[left], self.bags[right], self.weights)

    def bag(self, first: int, last: int) -> frozenset[str]:
        """Content of the turns first to last, the last left out."""
        return frozenset[str]().union(*self.bags[first:last])

    def weight(self, turn: int) -> float:
        """How much content a turn carries."""
        return sum(self.weights[stem] for stem in self.bags[turn])
