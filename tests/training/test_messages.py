"""The generator of messages: deterministic, held-out frames apart, and no fact in a target that its lines lack."""

from __future__ import annotations

import re

import pytest

from assent.features.drafting.shorthand import spell_out
from assent.features.drafting.tones import BANDS, LENGTHS, TONES
from assent.training.pretrain.items import Item
from assent.training.pretrain.messages import HELD_OUT, message_items
from assent.training.pretrain.messages.acts import Act, embed

COUNT = 4000


@pytest.fixture(scope="module")
def items() -> list[Item]:
    return list(message_items(7, COUNT))


def source(item: Item) -> str:
    return " ".join(f"{label} {spell_out(text)} {text}" for label, text in item.lines)


def test_the_same_seed_gives_the_same_items_and_another_gives_others() -> None:
    first = list(message_items(1, 200))
    assert first == list(message_items(1, 200)) != list(message_items(2, 200))


def test_held_out_patterns_come_only_when_asked_for(items: list[Item]) -> None:
    assert not any(item.pattern in HELD_OUT for item in items)
    held = list(message_items(7, 300, held_out=True))
    assert len(held) == 300 and all(item.pattern in HELD_OUT for item in held)


def test_all_tasks_tones_lengths_and_ways_occur(items: list[Item]) -> None:
    styles = {(item.task, item.style) for item in items}
    assert {(task, (tone, "short")) for task in ("compose", "reply") for tone in TONES} <= styles
    assert {style[1] for task, style in styles if task != "rewrite"} == set(LENGTHS)
    ways = {"improve", "fix spelling", "shorten", "elaborate", "simplify", "formal", "friendly", "direct"}
    assert {style[0] for task, style in styles if task == "rewrite"} == ways


def test_every_number_of_a_target_stands_in_its_lines(items: list[Item]) -> None:
    for item in items:
        assert set(re.findall(r"\d+", item.target)) <= set(re.findall(r"\d+", source(item)))


def test_every_name_and_day_of_a_target_stands_in_its_lines(items: list[Item]) -> None:
    for item in items:
        given = {word.lower() for word in re.findall(r"[^\W\d_]+", source(item))}
        inner = re.findall(r"(?<=[a-z,] )[A-Z][a-z]+", item.target)
        assert {name.lower() for name in inner} <= given, item


def test_a_target_has_the_length_it_is_tagged_with(items: list[Item]) -> None:
    for item in items:
        if item.task != "rewrite":
            low, high = BANDS[item.style[1]]
            assert low <= len(item.target.split()) <= high


def test_no_mark_of_the_grammar_is_left(items: list[Item]) -> None:
    for item in items:
        text = source(item) + item.target
        assert not re.search("[\x01\x02{}%]", text), item
        assert not re.search(r"\b[XT]\b(?!-)", item.target), item


def test_a_message_does_not_guess_a_gender(items: list[Item]) -> None:
    for item in items:
        said = set(re.findall(r"\b(?:he|she|him|her|his|hers)\b", item.target.lower()))
        assert not said, item


def test_the_same_instruction_comes_in_several_tones(items: list[Item]) -> None:
    by_lines: dict[tuple[tuple[str, str], ...], set[tuple[str, ...]]] = {}
    for item in items:
        if item.task != "rewrite":
            by_lines.setdefault(item.lines, set()).add(item.style)
    assert sum(len(styles) > 1 for styles in by_lines.values()) > len(by_lines) / 5


def test_formal_targets_have_no_contractions(items: list[Item]) -> None:
    for item in items:
        if "formal" in item.style:
            assert "n't" not in item.target and "I'm" not in item.target


@pytest.mark.parametrize(
    ("body", "clause"),
    [
        ("where ; did ; Marek ; park the car", "where Marek parked the car"),
        ("does ; Ines ; still want the desk", "whether Ines still wants the desk"),
        ("where ; does ; the drill ; meet, in the yard", "where the drill meets, in the yard"),
        ("do ; the prints ; need a frame", "whether the prints need a frame"),
    ],
)
def test_a_question_as_a_clause_has_its_verb_in_the_right_form(body: str, clause: str) -> None:
    assert embed(Act("wh" if body.count(";") == 3 else "ask", body), ("she", "her", "her"), "whether") == clause
