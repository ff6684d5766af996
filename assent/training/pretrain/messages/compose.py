"""Compose items: an instruction without a thread, and its message in several tones and lengths. It knows no slots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from assent.features.drafting.tones import BANDS
from assent.training.pretrain.items import Item
from assent.training.pretrain.messages.acts import Act
from assent.training.pretrain.messages.frames import (
    FRAMES,
    JOINS,
    PRONOUNS,
    addressee,
    ending,
    extras,
    fill,
    open_frame,
    typed,
)
from assent.training.pretrain.messages.scene import Pronoun, Scene, Story, notes
from assent.training.pretrain.messages.voice import (
    CLOSERS,
    OPENERS,
    assemble,
    length_of,
    long_forms,
    say,
)

KINDS = (
    ("state",) * 9
    + ("vp",) * 6
    + ("ask",) * 4
    + ("wh",) * 3
    + (
        "not",
        "thank",
        "sorry",
        "offer",
        "invite",
        "congratulate",
        "refuse",
        "suggest",
        "warn",
        "about",
        "need",
        "remind",
    )
)
FOLLOWING = (
    ("state",) * 8
    + ("vp",) * 5
    + ("ask",) * 2
    + ("wh", "not", "thank", "sorry", "offer", "suggest", "need", "extra", "extra")
)
SOURCES = {"not": "vp", "warn": "warn", "about": "noun", "need": "noun", "remind": "noun"}
TONE_WEIGHTS = (
    ("neutral",) * 5
    + ("friendly",) * 4
    + ("formal",) * 3
    + ("direct",) * 3
    + ("apologetic",) * 2
    + ("enthusiastic",) * 2
)
SIZES = (1,) * 5 + (2,) * 4 + (3,) * 3 + (4, 5, 6, 7)
NOTED = 0.5
"""Share of the acts of these kinds that are lines of `notes.txt`."""
SORRY = re.compile(r"(?i)sorry|apolog|afraid|regret")
ROUNDS = 12
"""How many sayings are tried before a tone and length are given up for a request."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be said, to whom, and the instruction that asks for it."""

    instruction: str
    to: str
    acts: tuple[Act, ...]
    pattern: str

    @property
    def names(self) -> tuple[str, ...]:
        """Words that keep their capital wherever they stand."""
        found = {word for act in self.acts for word in re.findall(r"\b[A-Z][\w.-]*", act.body)}
        return tuple(found | ({self.to} if self.to else set()))


def draw_act(scene: Scene, kind: str) -> Act:
    if kind == "extra":
        return extras(scene)
    if kind in notes() and scene.rng.random() < NOTED:
        typed, written = scene.rng.choice(notes()[kind])
        story = Story(scene.rng)
        return Act(kind, story.text(written), story.text(typed))
    if kind in {"about", "need", "remind"}:
        return Act(
            kind,
            scene.text(
                "[{the}|{the}|{theP}|{the} for {the_event}|{code}|{the_event} {when}]"
                if kind != "need"
                else "[{the}|{theP}|{the} for {the_event}|{n} {nounP}]"
            ),
        )
    return Act(kind, scene.phrase(SOURCES.get(kind, kind)))


def draw_request(
    scene: Scene, size: int, to: tuple[str, str] | None = None, pronoun: Pronoun | None = None, *, plain: bool = False
) -> Request:
    """One to seven acts under one frame; `to` is whom the instruction names and how the greeting calls them."""
    kind = scene.pick(KINDS)
    frame = scene.pick(FRAMES[kind])
    named, called = to or addressee(scene)
    pronoun = pronoun or _pronoun(scene.rng, named)
    acts = [draw_act(scene, kind)]
    text = fill(frame, acts[0], named, pronoun)
    for _ in range(size - 1):
        act = draw_act(scene, scene.pick(FOLLOWING[:-2] if plain else FOLLOWING))
        acts.append(act)
        text += _joined(scene, act, named, pronoun)
    instruction = typed(text + ending(scene), scene.rng)
    named_here = to is not None or not open_frame(frame)
    return Request(instruction, called if named_here else "", tuple(acts), f"{kind}: {frame}")


def _joined(scene: Scene, act: Act, named: str, pronoun: Pronoun) -> str:
    join = scene.pick(JOINS[act.kind])
    space = " " if join.startswith(" ") else ""
    return space + fill(join, act, named, pronoun)


def _pronoun(rng: Random, named: str) -> Pronoun:
    many = named.startswith(("the ", "all ", "every")) or " and " in named or " + " in named
    return PRONOUNS[2] if many else PRONOUNS[int(rng.random() * 3)]


def realise(scene: Scene, request: Request, tone: str, length: str, *, bare: bool = False) -> str | None:
    """The message in a tone and length, or None where its acts do not fit."""
    low, high = BANDS[length]
    for _ in range(ROUNDS):
        text = _once(scene, request, tone, 0 if bare else low)
        if low <= length_of(text) <= high:
            return text
    return None


def _once(scene: Scene, request: Request, tone: str, low: int) -> str:
    """One saying; `low` words are reached with at most three courtesies, else the caller tries again or gives up."""
    sentences = [say(scene, act, tone, first=not index) for index, act in enumerate(request.acts)]
    if low > 10 and scene.rng.random() < 0.3:
        sentences.insert(0, scene.pick(OPENERS[tone]))
    closers = _closers(scene, tone)
    if low and scene.rng.random() < (0.15 if tone == "direct" else 0.35):
        sentences.append(closers.pop())
    while closers and sum(map(length_of, sentences)) + 1 < low:
        sentences.append(closers.pop())
    text = assemble(scene, request.to, sentences, tone)
    if tone == "apologetic" and not SORRY.search(text):
        text += " I'm sorry about this."
    return long_forms(text) if tone == "formal" else text


def _closers(scene: Scene, tone: str) -> list[str]:
    """Up to three closers in a row, only one of them a thank-you."""
    closers = list(CLOSERS[tone])
    scene.rng.shuffle(closers)
    thanks = [closer for closer in closers if closer.startswith("thank")]
    return ([closer for closer in closers if not closer.startswith("thank")][:2] + thanks[:1])[::-1]


def styles(rng: Random, size: int) -> list[tuple[str, str]]:
    """One to three (tone, length) that a request of `size` acts can fill."""
    lengths = {1: ("short", "short", "medium"), 2: ("short", "medium", "medium"), 3: ("medium",)}.get(
        size, ("medium", "long", "long")
    )
    count = rng.choice((1, 2, 2, 3))
    pairs = [(rng.choice(TONE_WEIGHTS), rng.choice(lengths)) for _ in range(count)]
    return list(dict.fromkeys(pairs))


def compose_items(rng: Random) -> Iterator[Item]:
    scene = Scene(rng)
    size = rng.choice(SIZES)
    request = draw_request(scene, size)
    for tone, length in styles(rng, size):
        text = realise(scene, request, tone, length)
        if text:
            yield Item("compose", (("instruction", request.instruction),), text, (tone, length), request.pattern)
