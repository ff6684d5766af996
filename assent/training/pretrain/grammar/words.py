"""The word tables: nouns by kind, verbs and their forms, names, and words made of syllables. It knows no sentence."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from random import Random

_VOWELS = "aeiou"
_PLURALS = {
    "person": "people",
    "child": "children",
    "shelf": "shelves",
    "leaf": "leaves",
    "half": "halves",
    "knife": "knives",
    "man": "men",
    "woman": "women",
    "series": "series",
    "sheep": "sheep",
}


def _syllables(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ONSETS = _syllables("b br c cl d dr f fl g gl h j k l m n p pl qu r s sk sp st t th tr v w y z")
_NUCLEI = _syllables("a e i o u ai ea oo ou ei")
_CODAS = _syllables("b ck d ft g l ll m n nd nt p r rd rk rn s sk st t x")


@cache
def table(name: str) -> list[str]:
    """The lines of a table that are neither empty nor a comment."""
    text = files(__package__).joinpath("tables", name).read_text(encoding="utf-8")
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def lists(name: str) -> dict[str, tuple[str, ...]]:
    """`kind: word word_with_space ...` lines of a table; a kind may span several lines."""
    found: dict[str, list[str]] = {}
    for line in table(name):
        kind, _, words = line.partition(":")
        found.setdefault(kind.strip(), []).extend(word.replace("_", " ") for word in words.split())
    return {kind: tuple(dict.fromkeys(words)) for kind, words in found.items()}


@cache
def irregular() -> dict[str, tuple[str, str, str]]:
    """base -> past, participle, -ing form (empty where the rule gives it)."""
    rows = (line.split() for line in table("irregular.txt"))
    return {row[0]: (row[1], row[2], row[3] if len(row) > 3 else "") for row in rows}


def _stem(verb: str, ending: str) -> str:
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + ending
    if verb.endswith("e") and ending == "ed":
        return verb + "d"
    if ending == "ed" and verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return (verb + verb[-1] if _doubles(verb) else verb) + ending


def _doubles(verb: str) -> bool:
    if verb in {"refer", "submit", "transfer", "commit", "defer", "cancel", "label", "model", "level", "equip"}:
        return True
    vowels = sum(letter in _VOWELS for letter in verb)
    return vowels == 1 and len(verb) > 2 and verb[-2] in _VOWELS and verb[-1] not in "aeiouwxy"


@cache
def inflect(verb: str, form: str) -> str:
    """`verb` as base, s, past, pp or ing."""
    past, participle, gerund = irregular().get(verb, ("", "", ""))
    if form == "s":
        if verb in {"have", "be", "do", "go"}:
            return {"have": "has", "be": "is", "do": "does", "go": "goes"}[verb]
        if verb.endswith("y") and verb[-2] not in _VOWELS:
            return verb[:-1] + "ies"
        return verb + ("es" if verb.endswith(("s", "x", "ch", "sh", "z", "o")) else "s")
    if form == "past":
        return past or _stem(verb, "ed")
    if form == "pp":
        return participle or _stem(verb, "ed")
    if form == "ing":
        return gerund or _stem(verb, "ing")
    return verb


@cache
def plural(noun: str) -> str:
    """The plural of a noun or of a phrase that ends in one."""
    head, _, last = noun.rpartition(" ")
    if last in _PLURALS:
        word = _PLURALS[last]
    elif last.endswith("y") and last[-2] not in _VOWELS:
        word = last[:-1] + "ies"
    else:
        word = last + ("es" if last.endswith(("s", "x", "ch", "sh", "z")) else "s")
    return f"{head} {word}" if head else word


def coined(rng: Random) -> str:
    """A word of two syllables that is in no dictionary."""
    pick = rng.choice
    return pick(_ONSETS) + pick(_NUCLEI) + pick(_CODAS)[0] + pick(_NUCLEI)[0] + pick(_CODAS)
