"""A real store with accounts whose rows the embedded model can learn, and runs of a few steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from assent.training.finetune import Recipe, resolve
from tests.data.conftest import database_url, fresh_url, postgres_server, sqlite_template
from tests.training.snapshot.conftest import Office

__all__ = ["database_url", "fresh_url", "postgres_server", "sqlite_template"]

TINY = (
    *("epochs=1", "min_rows=1", "held_out=0.25", "account_share=1.0", "rank=4", "alpha=8", "batch=4", "passes=2"),
    *("rate=0.003", "save_every=2", "patience=0", "dtype=float32"),
)
SAID = "the red bridge will be open for all of us again next week so we can take the boat home after lunch".split()


def recipe(*settings: str) -> Recipe:
    return resolve(None, [*TINY, *settings]).recipe


def said(at: int) -> str:
    """Frequent words in an order that no other number has, and the number."""
    rng = Random(at)
    return f"We think that {' '.join(rng.sample(SAID, 6))} on day {at}."


def talk(office: Office, account: str, person: str, rows: Iterable[int]) -> None:
    for at in rows:
        office.use(account, [(person, said(at))], f"{said(at)}", user=person, request=f"{account}-{person}-{at}")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    made = Office(tmp_path / "home")
    yield made
    made.store.close()


@pytest.fixture
def filled(office: Office) -> Any:
    """Two people of one account, twelve rows each."""
    office.join("acme", "dana", "tom")
    talk(office, "acme", "dana", range(12))
    talk(office, "acme", "tom", range(12, 24))
    return office


def instruct_model(folder: Path) -> Path:
    """A tiny random Llama that reads bytes, with a chat template: what reaches it can be read back letter by letter."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = ["<|pad|>", "<|user|>", "<|answer|>", "<|end|>", *letters]
    plain = Tokenizer(models.BPE({token: at for at, token in enumerate(tokens)}, []))
    plain.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    plain.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=plain, pad_token="<|pad|>", eos_token="<|end|>", model_max_length=2048
    )
    tokenizer.add_special_tokens({"additional_special_tokens": ["<|user|>", "<|answer|>"]})
    tokenizer.chat_template = (
        "{% for m in messages %}{{ '<|answer|>' if m.role == 'assistant' else '<|user|>' }}{{ m.content }}<|end|>"
        "{% endfor %}{% if add_generation_prompt %}<|answer|>{% endif %}"
    )
    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=2048,
        eos_token_id=3,
        pad_token_id=0,
    )
    torch.manual_seed(0)
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
