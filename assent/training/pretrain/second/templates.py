"""The templates of the second grammar, as read from its tables. It knows no scene and draws nothing.

A template opens with `@ task name`. `$ part: this | that` is a list of its own, as is `$ n: 30..90 by 15`, all the
numbers between. `A: ...` is a turn, `> ...` a way of typing the instruction, `T: ...` the text to rewrite and `= ...`
the target, before which messages name their style: `= how: ...`, `= tone length: ...`. Inside a text, `[this|that]`
chooses, `{A}` is a speaker, `{X}` somebody who is absent, and `{day}`, `{day2}` are two draws of one list that differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Literal, cast

from assent.training.pretrain.grammar.template import Nodes, parse
from assent.training.pretrain.items import Task

Kind = Literal["meetings", "messages"]
Choices = tuple[str, ...] | range

TABLES: Mapping[Kind, tuple[str, ...]] = {
    "meetings": ("actions.txt", "decisions.txt", "questions.txt", "points.txt", "nones.txt"),
    "messages": ("compose.txt", "replies.txt", "rewrites.txt"),
}
SPEAKERS = "ABCD"
TEXT = "T"


@dataclass(frozen=True, slots=True)
class Target:
    style: tuple[str, ...]
    nodes: Nodes


@dataclass(slots=True)
class Template:
    """`turns` are (speaker letter, what is said); `wishes` are ways of typing the same instruction."""

    task: Task
    name: str
    lists: dict[str, Choices] = field(default_factory=dict)
    turns: list[tuple[str, Nodes]] = field(default_factory=list)
    wishes: list[Nodes] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    @property
    def pattern(self) -> str:
        return f"second {self.task}.{self.name}"

    def add(self, line: str) -> None:
        mark, text = line[0], line[1:].strip()
        if mark == "$":
            name, _, values = text.partition(": ")
            self.lists[name] = _range(values) if ".." in values else _options(values)
        elif mark == ">":
            self.wishes.append(_nodes(text))
        elif mark == "=":
            self.targets.append(self._target(text))
        elif mark in SPEAKERS + TEXT and text.startswith(":"):
            self.turns.append((mark, _nodes(text[1:].strip())))
        else:
            raise ValueError(f"{self.pattern}: {line!r} is no list, turn, instruction or target")

    def _target(self, text: str) -> Target:
        if self.task not in ("compose", "reply", "rewrite"):
            return Target((), _nodes(text))
        style, _, message = text.partition(": ")
        return Target((style,) if self.task == "rewrite" else tuple(style.split()), _nodes(message))


@cache
def templates(kind: Kind) -> tuple[Template, ...]:
    return tuple(template for name in TABLES[kind] for template in _read(name))


@cache
def word_lists() -> Mapping[str, tuple[str, ...]]:
    """The lists that every template may draw from."""
    named = (line.partition(": ") for line in _lines("words.txt"))
    return {name: _options(values) for name, _, values in named}


def _read(name: str) -> Iterator[Template]:
    template = None
    for line in _lines(name):
        if line.startswith("@"):
            if template:
                yield template
            _, task, title = line.split()
            template = Template(cast(Task, task), title)
        elif template:
            template.add(line)
    if template:
        yield template


def _lines(name: str) -> list[str]:
    text = files(__package__).joinpath("tables", name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _options(values: str) -> tuple[str, ...]:
    return tuple(value.strip() for value in values.split(" | "))


def _range(text: str) -> range:
    """`12..40` with both ends, `30..90 by 15` in steps."""
    ends, _, step = text.partition(" by ")
    low, high = ends.split("..")
    return range(int(low), int(high) + 1, int(step or 1))


def _nodes(text: str) -> Nodes:
    """A text's nodes; alternatives stand in brackets only."""
    options = parse(text)
    if len(options) > 1:
        raise ValueError(f"{text!r}: a choice stands in brackets")
    return options[0]
