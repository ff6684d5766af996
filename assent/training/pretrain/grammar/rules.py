"""The rule tables: what is said turn by turn, and the sentence it should become. It knows no word and no noise.

A table is a list of groups. `== task.state [other=A]` names the groups after it, `--` starts the next;
`A: ...` lines are turns (lines of the same speaker in a row are alternatives), `> ...` is the target. The
alternatives of the turn that has most of them are the rules. `+ A: ...` is a turn that now and then follows at the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast
from zlib import crc32

from assent.training.pretrain.grammar.template import Nodes, parse
from assent.training.pretrain.grammar.words import table
from assent.training.pretrain.items import NONE, Task

TASKS: tuple[Task, ...] = ("action", "decision", "question", "point", "heading")
_HELD_OUT_SHARE = 12
"""One rule in so many is never trained on."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to say one state: the speakers and, for each turn, its alternatives."""

    task: Task
    pattern: str
    speakers: str
    turns: tuple[tuple[Nodes, ...], ...]
    target: Nodes
    extra: tuple[tuple[str, Nodes], ...]
    other: str
    held_out: bool

    @property
    def empty(self) -> bool:
        """Whether the lines hold nothing of the rule's task."""
        return self.target == (NONE,)

    @property
    def state(self) -> str:
        return self.pattern.rpartition(".")[0]


def _group_rules(name: str, settings: dict[str, str], lines: list[str], first: int) -> list[Rule]:
    task, _, state = name.partition(".")
    speakers = ""
    said: list[list[str]] = []
    targets = [line[2:] for line in lines if line.startswith("> ")]
    extra = tuple((line[2], _only(line[5:])) for line in lines if line.startswith("+ "))
    for line in lines:
        if line.startswith(("> ", "+ ")):
            continue
        speaker, _, text = line.partition(": ")
        if not speakers or speakers[-1] != speaker:
            speakers += speaker
            said.append([])
        said[-1].append(text)
    if settings["other"] not in speakers:
        settings = settings | {"other": ""}  # who does not speak has no name in the lines to be "you" or "me"
    key = max(range(len(said)), key=lambda at: len(said[at]))
    turns = [tuple(_only(text) for text in options) for options in said]
    rules = []
    for number, text in enumerate(said[key]):
        held = len(said[key]) > 1 and crc32(f"{state}|{text}".encode()) % _HELD_OUT_SHARE == 0
        mine = (*turns[:key], (_only(text),), *turns[key + 1 :])
        pattern = f"{name}.{first + number}"
        target = _only(targets[0])
        rules.append(Rule(cast(Task, task), pattern, speakers, mine, target, extra, held_out=held, **settings))
    return rules


def _only(text: str) -> Nodes:
    options = parse(text)
    if len(options) != 1:
        raise ValueError(f"a rule needs brackets around its alternatives: {text!r}")
    return options[0]


def _read(name: str) -> list[Rule]:
    rules: list[Rule] = []
    counts: dict[str, int] = {}
    header: list[str] = []
    group: list[str] = []

    def close() -> None:
        if group:
            settings = {"other": "A"} | dict(pair.split("=") for pair in header[2:])
            made = _group_rules(header[1], settings, group, counts.get(header[1], 1))
            counts[header[1]] = counts.get(header[1], 1) + len(made)
            rules.extend(made)
            group.clear()

    for line in table(name):
        if line.startswith(("==", "--")):
            close()
            header = line.split() if line.startswith("==") else header
        else:
            group.append(line)
    close()
    return rules


@cache
def rules() -> dict[Task, tuple[Rule, ...]]:
    """All rules by task."""
    return {task: tuple(_read(f"{task}.txt")) for task in TASKS}
