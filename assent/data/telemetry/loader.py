"""Reads the registry and refuses what could carry content or watch a person. It knows no event and no database.

A type that is not in the closed list is refused, so no field can hold text, a map or a list; names are refused that
speak of keystrokes, mouse, gaze, who knows whom, or text. All faults are told at once.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, get_args

from assent.data.telemetry.registry import MOST_BITS, Cell, Field, Kind, Registry, Review, Value
from assent.errors import ConfigError

KINDS: tuple[str, ...] = get_args(Kind)
MOST_CHOICES = 31
"""Of one field: with more, a closed list could spell text."""
FINEST_DURATION = 100
"""Milliseconds between two bounds: below it a duration tells how somebody types."""
_NAME = re.compile(r"[a-z]+(_[a-z]+)*")
_CHOICE = re.compile(r"[a-z]{1,16}(-[a-z]{1,16}){0,2}")
_WATCHING = re.compile(r"keystroke|keypress|keylog|keydown|keyup|mouse|gaze|eyetrack|contactgraph|socialgraph|edittext")
"""What is never a signal, looked for with the underscores taken out."""
_WORDS = frozenset(
    "address body click clicks clipboard contact contacts content cursor email eye eyes graph key keys message name "
    "names neighbour neighbours peer peers pointer prompt quote recipient recipients scroll subject text texts title "
    "transcript typed typing user users voice".split()
)
_COMMON = frozenset({"name", "type", "bits", "why", "owner", "expires"})
_OWN = {"bool": set(), "enum": {"values"}, "bucketed_int": {"bounds", "unit"}, "bucketed_duration": {"bounds"}}
_OWN["coarse_time"] = {"bounds"}
_UNITS = {"bucketed_duration": "ms", "coarse_time": "days since 1970-01-01"}


@cache
def shipped() -> Registry:
    """The registry that ships with Assent. What in it has expired is told by `Registry.expired`."""
    return parse(files(__package__).joinpath("registry.toml").read_text(encoding="utf-8"))


def parse(text: str, today: date | None = None) -> Registry:
    """The registry that `text` (TOML) describes. ConfigError with every fault; on `today`, expired entries are one."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"the telemetry registry is no TOML: {error}"]) from None
    _stop(_shape_faults(document))
    registry = Registry(
        document["version"],
        tuple(_field(entry) for entry in document["fields"]),
        tuple(_cell(entry) for entry in document["cells"]),
        tuple(Review(**entry) for entry in document["reviews"]),
    )
    _stop([*_whole_faults(registry), *(f"{entry} has expired" for entry in (registry.expired(today) if today else ()))])
    return registry


def _stop(faults: Iterable[str]) -> None:
    if found := list(faults):
        raise ConfigError([f"telemetry registry: {fault}" for fault in found])


def _shape_faults(document: dict[str, Any]) -> Iterator[str]:
    if document.keys() != {"version", "fields", "cells", "reviews"}:
        yield "expected version, fields, cells and reviews, and nothing else"
        return
    if type(document["version"]) is not int or not 0 < document["version"] < 1 << 15:
        yield "version: expected a number from 1 to 32767"
    checks = (("fields", _field_faults), ("cells", _cell_faults), ("reviews", _review_faults))
    for part, check in checks:
        entries = document[part]
        if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
            yield f"{part}: expected at least one [[{part}]]"
            continue
        for number, entry in enumerate(entries, 1):
            yield from (f"{part} {number}: {fault}" for fault in check(entry))


def _field_faults(entry: dict[str, Any]) -> Iterator[str]:
    kind = entry.get("type")
    if kind not in KINDS:
        yield f"type: expected one of {', '.join(KINDS)}; text, maps and lists cannot be registered"
        return
    if entry.keys() != _COMMON | _OWN[kind]:
        yield f"a {kind} has {', '.join(sorted(_COMMON | _OWN[kind]))}, and nothing else"
        return
    if (
        not _texts(entry, "name", "why", "owner")
        or type(entry["expires"]) is not date
        or type(entry["bits"]) is not int
    ):
        yield "expected name, why and owner in words, bits as a number and expires as a date"
        return
    yield from _name_faults(entry["name"])
    if kind == "enum":
        yield from _value_faults(entry["values"])
    elif kind != "bool":
        yield from _bound_faults(kind, entry["bounds"])
    if kind == "bucketed_int" and not _texts(entry, "unit"):
        yield "unit: expected words"


def _texts(entry: dict[str, Any], *keys: str) -> bool:
    return all(isinstance(entry[key], str) and entry[key].strip() for key in keys)


def _name_faults(name: str) -> Iterator[str]:
    if not _NAME.fullmatch(name):
        yield "name: expected lower-case words joined by underscores"
    elif _watches(name):
        yield "name: keystrokes, mouse, gaze, who knows whom and text are never signals"


