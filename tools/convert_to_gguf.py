"""A Llama folder with a word-level tokenizer, such as assent-mini, as one GGUF file for llama.cpp.

`python tools/convert_to_gguf.py FOLDER FILE.gguf [--type f32|f16]`. Exit 0: written, 2: cannot be converted.
llama.cpp has no word-level tokenizer. Its unigram one ("t5") splits a text into the likeliest pieces; here each word,
with the space before it, is a piece, and all are equally likely: words of the vocabulary between spaces have one
reading. Slot text is that. Another word may become several tokens, where transformers writes one "<unk>".
It knows no adapter: merge it into its base first. Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from safetensors.torch import load_file
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoConfig, AutoTokenizer

WEIGHTS = "model.safetensors"
F32 = gguf.GGMLQuantizationType.F32
TYPES = {"f32": F32, "f16": gguf.GGMLQuantizationType.F16}
ONLY = {"model_type": "llama", "hidden_act": "silu", "attention_bias": False, "mlp_bias": False}
"""What the keys written here can say of a model; with the default rope."""
SPACE = "\u2581"
"""How a piece's text holds a space."""


def convert(folder: Path, file: Path, kind: str = "f32") -> None:
    """Write `file`: matrices in `kind`, vectors in f32. A ValueError, and no file, where it would be another model."""
    config, tokenizer = _config(folder), AutoTokenizer.from_pretrained(folder, local_files_only=True)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_name(folder.resolve().name)
    _add_shape(writer, config)
    _add_words(writer, tokenizer, config.vocab_size)
    for name, weight in _weights(folder, config):
        stored = TYPES[kind] if weight.ndim > 1 else F32
        writer.add_tensor(name, gguf.quantize(weight, stored), raw_dtype=stored)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _config(folder: Path) -> Any:
    if not (folder / WEIGHTS).is_file():
        raise ValueError(f"it holds no {WEIGHTS}")
    config = AutoConfig.from_pretrained(folder, local_files_only=True)
    found, rope = {name: getattr(config, name, None) for name in ONLY}, config.rope_parameters
    if found != ONLY or rope["rope_type"] != "default":
        raise ValueError(f"its config.json says {found} and {rope}; only {ONLY} with a default rope can be written")
    return config


def _add_shape(writer: gguf.GGUFWriter, config: Any) -> None:
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_key_length(config.head_dim)
    writer.add_value_length(config.head_dim)
    writer.add_rope_dimension_count(config.head_dim)
    writer.add_rope_freq_base(config.rope_parameters["rope_theta"])
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)


def _add_words(writer: gguf.GGUFWriter, tokenizer: Any, size: int) -> None:
    types = dict.fromkeys(range(size), gguf.TokenType.NORMAL)
    types |= dict.fromkeys(tokenizer.all_special_ids, gguf.TokenType.CONTROL)
    types[tokenizer.unk_token_id] = gguf.TokenType.UNKNOWN
    words = enumerate(_words(tokenizer, size))
    writer.add_tokenizer_model("t5")
    writer.add_token_list([SPACE + word if types[at] is gguf.TokenType.NORMAL else word for at, word in words])
    writer.add_token_scores([0.0] * size)
    writer.add_token_types(list(types.values()))
    writer.add_eos_token_id(tokenizer.eos_token_id)
    writer.add_pad_token_id(tokenizer.pad_token_id)
    writer.add_unk_token_id(tokenizer.unk_token_id)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(True)
    writer.add_remove_extra_whitespaces(True)
    writer.add_chat_template(tokenizer.chat_template)


def _words(tokenizer: Any, size: int) -> list[str]:
    """The vocabulary, in the order of its ids."""
    inner = tokenizer.backend_tokenizer
    found = (type(inner.model), type(inner.pre_tokenizer), inner.normalizer)
    if found != (WordLevel, WhitespaceSplit, None):
        raise ValueError(f"its tokenizer is {found}; only WordLevel after WhitespaceSplit can be written")
    if None in (tokenizer.eos_token, tokenizer.pad_token, tokenizer.unk_token, tokenizer.chat_template):
        raise ValueError("its tokenizer has no end, padding or unknown token, or no chat template")
    places = tokenizer.get_vocab()
    words = sorted(places, key=places.__getitem__)
    if [places[word] for word in words] != list(range(size)):
        raise ValueError(f"its model has {size} embeddings, its tokenizer {len(words)} words, not one for each")
    if odd := [word for word in words if SPACE in word or word.split() != [word]]:
        raise ValueError(f"a space or {SPACE} is in its words {odd}")
    return words


def _weights(folder: Path, config: Any) -> Iterator[tuple[str, np.ndarray]]:
    """Each weight in f32 with its name in GGUF. Without an output of its own, llama.cpp takes the embedding."""
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, config.num_hidden_layers)
    heads = {"q_proj": config.num_attention_heads, "k_proj": config.num_key_value_heads}
    for name, weight in load_file(folder / WEIGHTS).items():
        values, known = weight.float().numpy(), names.get_name(name, try_suffixes=(".weight",))
        if not known:
            raise ValueError(f"its {WEIGHTS} holds {name}, which is no weight of a Llama")
        rotated = heads.get(name.split(".")[-2])
        if known != "output.weight" or not config.tie_word_embeddings:
            yield known, _interleaved(values, rotated) if rotated else values


def _interleaved(weight: np.ndarray, heads: int) -> np.ndarray:
    """Rows (heads * d, columns) as llama.cpp pairs them: 2i and 2i + 1 of a head's d, in transformers i and i + d/2."""
    return weight.reshape(heads, 2, -1, weight.shape[1]).swapaxes(1, 2).reshape(weight.shape)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write a Llama folder as a GGUF file for llama.cpp.")
    parser.add_argument("folder", type=Path, help="config.json, model.safetensors and a word-level tokenizer")
    parser.add_argument("file", type=Path, help="the GGUF file to write")
    parser.add_argument("--type", choices=TYPES, default="f32", help="of the matrices (f32); f16 halves the file")
    asked = parser.parse_args()
    try:
        convert(asked.folder, asked.file, asked.type)
    except (ValueError, OSError) as fault:
        print(f"{asked.folder} cannot be converted: {fault}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
