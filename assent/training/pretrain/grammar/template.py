"""A tiny template language: `[a|b]` chooses, `{name}` or `{name.form}` asks the scene, `{A:need}` is a person's verb.

It knows the syntax only: what a name stands for is the scene's business.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Protocol

MARK = "\x01{}\x02"
_PERSON = re.compile(r"(?:[A-D]|we)(?:$|[:'.])")
_TOKEN = re.compile(r"\{[^}]*\}|[\[\]|]|[^{\[\]|]+")


@dataclass(frozen=True, slots=True)
class Ref:
    """A name the scene resolves, with the form wanted of it."""

    name: str
    form: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives, equally likely."""

    options: tuple[Nodes, ...]


Node = str | Ref | Choice
Nodes = tuple[Node, ...]


class Resolver(Protocol):
    """What gives a reference its text."""

    rng: Random

    def resolve(self, name: str, form: str) -> str: ...


def _reference(body: str) -> Node:
    if _PERSON.match(body):
        return MARK.format(body)  # persons depend on who speaks: settled when the turn is finished
    name, _, form = body.partition(".")
    return Ref(name, form)


def _sequence(tokens: list[str], at: int) -> tuple[tuple[Nodes, ...], int]:
    """Alternatives from `tokens[at:]` to the closing bracket or the end, and the place after it."""
    options: list[Nodes] = []
    nodes: list[Node] = []
    while at < len(tokens) and tokens[at] != "]":
        token = tokens[at]
        at += 1
        if token == "|":
            options.append(tuple(nodes))
            nodes = []
        elif token == "[":
            inner, at = _sequence(tokens, at)
            nodes.append(Choice(inner))
        else:
            nodes.append(_reference(token[1:-1]) if token[0] == "{" else token)
    options.append(tuple(nodes))
    return tuple(options), at + 1


@cache
def parse(text: str) -> tuple[Nodes, ...]:
    """The alternatives of a template at its top level."""
    return _sequence(_TOKEN.findall(text), 0)[0]


def expand(nodes: Nodes, scene: Resolver, out: list[str]) -> None:
    """Append the pieces of one expansion to `out`."""
    for node in nodes:
        if isinstance(node, str):
            out.append(node)
        elif isinstance(node, Ref):
            out.append(scene.resolve(node.name, node.form))
        else:
            options = node.options
            expand(options[int(scene.rng.random() * len(options))], scene, out)
