"""Events as numbers: what packs comes back, and nothing else packs."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.telemetry import shipped
from assent.data.telemetry.registry import Field
from assent.errors import TelemetryError

REGISTRY = shipped()
FIELDS = {field.name: field for field in REGISTRY.fields}
NUMBERS = st.integers(min_value=0, max_value=10**400)


def registered(field: Field) -> st.SearchStrategy[object]:
    return NUMBERS if field.bucketed else st.sampled_from(field.choices)


EVENTS = st.fixed_dictionaries({}, optional={name: st.none() | registered(field) for name, field in FIELDS.items()})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)


def bucket(field: Field, value: object) -> object:
    """Where the bucket of a number begins; any other value itself."""
    if not field.bucketed or not isinstance(value, int):
        return value
    return field.choices[bisect_right(field.choices, value) - 1]


@given(EVENTS)
def test_an_event_of_registered_values_comes_back_with_its_numbers_as_buckets(event: dict[str, object]) -> None:
    payload = REGISTRY.pack(event)
    assert -(1 << 63) <= payload < 1 << 63
    expected = {name: bucket(FIELDS[name], value) for name, value in event.items() if value is not None}
    assert REGISTRY.unpack(payload) == expected
    assert REGISTRY.pack(REGISTRY.unpack(payload)) == payload


@given(EVENTS, st.sampled_from(REGISTRY.fields), JSON)
def test_one_value_that_is_not_registered_refuses_the_event(
    event: dict[str, object], field: Field, value: object
) -> None:
    """T2."""
    number = field.bucketed and type(value) is int and value >= 0
    listed = not field.bucketed and any(type(value) is type(known) and value == known for known in field.choices)
    if value is None or number or listed:
        return
    with pytest.raises(TelemetryError, match="unknown_value"):
        REGISTRY.pack({**event, field.name: value})


@given(EVENTS, st.text().filter(lambda name: name not in FIELDS), JSON)
def test_one_key_that_is_not_registered_refuses_the_event(event: dict[str, object], key: str, value: object) -> None:
    """T2."""
    with pytest.raises(TelemetryError, match="unknown_key"):
        REGISTRY.pack({**event, key: value})


@given(st.integers(min_value=-(1 << 63), max_value=(1 << 63) - 1))
def test_any_number_either_means_an_event_or_is_refused(payload: int) -> None:
    try:
        values = REGISTRY.unpack(payload)
    except TelemetryError:
        return
    assert REGISTRY.pack(values) == payload


@pytest.mark.parametrize("payload", [1 << 62, -1, -(1 << 63), (1 << 63) - 1, 6, 15 << 58])
def test_bits_and_codes_that_mean_nothing_are_refused(payload: int) -> None:
    with pytest.raises(TelemetryError):
        REGISTRY.unpack(payload)


def test_a_registry_of_64_bits_fits_a_signed_column() -> None:
    """T4: with the highest bit set the number is negative, and comes back."""
    words = tuple("abcdefghijklmno")
    filled = tuple(replace(REGISTRY.fields[0], name=f"field{at}", choices=words, bits=4) for at in range(16))
    wide = replace(REGISTRY, fields=filled)
    event = {field.name: "o" for field in filled}
    assert wide.bits == 64
    assert wide.pack(event) == -1
    assert wide.unpack(-1) == event
    assert wide.pack({"field15": "h"}) == -(1 << 63)


def test_the_bits_lie_as_documented() -> None:
    """Written out by hand: the page promises these places."""
    assert REGISTRY.pack({}) == 0
    assert REGISTRY.pack({"feature": "summarize"}) == 1
    assert REGISTRY.pack({"feature": "rewrite", "template": "own"}) == 5 + (8 << 3)
    assert REGISTRY.pack({"accepted": False, "edited": 4}) == (1 << 35) + (2 << 37)
    assert REGISTRY.pack({"latency": 999, "error": "other"}) == (2 << 26) + (11 << 58)


@pytest.mark.parametrize("value", [True, 1.0, "1", -1, float("nan"), [], {}])
def test_a_number_is_whole_and_not_negative(value: object) -> None:
    with pytest.raises(TelemetryError):
        REGISTRY.pack({"turns": value})


@pytest.mark.parametrize("value", ["", "unset", "none", False, 0, (), b"", 0.0])
def test_only_none_is_unset(value: object) -> None:
    with pytest.raises(TelemetryError):
        REGISTRY.pack({"feature": value})


@pytest.mark.parametrize("value", [0, 1, "true", "yes", 1.0])
def test_only_true_and_false_are_a_bool(value: object) -> None:
    with pytest.raises(TelemetryError):
        REGISTRY.pack({"accepted": value})


def test_a_refusal_repeats_nothing_of_the_event() -> None:
    """T3: neither its message nor what it carries."""
    for event in ({"sentinel": 1}, {"feature": "sentinel"}):
        with pytest.raises(TelemetryError) as refused:
            REGISTRY.pack(event)
        assert "sentinel" not in f"{refused.value!r} {refused.value} {refused.value.__dict__}"
