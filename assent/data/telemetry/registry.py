"""The registry as values: which fields an event may have, and how an event becomes one number and back.

It knows no file and no database. `unset` is code 0 of every field; choice k has code k + 1; the first field lies in the
lowest bits. The number is told as a signed 64-bit integer, which is what databases hold.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assent.errors import TelemetryError

Value = bool | str | int
Kind = Literal["bool", "enum", "bucketed_int", "bucketed_duration", "coarse_time"]
MOST_BITS = 64
_WORD = (1 << MOST_BITS) - 1


@dataclass(frozen=True, slots=True)
class Field:
    """One signal. `choices` are its values; of a number, where its buckets begin (in `unit`)."""

    name: str
    kind: Kind
    choices: tuple[Value, ...]
    bits: int
    why: str
    owner: str
    expires: date
    unit: str = ""

    @property
    def bucketed(self) -> bool:
        return self.kind not in ("bool", "enum")

    def code(self, value: object) -> int:
        """Which code `value` has; None is unset. TelemetryError where it is not registered."""
        if value is None:
            return 0
        if self.bucketed and type(value) is int and value >= int(self.choices[0]):
            return bisect_right([int(bound) for bound in self.choices], value)
        for code, choice in enumerate(self.choices, 1):
            if not self.bucketed and type(value) is type(choice) and value == choice:
                return code
        raise TelemetryError("unknown_value")

    def choice(self, code: int) -> Value | None:
        if code > len(self.choices):
            raise TelemetryError("unknown_value")
        return self.choices[code - 1] if code else None


@dataclass(frozen=True, slots=True)
class Cell:
    """One part of the partition: the events whose fields all have one of the choices that `where` names."""

    number: int
    name: str
    where: tuple[tuple[str, tuple[Value, ...]], ...]

    def holds(self, values: Mapping[str, Value]) -> bool:
        return all(values.get(name) in choices for name, choices in self.where)


@dataclass(frozen=True, slots=True)
class Review:
    """Who answers for a version of the registry, and until when."""

    version: int
    reviewed: date
    owner: str
    expires: date
    why: str
    layout: str


@dataclass(frozen=True, slots=True)
class Registry:
    version: int
    fields: tuple[Field, ...]
    cells: tuple[Cell, ...]
    reviews: tuple[Review, ...]

    @property
    def bits(self) -> int:
        return sum(field.bits for field in self.fields)

    @property
    def layout(self) -> str:
        """Names the bits and cells: it changes whenever a stored number would mean something else."""
        fields = [[field.name, field.kind, field.choices, field.bits, field.unit] for field in self.fields]
        cells = [[cell.number, cell.name, cell.where] for cell in self.cells]
        return hashlib.sha256(json.dumps([fields, cells]).encode()).hexdigest()[:16]

    def expired(self, today: date) -> list[str]:
        """What may not be recorded any more until someone has looked at it again."""
        late = [f"field {field.name}" for field in self.fields if field.expires < today]
        return late + ([f"review {self.reviews[-1].version}"] if self.reviews[-1].expires < today else [])

    def pack(self, values: Mapping[str, object]) -> int:
        """The event as a signed 64-bit integer. TelemetryError on an unknown key or value: all of it or nothing."""
        if not values.keys() <= {field.name for field in self.fields}:
            raise TelemetryError("unknown_key")
        payload = shift = 0
        for field in self.fields:
            payload |= field.code(values.get(field.name)) << shift
            shift += field.bits
        return payload - (1 << MOST_BITS) if payload >> (MOST_BITS - 1) else payload

    def unpack(self, payload: int) -> dict[str, Value]:
        """The fields that are set; of a number, where its bucket begins. TelemetryError on bits that mean nothing."""
        rest, values = payload & _WORD, {}
        for field in self.fields:
            choice = field.choice(rest & ((1 << field.bits) - 1))
            rest >>= field.bits
            if choice is not None:
                values[field.name] = choice
        if rest:
            raise TelemetryError("unknown_value")
        return values

    def cell(self, values: Mapping[str, Value]) -> int | None:
        """The number of the one cell that an event belongs to, None where it belongs to none."""
        return next((cell.number for cell in self.cells if cell.holds(values)), None)
