"""One drawing of a template: who and what its names stand for, and how turns are said aloud. It knows no item."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from assent.training.pretrain.grammar.phrases import in_words
from assent.training.pretrain.grammar.template import Nodes, expand, parse
from assent.training.pretrain.second.templates import SPEAKERS, Choices, word_lists

ABSENT = "XYZ"
BYSTANDER = "E"
MOST_TURNS = 4
MOST_SPELLED = 99
"""Larger numbers are digits even where numbers are spelled out."""
SPELLED, FIRST_ONLY = 0.4, 0.2
"""Share of meetings with numbers as words, and with first names alone before the turns."""
OPENED, FILLED, REPEATED = 0.2, 0.4, 0.15
"""How often a turn has an opener; how often some turn of a meeting has a filler, a repeated start."""
ASIDE, BY_OTHERS = 0.4, 0.6
"""How often a meeting has an aside; the share of asides that are a turn of somebody else."""

_MARK = re.compile(r"\x01([A-Z])\x02")
_START = re.compile(r"(?:^|(?<=[.?!] ))[a-z]")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou])")
_SPACES = re.compile(r" {2,}")
_BEFORE_FILLER = re.compile(r"\b(the|to|by|and|for|on|with|that)(?= \w)")
_REPEATABLE = re.compile(r"(?:I|I'll|I've|We|The|It|It's|So|They)(?= [a-z])")
_LOWERED = re.compile(r"(?:The|We|They|It|It's|Who|When|Can|Could|Do|Did|Does|Is|Are|Then|That|How|Why|What)\b")


class Scene:
    """Gives each name of a template its text, the same one each time."""

    def __init__(self, rng: Random, own: Mapping[str, Choices], *, aloud: bool) -> None:
        self.rng = rng
        self._lists = {**word_lists(), **own}
        self._drawn: dict[str, str] = {}
        self._spelled = aloud and rng.random() < SPELLED
        people = rng.sample(word_lists()["first"], len(SPEAKERS + BYSTANDER + ABSENT))
        self.first = dict(zip(SPEAKERS + BYSTANDER + ABSENT, people, strict=True))
        lasts = rng.sample(word_lists()["last"], len(people))
        alone = not aloud or rng.random() < FIRST_ONLY
        full = [name if alone else f"{name} {last}" for name, last in zip(people, lasts, strict=True)]
        self.label = dict(zip(self.first, full, strict=True)) | {letter: self.first[letter] for letter in ABSENT}

    def resolve(self, name: str, form: str) -> str:
        """A person who is absent, or a draw from the list of that name that no other draw from it gave.

        What is drawn may hold names itself.
        """
        if form:
            raise ValueError(f"{name}.{form}: there are no forms here")
        if name in self.first:
            return self.first[name]
        if name not in self._drawn:
            kind = name if name in self._lists else name.rstrip("23")
            taken = {text for drawn, text in self._drawn.items() if drawn.rstrip("23") == kind}
            options = [text for text in map(self._text, self._lists[kind]) if text not in taken]
            self._drawn[name] = self.said(parse(self.pick(options))[0])
        return self._drawn[name]

    def _text(self, value: str | int) -> str:
        if isinstance(value, int):
            return in_words(value) if self._spelled and value <= MOST_SPELLED else str(value)
        return value

    def said(self, nodes: Nodes) -> str:
        """A text with first names, as people call each other."""
        return self._filled(nodes, self.first)

    def written(self, nodes: Nodes) -> str:
        """A text with the names that stand before the turns."""
        return self._filled(nodes, self.label)

    def _filled(self, nodes: Nodes, names: Mapping[str, str]) -> str:
        out: list[str] = []
        expand(nodes, self, out)
        return _MARK.sub(lambda match: names[match[1]], "".join(out))

    def pick(self, options: Sequence[str]) -> str:
        return options[int(self.rng.random() * len(options))]


def tidy(text: str) -> str:
    """A text as written: single spaces, capitals after a full stop, "an" before a vowel."""
    text = _ARTICLE.sub(r"\1n ", _SPACES.sub(" ", text.strip()))
    return _START.sub(lambda match: match.group().upper(), text)


def disturb(scene: Scene, turns: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The turns as speech has them: openers, fillers, repeated starts, and somebody who butts in with nothing."""
    rng = scene.rng
    turns = [(speaker, _opened(scene, text) if rng.random() < OPENED else text) for speaker, text in turns]
    for share, change in ((FILLED, _filled_up), (REPEATED, _repeated)):
        if rng.random() < share:
            at = int(rng.random() * len(turns))
            turns[at] = (turns[at][0], change(scene, turns[at][1]))
    if rng.random() < ASIDE:
        _butt_in(scene, turns)
    return turns


def _butt_in(scene: Scene, turns: list[tuple[str, str]]) -> None:
    """Something that bears on nothing: a bystander's turn, or a sentence before somebody's own."""
    aside = scene.resolve("aside", "")
    if len(turns) < MOST_TURNS and scene.rng.random() < BY_OTHERS:
        turns.insert(int(scene.rng.random() * (len(turns) + 1)), (BYSTANDER, aside))
    else:
        at = int(scene.rng.random() * len(turns))
        turns[at] = (turns[at][0], f"{aside} {turns[at][1]}")


def _opened(scene: Scene, text: str) -> str:
    """An opener before a first word that needs its capital no longer."""
    if not _LOWERED.match(text):
        return text
    return f"{scene.resolve('opener', '')} {text[0].lower()}{text[1:]}"


def _filled_up(scene: Scene, text: str) -> str:
    places = list(_BEFORE_FILLER.finditer(text))
    if not places:
        return text
    at = places[int(scene.rng.random() * len(places))].end()
    return f"{text[:at]}, {scene.resolve('filler', '')}{text[at:]}"


def _repeated(scene: Scene, text: str) -> str:
    """The first word twice, as when somebody thinks while speaking."""
    start = _REPEATABLE.match(text)
    if not start:
        return text
    again = start.group() if start.group().startswith("I") else start.group().lower()
    return f"{start.group()}{scene.pick((',', ' -'))} {again}{text[start.end() :]}"
