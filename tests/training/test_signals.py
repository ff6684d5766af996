"""The table from verdicts to training, at every combination of them."""

from __future__ import annotations

import hashlib
import inspect
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.interactions.log import FEEDBACK
from assent.training import signals
from assent.training.signals import LARGE_EDIT, TABLE, VERSION, meaning

KINDS = [set(some) for size in range(len(FEEDBACK) + 1) for some in combinations(FEEDBACK, size)]
EDITS = (None, 0.01, 0.29, LARGE_EDIT, 1.0)


@pytest.mark.parametrize(
    ("kinds", "edited", "signal"),
    [
        ((), None, "silent"),
        (("accept",), None, "accepted"),
        (("thumb_up",), None, "thumb_up"),
        (("accept", "thumb_up"), None, "thumb_up"),
        (("accept", "thumb_down"), None, "thumb_down"),
        (("accept",), 0.1, "small_edit"),
        (("thumb_down",), 0.1, "small_edit"),
        ((), 0.5, "large_edit"),
        (("accept", "edit"), None, "changed"),
        (("regenerate",), 0.1, "regenerated"),
        (("accept", "regenerate"), None, "regenerated"),
        (("accept", "thumb_up", "discard"), 0.1, "discarded"),
    ],
)
def test_each_verdict_has_its_line(kinds: tuple[str, ...], edited: float | None, signal: str) -> None:
    """T10."""
    assert meaning(kinds, edited) == TABLE[signal]


def test_every_combination_has_a_meaning_and_a_no_weighs_nothing() -> None:
    """T10."""
    for kinds in KINDS:
        for edited in EDITS:
            found = meaning(kinds, edited)
            assert found.use == (found.weight > 0)
            assert 0 <= found.weight <= 1
            if kinds & {"discard", "regenerate"}:
                assert not found.use


def test_no_verdict_teaches_nothing() -> None:
    assert not meaning((), None).use


@given(st.lists(st.sampled_from(FEEDBACK)), st.one_of(st.none(), st.floats(0, 1)))
def test_neither_order_nor_number_of_verdicts_matters(kinds: list[str], edited: float | None) -> None:
    assert meaning(kinds, edited) == meaning([*reversed(kinds), *kinds], edited)


def test_neither_time_nor_length_is_an_input() -> None:
    """T10: what the table may look at is all there is."""
    assert list(inspect.signature(meaning).parameters) == ["kinds", "edited"]
    assert [meaning(("accept", word), None) for word in ("dwell", "time_to_decision", "words_out")] == [
        meaning(("accept",), None)
    ] * 3


def test_a_changed_table_has_a_new_version() -> None:
    lines = [tuple(meaning(kinds, edited)) for kinds in KINDS for edited in EDITS]
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()[:16]
    assert (VERSION, digest) == (1, "9c1e3c66bc45fc43")
    assert signals.TABLE.keys() == {one.signal for one in signals.TABLE.values()}
