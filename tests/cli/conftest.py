"""Features that answer at once. The command line holds no logic: what it passes on and prints is all there is."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from assent.features.export import render
from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument, Statement
from tests.cli.called import SET, found

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


class Minutes:
    def render(self, form: str) -> str:
        return render(DOCUMENT, form)


@dataclass
class Features:
    """Keeps what the assistant was made with and called with; `error` is raised in place of an answer."""

    made: list[dict[str, Any]] = field(default_factory=list)
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

    class Assistant:
        def __init__(self, store: Any = None, **settings: Any) -> None:
            features.made.append({"store": store, **settings})
            self.summarize = features.answer("summarize", Minutes())
            self.ask = features.answer("ask", Written())
            self.compose = features.answer("compose", Written())
            self.rewrite = features.answer("rewrite", Written())

    module = ModuleType("assent.features.assistant")
    setattr(module, "Assistant", Assistant)  # noqa: B010 (a module has no such attribute for mypy)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return features


@pytest.fixture
def features(monkeypatch: pytest.MonkeyPatch) -> Features:
    return install(monkeypatch)


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    file = tmp_path / "meeting.txt"
    file.write_text("Marta: The square, then?\nTomasz: Yes, I'll send the form by Thursday.\nMarta: Good.\n")
    return file


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the store will be; the working folder is another empty one."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ASSENT_DATABASE", raising=False)
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def published(home: Path) -> Path:
    """A store in which a form and a notice stand."""
    found("consent", "form", "publish", "separate", *SET)
    found("consent", "notice", "publish", "notice", *SET)
    return home
