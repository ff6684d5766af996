"""What a sentence is worth against the one a person wrote of the same turns, beside sentences that read less.

It knows no pipeline: what is measured is what a model writes of the turns at hand, before any check. It keeps no text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import get_args

import numpy as np

from assent.data.transcripts.turns import Turn
from assent.errors import InputError
from assent.features.grounding import verify
from assent.features.grounding.passage import Kind
from assent.features.prompts import Guidance, statement_prompt
from assent.models.engine import Engine
from assent.training.evaluate import facts
from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.linked import Item
from assent.training.evaluate.metrics import COMMON, inverse_frequencies, specific_recall, vectors
from assent.training.evaluate.resampled import Sides, compare, figure
from assent.training.evaluate.tables import Report, Table
from assent.training.evaluate.words import content_stems, cut

LENGTH = 30
"""Words an output is cut at: a statement of minutes has at most so many."""


@dataclass(frozen=True)
class Gold:
    """Of one held-out item: `stems` are its specific words, `facts` its names, numbers and days, all in its turns."""

    evidence: str
    stems: frozenset[str]
    facts: tuple[str, ...]


def gold(items: Sequence[Item], references: Sequence[Item]) -> list[Gold]:
    """Specific is what under a tenth of the `references` of the corpus hold."""
    common = {
        corpus: _common([one for one in references if _corpus(one) == corpus])
        for corpus in set(map(_corpus, references))
    }
    return [_gold(item, common.get(_corpus(item), frozenset())) for item in items]


def _gold(item: Item, common: frozenset[str]) -> Gold:
    said = " ".join(f"{who}: {text}" for who, text in item.turns)
    stems = (content_stems(item.target) & content_stems(said)) - common
    # against an empty source, everything a text states is invented: its names, numbers and days
    stated = dict.fromkeys(facts.invented(item.target, ""))
    return Gold(said, stems, tuple(fact for fact in stated if facts.keeps(fact, said)))


def recall(output: str, item: Gold) -> tuple[float, float]:
    """(share of the specific words found, 1), or (0, 0) where the sentence has none."""
    return (specific_recall(cut(output, LENGTH), item.stems), 1.0) if item.stems else (0.0, 0.0)


def exactness(output: str, item: Gold) -> tuple[float, float]:
    """1 where all facts are kept and nothing is invented; items without facts are not counted."""
    if not item.facts:
        return 0.0, 0.0
    text = cut(output, LENGTH)
    kept = all(facts.keeps(fact, text) for fact in item.facts)
    return float(kept and not facts.invented(text, item.evidence)), 1.0


def constant(items: Sequence[Item], references: Sequence[Item]) -> list[str]:
    """The reference of the same task most like all others: the house style, read from nothing."""
    by_task = {
        task: _centre([one.target for one in references if one.task == task]) for task in {i.task for i in references}
    }
    return [by_task.get(item.task) or next(iter(by_task.values())) for item in items]


def copied(items: Sequence[Item]) -> list[str]:
    """The first words of the turns, as they were said."""
    return [cut(item.evidence, LENGTH) for item in items]


def nearest(items: Sequence[Item], references: Sequence[Item]) -> list[str]:
    """The reference of the same task whose turns are most like these: read, and not written of."""
    idf = inverse_frequencies([one.evidence for one in references])
    known = {
        task: [one for one in references if one.task == task] or references for task in {one.task for one in items}
    }
    tables = {task: vectors([one.evidence for one in held], idf) for task, held in known.items()}
    likeness = [tables[item.task] @ vectors([item.evidence], idf)[0] for item in items]
    return [known[item.task][int(found.argmax())].target for item, found in zip(items, likeness, strict=True)]


def glued(items: Sequence[Item]) -> list[str]:
    """The longest turn, in the words of minutes."""
    longest = [max((text for _, text in item.turns), key=lambda text: len(text.split())) for item in items]
    return [cut(f"The group discussed that {text}", LENGTH) for text in longest]


def written(items: Sequence[Item], engine: Engine) -> list[str]:
    """What a model writes of each, greedy, before any check."""
    prompts = [statement_prompt(engine, item.task, item.turns, Guidance()) for item in items]
    return [completion.text.strip() for completion in engine.complete(prompts)]


def passes(text: str, task: str, lines: Sequence[tuple[str, str]]) -> bool:
    """Whether the verifier takes it for supported by the lines."""
    kind: Kind = next((one for one in get_args(Kind) if one == task), "point")
    turns = [Turn(who, said) for who, said in lines]
    return verify(text, turns, kind=kind, participants=list(dict(lines))).supported


@dataclass(frozen=True)
class Measured:
    """`sides[system][metric]`, one seed; `groups` are the items' series."""

    sides: dict[str, dict[str, Sides]]
    groups: list[str]


