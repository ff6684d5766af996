"""What an evaluation found of an adapter beside the one it would replace. It knows no model and runs nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assent.errors import InputError
from assent.models.adapters.config import faults

Set = Literal["held_out", "refusals", "triggers"]
SETS: tuple[Set, ...] = ("held_out", "refusals", "triggers")
"""What must have been measured: held-out score, refused where it should, unmoved by trigger probes."""


class Pair(BaseModel):
    """Two shares of the same set, higher is better: the adapter's, and that of what is served now."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    adapter: float = Field(ge=0, le=1)
    served: float = Field(ge=0, le=1)


class Comparison(BaseModel):
    """`adapter` is its name; `served` that of the adapter it was held against, None where that was the base."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    adapter: str
    served: str | None
    sets: dict[Set, Pair]

    def faults(self, margin: float) -> list[str]:
        """The sets that are not there, and those in which the adapter is worse by more than `margin`."""
        return [name for name in SETS if name not in self.sets or self._loss(name) > margin]

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def _loss(self, name: Set) -> float:
        return self.sets[name].served - self.sets[name].adapter


def read(path: Path) -> Comparison:
    """The comparison in a JSON file. Raises InputError, saying all that is wrong with it."""
    try:
        return Comparison.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"{path}: cannot read the comparison: {error.strerror}") from None
    except ValidationError as error:
        raise InputError(f"{path}: is no comparison: {faults(error)}") from None
