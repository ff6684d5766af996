"""The guard of drafts: a message must hold what the instruction asks, and nothing that no source holds.

It knows no model and writes nothing. A fault is named by its kind only, never by content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from assent.features.drafting import tones
from assent.features.drafting.shorthand import first_names, spell_out
from assent.features.words import stem

Fault = Literal[
    "empty",
    "echo",
    "repeats",
    "number",
    "name",
    "day",
    "promise",
    "reason",
    "lost fact",
    "lost words",
    "new words",
    "hushed",
    "tone",
    "length",
]
GRAVE: frozenset[str] = frozenset(
    {
        "empty",
        "echo",
        "repeats",
        "number",
        "name",
        "day",
        "promise",
        "reason",
        "lost fact",
        "lost words",
        "new words",
        "hushed",
    }
)
"""Faults that no courtesy repairs: the draft is dropped."""
KEPT_WORDS = 0.6
"""Share of the instruction's content words that a draft must hold; people's own drafts keep about this much or more."""
NEW_WORDS = 0.6
"""Share of a draft's content words, if there are two or more, that no source holds; 95 % of human drafts stay below."""
SPARSE = 2
"""Content words of an instruction up to which a draft may add none of its own: there is too little to hold it to."""
_NUMBERS = {
    word: str(value)
    for value, word in enumerate(
        (
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
            "sixteen seventeen eighteen nineteen twenty"
        ).split()
    )
}
_DAYS = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february april june july august "
    "september october november december "
    "tomorrow tonight yesterday today noon midnight weekend".split()
)
_FREE_CAPITALS = frozenset(
    (
        "i i'm i'd i'll i've mr mrs ms dr ok am pm sir madam dear hi hello hey thanks thank best kind "
        "regards yours sincerely please sorry may march re"
    ).split()
)
_TOKEN = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PROMISE = re.compile(
    r"(?i)\b(?:I|we)(?:'ll| will(?! not)| promise| guarantee| commit| am going to| are going to|'m "
    r"going to|'re going to)\b(?: to)?\s+(?:also |then |now |be )?(\w+)"
)
_GUARANTEE = re.compile(r"(?i)\b(?:promise|guarantee\w*|definitely|for sure|rest assured|i swear|you can count on)\b")
_REASON = re.compile(r"(?i)\b(?:because|due to|owing to|the reason)\b")
_GIVES_REASON = re.compile(r"(?i)\b(?:because|due to|owing to|bc|cos|cuz|as|since|so|reason|why)\b|[,:;.]")
_FREE_WILL = frozenset("be have need glad happy sorry look miss".split())
_TWIN = re.compile(r"\b([A-Z]\w+),? and \1\b")
_ECHO = re.compile(
    r"(?i)^(?:instruction:|tell (?:him|her|them)\b|ask (?:him|her|them)\b|as an ai|here(?: i|')s (?:a|"
    r"the|your) (?:draft|message)|sure, here|subject:)"
)
_CONTRACTION = re.compile(
    r"(?i)\b(?:\w+n't|(?:i|you|we|they|he|she|it|that|there|what|who)'(?:m|re|ve|ll|d|s)|let's)\b|!|"
    r"\b(?:hi|hey|cheers|yeah|gonna|ok|okay|guys|(?<!many )thanks)\b"
)
_HEDGE = re.compile(
    r"(?i)\b(?:maybe|perhaps|i was wondering|just wanted|would you mind|i hope|hopefully|if possible|"
    r"would it be possible|might want|sort of|kind of|kindly|i would be grateful|i'd be grateful|"
    r"apologi\w+|so sorry|"
    r"really sorry|very sorry|i am writing|i would like to|fantastic|amazing|can't wait)\b|!.*!"
)
_REGRET = re.compile(r"(?i)\b(?:sorry|apolog\w+|regret\w*|forgive|my (?:fault|mistake)|afraid)\b")
_WARM = re.compile(
    r"(?i)!|^(?:hi|hey|hello)\b|\b(?:thanks|thank you|happy|glad|great|love|lovely|hope|welcome|"
    r"congrat\w*|no rush|feel free|nice|dear)\b"
)
_STOP = frozenset(
    "tell ask let know say that this with from they them their there what when where which whether about "
    "please have will would could should been were just also into only your you for and the are can "
    "not but need want make give send write message reply mention answer remind thank thanks short long "
    "nice polite friendly formal sorry team everyone still some any our his her she him who how why than "
    "then "
    "because more most very much dont don't cant can't isn't it's its i'm i've we're now out "
    "off get got has had did does was is inform explain update over down here".split()
)


