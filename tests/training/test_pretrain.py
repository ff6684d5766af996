"""The embedded model's recipe: vocabulary, encoding, mixture, schedule, settings. No model is trained here."""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

import click
import pytest

from assent.features.compose import HOWS, LENGTHS, TONES
from assent.models.slots import SLOT_TOKENS, SPECIAL, SlotCodec, SlotTable
from assent.training.pretrain import natural
from assent.training.pretrain.__main__ import override
from assent.training.pretrain.encode import Encoder
from assent.training.pretrain.items import Item, Task
from assent.training.pretrain.mixture import DEVELOPMENT, Mixture, Shares
from assent.training.pretrain.recipe import Recipe, build_model
from assent.training.pretrain.vocabulary import build_tokenizer, frequent_words

WORDS = ["we", "will", "send", "the", "to", "i", "by", "agreed"]
ITEM = Item("action", (("Priya Shah", "I will send the badge to Bo by Monday."),), "Priya will send the badge to Bo.")
STATEMENTS = [Item("point", (("Bo", f"We agreed on plan {number}."),), "We agreed.") for number in range(5)]
TALK = [["Nice weather again.", "Is the coffee on?", "Somebody moved my chair."]]
DRAFTS = [
    Item("compose", (("instruction", f"tell Bo {number}"),), "Hi Bo.", ("friendly", "short")) for number in range(5)
]


def mixture(seed: int = 3) -> Mixture:
    return Mixture(STATEMENTS, DRAFTS, TALK, seed)


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
    assert set(mixture().batch(0, 30, Shares(0, 0, 0, 1))[0]) <= set(DRAFTS)
    assert set(mixture().batch(0, 30, Shares(0, 0, 1, 0))[0]) <= set(STATEMENTS)


def test_real_talk_stands_around_items_and_never_in_the_place_of_their_own() -> None:
    own = Item("action", (("Bo", "I will send the plan."), ("Ada", "Fine.")), "Bo will send the plan.")
    drawn = Mixture([own], DRAFTS, TALK, 3).batch(0, 60, Shares(0, 0, 1, 0))[0]
    assert {item.target for item in drawn} == {own.target}
    texts = [" ".join(text for _, text in item.lines) for item in drawn]
    assert all("I will send the plan." in text and "Fine." in text for text in texts)
    amid = [text for text in texts if any(turn in text for turn in TALK[0])]
    assert len(amid) in range(15, 46)
    assert all(len(item.lines) <= 4 and {label for label, _ in item.lines} == {"Bo", "Ada"} for item in drawn)


def test_the_model_can_read_what_it_is_asked() -> None:
    """A tag that the vocabulary lacked would be a slot with a random number: no task, no tone."""
    codec = SlotCodec(build_tokenizer([], 64).get_vocab())
    styles = [(tone, length) for tone in TONES for length in LENGTHS] + [(how,) for how in HOWS]
    for tag in [" ".join((task, *style)) for task in get_args(Task) for style in styles]:
        assert codec.encode_lines(tag, SlotTable()) == tag
    assert codec.encode_lines("instruction: .\ntext: .", SlotTable()) == "instruction : . <nl> text : ."


def test_hiding_words_loses_no_item_that_could_be_learned() -> None:
    tokenizer = build_tokenizer([*WORDS, "action", "badge", "monday"], 64)
    plain, hiding = Encoder(tokenizer, 64), Encoder(tokenizer, 64, hidden=1.0)
    item = Item("action", (("Priya Shah", "I will send the badge."),), "Priya Shah will send the badge.")
    assert plain.encode(item, random.Random(1))
    encoded = [hiding.encode(item, random.Random(seed)) for seed in range(20)]
    shown = [tokenizer.convert_ids_to_tokens(list(one.ids)) for one in encoded if one]
    assert len(shown) == 20 and all(tokens[1] == "action" for tokens in shown)
    assert {"badge" in tokens for tokens in shown} == {True, False}


def test_some_natural_items_are_only_watched() -> None:
    many = [Item("point", (("Bo", f"We agreed on plan {number}."),), "We agreed.") for number in range(600)]
    held = Mixture(many, [], [], 3)
    assert sorted([*held.natural(), *held.development], key=many.index) == many
    assert len(held.development) in range(600 // DEVELOPMENT - 25, 600 // DEVELOPMENT + 26)


def test_every_sentence_written_for_the_model_is_a_whole_item() -> None:
    items = list(natural.written_items())
    assert len({item.lines for item in items}) == len(items) > 500
    for item in items:
        assert item.task in ("action", "decision", "question", "point", "heading")
        assert 1 <= len(item.lines) <= 4 and item.target.strip()
        assert all(label.strip() and text.strip() for label, text in item.lines)
    for kind in natural.MESSAGES:
        drafts = list(natural.message_rows(natural.message_path(kind)))
        assert len(drafts) > 50 and all(draft.target and draft.style for draft in drafts)


def test_the_windows_of_corpora_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    assert list(natural.window_items(tmp_path)) == []


def test_a_window_takes_its_words_from_the_corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"meeting": "ami-ES2002a", "task": "point", "turns": [2, 0], "target": "Bo found the box."}
    (tmp_path / natural.WINDOWS).write_text(json.dumps(row))
    (tmp_path / "ami").mkdir()
    turns = [
        {"speaker": "Bo", "text": "I found the box."},
        {"speaker": "Ann", "text": "Hm."},
        {"speaker": None, "text": "Oh."},
    ]
    with gzip.open(tmp_path / "ami" / "base.jsonl.gz", "wt") as corpus:
        corpus.write(json.dumps({"id": "ami-ES2002a", "turns": turns}))
    monkeypatch.setattr(natural, "WRITTEN", tmp_path)
    [item] = natural.window_items(tmp_path)
    lines = (("Someone", "Oh."), ("Bo", "I found the box."))
    assert item == Item("point", lines, "Bo found the box.", (), "window ES2002a")


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
    for name in ("invented", "ami", "icsi", "qmsum"):
        (corpora / name).mkdir(parents=True)
        for role in ("base", "accounts", "heldout"):
            _gzip(corpora / name / f"{role}.jsonl.gz", row % role)
    compose.mkdir()
    draft = (
        '{"kind": "compose", "thread": [], "instruction": "%s", "draft": "Hi", "tone": "formal", "length": "short"}\n'
    )
    for role in ("base", "heldout"):
        (compose / f"compose-{role}-1.jsonl").write_text(draft % role, encoding="utf-8")
    own = {item.target for item in natural.written_items()}
    own |= {draft.target for kind in natural.MESSAGES for draft in natural.message_rows(natural.message_path(kind))}
    loaded = Mixture.load(corpora, compose, 1)
    items = [item for item in [*loaded.natural(), *loaded.development] if item.target not in own]
    assert sorted(item.target for item in items) == ["Hi"] + ["base"] * 3
    assert ("instruction", "base") in [item.lines[-1] for item in items]


def _gzip(path: Path, text: str) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write(text)
