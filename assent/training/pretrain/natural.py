"""Natural items for the embedded model, written here or from corpora given by path, of which only `base` may be read.

It knows the corpora's fields and nothing of slots or training. Real summary links teach little copying (a human
sentence shares 41 % of its content words with its evidence), so a pair is kept only where the trimmed evidence supports
it. `written/` holds what was written for this model: items of their own, and one sentence for each of some thousand
stretches of the corpora as the pipeline shows them to a model, without their words.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assent.features.compose import HOWS
from assent.features.prompts import shorten, signed
from assent.training.pretrain.items import NONE, Item, Task, as_asked

WRITTEN = Path(__file__).with_name("written")
STATEMENTS = tuple(
    (
        "boards business calls care civic committees community crews design engineering office projects public "
        "research science sites software teams trades"
    ).split()
)
MESSAGES = (
    *(f"{kind}{hand}" for hand in ("", "-2", "-3") for kind in ("compose", "reply", "rewrite")),
    *(f"messages-{name}" for name in "clubs facts hurried literal offices plainly rewrites voices whole works".split()),
)
WINDOWS = "windows.jsonl"
WINDOW = "window"
"""With the meeting's name the pattern of an item of a window: it has the talk around it already."""
MAX_TURNS = 4
MAX_WORDS = 110
MIN_SUPPORT = 0.6
"""Share of a target's longer words that the trimmed lines must hold, by their first five letters."""


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a .jsonl or .jsonl.gz file."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def corpus_items(path: Path) -> Iterator[Item]:
    """Items of one corpus file: statements with their turns, near-misses as `none`, supported summary links."""
    for row in rows(path):
        yield from _statement_items(row)
        yield from _link_items(row)


def message_rows(path: Path) -> Iterator[Item]:
    """Items of one file of hand-written instructions and drafts, asked as the feature asks them."""
    for row in rows(path):
        thread = [(line["speaker"], line["text"]) for line in row["thread"]]
        if row["kind"] == "rewrite":
            style: tuple[str, ...] = (row["how"] if row["how"] in HOWS else "improve",)
            lines = [("instruction", row["how"]), ("text", row["text"])]
        else:
            style = (row["tone"], row["length"])
            lines = [("instruction", row["instruction"])]
        yield as_asked(Item(row["kind"], (*thread, *signed(row.get("me")), *lines), row["draft"], style, "natural"))


def message_path(name: str) -> Path:
    """A file of messages that were written for this model."""
    return WRITTEN / f"{name}.jsonl"


def written_items() -> Iterator[Item]:
    """Evidence and sentences that were written for this model."""
    for name in STATEMENTS:
        for row in rows(WRITTEN / f"{name}.jsonl"):
            yield Item(row["task"], tuple((who, text) for who, text in row["lines"]), row["target"], (), "written")


def window_items(corpora: Path) -> Iterator[Item]:
    """The sentences written for stretches of the corpora, as far as those are there, with their words."""
    wanted = list(rows(WRITTEN / WINDOWS))
    for name in dict.fromkeys(row["meeting"].split("-")[0] for row in wanted):
        path = corpora / name / "base.jsonl.gz"
        turns = {row.get("id"): row["turns"] for row in rows(path)} if path.exists() else {}
        for row in wanted:
            if row["meeting"] in turns:
                chosen = [turns[row["meeting"]][at] for at in row["turns"]]
                lines = tuple((turn["speaker"] or "Someone", shorten(turn["text"])) for turn in chosen)
                yield Item(row["task"], lines, row["target"], (), f"{WINDOW} {row['meeting'].partition('-')[2]}")


def talk(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The name of each meeting of a corpus file, the same in each corpus, and what was said there, turn by turn."""
    for row in rows(path):
        yield _name(row), [turn["text"] for turn in row["turns"] if turn["text"].strip()]


def _name(row: dict[str, Any]) -> str:
    return str(row.get("id", "")).partition("-")[2]


def _statement_items(row: dict[str, Any]) -> Iterator[Item]:
    kinds: tuple[tuple[Task, str], ...] = (("action", "actions"), ("decision", "decisions"), ("question", "questions"))
    for task, field in kinds:
        for entry in row.get(field) or ():
            if isinstance(entry, dict) and "statement" in entry:
                yield from _item(task, row, entry["turns"], entry["statement"], always=True)
    for entry in row.get("not_actions") or ():
        yield from _item("action", row, entry["turns"], NONE, always=True, about=entry["text"])
    for topic in row.get("topics") or ():
        if "points" not in topic:
            continue
        first, last = topic["turns"]
        yield from _item("heading", row, list(range(first, last + 1)), topic["heading"])
        for point in topic["points"]:
            yield from _item("point", row, point["turns"], point["text"], always=True)


def _link_items(row: dict[str, Any]) -> Iterator[Item]:
    """Linked sentences of the sections that list them one by one; the flowing abstract is left out."""
    sections: dict[str, tuple[Task, str]] = {
        "decisions": ("decision", "decisions"),
        "actions": ("action", "action_items"),
    }
    for link in row.get("summary_links") or ():
        if link["section"] in sections:
            task, field = sections[link["section"]]
            sentences = row.get(field) or ()
            if link["sentence"] < len(sentences):
                yield from _item(task, row, link["turns"], sentences[link["sentence"]])


def _item(
    task: Task, row: dict[str, Any], turns: list[int], target: str, *, always: bool = False, about: str | None = None
) -> Iterator[Item]:
    chosen = trim(row["turns"], turns, about or target)
    lines = tuple((turn["speaker"] or "Someone", turn["text"]) for turn in chosen)
    if lines and (always or support(target, " ".join(text for _, text in lines)) >= MIN_SUPPORT):
        yield Item(task, lines, target, (), f"natural {_name(row)}")


def trim(turns: list[dict[str, Any]], indexes: list[int], target: str) -> list[dict[str, Any]]:
    """The up to four of the given turns, in order, that share most with the target, within the word bound."""
    wanted = stems(target)
    ranked = sorted(set(indexes), key=lambda index: (-len(wanted & stems(turns[index]["text"])), index))
    chosen: list[int] = []
    words = 0
    for index in ranked[:MAX_TURNS]:
        size = len(turns[index]["text"].split())
        if chosen and words + size > MAX_WORDS:
            continue
        chosen.append(index)
        words += size
    return [turns[index] for index in sorted(chosen)] if words <= MAX_WORDS else []


def stems(text: str) -> set[str]:
    """First five letters of the longer words: a rough stem, enough to rank turns."""
    return {word[:5] for word in "".join(c.lower() if c.isalnum() else " " for c in text).split() if len(word) > 3}


def support(target: str, evidence: str) -> float:
    wanted = stems(target)
    return len(wanted & stems(evidence)) / len(wanted) if wanted else 0.0
