"""The base of a run: the frozen model with a new adapter on it, and its tokenizer. It knows no row.

Its forward pass is given a batch and returns the loss, so that hidden states of the prompt never reach the head.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from assent.errors import ModelError
from assent.models import hub, safety
from assent.models.adapters.merging import layered
from assent.models.catalog import find
from assent.models.chat import Chat
from assent.models.slots import SlotCodec
from assent.training.finetune import lora, loss
from assent.training.finetune.recipe import Recipe

OTHER_HEADS = ("final_logit_softcapping", "logits_scaling", "logit_scale")
"""Settings of models that do more with their logits than the head's product."""
FALLBACK_CONTEXT = 2048


@dataclass(frozen=True)
class Base:
    """`codec` is there where the model is spoken to in slots."""

    model: Any
    tokenizer: Any
    chat: Chat
    codec: SlotCodec | None
    context: int
    """Tokens, prompt and answer."""


def open_base(recipe: Recipe) -> Base:
    """The base with a new adapter, whose first weights come from the seed. Raises ModelError, UnsafeModel."""
    from transformers import AutoTokenizer

    entry = find(recipe.base)
    folder = entry.folder or hub.fetch(entry)[0]
    safety.check_folder(folder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
        model = _weights(folder, dtype(recipe))
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise ModelError(f"{folder} cannot be loaded by transformers ({type(error).__name__})") from error
    slots = getattr(model.config, "assent_slot_tokens", None)
    return Base(
        model=adapted(model, recipe),
        tokenizer=tokenizer,
        chat=Chat(tokenizer),
        codec=SlotCodec.load(folder) if slots else None,
        context=min(bound for bound in (recipe.context, entry.context, _context(model, tokenizer)) if bound),
    )


def dtype(recipe: Recipe) -> torch.dtype:
    """bfloat16 where the processor multiplies in it; elsewhere it is emulated, and slower than float32."""
    if recipe.dtype == "auto":
        return torch.bfloat16 if torch.cuda.is_available() or _multiplies_bfloat16() else torch.float32
    return torch.bfloat16 if recipe.dtype == "bfloat16" else torch.float32


def adapted(model: Any, recipe: Recipe) -> Any:
    """The model frozen, with a LoRA adapter of the recipe, and the loss as its forward pass."""
    import peft

    model.config.use_cache = False
    config = peft.LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules=recipe.targets,
        task_type="CAUSAL_LM",
    )
    torch.manual_seed(recipe.seed)
    try:
        made = layered(model, config)
    except ValueError as error:
        raise ModelError(f"targets {recipe.targets}: {recipe.base} has no such layers; use all-linear") from error
    lora.quicken(made)
    _learns(model)
    return made


def _learns(model: Any) -> None:
    """The model's forward pass becomes the sum of weighted losses of a batch."""
    head, text = model.get_output_embeddings(), model.config.get_text_config()
    plain = model.forward
    direct = head is not None and head.bias is None and not any(getattr(text, name, None) for name in OTHER_HEADS)

    def forward(input_ids: Tensor, labels: Tensor, weights: Tensor, **_: Any) -> Tensor:
        """input_ids and labels (B, T), padded on the right, which no token sees under causal attention; weights (B)."""
        places, targets, weighed = loss.answers(labels, weights)
        if direct:
            hidden = model.base_model(input_ids=input_ids, use_cache=False).last_hidden_state.flatten(0, 1)
            return loss.cross_entropy(hidden[places], head.weight, targets, weighed)
        logits = plain(input_ids=input_ids, use_cache=False).logits.flatten(0, 1)[places].float()
        return (torch.nn.functional.cross_entropy(logits, targets, reduction="none") * weighed).sum()

    model.forward = forward


def _weights(folder: Path, wanted: torch.dtype) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]
    config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    if config.is_encoder_decoder:
        raise ModelError(f"{folder} is an encoder-decoder, which cannot be tuned here: name a causal model")
    return AutoModelForCausalLM.from_pretrained(
        folder,
        config=config,
        dtype=wanted,
        attn_implementation="sdpa",
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
    )


def _context(model: Any, tokenizer: Any) -> int:
    known = [getattr(model.config.get_text_config(), "max_position_embeddings", None), tokenizer.model_max_length]
    return min((int(bound) for bound in known if bound and bound < 10**8), default=FALLBACK_CONTEXT)


def _multiplies_bfloat16() -> bool:
    capabilities: dict[str, Any] = getattr(
        torch.cpu, "get_capabilities", dict
    )()  # newer than the oldest PyTorch that will do
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "amx_tile", "bf16"))
