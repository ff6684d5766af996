"""Small models with random weights, each architecture and each chat dialect, saved as a hub folder would be.

Random weights are enough: what is tested is loading, layout, budget, stopping and batching, not what is said.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    BartConfig,
    Gemma3TextConfig,
    LlamaConfig,
    PreTrainedTokenizerFast,
    Qwen3Config,
    T5Config,
)

CONTEXT = 256
TEXT = [
    "Ana: I will send the draft to Bo by Friday. Bo: thanks, that works for me.",
    "system user assistant model Who owns the launch? We decided to move the demo to Thursday at 3 pm.",
]

CHATML = (
    "{% if messages[0].role != 'system' %}<|im_start|>system\nYou are the default helper.<|im_end|>\n{% endif %}"
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
GEMMA = (
    "{{ bos_token }}{% for m in messages %}"
    "{% if m.role not in ('user', 'assistant') %}{{ raise_exception('only user and model') }}{% endif %}"
    "<start_of_turn>{{ 'model' if m.role == 'assistant' else 'user' }}\n{{ m.content | trim }}<end_of_turn>\n"
    "{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)
LLAMA3 = (
    "{{ bos_token }}<|start_header_id|>system<|end_header_id|>\n\n"
    "Today: {{ date_string if date_string is defined else strftime_now('%d %b %Y') }}\n\n"
    "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% endif %}<|eot_id|>"
    "{% for m in messages if m.role != 'system' %}"
    "<|start_header_id|>{{ m.role }}<|end_header_id|>\n\n{{ m.content }}<|eot_id|>{% endfor %}"
    "{% if add_generation_prompt %}<|start_header_id|>assistant<|end_header_id|>\n\n{% endif %}"
)
QWEN3 = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}"
)
SILENT = (
    "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content }}</s>{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
SLOTS = "{% for m in messages %}{{ m.content }} {% endfor %}{% if add_generation_prompt %}<|im_start|>{% endif %}"
TEMPLATES = {"chatml": CHATML, "gemma": GEMMA, "llama3": LLAMA3, "qwen3": QWEN3, "silent": SILENT, "slots": SLOTS}
SPECIAL = ["<pad>", "<bos>", "</s>", "<|im_start|>", "<|im_end|>", "<start_of_turn>", "<end_of_turn>"]
SPECIAL += ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"]
SLOT_TOKENS = ["<n0>", "<n1>", "<n2>", "<n3>"]

Save = Callable[..., Path]


def tokenizer(dialect: str | None) -> PreTrainedTokenizerFast:
    """Byte-level BPE, so that any text can be said; `dialect` None: a base model without a template."""
    core = Tokenizer(models.BPE())
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    core.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    core.train_from_iterator(
        TEXT, trainers.BpeTrainer(vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet)
    )
    made = PreTrainedTokenizerFast(
        tokenizer_object=core, pad_token="<pad>", bos_token="<bos>", eos_token="</s>", model_max_length=CONTEXT
    )
    made.add_tokens([*SLOT_TOKENS, "<think>", "</think>"])
    if dialect:
        made.chat_template = TEMPLATES[dialect]
    return made


def random_model(architecture: str, size: int, **more: Any) -> Any:
    """Weights from a fixed seed, wide enough apart that two tokens hardly ever tie."""
    torch.manual_seed(7)
    ids = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    text = {
        "vocab_size": size,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 8,
        "max_position_embeddings": CONTEXT,
        "initializer_range": 0.6,
        "tie_word_embeddings": False,
    }
    match architecture:
        case "llama":
            return AutoModelForCausalLM.from_config(LlamaConfig(**text, **ids, **more))
        case "qwen3":
            return AutoModelForCausalLM.from_config(Qwen3Config(**text, **ids, **more))
        case "gemma3":
            config = Gemma3TextConfig(
                **text, **ids, sliding_window=16, layer_types=["sliding_attention", "full_attention"]
            )
            return AutoModelForCausalLM.from_config(config)
        case "t5":
            config = T5Config(
                vocab_size=size, d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4, decoder_start_token_id=0, **ids
            )
            return AutoModelForSeq2SeqLM.from_config(config)
        case "bart":
            config = BartConfig(
                vocab_size=size,
                d_model=32,
                encoder_layers=2,
                decoder_layers=2,
                encoder_attention_heads=4,
                decoder_attention_heads=4,
                encoder_ffn_dim=64,
                decoder_ffn_dim=64,
                max_position_embeddings=CONTEXT,
                init_std=0.6,
                decoder_start_token_id=2,
                forced_eos_token_id=None,
                **ids,
            )
            return AutoModelForSeq2SeqLM.from_config(config)
    raise ValueError(architecture)


@pytest.fixture(scope="session")
def save(tmp_path_factory: pytest.TempPathFactory) -> Save:
    """Gives the folder of a random model of an architecture that speaks a dialect; made once, not to be changed."""
    made: dict[tuple[str, str | None], Path] = {}

    def saved(architecture: str = "llama", dialect: str | None = "chatml") -> Path:
        if (architecture, dialect) not in made:
            folder = tmp_path_factory.mktemp(f"{architecture}-{dialect}")
            words = tokenizer(dialect)
            more = {"assent_slot_tokens": words.convert_tokens_to_ids(SLOT_TOKENS)} if dialect == "slots" else {}
            random_model(architecture, len(words), **more).save_pretrained(folder)
            words.save_pretrained(folder)
            made[architecture, dialect] = folder
        return made[architecture, dialect]

    return saved


@pytest.fixture(scope="session")
def speaker() -> Callable[[str | None], PreTrainedTokenizerFast]:
    """Gives the tokenizer of a dialect; made once, not to be changed."""
    return lru_cache(tokenizer)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test settles its models in a home of its own."""
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
