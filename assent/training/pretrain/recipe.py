"""The recipe of the embedded model as one group of settings, and what follows from it: model shape, learning rate.

It knows no data.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from assent.models.slots import SLOT_TOKENS


@dataclass(frozen=True, slots=True)
class Recipe:
    """Shape and schedule. The schedule is warm-up, constant, linear decay (WSD, Hu et al. 2024, arXiv:2404.06395)."""

    width: int = 192
    """Size of the residual stream."""
    layers: int = 6
    heads: int = 4
    hidden: int = 576
    """Size of the feed-forward layer."""
    context: int = 512
    """Positions, prompt and answer together."""
    vocabulary: int = 5000
    """Frequent words; special and slot tokens come on top."""
    steps: int = 4500
    batch: int = 96
    """Items a step."""
    rate: float = 2e-3
    """Peak learning rate."""
    warmup: int = 100
    """Steps."""
    decay: float = 0.5
    """Share of the steps, at the end, over which the rate falls to zero."""
    seed: int = 2026

    def __post_init__(self) -> None:
        low = [name for name, value in asdict(self).items() if name != "decay" and value <= 0]
        if low or not 0 <= self.decay <= 1:
            raise ValueError(f"{', '.join(low) or 'decay'}: expected {'more than 0' if low else '0 to 1'}")

    @property
    def falls_from(self) -> float:
        """The step after which the rate falls."""
        return self.steps * (1 - self.decay)

    def rate_at(self, step: int) -> float:
        start = self.falls_from
        falling = (self.steps - step) / (self.steps - start) if step > start else 1.0
        return self.rate * min(1.0, (step + 1) / self.warmup) * max(0.0, falling)


def optimizers(recipe: Recipe, model: LlamaForCausalLM) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the layers, AdamW for all else (Liu et al. 2025, arXiv:2502.16982)."""
    inner = [one for name, one in model.named_parameters() if one.ndim == 2 and "embed" not in name]
    known = set(map(id, inner))
    rest = [one for one in model.parameters() if id(one) not in known]
    return [
        torch.optim.AdamW(rest, lr=recipe.rate, betas=(0.9, 0.98), weight_decay=0.05),
        torch.optim.Muon(inner, lr=recipe.rate, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
    ]


def build_model(recipe: Recipe, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama with tied embeddings and random weights; its config names the slot tokens for constrained decoding."""
    config = LlamaConfig(  # type: ignore[call-arg]
        vocab_size=len(tokenizer),
        hidden_size=recipe.width,
        intermediate_size=recipe.hidden,
        num_hidden_layers=recipe.layers,
        num_attention_heads=recipe.heads,
        num_key_value_heads=recipe.heads,
        max_position_embeddings=recipe.context,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
        attn_implementation="sdpa",
        assent_slot_tokens=tokenizer.convert_tokens_to_ids(list(SLOT_TOKENS)),
    )
    return LlamaForCausalLM(config)
