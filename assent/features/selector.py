"""How likely each turn is to matter, and for what: linear heads over n-grams of the turn and its neighbours, and cues.

It reads a transcript and a small weights file; it knows no model, no evidence and no wording. `assent.training.heads`
makes the weights. Inference is numpy alone.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from assent.data.transcripts.turns import Transcript
from assent.features import cues, signals

HEADS = ("salience", "decision", "action", "question", "info")
FOCUS_HEADS = ("commit", "decide", "ask", "refuse", "done")
"""The turn where a task is taken, a decision falls, a question is put; any turn of a task not to be done, or done."""
ALL_HEADS = HEADS + FOCUS_HEADS
NGRAM_OFFSETS = (-1, 0, 1)
CUE_OFFSETS = (-2, -1, 0, 1, 2)
WEIGHTS = Path(__file__).parent / "weights" / "selector"

Scores = dict[str, NDArray[np.float64]]


def grams(transcript: Transcript) -> list[Counter[str]]:
    """Words and pairs of neighbouring words of each turn."""
    names = signals.name_parts(transcript)
    words = [cues.tokens(turn.text, names) for turn in transcript.turns]
    return [Counter(turn) + Counter(f"{a} {b}" for a, b in pairwise(turn)) for turn in words]


def shifted(rows: NDArray[np.float64], offsets: Sequence[int]) -> NDArray[np.float64]:
    """The row of each turn at every offset side by side, zeros beyond the ends: (turns, len(offsets) * width)."""
    reach = max(map(abs, offsets))
    padded = np.pad(rows, ((reach, reach), (0, 0)))
    return np.hstack([padded[reach + offset : reach + offset + len(rows)] for offset in offsets])


@dataclass(frozen=True)
class Selector:
    """`vocabulary` maps a gram to its row of `grams` (offsets, rows, heads); `cues` is (offsets * signals, heads)."""

    vocabulary: dict[str, int]
    idf: NDArray[np.float64]
    grams: NDArray[np.float64]
    cues: NDArray[np.float64]
    bias: NDArray[np.float64]

    @classmethod
    @lru_cache(maxsize=1)
    def default(cls) -> Selector:
        """The heads that ship with the package."""
        return cls.load(WEIGHTS)

    @classmethod
    def load(cls, stem: Path) -> Selector:
        """From `stem`.safetensors and `stem`.json."""
        tensors = {
            name: value.astype(np.float64) for name, value in load_file(stem.with_suffix(".safetensors")).items()
        }
        words = json.loads(stem.with_suffix(".json").read_text("utf-8"))["vocabulary"]
        vocabulary = {word: row for row, word in enumerate(words)}
        return cls(vocabulary, tensors["idf"], tensors["grams"], tensors["cues"], tensors["bias"])

    def score(self, transcript: Transcript) -> Scores:
        """Head -> probabilities, each of shape (turns,). The heads are `ALL_HEADS`."""
        if not transcript.turns:
            return {head: np.zeros(0) for head in ALL_HEADS}
        logits = shifted(signals.matrix(transcript), CUE_OFFSETS) @ self.cues + self.bias
        for row, turn in enumerate(grams(transcript)):
            self._add_grams(logits, row, turn)
        return dict(zip(ALL_HEADS, 1 / (1 + np.exp(-logits)).T, strict=True))

    def _add_grams(self, logits: NDArray[np.float64], row: int, turn: Counter[str]) -> None:
        """Add what the words of one turn say about it and its neighbours."""
        known = [(self.vocabulary[gram], count) for gram, count in turn.items() if gram in self.vocabulary]
        if not known:
            return
        rows = np.array([gram for gram, _ in known])
        values = np.array([1 + math.log(count) for _, count in known]) * self.idf[rows]
        values /= np.linalg.norm(values)
        for weights, offset in zip(self.grams, NGRAM_OFFSETS, strict=True):
            if 0 <= row - offset < len(logits):
                logits[row - offset] += values @ weights[rows]
