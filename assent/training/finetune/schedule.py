"""Which rows each optimizer step takes, cut into forward passes of like length. It knows ids and lengths, no text.

The order comes from keyed hashes of stable ids, so a row that goes leaves the order of the others as it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assent.training.snapshot.selection import key

GROUPED = 32
"""Steps whose rows are sorted by length together: little padding, and each step still a draw from many rows."""


class Schedule(NamedTuple):
    """`passes` hold the rows' places, `steps * per_step` of them; one without rows makes a short step whole."""

    passes: list[list[int]]
    per_step: int

    @property
    def steps(self) -> int:
        return len(self.passes) // self.per_step


def schedule(
    ids: Sequence[str], lengths: Sequence[int], *, seed: int, epochs: int, batch: int, passes: int
) -> Schedule:
    """`passes` forward passes for each step of `batch` rows; rows of length 0 are left out."""
    usable = [at for at, length in enumerate(lengths) if length]
    whole: list[list[int]] = []
    for epoch in range(epochs):
        order = sorted(usable, key=lambda at: key(seed, f"epoch {epoch}", ids[at]))
        for step in _steps(order, ids, lengths, batch, f"{seed} {epoch}"):
            whole += _cut(step, passes)
    return Schedule(whole, passes)


def held_out(lengths: Sequence[int], rows: int) -> list[list[int]]:
    """Forward passes over all usable rows, the longest first, so that memory fails at once or not at all."""
    usable = sorted((at for at, length in enumerate(lengths) if length), key=lambda at: (-lengths[at], at))
    return [usable[start : start + rows] for start in range(0, len(usable), rows)]


def _steps(order: Sequence[int], ids: Sequence[str], lengths: Sequence[int], batch: int, salt: str) -> list[list[int]]:
    made = []
    for start in range(0, len(order), batch * GROUPED):
        near = sorted(order[start : start + batch * GROUPED], key=lambda at: (lengths[at], ids[at]))
        steps = [near[at : at + batch] for at in range(0, len(near), batch)]
        made += sorted(steps, key=lambda step: key(0, salt, ids[step[0]]))
    return made


def _cut(step: list[int], passes: int) -> list[list[int]]:
    size = -(-len(step) // passes)
    return [step[at * size : (at + 1) * size] for at in range(passes)]
