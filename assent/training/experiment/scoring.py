"""What an output is worth against the sentence a person wrote of the same turns, by item. It keeps no text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assent.training.evaluate import facts
from assent.training.evaluate.metrics import COMMON, inverse_frequencies, vectors
from assent.training.evaluate.words import content_stems, cut
from assent.training.experiment.items import Item

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
    wanted = item.stems
    return (len(wanted & content_stems(cut(output, LENGTH))) / len(wanted), 1.0) if wanted else (0.0, 0.0)


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


def _centre(texts: Sequence[str]) -> str:
    table = vectors(texts, inverse_frequencies(texts))
    return texts[int(np.asarray(table @ table.sum(axis=0)).argmax())]


def _common(references: Sequence[Item]) -> frozenset[str]:
    counts = Counter(stem for one in references for stem in content_stems(one.target))
    return frozenset(stem for stem, count in counts.items() if count >= COMMON * len(references))


def _corpus(item: Item) -> str:
    return item.account.split("-")[0]
