"""What the registry refuses to hold."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.telemetry import loader, shipped
from assent.data.telemetry.registry import Registry
from assent.errors import ConfigError

TODAY = date(2026, 11, 24)
COMMON = 'why = "a reason"\nowner = "maintainers"\nexpires = 2027-01-01'
BOOL = f'[[fields]]\nname = "kept"\ntype = "bool"\nbits = 2\n{COMMON}'
CELL = '[[cells]]\nnumber = 1\nname = "kept"\nwhere = { kept = [true] }'


def field(name: str = "signal", kind: str = '"enum"', more: str = 'values = ["a", "b"]', bits: int = 2) -> str:
    return f'[[fields]]\nname = "{name}"\ntype = {kind}\nbits = {bits}\n{more}\n{COMMON}'


def document(*fields: str, cell: str = CELL, layout: str = "", expires: str = "2027-01-01") -> str:
    review = f'[[reviews]]\nversion = 1\nreviewed = 2026-01-01\nowner = "maintainers"\nexpires = {expires}\nwhy = "new"'
    return "\n\n".join(["version = 1", f'{review}\nlayout = "{layout or "?"}"', BOOL, *fields, cell])


def faults(text: str, today: date | None = None) -> str:
    """The faults beside the layout, which no test here gets right."""
    with pytest.raises(ConfigError) as refused:
        loader.parse(text, today)
    return "; ".join(fault for fault in refused.value.faults if "with layout" not in fault)


def accepted(*fields: str, **more: str) -> Registry:
    """The registry, with the layout that its first refusal names."""
    text = document(*fields, **more)
    with pytest.raises(ConfigError) as refused:
        loader.parse(text)
    [layout] = re.findall(r"with layout '(\w{16})'", str(refused.value))
    return loader.parse(text.replace('"?"', f'"{layout}"'))


def test_the_shipped_registry_has_the_signals_and_at_most_64_bits() -> None:
    """T4."""
    registry = shipped()
    assert registry.bits == sum(field.bits for field in registry.fields) == 62
    for wanted in ("feature template tone length model adapter turns words_in words_out latency windows stop_reason "
                   "accepted edited regenerated discarded thumb time_to_decision statements_kept statements_quoted "
                   "statements_dropped error").split():  # fmt: skip
        assert wanted in {field.name for field in registry.fields}


def test_every_type_of_the_closed_list_loads() -> None:
    """T1."""
    registry = accepted(
        field("word"),
        field("number", '"bucketed_int"', 'bounds = [0, 1, 5]\nunit = "words"'),
        field("wait", '"bucketed_duration"', "bounds = [0, 100, 5000]"),
        field("since", '"coarse_time"', "bounds = [20000, 20028]"),
    )
    assert [found.kind for found in registry.fields] == [
        "bool", "enum", "bucketed_int", "bucketed_duration", "coarse_time",
    ]  # fmt: skip
    assert registry.unpack(registry.pack({"since": 20030, "wait": 99})) == {"since": 20028, "wait": 0}


@pytest.mark.parametrize(
    "kind",
    ['"str"', '"string"', '"text"', '"map"', '"dict"', '"list"', '"list[str]"', '"float"', '"int"', '"bytes"',
     '"keystroke"', '"mouse"', '"gaze"', '"contact_graph"', '"edit_text"', "1", '["bool"]', '{ enum = "bool" }'],
)  # fmt: skip
def test_no_other_type_can_be_registered(kind: str) -> None:
    """T1, T5."""
    assert "text, maps and lists cannot be registered" in faults(document(field(kind=kind)))


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126, exclude_characters='"\\')))
def test_no_type_by_any_other_name_can_be_registered(kind: str) -> None:
    """T1."""
    if kind not in loader.KINDS:
        assert "type: expected one of" in faults(document(field(kind=f'"{kind}"')))


@pytest.mark.parametrize(
    "name",
    ["keystroke", "keystrokes_seen", "key_stroke_count", "typing_speed", "keypress", "mouse_moved", "mouse", "cursor",
     "pointer_path", "scroll_depth", "gaze", "gaze_time", "eye_tracking", "contact", "contacts_met", "contact_graph",
     "social_graph", "recipient", "peers", "edit_text", "edited_text", "text", "content", "prompt", "transcript",
     "name", "user", "title", "email", "clipboard"],
)  # fmt: skip
def test_what_watches_a_person_is_refused_by_name_as_field_and_as_value(name: str) -> None:
    """T5."""
    assert "are never signals" in faults(document(field(name)))
    assert "are never signals" in faults(document(field(more=f'values = ["fine", "{name.replace("_", "-")}"]')))


@pytest.mark.parametrize("name", ["Signal", "signal1", "", "sig nal", "ｇaze", "_signal", "signal_"])
def test_a_name_is_plain_words(name: str) -> None:
    assert "name" in faults(document(field(name)))


@pytest.mark.parametrize(
    "more",
    ['values = "anything"', 'values = ["a"]', "values = [1, 2]", 'values = ["a", "a"]', 'values = ["a", "A sentence."]',
     'values = [["a"], ["b"]]', 'values = ["a", "unset"]', 'values = { a = "b" }', "bounds = [0, 1]",
     'values = ["a", "b"]\nextra = 1', f"values = {[loader.__name__[:1] * n for n in range(1, 33)]}".replace("'", '"')],
)  # fmt: skip
def test_an_enum_is_a_short_closed_list(more: str) -> None:
    """T1."""
    assert "fields 2" in faults(document(field(more=more)))


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("bucketed_int", 'bounds = [1, 2]\nunit = "words"'),
        ("bucketed_int", 'bounds = [0, 2, 1]\nunit = "words"'),
        ("bucketed_int", 'bounds = [0, 0.5]\nunit = "words"'),
        ("bucketed_int", 'bounds = [0, true]\nunit = "words"'),
        ("bucketed_int", f'bounds = {list(range(32))}\nunit = "words"'),
        ("bucketed_int", "bounds = [0, 1]"),
        ("bucketed_int", "bounds = [0, 1]\nunit = 1"),
        ("bucketed_duration", "bounds = [0, 50, 1000]"),
        ("bucketed_duration", "bounds = [0]"),
        ("coarse_time", "bounds = [20000, 20000]"),
        ("coarse_time", "bounds = [2024-01-01, 2025-01-01]"),
    ],
)
def test_a_number_has_few_and_coarse_buckets(kind: str, more: str) -> None:
    """T1, T5: a duration finer than a tenth of a second would tell how somebody types."""
    assert "fields 2" in faults(document(field(kind=f'"{kind}"', more=more)))


def test_bits_are_counted_and_limited_to_64() -> None:
    """T4."""
    values = [chr(97 + number) for number in range(26)]
    wide = [field(f"wide_{chr(97 + at)}", more=f"values = {values}".replace("'", '"'), bits=5) for at in range(13)]
    assert "67 bits; expected at most 64" in faults(document(*wide))
    assert accepted(*wide[:12]).bits == 62
    assert "cost 2 bits, not 1" in faults(document(field(bits=1)))


def test_a_name_or_cell_that_stands_twice_is_refused() -> None:
    assert "field signal stands twice" in faults(document(field(), field()))
    assert "cell 1 stands twice" in faults(document(cell=f"{CELL}\n\n{CELL}"))


@pytest.mark.parametrize(
    "where",
    ["{ gone = [true] }", "{ kept = [1] }", '{ kept = ["true"] }', "{ kept = [] }", "{ kept = true }", "{}", "1"],
)
def test_a_cell_names_registered_choices(where: str) -> None:
    assert "cell" in faults(document(cell=CELL.replace("{ kept = [true] }", where)))


def test_an_expired_field_or_review_is_refused() -> None:
    """T4."""
    late = date(2027, 1, 2)
    assert "field kept has expired; telemetry registry: review 1 has expired" in faults(document(), late)
    assert "expired" not in faults(document(), date(2027, 1, 1)) + faults(document())
    assert not shipped().expired(TODAY)


def test_a_change_without_a_review_is_refused() -> None:
    """T4."""
    text = files("assent.data.telemetry").joinpath("registry.toml").read_text(encoding="utf-8")
    assert loader.parse(text, TODAY) == shipped()
    for changed in (
        text.replace('"compose", "reply", "rewrite"]', '"reply", "compose", "rewrite"]', 1),
        text.replace("bounds = [0, 250,", "bounds = [0, 300,"),
        text.replace("edited = [30, 50, 75] }", "edited = [15, 30, 50, 75] }", 1),
    ):
        assert changed != text
        with pytest.raises(ConfigError, match="add a version and its review"):
            loader.parse(changed)
    with pytest.raises(ConfigError, match="one review for each version from 1 to 2"):
        loader.parse(text.replace("version = 1", "version = 2", 1))


@pytest.mark.parametrize("missing", ["name", "why", "owner", "expires", "bits", "type"])
def test_every_field_says_why_who_and_until_when(missing: str) -> None:
    """T4."""
    kept = "\n".join(line for line in field().splitlines() if not line.startswith(f"{missing} ="))
    assert "fields 2" in faults(document(kept))


@pytest.mark.parametrize("text", ["", "version = 1", "not toml", "version = true\nfields = 1\ncells = 1\nreviews = 1"])
def test_what_is_no_registry_is_refused(text: str) -> None:
    assert "registry" in faults(text)


def test_all_faults_are_told_at_once() -> None:
    found = faults(document(field("mouse"), field(kind='"str"'), cell=CELL.replace("1", "0", 1)))
    assert all(part in found for part in ("fields 2", "fields 3", "cells 1"))