METRICS = ("specific recall", "passes the verifier", "fact-exact", "words")


def evaluate(items: Sequence[Item], references: Sequence[Item], engine: Engine) -> Measured:
    """The model's sentences, the trivial ones, and the people's own. Raises InputError without items."""
    if not items or not references:
        raise InputError("no linked sentence that its turns support; nothing to measure")
    texts = {
        "model": written(items, engine),
        "constant": constant(items, references),
        "nearest train": nearest(items, references),
        "glue and longest turn": glued(items),
        "people": [item.target for item in items],
    }
    golds = gold(items, references)
    return Measured({name: _sides(held, items, golds) for name, held in texts.items()}, [one.account for one in items])


def report(found: Measured) -> Report:
    """Every system with its interval, and the model minus each trivial one, paired."""
    shown = {
        name: {metric: figure(sides, found.groups) for metric, sides in held.items()}
        for name, held in found.sides.items()
    }
    rows = tuple((name, *(str(held[metric]) for metric in METRICS)) for name, held in shown.items())
    rivals = [name for name in found.sides if name not in ("model", "people")]
    gaps = {name: _gaps(found, name) for name in rivals}
    apart = tuple(
        (f"model minus {name}", *(str(held[metric]) for metric in METRICS[:3])) for name, held in gaps.items()
    )
    note = (
        f"{len(found.groups)} sentences of {len(set(found.groups))} series, of which their turns hold enough;"
        f" outputs cut at {LENGTH} words, but for their length; resampled over series. The model is greedy, before any"
        " check; nothing it wrote was replaced."
    )
    tables = (
        Table("Evidence to sentence", ("system", *METRICS), rows, note),
        Table("Evidence to sentence, paired", ("difference", *METRICS[:3]), apart),
    )
    plain = {name: {metric: asdict(one) for metric, one in held.items()} for name, held in shown.items()}
    apart_plain = {name: {metric: asdict(gap) for metric, gap in held.items()} for name, held in gaps.items()}
    return Report({"sentences": {"scores": plain, "gaps": apart_plain}}, tables)


def _gaps(found: Measured, rival: str) -> dict[str, Interval]:
    ours, theirs = found.sides["model"], found.sides[rival]
    return {metric: compare(ours[metric], theirs[metric], found.groups).interval for metric in METRICS[:3]}


def _sides(texts: Sequence[str], items: Sequence[Item], golds: Sequence[Gold]) -> dict[str, Sides]:
    pairs = list(zip(texts, golds, strict=True))
    found = {
        "specific recall": [recall(text, one) for text, one in pairs],
        "passes the verifier": [
            (float(passes(cut(text, LENGTH), item.task, item.turns)), 1.0)
            for text, item in zip(texts, items, strict=True)
        ],
        "fact-exact": [exactness(text, one) for text, one in pairs],
        "words": [(float(len(text.split())), 1.0) for text in texts],
    }
    return {name: Sides(*np.array(held).T[:, None, :]) for name, held in found.items()}


def _centre(texts: Sequence[str]) -> str:
    table = vectors(texts, inverse_frequencies(texts))
    return texts[int(np.asarray(table @ table.sum(axis=0)).argmax())]


def _common(references: Sequence[Item]) -> frozenset[str]:
    counts = Counter(stem for one in references for stem in content_stems(one.target))
    return frozenset(stem for stem, count in counts.items() if count >= COMMON * len(references))


def _corpus(item: Item) -> str:
    return item.account.split("-")[0]
