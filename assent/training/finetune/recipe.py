"""The settings of a run: one YAML file, checked whole, each with where it came from. It knows no row and no model."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assent.errors import ConfigError, InputError
from assent.training.snapshot.selection import EXPOSURES

LIMIT = 2**16
"""Bytes of a recipe; no recipe is longer."""


class Recipe(BaseModel):
    """What `default.yaml` explains setting by setting. It is also what a snapshot must know of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    base: str = Field(min_length=1)
    seed: int = Field(ge=0, lt=2**32)
    epochs: int = Field(ge=1, le=EXPOSURES)
    min_rows: int = Field(ge=1)
    held_out: float = Field(ge=0, lt=1)
    account_share: float = Field(gt=0, le=1)
    reviewed: list[str]
    context: int | None = Field(ge=16)
    rank: int = Field(ge=1, le=512)
    alpha: int = Field(ge=1)
    dropout: float = Field(ge=0, lt=1)
    targets: Literal["all-linear"] | list[str]
    batch: int = Field(ge=1)
    passes: int = Field(ge=1)
    rate: float = Field(gt=0, le=1)
    warmup: float = Field(ge=0, le=1)
    weight_decay: float = Field(ge=0)
    clip: float = Field(gt=0)
    dtype: Literal["auto", "float32", "bfloat16"]
    save_every: int = Field(ge=1)
    patience: int = Field(ge=0)
    tensorboard: bool

    def settings(self) -> dict[str, Any]:
        """All settings as JSON, for the manifest."""
        return self.model_dump(mode="json") | {"reviewed": sorted(self.reviewed)}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A recipe, and where each of its settings came from."""

    recipe: Recipe
    origins: Mapping[str, str]

    def __str__(self) -> str:
        values = self.recipe.settings()
        width = max(map(len, values))
        return "\n".join(f"{name:<{width}}  {values[name]!s:<14} {self.origins[name]}" for name in values)


def resolve(path: Path | None = None, overrides: Sequence[str] = ()) -> Resolved:
    """The default recipe, then the file's settings, then NAME=VALUE ones. Raises ConfigError with all faults."""
    values = _parsed(files(__package__).joinpath("default.yaml").read_text("utf-8"), "default")
    origins, faults = dict.fromkeys(values, "default"), list[str]()
    layers = [(path.name, _parsed(_text(path), str(path)))] if path else []
    given, unread = _given(overrides)
    faults += unread
    for origin, layer in [*layers, ("command line", given)]:
        faults += [_unknown(origin, name, values) for name in layer if name not in origins]
        known = {name: value for name, value in layer.items() if name in origins}
        values |= known
        origins |= dict.fromkeys(known, origin)
    try:
        recipe = Recipe(**values)
    except ValidationError as error:
        faults += [_fault(one, origins) for one in error.errors(include_url=False)]
    if faults:
        raise ConfigError(faults)
    return Resolved(recipe, origins)


def _given(overrides: Sequence[str]) -> tuple[dict[str, Any], list[str]]:
    import yaml

    values: dict[str, Any] = {}
    faults = []
    for override in overrides:
        name, equals, written = override.partition("=")
        try:
            values[name.strip()] = yaml.safe_load(written)
        except yaml.YAMLError:
            equals = ""
        if not equals:
            faults.append(f"command line: {override!r} is no setting; write NAME=VALUE, such as epochs=1")
    return values, faults


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LIMIT + 1)
        if len(raw) > LIMIT:
            raise InputError(f"{path}: longer than {LIMIT} bytes, which no recipe is; name a recipe")
        return raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot read the recipe: {error.strerror}; expected a YAML file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the recipe is no UTF-8 text; expected a YAML file") from error


def _parsed(text: str, where: str) -> dict[str, Any]:
    import yaml

    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigError(
            [f"{where}: no YAML{f', line {mark.line + 1}' if mark else ''}; expected name: value"]
        ) from None
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise ConfigError([f"{where}: expected lines of name: value"])
    return values


def _unknown(origin: str, name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"{origin}: no setting {name!r}; " + (
        f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
    )


def _fault(error: Any, origins: Mapping[str, str]) -> str:
    name = str(error["loc"][0])
    return f"{origins[name]}: {name} is {str(error['input'])[:60]!r}; {error['msg'][0].lower()}{error['msg'][1:]}"
