"""Reply items: a short thread, an instruction that leans on it, and the answer. It knows no slots."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random

from assent.features.drafting.tones import BANDS
from assent.training.pretrain.items import Item
from assent.training.pretrain.messages.compose import SORRY, TONE_WEIGHTS, draw_request, realise, styles
from assent.training.pretrain.messages.frames import PRONOUNS, ending, typed
from assent.training.pretrain.messages.scene import Pronoun, Scene, Story, lines_of, settle
from assent.training.pretrain.messages.voice import CLOSERS, OPENERS, assemble, length_of, long_forms

GENERAL = 0.25
"""Share of replies that only take the addressee from the thread and say something of their own."""
APOLOGIES = ("I'm sorry, %", "sorry, %", "I'm sorry, but %", "my apologies, %", "I'm afraid %")
WARM = ("thanks for asking!", "thank you!", "thanks!", "hope that helps!", "hope that's OK!", "have a good day!")
FORMAL = ("thank you for your message.", "thank you for asking.", "please let me know if you have any questions.")


@dataclass(frozen=True, slots=True)
class Plot:
    """One line of `threads.txt`."""

    name: str
    thread: tuple[str, ...]
    instruction: str
    answer: str
    negative: bool


@cache
def plots() -> tuple[Plot, ...]:
    found = []
    for line in lines_of("threads.txt"):
        name, thread, instruction, answer = (part.strip() for part in line.split(" => "))
        found.append(
            Plot(name, tuple(thread.split(" / ")), instruction, answer.removeprefix("-"), answer.startswith("-"))
        )
    return tuple(found)


def reply_items(rng: Random) -> Iterator[Item]:
    yield from general_items(rng) if rng.random() < GENERAL else plot_items(rng)


def general_items(rng: Random) -> Iterator[Item]:
    """A compose request about which the thread says nothing but whom to answer."""
    scene = Scene(rng)
    size = rng.choice((1, 1, 2, 2, 3, 4))
    speaker = scene.name()
    pronoun = PRONOUNS[int(rng.random() * 3)]
    request = draw_request(scene, size, (rng.choice((pronoun[1], pronoun[1], speaker)), speaker), pronoun)
    line = settle(scene.phrase("state"), ("we", "us", "our"))
    thread = ((speaker, f"{line[0].upper()}{line[1:]}."),)
    for tone, length in styles(rng, size):
        text = realise(scene, request, tone, length)
        if text:
            yield Item(
                "reply",
                (*thread, ("instruction", request.instruction)),
                text,
                (tone, length),
                f"reply {request.pattern}",
            )


def plot_items(rng: Random) -> Iterator[Item]:
    plot = plots()[int(rng.random() * len(plots()))]
    story = Story(rng)
    speakers = (story.name(), story.name())
    thread = tuple(_turn(story, speakers[index % 2], text) for index, text in enumerate(plot.thread))
    last = thread[-1][0]
    first = thread[0][0]
    pronoun = PRONOUNS[int(rng.random() * 3)]
    instruction = _named(story.text(plot.instruction), last if plot.name == "sum" else first, pronoun) + ending(story)
    core = _named(
        settle(story.text(plot.answer), ("you", "you", "your")), last if plot.name == "sum" else first, pronoun
    )
    instruction = typed(instruction, rng)
    for tone in dict.fromkeys(rng.choice(TONE_WEIGHTS) for _ in range(rng.choice((1, 2, 2, 3)))):
        yield from _answers(story, plot, thread, instruction, core, tone, last)


def _answers(
    story: Story, plot: Plot, thread: tuple[tuple[str, str], ...], instruction: str, core: str, tone: str, last: str
) -> Iterator[Item]:
    length = story.rng.choice(("short", "short", "medium"))
    low, high = BANDS[length]
    for _ in range(6):
        text = assemble(story, last, toned(story, core, tone, plot.negative, low), tone)
        text = long_forms(text) if tone == "formal" else text
        if low <= length_of(text) <= high:
            yield Item("reply", (*thread, ("instruction", instruction)), text, (tone, length), f"reply: {plot.name}")
            return


def toned(scene: Scene, core: str, tone: str, negative: bool, low: int) -> list[str]:
    """The answer's sentences in a tone, with enough courtesy to reach `low` words."""
    sentences = re.split(r"(?<=[.?!]) ", core)
    if tone == "apologetic" and not SORRY.search(core):
        pattern = scene.pick(APOLOGIES) if negative else "sorry for the wait: %"
        sentences[0] = pattern.replace("%", sentences[0])
    if tone == "enthusiastic" or (tone == "friendly" and scene.rng.random() < 0.5):
        sentences = [re.sub(r"\.$", "!", sentence) for sentence in sentences]
    extra = {"friendly": WARM, "enthusiastic": CLOSERS[tone], "formal": FORMAL}.get(tone, CLOSERS[tone])
    if scene.rng.random() < (0.1 if tone in {"direct", "neutral"} else 0.4):
        sentences.append(scene.pick(extra))
    if low > 10:
        if scene.rng.random() < 0.5:
            sentences.insert(0, scene.pick(OPENERS[tone]) if tone != "formal" else "thank you for your message.")
        sentences += [closer for closer in (scene.pick(CLOSERS[tone]),) if closer not in sentences]
    return sentences


def _turn(story: Story, speaker: str, text: str) -> tuple[str, str]:
    line = settle(story.text(text), ("I", "me", "my"))
    return speaker, line[0].upper() + line[1:]


def _named(text: str, first: str, pronoun: Pronoun) -> str:
    return re.sub(r"\bX\b(?!-)", first, re.sub(r"\bT\b(?!-)", pronoun[1], text))
