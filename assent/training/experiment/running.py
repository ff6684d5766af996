"""The run: draw a world, live through it, tune each arm, score it. Each result is kept, as numbers, when it is there.

A run that was cut off goes on with the arms that have no result yet.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from assent.errors import InputError
from assent.training.evaluate import linked, sentences
from assent.training.experiment import accounts, arms, simulator, targets, tuning
from assent.training.finetune import Recipe, resolve
from assent.training.pretrain.natural import support
from assent.training.signals import meaning
from assent.training.snapshot import Example

SETTINGS = ("epochs=4", "rate=5.0e-4", "held_out=0.0", "min_rows=1", "account_share=1.0", "dtype=float32")
BASELINES = ("constant", "copied")

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Result:
    """Of one arm and seed. `scores[metric]` are both sides of its ratio, an item each; `about` counts its rows."""

    arm: str
    seed: int
    about: dict[str, float]
    scores: dict[str, tuple[list[float], list[float]]]


@dataclass(frozen=True)
class Life:
    """One seed's world: what all users kept, and the rows that two snapshots let through."""

    rows: list[accounts.Kept]
    allowed: accounts.Allowed

    @cached_property
    def by_id(self) -> dict[str, accounts.Kept]:
        return {row.item.id: row for row in self.rows}


class Experiment:
    """`auc` is the channel's; None: as the simulator's table has it."""

    def __init__(self, corpora: Path, out: Path, *, auc: float | None = None, say: Say = print) -> None:
        self.users = simulator.users(auc)
        self.out, self.say = out, say
        everything, self.held_out = linked.load(corpora, "accounts"), linked.load(corpora, "heldout")
        base = tuning.Tuned(recipe(0))
        supported = [item for item in everything if item.support >= linked.MIN_SUPPORT]
        self.items = [item for item in supported if base.can_write(item.example(item.target))]
        if not self.items:
            raise InputError(f"{corpora}: the model can write none of {len(everything)} sentences; nothing to learn")
        self.offered = len(everything)
        self.gold = sentences.gold(self.held_out, everything)
        self.texts = {
            "constant": sentences.constant(self.held_out, everything),
            "copied": sentences.copied(self.held_out),
        }
        self._can_write = base.can_write
        self._drafts: dict[str, str] = {}
        self._lives: dict[int, Life] = {}

    @property
    def groups(self) -> list[str]:
        return [item.account for item in self.held_out]

    def run(self, seeds: Sequence[int], names: Sequence[str] = tuple(arms.ARMS)) -> list[Result]:
        found = [self._text(name) for name in BASELINES]
        for seed in seeds:
            for name in names:
                found.append(self._arm(name, seed))
        return found

    def life(self, seed: int) -> Life:
        if seed not in self._lives:
            self._lives[seed] = self._live(seed)
        return self._lives[seed]

    def _arm(self, name: str, seed: int) -> Result:
        if name == "base" and seed:  # it has no seed: nothing is drawn for it
            first = self._arm(name, 0)
            return Result(name, seed, first.about, first.scores)
        path = self.out / "results" / f"{name.replace(' ', '-')}-{seed}.json"
        mark = self._mark(name, seed)
        if path.is_file():
            kept = json.loads(path.read_text())
            if kept.pop("mark") == mark:
                return Result(**kept)
        began = time.monotonic()
        made = self._train(name, seed)
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        fields = {"arm": made.arm, "seed": made.seed, "about": made.about, "scores": made.scores}
        part.write_text(json.dumps(fields | {"mark": mark}))
        part.rename(path)
        counts = f"{made.about['learned']:.0f} of {made.about['rows']:.0f} rows learned"
        self.say(f"seed {seed}: {name}, {counts}, {time.monotonic() - began:.0f} s")
        return made

    def _train(self, name: str, seed: int) -> Result:
        rows = self.rows(name, seed) if name != "base" else []
        tuned = tuning.Tuned(recipe(seed))
        if rows:
            tuned.learn(rows)
        good = [] if name == "permuted" else [self.users.good(self._kind(row, seed)) for row in rows]
        about = {
            "rows": len(rows),
            "learned": tuned.learned,
            "effective": arms.effective([row.weight for row in rows]),
            "good": sum(good) / len(good) if good else 0.0,
        }
        surprise = tuned.surprise([item.example(item.target) for item in self.held_out])
        outputs = tuning.write(tuned.writer(), [item.example("") for item in self.held_out])
        nats = [value for value, _ in surprise], [float(count) for _, count in surprise]
        return Result(name, seed, about, self._scores(outputs) | {"nats a token": nats})

    def _text(self, name: str) -> Result:
        return Result(name, 0, {}, self._scores(self.texts[name]))

    def _scores(self, outputs: Sequence[str]) -> dict[str, tuple[list[float], list[float]]]:
        pairs = list(zip(outputs, self.gold, strict=True))
        sides = {
            "specific recall": [sentences.recall(text, gold) for text, gold in pairs],
            "fact-exactness": [sentences.exactness(text, gold) for text, gold in pairs],
            "words": [(float(len(text.split())), 1.0) for text in outputs],
        }
        return {name: ([top for top, _ in held], [below for _, below in held]) for name, held in sides.items()}

    # rows ------------------------------------------------------------------------------------------------------------

    def rows(self, name: str, seed: int) -> list[Example]:
        """What an arm trains on. All that filter have the effective size of the signals arm."""
        life = self.life(seed)
        accepted, judged = life.allowed.accepted, life.allowed.judged
        size = arms.effective([row.weight for row in judged])
        verdicts = {row.item.id: row.verdict for row in life.rows}
        kinds = {row.item.id: row.kind for row in life.rows}
        match name:
            case "consented":
                return accepted
            case "signals":
                return judged
            case "shuffled":
                return arms.shuffled(accepted, verdicts, seed)
            case "random drop":
                return arms.random_drop(accepted, size, seed)
            case "content filter":
                return arms.best(accepted, grounded, size)
            case "oracle":
                return [row for row in accepted if self.users.good(kinds[row.row])]
            case "permuted":
                return arms.permuted(accepted, self._can_write, seed)
            case "all data":
                return [row.example() for row in life.rows]
        raise InputError(f"no arm {name!r}; there are {', '.join(arms.ARMS)}")

    def channel(self, seed: int) -> float:
        """The AUC of the verdicts as training weighs them, over the rows that consent let through."""
        life = self.life(seed)
        rows = [life.by_id[row.row] for row in life.allowed.accepted]
        weights = np.array([meaning(["accept", row.verdict], None).weight for row in rows])
        return simulator.auc(weights, np.array([self.users.good(row.kind) for row in rows]))

    def _kind(self, row: Example, seed: int) -> str:
        return self.life(seed).by_id[row.row].kind

    def _live(self, seed: int) -> Life:
        ids = [item.id for item in self.items]
        kept = targets.kept(self.items, self.users.kinds(ids, seed), self._written())
        verdicts = self.users.verdicts(ids, [kind for kind, _ in kept], seed)
        rows = [accounts.Kept(*one) for one in zip(self.items, *zip(*kept, strict=True), verdicts, strict=True)]
        with tempfile.TemporaryDirectory() as home:
            allowed = accounts.ask(Path(home), rows, accounts.World.draw(self.items, seed), seed)
        self.say(f"seed {seed}: {allowed.yields}")
        return Life(rows, allowed)

    def _written(self) -> dict[str, str]:
        """The base's own draft of each item."""
        if not self._drafts:
            texts = tuning.write(tuning.Tuned(recipe(0)).writer(), [item.example("") for item in self.items])
            self._drafts = {item.id: text for item, text in zip(self.items, texts, strict=True)}
        return self._drafts

    def _mark(self, name: str, seed: int) -> str:
        """Of all that decides a result."""
        whole: list[Any] = [name, seed, recipe(seed).settings(), dict(self.users.table), self.users.auc]
        whole += [[(item.id, item.target) for item in self.items], [item.id for item in self.held_out]]
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()[:16]


def recipe(seed: int) -> Recipe:
    return resolve(None, [*SETTINGS, f"seed={seed}"]).recipe


def grounded(row: Example) -> float:
    """What a reader without the user's verdict can tell: the verifier's yes, then the share of words in the lines."""
    held = support(row.target, " ".join(text for _, text in row.lines))
    return float(sentences.passes(row.target, row.task, row.lines)) + 0.5 * held
