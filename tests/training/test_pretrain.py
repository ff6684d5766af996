"""The embedded model's recipe: vocabulary, encoding, mixture, schedule, settings. No model is trained here."""

from __future__ import annotations

import gzip
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click
import pytest

from assent.models.slots import SLOT_TOKENS, SPECIAL
from assent.training.pretrain.__main__ import override
from assent.training.pretrain.encode import Encoder
from assent.training.pretrain.items import Item
from assent.training.pretrain.mixture import Mixture, Shares
from assent.training.pretrain.recipe import Recipe, build_model
from assent.training.pretrain.vocabulary import build_tokenizer, frequent_words

WORDS = ["we", "will", "send", "the", "to", "i", "by", "agreed"]
ITEM = Item("action", (("Priya Shah", "I will send the badge to Bo by Monday."),), "Priya will send the badge to Bo.")
STATEMENTS = [Item("point", (("Bo", f"We agreed on plan {number}."),), "We agreed.") for number in range(5)]
DRAFTS = [
    Item("compose", (("instruction", f"tell Bo {number}"),), "Hi Bo.", ("friendly", "short")) for number in range(5)
]


def mixture(seed: int = 3) -> Mixture:
    return Mixture(STATEMENTS, DRAFTS, Shares(), seed)


def test_the_vocabulary_holds_special_and_slot_tokens_first() -> None:
    tokenizer = build_tokenizer(WORDS, 64)
    assert tokenizer.convert_ids_to_tokens(list(range(len(SPECIAL) + len(SLOT_TOKENS)))) == [*SPECIAL, *SLOT_TOKENS]
    assert set(WORDS) <= set(tokenizer.get_vocab())
    assert (tokenizer.eos_token, tokenizer.pad_token_id, tokenizer.model_max_length) == ("</s>", 0, 64)


def test_the_chat_layout_is_the_one_trained_on() -> None:
    tokenizer = build_tokenizer(WORDS, 64)
    messages = [{"role": "system", "content": "send"}, {"role": "user", "content": "<p0> : we agreed"}]
    laid_out = tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
    assert laid_out == "<task> send <ctx> <p0> : we agreed <out>"
    encoded = Encoder(build_tokenizer([*WORDS, "action"], 64), 64).encode(ITEM, random.Random(1))
    assert encoded
    tokens = build_tokenizer([*WORDS, "action"], 64).convert_ids_to_tokens(list(encoded.ids))
    assert tokens[:3] == ["<task>", "action", "<ctx>"]
    assert (tokens[encoded.prompt - 1], tokens[-1]) == ("<out>", "</s>")


def test_a_frequent_word_is_no_name_no_number_no_day_and_no_single_find() -> None:
    texts = ["so Ana will send two badges on Monday", "so Ana will bring two cups on Monday", "so I laughed"]
    items = [Item("point", (("Bo", text),), text) for text in texts]
    words = frequent_words(items, 100)
    assert set(words) == {"will", "on"}  # what opens a sentence does not count: its capital says nothing


