"""The arms: from the rows that the store let through, what each arm trains on. Pure; it knows no store and no model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from assent.training.signals import meaning
from assent.training.snapshot import Example
from assent.training.snapshot.selection import key

ARMS: dict[str, str] = {
    "base": "the model as shipped",
    "consented": "all consented rows, each text taken as accepted",
    "signals": "consented rows, used and weighed by the users' verdicts",
    "shuffled": "the same verdicts, shuffled within each account",
    "random drop": "consented rows, as many at random as the effective size of the signals arm",
    "content filter": "as many consented rows, those whose text its lines support best",
    "oracle": "consented rows whose text is truly good",
    "permuted": "all consented rows, each with a text kept in another meeting: style only",
    "all data": "every row, also those that nobody allowed: the price of consent",
}


def effective(weights: Sequence[float]) -> float:
    """Rows of equal weight that would count as much (Kish 1965)."""
    squares = sum(weight**2 for weight in weights)
    return sum(weights) ** 2 / squares if squares else 0.0


def shuffled(rows: Sequence[Example], verdicts: Mapping[str, str], seed: int) -> list[Example]:
    """Each account's verdicts dealt out anew among its own rows."""
    dealt: dict[str, str] = {}
    for account in sorted({row.account for row in rows}):
        own = sorted(row.row for row in rows if row.account == account)
        mixed = sorted(own, key=lambda one: key(seed, "shuffle", one))
        dealt |= {taker: verdicts[giver] for taker, giver in zip(own, mixed, strict=True)}
    meant = [(row, meaning(["accept", dealt[row.row]], None)) for row in rows]
    return [replace(row, weight=said.weight) for row, said in meant if said.use]


def random_drop(rows: Sequence[Example], size: float, seed: int) -> list[Example]:
    mixed = sorted(rows, key=lambda row: key(seed, "drop", row.row))
    return sorted(mixed[: round(size)], key=lambda row: row.row)


def best(rows: Sequence[Example], score: Callable[[Example], float], size: float) -> list[Example]:
    """The rows of the highest score; between equals, the order of a hash."""
    ranked = sorted(rows, key=lambda row: (-score(row), key(0, "tie", row.row)))
    return sorted(ranked[: round(size)], key=lambda row: row.row)


def permuted(rows: Sequence[Example], can_write: Callable[[Example], bool], seed: int) -> list[Example]:
    """A permutation of the texts in which each moves to another meeting, and most can be written there.

    A model of slots can write the words of its vocabulary and of its prompt and no others, so that a text dealt out
    blindly could mostly not be learned, and the arm would be a small one instead of a blind one.
    """
    from scipy.optimize import linear_sum_assignment

    cost = np.array([[_cost(row, other, can_write, seed) for other in rows] for row in rows])
    takes = linear_sum_assignment(cost)[1]
    moved = [(row, rows[int(at)]) for row, at in zip(rows, takes, strict=True)]
    return [replace(row, target=other.target, weight=1.0) for row, other in moved if other.meeting != row.meeting]


def _cost(row: Example, other: Example, can_write: Callable[[Example], bool], seed: int) -> float:
    if row.meeting == other.meeting:
        return 1e6
    if other.target == row.target:
        return 1e3
    order = int.from_bytes(key(seed, row.row, other.row)[:4], "big") / 2**32
    return order if can_write(replace(row, target=other.target)) else 10 + order
