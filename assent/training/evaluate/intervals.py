"""Bootstrap intervals over groups of units (meetings of one series are no independent draws).

It knows no metric: every figure is a ratio of two sums, and a mean is the ratio over ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

DRAWS = 2000
SEED = 20230807
LEVEL = 0.95

Numbers = Sequence[float] | NDArray[Any]


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure and its 95 % percentile interval over `groups` resampled; no bounds where there is one unit.

    `value` is None where there was nothing to measure.
    """

    value: float | None
    low: float | None
    high: float | None
    groups: int
    over: str

    def __str__(self) -> str:
        if self.value is None:
            return "none"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def ratio(top: Numbers, bottom: Numbers, groups: Sequence[str], over: str = "series") -> Interval:
    """sum(top) / sum(bottom), resampled over `groups`."""
    if not np.sum(bottom):
        return Interval(None, None, None, 0, over)
    picks, over = _draws(groups, over)
    return _interval(_point(top, bottom), _ratios(top, bottom, groups, picks, over), picks, over)


def mean(values: Numbers, groups: Sequence[str], over: str = "series") -> Interval:
    return ratio(values, np.ones(len(values)), groups, over)


def difference(
    ours: tuple[Numbers, Numbers], theirs: tuple[Numbers, Numbers], groups: Sequence[str], over: str = "series"
) -> Interval:
    """Ratio of ours minus ratio of theirs, both from the same draws: a paired difference."""
    if not (np.sum(ours[1]) and np.sum(theirs[1])):
        return Interval(None, None, None, 0, over)
    picks, over = _draws(groups, over)
    gaps = _ratios(*ours, groups, picks, over) - _ratios(*theirs, groups, picks, over)
    return _interval(_point(*ours) - _point(*theirs), gaps, picks, over)


def _draws(groups: Sequence[str], over: str) -> tuple[NDArray[np.int64], str]:
    """(draws, groups) indexes. One series alone cannot be resampled: its meetings are, and the interval says so."""
    count = len(set(groups))
    if count == 1 and len(groups) > 1 and over == "series":
        count, over = len(groups), "meetings of one series"
    return np.random.default_rng(SEED).integers(0, max(count, 1), size=(DRAWS, max(count, 1))), over


def _ratios(
    top: Numbers, bottom: Numbers, groups: Sequence[str], picks: NDArray[np.int64], over: str
) -> NDArray[np.float64]:
    sums_top, sums_bottom = (_sums(values, groups, over) for values in (top, bottom))
    below = sums_bottom[picks].sum(axis=1)
    above = sums_top[picks].sum(axis=1)
    return np.asarray(np.where(below != 0, above / np.where(below != 0, below, 1.0), 0.0), dtype=np.float64)


def _sums(values: Numbers, groups: Sequence[str], over: str) -> NDArray[np.float64]:
    """(groups,) sums, in order of first appearance."""
    if over == "meetings of one series":
        return np.asarray(values, dtype=np.float64)
    names = list(dict.fromkeys(groups))
    index = np.array([names.index(group) for group in groups], dtype=np.int64)
    sums = np.zeros(max(len(names), 1))
    np.add.at(sums, index, np.asarray(values, dtype=np.float64))
    return sums


def _point(top: Numbers, bottom: Numbers) -> float:
    return float(np.sum(top)) / float(np.sum(bottom))


def _interval(value: float, sampled: NDArray[np.float64], picks: NDArray[np.int64], over: str) -> Interval:
    groups = picks.shape[1]
    if groups < 2:
        return Interval(value, None, None, groups, over)
    low, high = np.quantile(sampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(value, float(low), float(high), groups, over)
