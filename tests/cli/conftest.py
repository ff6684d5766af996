"""Features that answer at once. The command line holds no logic: what it passes on and prints is all there is."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument, Statement

DOCUMENT = MinutesDocument(
    title="Fair",
    recap=(Statement("They chose the square.", (1,)),),
    topics=(),
    decisions=(),
    action_items=(ActionItem("send the form", "Tomasz", "Thursday", (2,)),),
    open_questions=(),
    participants=("Marta",),
    language="en",
    coverage=Coverage(3, 3),
    grounding=Grounding(1, 1, 0),
    model="assent-mini",
    adapter=None,
    template="general",
)


class Written:
    """What compose, rewrite and ask return, as far as a verb looks at it."""

    def __str__(self) -> str:
        return "Hello Priya."

    def json(self) -> dict[str, Any]:
        return {"drafts": [{"text": "Hello Priya."}]}


@dataclass
class Minutes:
    document: MinutesDocument = DOCUMENT
    layout: None = None


@dataclass
class Features:
    """Keeps what each feature was called with; `error` is raised in place of an answer."""

    calls: list[tuple[Any, ...]] = field(default_factory=list)
    error: BaseException | None = None

    def answer(self, name: str, result: Any) -> Any:
        def feature(*args: Any, **kwargs: Any) -> Any:
            self.calls.append((name, args, kwargs))
            if self.error:
                raise self.error
            return result

        return feature


def install(monkeypatch: pytest.MonkeyPatch) -> Features:
    features = Features()
    homes = {"summarize": Minutes(), "ask": Written(), "compose": Written(), "rewrite": Written()}
    for name, result in homes.items():
        home = "compose" if name == "rewrite" else name
        module = sys.modules.get(f"assent.features.{home}") if name == "rewrite" else None
        module = module or ModuleType(f"assent.features.{home}")
        setattr(module, name, features.answer(name, result))
        monkeypatch.setitem(sys.modules, f"assent.features.{home}", module)
    return features


@pytest.fixture
def features(monkeypatch: pytest.MonkeyPatch) -> Features:
    return install(monkeypatch)


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    file = tmp_path / "meeting.txt"
    file.write_text("Marta: The square, then?\nTomasz: Yes, I'll send the form by Thursday.\nMarta: Good.\n")
    return file
