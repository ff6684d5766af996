"""Which items each training step sees: generated and natural ones in stated shares. It knows no tokens and no model.

A batch is a pure function of (seed, step), so that a resumed run sees exactly what an unbroken one would have seen.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from zlib import crc32

from assent.errors import ConfigError
from assent.training.pretrain import natural
from assent.training.pretrain.grammar import MOST_TURNS, MOST_WORDS, meeting_items
from assent.training.pretrain.items import Item
from assent.training.pretrain.messages import message_items

CORPORA = ("invented", "ami", "icsi")
"""The corpora whose statements cite their turns one by one."""
TALK = ("ami", "icsi", "qmsum")
"""The corpora of which pieces are put around items: how people really talk, which has no bearing."""
AMID = 0.5
"""Share of the items that get some, of those where it may stand: a point could be made of any talk."""
TURN_WORDS = 30
"""The longest turn that is put in."""
DEVELOPMENT = 12
"""One natural item in so many is never trained on, so that the run can be watched on the like of it."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Shares of a batch: generated meeting items, generated messages, natural statements, natural messages.

    `Mixture.batch` takes them in this order.
    """

    meetings: float
    messages: float
    statements: float
    drafts: float


FIRST, LAST = Shares(0.30, 0.26, 0.30, 0.14), Shares(0.28, 0.26, 0.30, 0.16)
"""While the rate is constant, and while it falls: the best data last (MiniCPM, Hu et al. 2024, arXiv:2404.06395), and
little more of it, since much more was learned by heart: the development loss rose."""


class Mixture:
    """Draws batches; natural items are drawn with replacement. `talk` holds turns of meetings, in order."""

    def __init__(
        self, statements: Sequence[Item], drafts: Sequence[Item], talk: Sequence[Sequence[str]], seed: int
    ) -> None:
        self._statements = [item for item in statements if not _apart(item)]
        self._drafts = [item for item in drafts if not _apart(item)]
        self.development = [item for item in [*statements, *drafts] if _apart(item)]
        self._talk, self._seed = talk, seed

    @classmethod
    def load(cls, corpora: Path, compose: Path, seed: int) -> Mixture:
        """Natural items from `<corpora>/<name>/base.jsonl.gz`, `<compose>/*-base-*.jsonl` and what is written here."""
        statements = [item for name in CORPORA for item in natural.corpus_items(_base(corpora, name))]
        statements += [*natural.written_items(), *natural.window_items(corpora)]
        given = sorted(compose.glob("*-base-*.jsonl"))
        if not given:
            raise ConfigError([f"{compose}: holds no *-base-*.jsonl; expected instructions and drafts"])
        paths = [*given, *map(natural.message_path, natural.MESSAGES)]
        drafts = [item for path in paths for item in natural.message_rows(path)]
        talk = dict(told for name in TALK for told in natural.talk(_base(corpora, name)))  # one corpus copies another
        return cls(statements, drafts, list(talk.values()), seed)

    def natural(self) -> list[Item]:
        return [*self._statements, *self._drafts]

    def batch(self, step: int, size: int, shares: Shares = FIRST) -> tuple[list[Item], random.Random]:
        """The items of one step, and the generator that numbers their slots."""
        rng = random.Random(f"{self._seed}:{step}")
        drawn = rng.choices(range(4), weights=astuple(shares), k=size)
        made = [*meeting_items(rng.getrandbits(48), drawn.count(0)), *rng.choices(self._statements, k=drawn.count(2))]
        items = [
            *(self._amid(item, rng) for item in made),
            *message_items(rng.getrandbits(48), drawn.count(1)),
            *rng.choices(self._drafts, k=drawn.count(3)),
        ]
        return items, rng

    def _amid(self, item: Item, rng: random.Random) -> Item:
        """The item with turns of a real meeting before or after its own, or their words in the same breath."""
        about = item.task in ("point", "heading") or item.pattern.startswith(natural.WINDOW)
        if not self._talk or about or rng.random() >= AMID:
            return item
        said = self._said(rng, item)
        if not said:
            return item
        lines = list(item.lines)
        room = MOST_TURNS - len(lines)
        if room == 0 or rng.random() < 0.3:
            at = rng.choice((0, -1))
            label, text = lines[at]
            lines[at] = (label, f"{said[0]} {text}" if at == 0 else f"{text} {said[0]}")
            return replace(item, lines=tuple(lines))
        others = [label for label, _ in lines]
        extra = [(rng.choice(others), text) for text in said[:room]]
        return replace(item, lines=tuple([*extra, *lines] if rng.random() < 0.5 else [*lines, *extra]))

    def _said(self, rng: random.Random, item: Item) -> list[str]:
        """One to three turns that follow one another, and leave the item within its bounds; no question beside one."""
        room = MOST_WORDS - sum(len(text.split()) for _, text in item.lines)
        meeting = self._talk[int(rng.random() * len(self._talk))]
        start = int(rng.random() * len(meeting))
        found: list[str] = []
        for text in meeting[start : start + rng.randint(1, 3)]:
            words = len(text.split())
            room -= words
            if room < 0 or words > TURN_WORDS or (item.task == "question" and "?" in text):
                break
            found.append(text)
        return found


def _base(corpora: Path, name: str) -> Path:
    return corpora / name / "base.jsonl.gz"


def _apart(item: Item) -> bool:
    """By its meeting, else by what was asked, so that neighbours and variants stay together."""
    _, _, meeting = item.pattern.partition(" ")
    return crc32((meeting or repr(item.lines[-1])).encode()) % DEVELOPMENT == 0
