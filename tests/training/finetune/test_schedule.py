"""The order of a run, for all rows: each once an epoch, by its id and not by its place."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from assent.training.finetune.schedule import held_out, schedule

ROWS = st.lists(st.integers(0, 90), min_size=1, max_size=60)


def ids(count: int) -> list[str]:
    return [hashlib.sha256(str(at).encode()).hexdigest()[:32] for at in range(count)]


@given(ROWS, st.integers(1, 4), st.integers(1, 9), st.integers(1, 4))
def test_each_usable_row_is_shown_once_an_epoch_and_no_other(
    lengths: list[int], epochs: int, batch: int, passes: int
) -> None:
    made = schedule(ids(len(lengths)), lengths, seed=1, epochs=epochs, batch=batch, passes=passes)
    usable = sorted(at for at, length in enumerate(lengths) if length)
    shown = sorted(at for one in made.passes for at in one)
    assert shown == sorted(usable * epochs)
    assert made.steps == epochs * -(-len(usable) // batch)
    assert len(made.passes) == made.steps * passes
    assert all(len(one) <= -(-batch // passes) for one in made.passes)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_is_that_of_the_ids_wherever_the_rows_stand(lengths: list[int], rng: object) -> None:
    names, places = ids(len(lengths)), list(range(len(lengths)))
    rng.shuffle(places)  # type: ignore[attr-defined]
    here = schedule(names, lengths, seed=3, epochs=2, batch=4, passes=2)
    there = schedule([names[at] for at in places], [lengths[at] for at in places], seed=3, epochs=2, batch=4, passes=2)
    assert [[places[at] for at in one] for one in there.passes] == here.passes


def test_rows_of_like_length_share_a_step() -> None:
    lengths = [10, 500] * 16
    made = schedule(ids(32), lengths, seed=0, epochs=1, batch=4, passes=2)
    for start in range(0, len(made.passes), 2):
        assert len({lengths[at] for one in made.passes[start : start + 2] for at in one}) == 1


def test_epochs_and_seeds_differ_in_order() -> None:
    def order(seed: int, epochs: int = 1) -> list[list[int]]:
        return schedule(ids(40), [9] * 40, seed=seed, epochs=epochs, batch=4, passes=1).passes

    two = order(0, 2)
    assert two[:10] == order(0)
    assert two[10:] != two[:10]
    assert order(1) != order(0)


def test_held_out_rows_are_looked_at_once_the_longest_first() -> None:
    assert held_out([5, 0, 9, 7], 2) == [[2, 3], [0]]
