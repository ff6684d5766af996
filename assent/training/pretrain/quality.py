"""How well the embedded model does what it was made for, before guard and fallback, beside texts that read less.

On generated items of rules it was never trained on, and on those of a second grammar by another hand: are the facts
(slots) of the target all in the answer, no others?
`python -m assent.training.pretrain.quality FOLDER --out FIGURES.json` measures; `card` prints the figures in the model
card. Items come from a fixed seed and answers are greedy, so the same weights give the same figures again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from math import sqrt
from pathlib import Path
from typing import Any

import click

from assent.features.prompts import tagged
from assent.models import load
from assent.models.engine import Engine, Prompt
from assent.models.slots import SlotCodec, SlotTable
from assent.training.pretrain.grammar import meeting_items
from assent.training.pretrain.items import NONE, Item
from assent.training.pretrain.messages import message_items
from assent.training.pretrain.second import second_items

SEED = 77
MAX_NEW_TOKENS = {"compose": 180, "reply": 180, "rewrite": 180}
STATEMENT_TOKENS = 56
UNSEEN: Mapping[str, Callable[[int, int], Iterator[Item]]] = {
    "meetings": partial(meeting_items, held_out=True),
    "messages": partial(message_items, held_out=True),
    "second meetings": partial(second_items, "meetings"),
    "second messages": partial(second_items, "messages"),
}
"""By kind, what makes items (seed, count) of phrasings that no model was trained on."""
KINDS = tuple(UNSEEN)
WILSON_Z = 1.96
"""95 % interval."""


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of items; `low` and `high` bound `facts`."""

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
    """Items of held-out rules or of the second grammar, but for the answer `none`: it has no facts to keep."""
    return [item for item in UNSEEN[kind](SEED, count) if item.target != NONE]


def measure(engine: Engine, codec: SlotCodec, kind: str, count: int) -> Score:
    items = held_out(kind, count)
    answers = answer(engine, items)
    copies = [max((text for _, text in item.lines), key=len) for item in items]
    right = [keeps(codec, item, text) for item, text in zip(items, answers, strict=True)]
    trivial = [keeps(codec, item, text) for item, text in zip(items, copies, strict=True)]
    exact = [item.target == text for item, text in zip(items, answers, strict=True)]
    low, high = wilson(sum(right), len(right))
    return Score(kind, len(items), share(right), low, high, share(exact), share(trivial))


def answer(engine: Engine, items: Sequence[Item]) -> list[str]:
    prompts = [
        Prompt(tagged(item.task, item.lines, item.style), MAX_NEW_TOKENS.get(item.task, STATEMENT_TOKENS))
        for item in items
    ]
    return [completion.text for completion in engine.complete(prompts)]


def keeps(codec: SlotCodec, item: Item, text: str) -> bool:
    """Whether a text has the facts of the item's target, all and no other."""
    return facts(codec, item, text) == facts(codec, item, item.target)


def facts(codec: SlotCodec, item: Item, text: str) -> frozenset[str]:
    """The slots of a text encoded with the item's own table; a word that the item lacks is "<unk>"."""
    table = SlotTable()
    codec.encode_lines(tagged(item.task, item.lines, item.style)[1].content, table)
    table.closed = True
    return frozenset(token for token in codec.encode(text, table).split() if token.startswith("<") and token != "<nl>")


def share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927, doi:10.2307/2276774)."""
    if not total:
        return 0.0, 1.0
    p, z = hits / total, WILSON_Z
    middle = (p + z * z / (2 * total)) / (1 + z * z / total)
    half = z * sqrt(p * (1 - p) / total + z * z / (4 * total * total)) / (1 + z * z / total)
    return middle - half, middle + half


def table(scores: Sequence[Score]) -> str:
    """The scores as a Markdown table."""
    head = "| items | n | facts all right, none lost | 95 % | exact | longest line copied |\n|---|---|---|---|---|---|"
    return "\n".join([head, *map(_row, scores)])


def _row(score: Score) -> str:
    interval = f"{score.low:.1%} to {score.high:.1%}"
    cells = (score.kind, score.items, f"{score.facts:.1%}", interval, f"{score.exact:.1%}", f"{score.copied:.1%}")
    return f"| {' | '.join(map(str, cells))} |"


def show(engine: Engine, kind: str, count: int) -> Iterator[str]:
    """Answers beside their targets."""
    items = held_out(kind, count)
    for item, text in zip(items, answer(engine, items), strict=True):
        lines = " / ".join(f"{label}: {line}" for label, line in item.lines)
        yield f"\n{item.task} {' '.join(item.style)} | {lines}\n  target: {item.target}\n  answer: {text}"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True))
@click.option("--count", default=600, show_default=True, help="Items of each kind.")
@click.option("--show", "shown", default=0, show_default=True, help="Print this many answers beside their targets.")
@click.option("--out", type=click.Path(path_type=Path), help="Write the figures here as JSON.")
def main(folder: Path, count: int, shown: int, out: Path | None) -> None:
    """Measure the model in FOLDER on rules it was never trained on."""
    engine, codec = load(str(folder)), SlotCodec.load(folder)
    scores = [measure(engine, codec, kind, count) for kind in KINDS]
    click.echo(table(scores))
    for kind in KINDS if shown else ():
        click.echo("\n".join(show(engine, kind, shown)))
    if out:
        out.write_text(json.dumps(report(folder, count, scores), indent=2) + "\n", encoding="utf-8")


def report(folder: Path, count: int, scores: Sequence[Score]) -> dict[str, Any]:
    """The figures with all that makes them anew: the command, the seed, and the hash of the weights."""
    return {
        "command": f"python -m assent.training.pretrain.quality {folder.name} --count {count}",
        "seed": SEED,
        "weights_sha256": weights_sha256(folder),
        "scores": [asdict(score) for score in scores],
    }


def weights_sha256(folder: Path) -> str:
    return sha256((folder / "model.safetensors").read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
