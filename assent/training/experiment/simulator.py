"""Simulated users: what they say of a text whose quality they see through noise. Pure, and the same for the same seed.

It knows no text, no store and no model; nothing that trains imports it or reads its table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assent.training.snapshot.selection import key

GOOD = "good"


@dataclass(frozen=True, slots=True)
class Users:
    """`auc`: how often a good text outscores a bad one; 0.5 is pure noise. `table` is simulator.yaml."""

    auc: float
    table: Mapping[str, Any]

    def good(self, kind: str) -> bool:
        return bool(self.table["quality"][kind] == GOOD)

    def scores(self, ids: Sequence[str], kinds: Sequence[str], seed: int) -> NDArray[np.float64]:
        """(texts,): each text's noise comes from its own id, whatever other texts there are."""
        distance = np.sqrt(2) * NormalDist().inv_cdf(self.auc)
        noise = np.array([_normal(seed, "score", one) for one in ids])
        good = np.array([self.good(kind) for kind in kinds], dtype=np.float64)
        return np.asarray(noise + distance * (good - 0.5))

    def verdicts(self, ids: Sequence[str], kinds: Sequence[str], seed: int) -> list[str]:
        return [self._verdict(float(score)) for score in self.scores(ids, kinds, seed)]

    def kinds(self, ids: Sequence[str], seed: int) -> list[str]:
        """Which text each user keeps, by the table's shares."""
        names = list(self.table["shares"])
        bounds = np.cumsum([self.table["shares"][name] for name in names])
        return [names[int(np.searchsorted(bounds, _uniform(seed, "kind", one) * bounds[-1], "right"))] for one in ids]

    def _verdict(self, score: float) -> str:
        lines = self.table["verdicts"]
        return str(next(line["verdict"] for line in lines if score > line.get("above", -np.inf)))


def users(auc: float | None = None) -> Users:
    """As the table has them, or through a channel of another AUC."""
    table = _table()
    return Users(table["auc"] if auc is None else auc, table)


def auc(scores: NDArray[np.float64], good: NDArray[np.bool_]) -> float:
    """The share of pairs in which the good one has the higher score; a tie counts half."""
    above, below = scores[good][:, None], scores[~good][None, :]
    return float(((above > below) + 0.5 * (above == below)).mean())


@cache
def _table() -> dict[str, Any]:
    import yaml

    table: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("simulator.yaml").read_text("utf-8"))
    return table


def _uniform(seed: int, what: str, one: str) -> float:
    """Above 0 and below 1."""
    return (int.from_bytes(key(seed, what, one)[:6], "big") + 0.5) / 2**48


def _normal(seed: int, what: str, one: str) -> float:
    return NormalDist().inv_cdf(_uniform(seed, what, one))
