"""Bootstrap intervals: what is resampled, and that the same data give the same interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.training.evaluate import intervals

VALUES = st.lists(st.floats(0, 1), min_size=2, max_size=12)


def test_a_ratio_is_the_sum_of_tops_over_the_sum_of_bottoms() -> None:
    found = intervals.ratio([1, 3], [2, 8], ["a", "b"])
    assert found.value == pytest.approx(0.4)
    assert (found.groups, found.over) == (2, "series")


def test_meetings_of_one_series_move_together() -> None:
    """Two series of opposite values: a draw of one series alone gives 0 or 1, so the interval is all of it."""
    found = intervals.mean([1, 1, 1, 0, 0, 0], ["a", "a", "a", "b", "b", "b"])
    assert (found.low, found.high) == (0.0, 1.0)
    alone = intervals.mean([1, 1, 1, 0, 0, 0], list("abcdef"))
    assert alone.low is not None and alone.low > 0.0


def test_one_series_is_resampled_over_its_meetings_and_says_so() -> None:
    found = intervals.mean([0.0, 1.0, 0.5], ["a", "a", "a"])
    assert found.over == "meetings of one series"
    assert found.low is not None and found.high is not None and found.low < 0.5 < found.high


def test_one_unit_has_no_interval() -> None:
    found = intervals.mean([0.5], ["a"])
    assert (found.value, found.low, found.high) == (0.5, None, None)
    assert str(found) == "0.500"


def test_nothing_to_measure_is_none_and_not_zero() -> None:
    assert intervals.ratio([0, 0], [0, 0], ["a", "b"]).value is None
    assert str(intervals.ratio([0], [0], ["a"])) == "none"


def test_a_paired_difference_takes_both_from_the_same_draws() -> None:
    ours, theirs = [0.9, 0.2, 0.5], [0.8, 0.1, 0.4]
    ones = np.ones(3)
    found = intervals.difference((ours, ones), (theirs, ones), ["a", "b", "c"])
    assert found.value == pytest.approx(0.1)
    assert found.low == pytest.approx(0.1) and found.high == pytest.approx(0.1)


@given(VALUES)
def test_the_same_data_give_the_same_interval_around_the_value(values: list[float]) -> None:
    groups = [str(place // 2) for place in range(len(values))]
    found = intervals.mean(values, groups)
    assert found == intervals.mean(values, groups)
    if found.low is not None and found.high is not None and found.value is not None:
        assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9
