"""Natural items from a corpus file written here: what is an item, which lines it shows, what is left out."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from assent.training.pretrain.items import NONE, Item
from assent.training.pretrain.natural import MAX_WORDS, corpus_items, message_rows, support, trim

TURNS = [
    {"speaker": "Ana", "text": "I will print the badges before Friday."},
    {"speaker": "Bo", "text": "Fine."},
    {"speaker": None, "text": "We agreed to paint the hall green."},
    {"speaker": "Bo", "text": "Who pays for the paint?"},
]
ROW: dict[str, Any] = {
    "turns": TURNS,
    "actions": [{"statement": "Ana will print the badges.", "turns": [0, 1]}],
    "decisions": [{"statement": "The hall will be green.", "turns": [2]}],
    "questions": [{"statement": "Who pays for the paint?", "turns": [3]}],
    "not_actions": [{"text": "print", "why": "only a wish", "turns": [0]}],
    "topics": [
        {"heading": "Paint hall", "turns": [2, 3], "points": [{"text": "The hall is to be green.", "turns": [2]}]}
    ],
}


def write(path: Path, *rows: dict[str, Any]) -> Path:
    text = "".join(json.dumps(row) + "\n" for row in rows)
    if path.suffix == ".gz":
        with gzip.open(path, "wt", encoding="utf-8") as file:
            file.write(text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def items(path: Path, *rows: dict[str, Any]) -> list[Item]:
    return list(corpus_items(write(path, *rows)))


@pytest.mark.parametrize("name", ["base.jsonl", "base.jsonl.gz"])
def test_each_statement_is_an_item_with_its_own_turns(tmp_path: Path, name: str) -> None:
    made = {(item.task, item.target): item.lines for item in items(tmp_path / name, ROW)}
    assert made == {
        ("action", "Ana will print the badges."): (("Ana", TURNS[0]["text"]), ("Bo", "Fine.")),
        ("decision", "The hall will be green."): (("Someone", TURNS[2]["text"]),),
        ("question", "Who pays for the paint?"): (("Bo", TURNS[3]["text"]),),
        ("action", NONE): (("Ana", TURNS[0]["text"]),),
        ("heading", "Paint hall"): (("Someone", TURNS[2]["text"]), ("Bo", TURNS[3]["text"])),
        ("point", "The hall is to be green."): (("Someone", TURNS[2]["text"]),),
    }


def test_a_heading_that_its_turns_do_not_support_is_left_out(tmp_path: Path) -> None:
    row = ROW | {"topics": [{"heading": "Budget overview", "turns": [2, 3], "points": []}]}
    assert "heading" not in {item.task for item in items(tmp_path / "base.jsonl", row)}


def test_a_summary_sentence_is_an_item_only_where_its_turns_support_it(tmp_path: Path) -> None:
    row = {
        "turns": TURNS,
        "decisions": ["They agreed to paint the hall.", "The remote will use a kinetic battery."],
        "action_items": ["Ana will print badges."],
        "summary": "A recap.",
        "summary_links": [
            {"section": "decisions", "sentence": 0, "turns": [2]},
            {"section": "decisions", "sentence": 1, "turns": [3]},
            {"section": "decisions", "sentence": 9, "turns": [3]},
            {"section": "actions", "sentence": 0, "turns": [0]},
            {"section": "abstract", "sentence": 0, "turns": [0]},
        ],
    }
    made = [(item.task, item.target) for item in items(tmp_path / "base.jsonl", row)]
    assert made == [("decision", "They agreed to paint the hall."), ("action", "Ana will print badges.")]


def test_the_turns_shown_are_the_four_that_share_most_in_their_order() -> None:
    turns = [{"speaker": "A", "text": text} for text in ("well", "paint green", "yes", "hall", "hmm", "paint hall")]
    assert [turn["text"] for turn in trim(turns, [0, 1, 2, 3, 4, 5], "paint the hall green")] == [
        "well",
        "paint green",
        "hall",
        "paint hall",
    ]


def test_long_turns_are_left_out_and_one_too_long_alone_gives_no_item() -> None:
    long, short = {"speaker": "A", "text": "paint " * (MAX_WORDS - 1)}, {"speaker": "B", "text": "paint it green"}
    assert trim([long, short], [0, 1], "paint") == [long]
    assert trim([{"speaker": "A", "text": "paint " * (MAX_WORDS + 1)}], [0], "paint") == []


def test_support_is_the_share_of_longer_words() -> None:
    assert support("painting the walls", "we painted a fence") == 0.5
    assert support("a b c", "anything") == 0.0


def test_messages_carry_thread_instruction_and_style(tmp_path: Path) -> None:
    thread = [{"speaker": "Bo", "text": "When?"}]
    reply = {
        "kind": "reply",
        "thread": thread,
        "instruction": "say noon",
        "draft": "At noon.",
        "tone": "direct",
        "length": "short",
    }
    rewrite = {
        "kind": "rewrite",
        "thread": [],
        "instruction": "formal",
        "text": "hi",
        "draft": "Hello.",
        "how": "formal",
    }
    assert list(message_rows(write(tmp_path / "reply-base-1.jsonl", reply, rewrite))) == [
        Item("reply", (("Bo", "When?"), ("instruction", "say noon")), "At noon.", ("direct", "short"), "natural"),
        Item("rewrite", (("instruction", "formal"), ("text", "hi")), "Hello.", ("formal",), "natural"),
    ]
