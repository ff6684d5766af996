"""Matching minutes against gold facts by words: when a statement tells a fact, when an owner or a due date is right.

The rules are those of the gold format: case-insensitive, all of a fact's words in one statement, at the start of a
word, a number never as part of a longer one. It knows no file and no score.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from assent.training.evaluate.words import listed

FILLERS = frozenset(listed("a an and at by for in latest of on or so the then till until"))
"""Words of a due date that do not move it: "by Friday at the latest" is "Friday"."""


class Fact(BaseModel):
    """A fact of the gold: `words` stand all in one statement; `alt` lists other forms of a word, the word first."""

    model_config = ConfigDict(frozen=True)

    words: tuple[str, ...] = Field(min_length=1)
    at: tuple[float, ...] = ()
    alt: tuple[tuple[str, ...], ...] = ()

    def forms(self, word: str) -> tuple[str, ...]:
        return next((group for group in self.alt if group and group[0] == word), (word,))

    def told_by(self, statement: str) -> bool:
        return all(any(said(form, statement) for form in self.forms(word)) for word in self.words)


class Task(Fact):
    """A task that stands at the end. A `minor` one may be listed or left out."""

    owner: str | None
    due: str | None
    minor: bool = False


class NotTask(Fact):
    """What must not be listed as a task; with an `owner`, only a task given to that person is wrong."""

    why: str = ""
    owner: str | None = None


class Gold(BaseModel):
    """The facts of one meeting."""

    model_config = ConfigDict(frozen=True)

    title: str
    participants: tuple[str, ...]
    actions: tuple[Task, ...]
    decisions: tuple[Fact, ...]
    questions: tuple[Fact, ...]
    not_actions: tuple[NotTask, ...]
    never: tuple[str, ...]


def said(word: str, text: str) -> bool:
    """Whether `word` stands in `text` at the start of a word; "400" is not in "1,400", and "20" not in "205"."""
    return _pattern(word.lower()).search(text.lower()) is not None


@lru_cache(maxsize=4096)
def _pattern(word: str) -> re.Pattern[str]:
    tail = r"(?!\d)" if word[-1:].isdigit() else ""
    return re.compile(r"(?<!\w)(?<!\d[.,])" + re.escape(word) + tail)


def same_person(found: str | None, gold: str | None, participants: tuple[str, ...] = ()) -> bool:
    """The same name, or a part of it (a first name) that fits no other participant."""
    if not found or not gold:
        return not found and not gold
    parts = _words(found)
    if parts == _words(gold):
        return True
    others = [name for name in participants if _words(name) != _words(gold)]
    return bool(parts) and parts < _words(gold) and not any(parts <= _words(name) for name in others)


def same_due(found: str | None, gold: str | None) -> bool:
    """Every word of the gold's date, its fillers aside, and no further day, time or number."""
    if not found or not gold:
        return not found and not gold
    ours, theirs = _words(found) - FILLERS, _words(gold) - FILLERS
    return theirs <= ours and not any(_MOVES.fullmatch(word) for word in ours - theirs)


_MOVES = re.compile(
    r"\d.*|(mon|tues|wednes|thurs|fri|satur|sun)days?|tomorrow|today|tonight|next|last|before|after|morning|afternoon|noon|"
    r"evening|night|midday|week\w*|month\w*|year\w*|january|february|march|april|may|june|july|august|september|october|"
    r"november|december|end|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+(teen|teenth|tieth|ty)|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
)
"""Words that would make another date of it."""


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", text.lower()))
