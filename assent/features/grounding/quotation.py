"""Words in quotation marks: they must be the very words of a turn, and of the person they are given to."""

from __future__ import annotations

import re

from assent.features.grounding.passage import Passage
from assent.features.grounding.words import words

_QUOTED = re.compile(r"[\"“]([^\"”]+)[\"”]")
_FEWEST_WORDS = 3
"""Shorter quotations are titles and single terms, which the other checks see as plain words."""


def faults(text: str, passage: Passage) -> tuple[str, ...]:
    """ "content" for a quotation that nobody said, "role" for one given to somebody else."""
    quotations = [said for said in map(words, _QUOTED.findall(text)) if len(said) >= _FEWEST_WORDS]
    sources = [_speakers(said, passage) for said in quotations]
    if not all(sources):
        return ("content",)
    named = _named(outside(text), passage)
    return ("role",) if any(named and not named & speakers for speakers in sources) else ()


def outside(text: str) -> str:
    """`text` without its longer quotations."""
    return _QUOTED.sub(lambda found: "" if len(words(found[1])) >= _FEWEST_WORDS else found[0], text)


def _speakers(said: list[str], passage: Passage) -> set[str]:
    sought = f" {' '.join(said)} "
    turns = zip(passage.speakers, passage.texts, strict=True)
    return {speaker for speaker, text in turns if sought in f" {' '.join(words(text))} "}


def _named(text: str, passage: Passage) -> set[str]:
    spoken = set(words(text))
    return {person for person in passage.participants if spoken.intersection(words(person)[:1])}
