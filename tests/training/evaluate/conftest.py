"""A store with two trained adapters and the runs they came from, and held-out material that neither has seen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assent.data.facade import Store
from tests.models.adapters.conftest import two_adapters

__all__ = ["two_adapters"]

MEETING = {
    "id": "invented-mill-1",
    "series": "mill",
    "summary": "Ben Olsen orders twelve paddles for the mill race by Friday; the weir stays shut until the inspection.",
    "turns": [
        {"speaker": "Ana Costa", "text": "Ben, can you order twelve paddles for the mill race by Friday?"},
        {"speaker": "Ben Olsen", "text": "Yes, I will order the twelve paddles."},
        {"speaker": "Ana Costa", "text": "And we agreed that the weir stays shut until the inspection."},
    ],
}
REQUEST = {
    "id": "compose-h-001a",
    "kind": "compose",
    "split": "heldout",
    "instruction": "tell Priya the demo moves to thu 3pm",
    "thread": [],
    "me": "Dana",
    "tone": "friendly",
    "length": "short",
    "draft": "Hi Priya, the demo moves to Thursday 3 pm.",
    "facts": ["Priya", "Thursday", "3 pm"],
    "never": ["room 4"],
}
FACTS = {
    "title": "Mill",
    "participants": ["Ana Costa", "Ben Olsen"],
    "actions": [{"owner": "Ben Olsen", "words": ["paddles"], "due": "Friday"}],
    "decisions": [{"words": ["weir", "shut"]}],
    "questions": [],
    "not_actions": [],
    "never": ["flood"],
}


def write(folder: Path, name: str, *rows: object) -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def held_out(tmp_path: Path) -> list[Path]:
    """One file of each kind."""
    talk = tmp_path / "mill.txt"
    talk.write_text("".join(f"{turn['speaker']}: {turn['text']}\n" for turn in MEETING["turns"]), encoding="utf-8")
    write(tmp_path, "gold.json", {"mill.txt": FACTS})
    return [write(tmp_path, "meetings.jsonl", MEETING), write(tmp_path, "requests.jsonl", REQUEST), talk]


@pytest.fixture
def store(two_adapters: Path, tmp_path: Path) -> Iterator[Store]:
    with Store(Path(shutil.copytree(two_adapters / "home", tmp_path / "home"))) as opened:
        yield opened
