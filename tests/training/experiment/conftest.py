from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from assent.training.evaluate.linked import Item

OBJECTS = "kettle lantern ladder bucket blanket hammer basket bottle candle curtain drawer engine fence garden".split()
PEOPLE = ("Ada", "Ben", "Cleo", "Dan")


def item(account: str, meeting: int, number: int) -> Item:
    """A turn or two and a sentence of them, in words that no other item has in this order."""
    draw = Random(f"{account} {meeting} {number}")
    first, second = draw.sample(PEOPLE, 2)
    said = " ".join(draw.choice(OBJECTS) for _ in range(6))
    turns = ((first, f"We bring the {said} {number}."), (second, f"Then the {said} on Friday."))
    target = f"The {said} {number} comes on Friday."
    return Item(f"{account}-{meeting}-{number}", account, f"{account}-{meeting}", "point", turns, number, target, 1.0)


@pytest.fixture
def invented() -> list[Item]:
    return [item(f"a{account}", meeting, at) for account in range(8) for meeting in range(2) for at in range(4)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "unused"))
    return tmp_path / "home"