def _watches(name: str) -> bool:
    parts = re.split("[_-]", name)
    return bool(_WORDS & set(parts) or _WATCHING.search("".join(parts)))


def _value_faults(values: object) -> Iterator[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) and _CHOICE.fullmatch(value) for value in values):
        yield "values: expected a list of short lower-case words"
    elif len(set(values)) < len(values) or not 1 < len(values) <= MOST_CHOICES or "unset" in values:
        yield f"values: expected 2 to {MOST_CHOICES} different ones; unset is always there"
    elif any(_watches(value) for value in values):
        yield "values: keystrokes, mouse, gaze, who knows whom and text are never signals"


def _bound_faults(kind: str, bounds: object) -> Iterator[str]:
    if not isinstance(bounds, list) or not all(type(bound) is int and bound >= 0 for bound in bounds):
        yield "bounds: expected a list of whole numbers"
        return
    steps = [after - before for before, after in pairwise(bounds)]
    if not 1 < len(bounds) <= MOST_CHOICES or min(steps) < 1:
        yield f"bounds: expected 2 to {MOST_CHOICES} numbers that rise"
    elif kind != "coarse_time" and bounds[0] != 0:
        yield "bounds: expected 0 first"
    elif kind == "bucketed_duration" and min(steps) < FINEST_DURATION:
        yield f"bounds: expected at least {FINEST_DURATION} ms between two; finer ones tell how somebody types"


def _cell_faults(entry: dict[str, Any]) -> Iterator[str]:
    where = entry.get("where")
    if entry.keys() != {"number", "name", "where"} or not _texts(entry, "name") or type(entry["number"]) is not int:
        yield "expected number, name in words, and where"
    elif not 0 < entry["number"] < 1 << 31:
        yield "number: expected 1 or more"
    elif not isinstance(where, dict) or not where or not all(isinstance(choices, list) for choices in where.values()):
        yield "where: expected fields, each with a list of its choices"


def _review_faults(entry: dict[str, Any]) -> Iterator[str]:
    dates = (entry.get("reviewed"), entry.get("expires"))
    if (
        entry.keys() != {"version", "reviewed", "owner", "expires", "why", "layout"}
        or type(entry["version"]) is not int
    ):
        yield "expected version, reviewed, owner, expires, why and layout"
    elif not _texts(entry, "owner", "why", "layout") or any(type(day) is not date for day in dates):
        yield "expected owner, why and layout in words, reviewed and expires as dates"


def _field(entry: dict[str, Any]) -> Field:
    kind = entry["type"]
    choices: tuple[Value, ...] = (False, True) if kind == "bool" else tuple(entry.get("values") or entry["bounds"])
    unit = entry.get("unit") or _UNITS.get(kind, "")
    return Field(entry["name"], kind, choices, entry["bits"], entry["why"], entry["owner"], entry["expires"], unit)


def _cell(entry: dict[str, Any]) -> Cell:
    return Cell(entry["number"], entry["name"], tuple((name, tuple(found)) for name, found in entry["where"].items()))


def _whole_faults(registry: Registry) -> Iterator[str]:
    yield from (f"field {name} stands twice" for name in _twice(field.name for field in registry.fields))
    yield from (f"cell {number} stands twice" for number in _twice(cell.number for cell in registry.cells))
    yield from (f"cell {name!r} stands twice" for name in _twice(cell.name for cell in registry.cells))
    for field in registry.fields:
        needed = len(field.choices).bit_length()  # len(choices) + 1 codes, unset included
        if field.bits != needed:
            yield f"field {field.name}: its {len(field.choices)} choices and unset cost {needed} bits, not {field.bits}"
    if registry.bits > MOST_BITS:
        yield f"an event would have {registry.bits} bits; expected at most {MOST_BITS}"
    fields = {field.name: field for field in registry.fields}
    for cell in registry.cells:
        for name, choices in cell.where:
            if name not in fields or not choices or not all(_is_choice(fields[name], choice) for choice in choices):
                yield f"cell {cell.number}: {name} is no field with these choices"
    yield from _review_gaps(registry)


def _is_choice(field: Field, value: object) -> bool:
    return any(type(value) is type(choice) and value == choice for choice in field.choices)


def _twice(found: Iterable[Any]) -> list[Any]:
    return [thing for thing, times in Counter(found).items() if times > 1]


def _review_gaps(registry: Registry) -> Iterator[str]:
    last = registry.reviews[-1]
    if [review.version for review in registry.reviews] != list(range(1, registry.version + 1)):
        yield f"expected one review for each version from 1 to {registry.version}, in order"
    elif last.layout != registry.layout:
        yield f"the fields or cells changed: add a version and its review, with layout {registry.layout!r}"
