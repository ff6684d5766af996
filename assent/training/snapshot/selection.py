"""Which of the allowed rows train: ordered by a keyed hash, near-duplicates once, no account above its share, split.

Pure: the same rows and seed give the same selection, whatever their order, and a row that was never there leaves no
trace but in how much others may supply. It knows no store and no text.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from assent.training.snapshot.likeness import clusters

EXPOSURES = 4
"""Times a text may be shown in all: each epoch shows it once (L5)."""
FEW = 20
"""Fewer accounts cannot each keep within a share of 5 %."""
TRAIN, HELD_OUT = "train", "held_out"
SPLITS = (TRAIN, HELD_OUT)
_SPAN = 2**64


class Recipe(Protocol):
    """What a snapshot must know of a training run's settings."""

    @property
    def base(self) -> str:
        """Name of the base model, as `assent models` lists it, a hub id or a folder."""

    @property
    def epochs(self) -> int: ...

    @property
    def min_rows(self) -> int:
        """Fewest rows to train on."""

    @property
    def held_out(self) -> float:
        """Share of the meetings that is kept from training."""

    @property
    def account_share(self) -> float:
        """Most of the rows that one account may supply (L10)."""

    @property
    def reviewed(self) -> Collection[str]:
        """Ids of rows that speak to a model, and that somebody has looked at and let in (S5)."""

    def settings(self) -> dict[str, Any]:
        """All settings as JSON, for the manifest."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The settings of a snapshot that is taken by itself."""

    base: str = "assent-mini"
    epochs: int = 1
    min_rows: int = 1
    held_out: float = 0.1
    account_share: float = 0.05
    reviewed: tuple[str, ...] = ()

    def settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__} | {"reviewed": sorted(self.reviewed)}


class Selection(NamedTuple):
    """Places of the rows that were chosen, in the order of training, and why the others were not."""

    places: NDArray[np.int64]
    duplicates: int
    over_share: int
    share: float
    """Most of the rows that one account could supply."""


def key(seed: int, kind: str, id_: str) -> bytes:
    """16 bytes that put an id in its place under this seed."""
    return hmac.new(str(seed).encode(), f"{kind}:{id_}".encode(), hashlib.sha256).digest()[:16]


def split_of(seed: int, group: str, held_out: float) -> int:
    """Which of SPLITS a group falls into: all its rows, whatever other groups there are."""
    return int(int.from_bytes(key(seed, "split", group)[:8], "big") < held_out * _SPAN)


def select(
    keys: NDArray[np.uint64], bands: NDArray[np.uint64], accounts: NDArray[np.int64], share: float, least: int
) -> Selection:
    """`keys` (rows, 2), `bands` (rows, ...) and the account's number of each row."""
    order = np.lexsort((keys[:, 1], keys[:, 0]))
    cluster = clusters(bands)
    first = np.unique(cluster[order], return_index=True)[1]
    single = order[np.sort(first)]
    counts = np.bincount(accounts[single], minlength=1)
    allowed = _share(counts[counts > 0], share, least)
    quota = _quota(counts, allowed)
    kept = single[_rank(accounts[single]) < quota]
    return Selection(kept, len(order) - len(single), len(single) - len(kept), allowed)


def exposures(epochs: int) -> int:
    """How often each text is shown: never above EXPOSURES."""
    return min(epochs, EXPOSURES)


def _share(counts: NDArray[np.int64], share: float, least: int) -> float:
    """`share`, or with fewer accounts than that allows, as much as it takes to have any rows, or `least`."""
    accounts = len(counts)
    if accounts >= FEW or accounts == 0:
        return share
    allowed = max(share, 1 / accounts)
    while allowed < 1 and np.minimum(counts, _quota(counts, allowed)).sum() < min(least, counts.sum()):
        allowed = min(1.0, allowed + 0.01)
    return allowed


def _quota(counts: NDArray[np.int64], share: float) -> int:
    """The most rows an account may have so that none has more than `share` of what all then have together."""
    low, high = 0, int(counts.max(initial=0))
    while low < high:
        middle = (low + high + 1) // 2
        if middle <= share * np.minimum(counts, middle).sum() + 1e-9:
            low = middle
        else:
            high = middle - 1
    return low


def _rank(accounts: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many rows of the same account stand before each."""
    order = np.argsort(accounts, kind="stable")
    grouped = accounts[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]]) if len(grouped) else np.array([], np.int64)
    rank = np.empty(len(accounts), np.int64)
    rank[order] = np.arange(len(accounts)) - np.repeat(starts, np.diff(np.r_[starts, len(grouped)]))
    return rank


def strata(cells: Iterable[int | None], released: dict[int, int]) -> dict[int, float]:
    """Weight of the rows of each cell: its share of accounts among all, over its share of the rows (post-stratified).

    `released` is all that is known of accounts whose rows are not here (T7). Between a half and two; a cell that was
    not released weighs 1.
    """
    held = [cell for cell in cells if cell in released]
    rows = {cell: held.count(cell) for cell in set(held) if cell is not None}
    accounts = sum(released[cell] for cell in rows)
    return {cell: min(2.0, max(0.5, (released[cell] / accounts) / (count / len(held)))) for cell, count in rows.items()}
