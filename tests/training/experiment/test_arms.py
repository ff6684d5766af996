from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from assent.training.experiment import arms
from assent.training.signals import meaning
from assent.training.snapshot import Example

VERDICTS = ("thumb_up", "accept", "regenerate", "thumb_down", "discard")
ROWS = [
    Example(f"row {at}", "point", (), (("Ada", f"words {at}"),), f"text {at}", 0.5, f"a{at % 3}", f"m{at % 6}", "")
    for at in range(60)
]
GIVEN = {row.row: VERDICTS[at % 5] for at, row in enumerate(ROWS)}


def test_shuffling_keeps_the_verdicts_of_each_account() -> None:
    """T11"""
    dealt = arms.shuffled(ROWS, GIVEN, 1)
    for account in ("a0", "a1", "a2"):
        meant = [meaning([GIVEN[row.row]], None) for row in ROWS if row.account == account]
        wanted = Counter(one.weight for one in meant if one.use)
        assert Counter(row.weight for row in dealt if row.account == account) == wanted


def test_shuffling_moves_verdicts_to_other_rows() -> None:
    """T11"""
    own = {row.row for row in ROWS if meaning([GIVEN[row.row]], None).use}
    assert {row.row for row in arms.shuffled(ROWS, GIVEN, 1)} != own


def test_no_row_keeps_its_own_text_or_one_of_its_meeting_when_texts_are_permuted() -> None:
    meetings = {row.target: row.meeting for row in ROWS}
    moved = arms.permuted(ROWS, lambda row: True, 0)
    assert len(moved) == len(ROWS)
    assert not [row for row in moved if meetings[row.target] == row.meeting]
    assert Counter(row.target for row in moved) == Counter(row.target for row in ROWS)


def test_permuted_texts_are_those_that_the_model_can_write_where_there_are_any() -> None:
    def writable(row: Example) -> bool:
        return int(row.target.split()[1]) % 2 == int(row.row.split()[1]) % 2

    assert all(writable(row) for row in arms.permuted(ROWS, writable, 0))


def test_the_random_drop_has_the_effective_size_it_is_given() -> None:
    weights = [1.0] * 10 + [0.5] * 20
    assert arms.effective(weights) == pytest.approx(400 / 15)
    kept = arms.random_drop(ROWS, arms.effective(weights), 0)
    assert arms.effective([row.weight for row in kept]) == pytest.approx(27)


def test_a_filter_keeps_the_rows_of_the_highest_score() -> None:
    kept = arms.best(ROWS, lambda row: float(row.row.split()[1]), 10)
    assert {row.row for row in kept} == {f"row {at}" for at in range(50, 60)}


def test_equal_rows_are_dropped_in_an_order_that_their_place_does_not_decide() -> None:
    there, back = (arms.random_drop(rows, 20, 3) for rows in (ROWS, ROWS[::-1]))
    assert there == back
    assert arms.best(ROWS, lambda row: 1.0, 20) == arms.best(ROWS[::-1], lambda row: 1.0, 20)


def test_a_row_without_another_meeting_to_take_from_is_left_out() -> None:
    alone = [replace(row, meeting="only") for row in ROWS[:4]]
    assert arms.permuted(alone, lambda row: True, 0) == []
