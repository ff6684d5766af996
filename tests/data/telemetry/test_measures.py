"""What is measured of a text or an error before telemetry sees it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent import errors
from assent.data.telemetry import shipped
from assent.data.telemetry.measures import changed, error_class, words

ERROR = next(field for field in shipped().fields if field.name == "error")


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        ("one two three four", "one two three four", 0),
        ("one two three four", "one  two three four", 1),  # only a space: changed all the same
        ("one two three four", "one two three five", 25),
        ("one two three four", "five six seven eight", 100),
        ("one two", "", 100),
        ("", "one", 100),
        ("a b c d", "d a b c", 25),
    ],
)
def test_an_edit_is_measured_in_words(before: str, after: str, percent: int) -> None:
    assert changed(before, after) == percent


@given(st.text(), st.text())
def test_an_edit_is_0_only_where_nothing_changed(before: str, after: str) -> None:
    assert 0 <= changed(before, after) <= 100
    assert (changed(before, after) == 0) == (before == after)


def test_a_long_text_is_measured_in_no_time() -> None:
    before = " ".join(f"w{number % 977}" for number in range(60_000))
    after = " ".join(f"w{number % 983}" for number in range(60_000))
    start = time.perf_counter()
    assert 0 < changed(before, after) <= 100
    assert time.perf_counter() - start < 2


def test_words_are_counted() -> None:
    assert words(" one two\nthree ") == 3


def every_error(kind: type[BaseException]) -> list[type[BaseException]]:
    return [kind, *(below for child in kind.__subclasses__() for below in every_error(child))]


@pytest.mark.parametrize("kind", [*every_error(errors.AssentError), ValueError, KeyboardInterrupt, None])
def test_every_error_has_a_registered_class(kind: type[BaseException] | None) -> None:
    """T3: of the class alone, whatever the message."""
    blank = type("Blank", (kind,), {"__init__": lambda self: None})() if kind else None
    found = error_class(blank)
    assert found in ERROR.choices
    unregistered = (errors.AssentError, errors.TrainingError, ValueError, KeyboardInterrupt)  # no feature trains
    assert (found == "other") == (kind in unregistered)