def test_the_vocabulary_is_the_same_in_every_process() -> None:
    """Ties between equally frequent words must not be settled by a set's order."""
    program = (
        "from assent.training.pretrain.vocabulary import frequent_words\n"
        "from assent.training.pretrain.items import Item\n"
        "lines = (('Bo', 'so we will then send them all of our plans by mail or post for you'),)\n"
        "print(frequent_words([Item('point', lines, '')] * 2, 6))"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1


def test_an_item_whose_target_needs_an_unknown_word_is_not_learned() -> None:
    encoder = Encoder(build_tokenizer(WORDS, 64), 64)
    assert encoder.encode(ITEM, random.Random(1))
    assert encoder.encode(replace(ITEM, target="Priya will send the laptop."), random.Random(1)) is None


def test_an_item_longer_than_the_context_is_not_learned() -> None:
    tokenizer = build_tokenizer(WORDS, 64)
    size = len(Encoder(tokenizer, 64).encode(ITEM, random.Random(1)).ids)  # type: ignore[union-attr]
    assert Encoder(tokenizer, size).encode(ITEM, random.Random(1))
    assert Encoder(tokenizer, size - 1).encode(ITEM, random.Random(1)) is None


def test_slots_are_numbered_anew_for_each_item() -> None:
    encoder = Encoder(build_tokenizer(WORDS, 64), 64)
    rng = random.Random(1)
    assert len({encoder.encode(ITEM, rng) for _ in range(5)}) == 5
    assert encoder.encode(ITEM, random.Random(1)) == encoder.encode(ITEM, random.Random(1))


def test_a_batch_is_a_function_of_seed_and_step() -> None:
    first, rng = mixture().batch(7, 24)
    mixture().batch(6, 24)
    again, again_rng = mixture().batch(7, 24)
    assert first == again and rng.getstate() == again_rng.getstate()
    assert first != mixture().batch(8, 24)[0]
    assert first != mixture(seed=4).batch(7, 24)[0]


def test_a_batch_keeps_to_the_shares() -> None:
    assert len(mixture().batch(0, 40)[0]) == 40
    only_drafts = Mixture(STATEMENTS, DRAFTS, Shares(0, 0, 0, 1), 3)
    assert set(only_drafts.batch(0, 30)[0]) <= set(DRAFTS)
    only_statements = Mixture(STATEMENTS, DRAFTS, Shares(0, 0, 1, 0), 3)
    assert set(only_statements.batch(0, 30)[0]) <= set(STATEMENTS)


def test_the_rate_warms_up_holds_and_falls_to_zero() -> None:
    recipe = Recipe(steps=100, warmup=10, decay=0.4, rate=1.0)
    rates = [recipe.rate_at(step) for step in range(101)]
    assert rates[:10] == pytest.approx([step / 10 for step in range(1, 11)])
    assert set(rates[10:61]) == {1.0}
    assert rates[60:] == sorted(rates[60:], reverse=True) and rates[61] < 1.0
    assert rates[80] == pytest.approx(0.5) and rates[100] == 0.0


def test_the_config_names_the_slot_tokens() -> None:
    """Constrained decoding and the slots dialect rest on it."""
    tokenizer = build_tokenizer(WORDS, 64)
    config = build_model(Recipe(width=16, layers=1, hidden=16, context=64), tokenizer).config
    assert config.assent_slot_tokens == tokenizer.convert_tokens_to_ids(list(SLOT_TOKENS))
    assert config.tie_word_embeddings and config.max_position_embeddings == 64


def test_settings_override_the_recipe() -> None:
    assert override(Recipe(), ("steps=7", "rate=0.5")) == Recipe(steps=7, rate=0.5)


@pytest.mark.parametrize("setting", ["step=7", "steps=seven", "steps=", "steps"])
def test_a_setting_that_is_none_is_a_usage_error(setting: str) -> None:
    with pytest.raises(click.BadParameter, match=setting.partition("=")[0]):
        override(Recipe(), (setting,))


def test_the_mixture_reads_base_files_only(tmp_path: Path) -> None:
    """Rows of the roles `accounts` and `heldout` are no training data."""
    corpora, compose = tmp_path / "corpora", tmp_path / "compose"
    row = '{"turns": [{"speaker": "Bo", "text": "We agreed."}], "decisions": [{"statement": "%s", "turns": [0]}]}\n'
    for name in ("invented", "ami", "icsi"):
        (corpora / name).mkdir(parents=True)
        for role in ("base", "accounts", "heldout"):
            _gzip(corpora / name / f"{role}.jsonl.gz", row % role)
    compose.mkdir()
    draft = (
        '{"kind": "compose", "thread": [], "instruction": "%s", "draft": "Hi", "tone": "formal", "length": "short"}\n'
    )
    for role in ("base", "heldout"):
        (compose / f"compose-{role}-1.jsonl").write_text(draft % role, encoding="utf-8")
    items = Mixture.load(corpora, compose, Shares(), 1).natural()
    assert [item.target for item in items] == ["base"] * 3 + ["Hi"]
    assert items[-1].lines == (("instruction", "base"),)


def _gzip(path: Path, text: str) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(text)