@dataclass(frozen=True, slots=True)
class Source:
    """All that a draft may draw on, and what of it must stay.

    `must` is the text whose facts the draft has to keep (the instruction, or the message to rewrite), `given` the rest
    (thread, wish, writer), `hushed` what the instruction forbids to mention, `kept_words` the share of content words.
    """

    must: str
    given: str = ""
    hushed: tuple[str, ...] = ()
    kept_words: float = KEPT_WORDS
    keep_facts: bool = True


@dataclass(frozen=True)
class _Words:
    """A text taken apart once: tokens, numbers, names, stems."""

    text: str

    @cached_property
    def tokens(self) -> list[str]:
        return [token.replace("’", "'") for token in _TOKEN.findall(self.text)]

    @cached_property
    def lower(self) -> frozenset[str]:
        found = {token.lower().removesuffix("'s") for token in self.tokens}
        return frozenset(found | {part for token in found for part in re.split(r"[-']", token)})

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(stem(word) for word in self.lower)

    @cached_property
    def numbers(self) -> frozenset[str]:
        digits = set(re.findall(r"\d+", self.text))
        return frozenset(digits | {_NUMBERS[word] for word in self.lower if word in _NUMBERS})

    @cached_property
    def names(self) -> frozenset[str]:
        """Words with a capital inside a sentence, and first names wherever they stand."""
        inner = re.findall(r"(?<![.!?:\n]\s)(?<!^)(?<=[\s(\"“])([A-Z][^\W\d_]*(?:['’-][^\W\d_]+)*)", self.text)
        found = {word.replace("’", "'").lower().removesuffix("'s") for word in inner}
        found |= {
            token.lower().removesuffix("'s")
            for token in self.tokens
            if token[0].isupper() and token.lower().removesuffix("'s") in first_names()
        }
        return frozenset(
            word for word in found if word not in _FREE_CAPITALS and word not in _DAYS and not word.startswith("i'")
        )

    @cached_property
    def days(self) -> frozenset[str]:
        return self.lower & _DAYS

    @cached_property
    def content(self) -> frozenset[str]:
        return frozenset(
            stem(word) for word in self.lower if len(word) > 2 and word not in _STOP and not word.isdigit()
        )


def faults(draft: str, source: Source, tone: str | None, length: str | None) -> tuple[Fault, ...]:
    """What is wrong with a draft, graver things first."""
    if not draft.strip():
        return ("empty",)
    said = _Words(draft)
    must = _Words(spell_out(source.must, [source.given]))
    given = _Words("\n".join((source.must, must.text, source.given)))
    found: list[Fault] = ["echo"] if _ECHO.match(draft) else []
    found += ["repeats"] if _repeats(said, given) else []
    found += _invented(said, given, sparse=len(must.content) <= SPARSE)
    found += _lost(said, must, source)
    found += ["hushed"] if _speaks_of(said, source.hushed, must) else []
    found += ["tone"] if tone and not sounds(draft, tone) else []
    found += ["length"] if length and not fits(draft, length) else []
    return tuple(found)


