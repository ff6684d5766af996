"""A base with an adapter in it: the weights of both, added up once, so that serving costs what the base costs."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from assent.errors import MissingExtra, UnsafeModel
from assent.models.adapters import folder as files

if TYPE_CHECKING:
    from assent.models.adapters.verify import Verified


def merged(model: Any, adapter: Verified) -> Any:
    """The model with the adapter's checked bytes added. Raises UnsafeModel where they do not fit it, MissingExtra."""
    try:
        import peft
    except ImportError as error:
        raise MissingExtra("train", "an adapter") from error
    from safetensors.torch import load

    config = peft.LoraConfig(**adapter.config.model_dump(exclude={"base_model_name_or_path"}))
    try:
        made = layered(model, config)
        found: Any = peft.set_peft_model_state_dict(made, load(adapter.content[files.WEIGHTS]))
    except (ValueError, RuntimeError, KeyError) as error:
        raise UnsafeModel(f"{adapter.folder}: does not fit its base ({type(error).__name__}); train again") from error
    missing = [name for name in found.missing_keys if "lora_" in name]
    if missing or found.unexpected_keys:
        raise UnsafeModel(f"{adapter.folder / files.WEIGHTS}: holds other layers than its settings; train again")
    return made.merge_and_unload().eval()


def layered(model: Any, config: Any) -> Any:
    """The model with the layers that a `peft.LoraConfig` asks for, without a word on peft's own use of transformers."""
    import peft

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)
        return peft.get_peft_model(model, config)
