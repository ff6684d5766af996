"""A second grammar of meetings and messages, by another hand than the first. It is for measuring: nothing trains on it.

It was written without sight of the first grammar's tables, so that a model trained on those meets other phrasings here.
It shares their template language and their Item, and knows no tokenizer and no model.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from assent.training.pretrain.items import NONE, Item, as_asked
from assent.training.pretrain.second.scene import Scene, disturb, tidy
from assent.training.pretrain.second.templates import TEXT, Kind, Template, templates

__all__ = ["second_items"]


def second_items(kind: Kind, seed: int, count: int) -> Iterator[Item]:
    """`count` items, the same for the same seed; every template once before any comes again."""
    rng = Random(f"second {kind} {seed}")
    make = _statement if kind == "meetings" else _message
    deck: list[Template] = []
    for _ in range(count):
        deck = deck or rng.sample(templates(kind), len(templates(kind)))
        yield make(deck.pop(), rng)


def _statement(template: Template, rng: Random) -> Item:
    scene = Scene(rng, template.lists, aloud=True)
    turns = disturb(scene, [(speaker, tidy(scene.said(nodes))) for speaker, nodes in template.turns])
    lines = tuple((scene.label[speaker], text) for speaker, text in turns)
    written = scene.written(template.targets[0].nodes)
    return Item(template.task, lines, written if written == NONE else tidy(written), (), template.pattern)


def _message(template: Template, rng: Random) -> Item:
    scene = Scene(rng, template.lists, aloud=False)
    target = rng.choice(template.targets)
    ask = ("instruction", scene.said(rng.choice(template.wishes)))
    turns = [(speaker, scene.said(nodes)) for speaker, nodes in template.turns]
    thread = [(scene.label[speaker], tidy(text)) for speaker, text in turns if speaker != TEXT]
    text = [("text", text) for speaker, text in turns if speaker == TEXT]
    lines = (*thread, ask, *text)
    return as_asked(Item(template.task, lines, tidy(scene.written(target.nodes)), target.style, template.pattern))
