"""Whole meetings: what the base, and the adapter of the best arm that an operator could run, make of held-out ones.

Summaries as the feature makes them, by the pipeline and with all its checks, so that a sentence that is not supported
shows as a quote. It draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from assent.training.evaluate import corpora, judged, linked, material, paired
from assent.training.evaluate.tables import Table
from assent.training.experiment import tuning
from assent.training.experiment.report import PRIMARY
from assent.training.experiment.running import Experiment, Result, recipe

POSSIBLE = ("consented", "signals", "content filter")
"""Arms that need neither a refuser's rows nor anyone who knows which texts are good."""
SEED = 0


def winner(results: Sequence[Result]) -> str:
    """The possible arm with the highest value of the primary metric, over all seeds."""
    return max(POSSIBLE, key=lambda name: np.mean([_value(one) for one in results if one.arm == name]))


def table(experiment: Experiment, results: Sequence[Result], folder: Path) -> Table:
    """Both on every held-out meeting of the corpora, beside the baselines of `assent evaluate summarize`."""
    name = winner(results)
    held = material.load(_files(folder, "heldout"))
    base, best = tuning.Tuned(recipe(SEED)), tuning.Tuned(recipe(SEED))
    best.learn(experiment.rows(name, SEED))
    train = corpora.meetings(_files(folder, "base"))
    found = paired.measure(held, train, base.writer(), best.writer(), seeds=1, say=experiment.say)
    note = f"served: the base. adapter: {name}, the best arm an operator could run, seed {SEED}."
    return judged.section(found, paired.SUMMARIES, "Whole meetings", note)


def _files(folder: Path, role: str) -> list[Path]:
    paths = [folder / corpus / f"{role}.jsonl.gz" for corpus in linked.CORPORA]
    return [path for path in paths if path.is_file()]


def _value(result: Result) -> float:
    top, bottom = result.scores[PRIMARY[2]]
    return sum(top) / max(sum(bottom), 1e-12)
