"""How well the embedded model does what it was made for, before guard and fallback, beside texts that read less.

On generated items of rules it was never trained on: are the facts (slots) of the target all in the answer and no others?
Run as `python -m assent.training.pretrain.quality FOLDER`; the figures go to the model card.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from pathlib import Path

import click

from assent.features.prompts import tagged
from assent.models import load
from assent.models.engine import Engine, Prompt
from assent.models.slots import SlotCodec, SlotTable
from assent.training.pretrain.grammar import meeting_items
from assent.training.pretrain.items import NONE, Item
from assent.training.pretrain.messages import message_items

SEED = 77
MAX_NEW_TOKENS = {"compose": 180, "reply": 180, "rewrite": 180}
WILSON_Z = 1.96
"""95 % interval."""


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of items, with the half-width-free Wilson interval of `facts` (Wilson 1927)."""

    kind: str
    items: int
    facts: float
    """All facts of the target in the answer, and no other fact."""
    low: float
    high: float
    exact: float
    """The answer is the target, word for word."""
    copied: float
    """`facts` of the trivial answer: the longest line, copied."""


def held_out(kind: str, count: int) -> list[Item]:
    """Items of held-out rules, those with the answer `none` left out: they have no facts to keep."""
    make = meeting_items if kind == "meetings" else message_items
    return [item for item in make(SEED, count, held_out=True) if item.target != NONE]


def measure(engine: Engine, codec: SlotCodec, kind: str, count: int) -> Score:
    items = held_out(kind, count)
    prompts = [Prompt(tagged(item.task, item.lines, item.style), MAX_NEW_TOKENS.get(item.task, 56)) for item in items]
    answers = [completion.text for completion in engine.complete(prompts)]
    right = [facts(codec, item, item.target) == facts(codec, item, answer) for item, answer in zip(items, answers, strict=True)]
    copies = [max((text for _, text in item.lines), key=len) for item in items]
    trivial = [facts(codec, item, item.target) == facts(codec, item, copy) for item, copy in zip(items, copies, strict=True)]
    exact = [item.target == answer for item, answer in zip(items, answers, strict=True)]
    low, high = wilson(sum(right), len(right))
    return Score(kind, len(items), share(right), low, high, share(exact), share(trivial))


def facts(codec: SlotCodec, item: Item, text: str) -> frozenset[str]:
    """The slots a text uses when it is encoded with the item's own table; a word that the item lacks is a fact of its own."""
    table = SlotTable()
    codec.encode_lines(tagged(item.task, item.lines, item.style)[1].content, table)
    return frozenset(token for token in codec.encode(text, table).split() if token.startswith("<") and token != "<nl>")


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def wilson(hits: int, total: int) -> tuple[float, float]:
    if not total:
        return 0.0, 1.0
    p, z = hits / total, WILSON_Z
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return middle - half, middle + half


def samples(engine: Engine, kind: str, count: int) -> Iterator[tuple[Item, str]]:
    items = held_out(kind, count)
    prompts = [Prompt(tagged(item.task, item.lines, item.style), MAX_NEW_TOKENS.get(item.task, 56)) for item in items]
    yield from ((item, done.text) for item, done in zip(items, engine.complete(prompts), strict=True))


def table(scores: Sequence[Score]) -> str:
    head = "| items | n | facts all right, none lost | 95 % | exact | longest line copied |\n|---|---|---|---|---|---|"
    row: Callable[[Score], str] = lambda s: (  # noqa: E731
        f"| {s.kind} | {s.items} | {s.facts:.1%} | {s.low:.1%} to {s.high:.1%} | {s.exact:.1%} | {s.copied:.1%} |"
    )
    return "\n".join([head, *map(row, scores)])


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--count", default=600, show_default=True, help="Items of each kind.")
@click.option("--show", default=0, show_default=True, help="Print this many answers beside their targets.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures here as JSON.")
def main(folder: Path, count: int, show: int, out: Path | None) -> None:
    """Measure the model in FOLDER on rules it was never trained on."""
    engine, codec = load(str(folder)), SlotCodec.load(folder)
    scores = [measure(engine, codec, kind, count) for kind in ("meetings", "messages")]
    click.echo(table(scores))
    for kind in ("meetings", "messages") if show else ():
        for item, answer in samples(engine, kind, show):
            lines = " / ".join(f"{label}: {text}" for label, text in item.lines)
            click.echo(f"\n{item.task} {' '.join(item.style)} | {lines}\n  target: {item.target}\n  answer: {answer}")
    if out:
        out.write_text(json.dumps([asdict(score) for score in scores], indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