def _repeats(said: _Words, given: _Words) -> bool:
    """Whether the draft stutters: "Chair and Chair", or four words twice that the source says once."""
    if _TWIN.search(said.text):
        return not _TWIN.search(given.text)
    runs = [tuple(word.lower() for word in said.tokens[at : at + 4]) for at in range(len(said.tokens) - 3)]
    known = [tuple(word.lower() for word in given.tokens[at : at + 4]) for at in range(len(given.tokens) - 3)]
    return any(runs.count(run) > max(1, known.count(run)) for run in set(runs))


def _invented(said: _Words, given: _Words, *, sparse: bool) -> list[Fault]:
    found: list[Fault] = []
    if said.numbers - given.numbers - {"1"}:
        found.append("number")
    if any(name not in given.lower and stem(name) not in given.stems for name in said.names):
        found.append("name")
    if said.days - given.days:
        found.append("day")
    if _promises(said.text, given):
        found.append("promise")
    new = said.content - given.stems - _courtesies()
    if (sparse and any("'" not in word for word in new)) or (len(new) > 1 and len(new) > NEW_WORDS * len(said.content)):
        found.append("new words")
    if _REASON.search(said.text) and not _GIVES_REASON.search(given.text):
        found.append("reason")
    return found


@cache
def _courtesies() -> frozenset[str]:
    return _Words(" ".join(filler for fillers in tones.FILLERS.values() for filler in fillers)).content


def _promises(text: str, given: _Words) -> bool:
    """A commitment whose verb the source does not hold, or an assurance that it does not give."""
    for found in _PROMISE.finditer(text.replace("’", "'")):
        verb = found.group(1).lower()
        if verb not in _FREE_WILL and stem(verb) not in given.stems:
            return True
    return any(stem(found.group().lower().split()[0]) not in given.stems for found in _GUARANTEE.finditer(text))


def _lost(said: _Words, must: _Words, source: Source) -> list[Fault]:
    hushed = _Words(" ".join(source.hushed))
    found: list[Fault] = []
    if source.keep_facts:
        wanted = (must.numbers - hushed.numbers - said.numbers) | (must.days - hushed.days - said.days)
        names = {name for name in must.names - hushed.names if name not in said.lower and stem(name) not in said.stems}
        if wanted or names:
            found.append("lost fact")
    content = must.content - hushed.content
    if content and len(content & said.stems) / len(content) < source.kept_words:
        found.append("lost words")
    return found


def _speaks_of(said: _Words, hushed: Iterable[str], must: _Words) -> bool:
    """Whether the draft holds a word that stands in the instruction's prohibitions and nowhere else in it."""
    for phrase in hushed:
        words = _Words(phrase).content
        outside = _Words(must.text.replace(phrase, " ")).content
        if words and (words - outside) & said.stems:
            return True
    return False


def sounds(text: str, tone: str) -> bool:
    """Whether the marks of a tone are there and those of its opposite are not."""
    text = text.replace("’", "'")
    if tone == "formal":
        return not _CONTRACTION.search(text)
    if tone == "friendly":
        return bool(_WARM.search(text))
    if tone == "apologetic":
        return bool(_REGRET.search(text))
    if tone == "enthusiastic":
        return "!" in text
    if tone == "direct":
        return not _HEDGE.search(text)
    return text.count("!") < 2


def fits(text: str, length: str) -> bool:
    low, high = tones.BANDS[length]
    return low <= tones.words_in(text) <= high


def slots(text: str) -> dict[str, str]:
    """The names, days and numbers of a draft, by kind and place: {"name1": "Priya", "day1": "Thursday"}."""
    words = _Words(text)
    found: dict[str, str] = {}
    counts = {"name": 0, "day": 0, "number": 0}
    for token in _TOKEN.findall(text):
        lower = token.lower().removesuffix("'s").removesuffix("’s")
        kind = (
            "number"
            if token[0].isdigit()
            else "day"
            if lower in words.days
            else "name"
            if lower in words.names
            else None
        )
        plain = token.removesuffix("'s").removesuffix("’s")
        if kind and plain not in found.values():
            counts[kind] += 1
            found[f"{kind}{counts[kind]}"] = plain
    return found
