"""The few settings an adapter may have. Whatever else peft knows (code by name, other kinds, whole layers) is refused.

It knows no file and no weights.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator

from assent.data.ledger import canonical
from assent.errors import ModelError

HIGHEST_RANK = 1024
MOST_TARGETS = 256
Target = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$", max_length=200)]
NO_MATTER = frozenset({"auto_mapping", "inference_mode", "init_lora_weights", "peft_version", "revision"})
"""What peft keeps beside, which says nothing of how the weights are used."""


class AdapterConfig(BaseModel):
    """adapter_config.json, in peft's words."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    base_model_name_or_path: str = Field(min_length=1, max_length=4096)
    """The base's name as the manifest has it. Nothing is ever loaded by it."""
    bias: Literal["none"]
    fan_in_fan_out: Literal[False]
    inference_mode: Literal[True]
    lora_alpha: float = Field(gt=0, le=65536, allow_inf_nan=False)
    lora_dropout: float = Field(ge=0, lt=1)
    peft_type: Literal["LORA"]
    r: int = Field(ge=1, le=HIGHEST_RANK)
    target_modules: list[Target] = Field(min_length=1, max_length=MOST_TARGETS)
    task_type: Literal["CAUSAL_LM"]
    use_rslora: bool

    @field_validator("target_modules")
    @classmethod
    def _in_order(cls, value: list[str]) -> list[str]:
        if value != sorted(set(value)):
            raise ValueError("expected each name once, in order")
        return value

    @property
    def content(self) -> bytes:
        """Canonical JSON: equal settings are equal bytes (W6)."""
        return canonical(self.model_dump())


def stated(config: Mapping[str, Any], base: str) -> AdapterConfig:
    """What peft says of an adapter, as it is kept; ModelError where more is set than an adapter may have."""
    import peft

    given = {name: _plain(value) for name, value in config.items()}
    plain: Any = peft.LoraConfig()
    usual = {name: _plain(value) for name, value in plain.to_dict().items()}
    kept = {name: given[name] for name in AdapterConfig.model_fields if name in given}
    more = sorted(given.keys() - kept.keys() - NO_MATTER)
    if odd := [name for name in more if given[name] != usual.get(name)]:
        raise ModelError(f"an adapter with {', '.join(odd)} cannot be kept: only plain LoRA can; leave that out")
    try:
        return AdapterConfig(**kept | {"base_model_name_or_path": base, "inference_mode": True})
    except ValidationError as error:
        raise ModelError(f"that adapter cannot be kept: {faults(error)}") from None


def parsed(content: bytes) -> AdapterConfig:
    """ValueError, saying what, for any bytes but those that `content` gives."""
    try:
        found = AdapterConfig(**json.loads(content))
    except ValidationError as error:
        raise ValueError(faults(error)) from None
    except (ValueError, TypeError, RecursionError):
        raise ValueError("is no JSON object of settings") from None
    if found.content != content:
        raise ValueError("is not written as RFC 8785 asks")
    return found


def faults(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    return sorted(value) if isinstance(value, set | frozenset | tuple) else value
