"""Intervals over series and seeds at once, paired differences, and what could be found. It knows no system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assent.training.evaluate.intervals import DRAWS, LEVEL, SEED, Interval

EQUIVALENCE = 0.90
"""Level of the interval that must lie within the margins: two one-sided tests at 5 % (Schuirmann 1987)."""
DETECTABLE = 1.96 + 0.84
"""Standard errors of a difference that is found with 80 % power at 5 %, two-sided."""

Array = NDArray[np.float64]


class Sides(NamedTuple):
    """A ratio's two sides, each (seeds, items): an item that was not measured is 0 in both."""

    top: Array
    bottom: Array


@dataclass(frozen=True, slots=True)
class Compared:
    """`equivalent` is None where no margin was named."""

    interval: Interval
    detectable: float
    equivalent: bool | None = None


def figure(sides: Sides, groups: Sequence[str]) -> Interval:
    return _interval(_value(sides), _draws(sides, groups), groups, LEVEL)


def compare(ours: Sides, theirs: Sides, groups: Sequence[str], margin: float | None = None) -> Compared:
    """Ours minus theirs, from the same draws of series and seeds; a base has the same values for every seed."""
    gaps = _draws(ours, groups) - _draws(theirs, groups)
    value = _value(ours) - _value(theirs)
    inner = _interval(value, gaps, groups, EQUIVALENCE)
    within = None if margin is None else bool(-margin < (inner.low or 0.0) and (inner.high or 0.0) < margin)
    return Compared(_interval(value, gaps, groups, LEVEL), float(DETECTABLE * gaps.std()), within)


def _value(sides: Sides) -> float:
    return float(sides.top.sum() / max(sides.bottom.sum(), 1e-12))


def _draws(sides: Sides, groups: Sequence[str]) -> Array:
    """(DRAWS,) ratios, series and seeds both drawn with replacement."""
    names = sorted(set(groups))
    member = np.array([[group == name for group in groups] for name in names], dtype=np.float64)  # (series, items)
    top, bottom = sides.top @ member.T, sides.bottom @ member.T  # (seeds, series)
    chance = np.random.default_rng(SEED)
    seeds = chance.multinomial(len(top), np.full(len(top), 1 / len(top)), DRAWS)
    series = chance.multinomial(len(names), np.full(len(names), 1 / len(names)), DRAWS)
    above = np.einsum("ds,sg,dg->d", seeds, top, series)
    below = np.einsum("ds,sg,dg->d", seeds, bottom, series)
    return np.asarray(above / np.maximum(below, 1e-12))


def _interval(value: float, drawn: Array, groups: Sequence[str], level: float) -> Interval:
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(value, float(low), float(high), len(set(groups)), "series and seeds")
