"""Which items each training step sees: generated and natural ones in stated shares. It knows no tokens and no model.

A batch is a pure function of (seed, step), so that a resumed run sees exactly what an unbroken one would have seen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from assent.training.pretrain.grammar import meeting_items
from assent.training.pretrain.items import Item
from assent.training.pretrain.messages import message_items
from assent.training.pretrain.natural import corpus_items, message_rows

CORPORA = ("invented", "ami", "icsi")
"""The corpora whose statements cite their turns one by one."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of a batch: generated meeting items, generated messages, natural statements, natural messages.

    `Mixture.batch` takes them in this order.
    """

    meetings: float = 0.48
    messages: float = 0.26
    natural_meetings: float = 0.16
    natural_messages: float = 0.10


class Mixture:
    """Draws batches; natural items are drawn with replacement."""

    def __init__(self, statements: Sequence[Item], drafts: Sequence[Item], shares: Shares, seed: int) -> None:
        self._statements, self._drafts, self._shares, self._seed = statements, drafts, shares, seed

    @classmethod
    def load(cls, corpora: Path, compose: Path, shares: Shares, seed: int) -> Mixture:
        """Natural items from `<corpora>/<name>/base.jsonl.gz` and `<compose>/*-base-*.jsonl`."""
        statements = [item for name in CORPORA for item in corpus_items(corpora / name / "base.jsonl.gz")]
        drafts = [item for path in sorted(compose.glob("*-base-*.jsonl")) for item in message_rows(path)]
        return cls(statements, drafts, shares, seed)

    def natural(self) -> list[Item]:
        return [*self._statements, *self._drafts]

    def batch(self, step: int, size: int) -> tuple[list[Item], random.Random]:
        """The items of one step, and the generator that numbers their slots."""
        rng = random.Random(f"{self._seed}:{step}")
        drawn = rng.choices(range(4), weights=astuple(self._shares), k=size)
        items = [
            *meeting_items(rng.getrandbits(48), drawn.count(0)),
            *message_items(rng.getrandbits(48), drawn.count(1)),
            *rng.choices(self._statements, k=drawn.count(2)),
            *rng.choices(self._drafts, k=drawn.count(3)),
        ]
        return items, rng
