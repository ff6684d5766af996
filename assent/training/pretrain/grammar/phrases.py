"""Noun phrases, verb phrases and amounts as values that know their own forms. They know no meeting and no rule."""

from __future__ import annotations

from dataclasses import dataclass

from assent.training.pretrain.grammar.words import inflect

HOLE = "\x03"
"""Where the object stands in the rest of a verb phrase."""


@dataclass(frozen=True, slots=True)
class NounPhrase:
    """A noun phrase; `bare` is without its determiner, for headings."""

    text: str
    bare: str
    plural: bool

    def form(self, name: str) -> str:
        """text, bare, it, that, or a verb that agrees: is, has, was, or any other in its base form."""
        if not name:
            return self.text
        if name == "bare":
            return self.bare
        singular, many = _AGREEMENT.get(name, ("", ""))
        if not singular:
            singular, many = inflect(name, "s"), name
        return many if self.plural else singular


_AGREEMENT = {
    "is": ("is", "are"), "was": ("was", "were"), "has": ("has", "have"), "it": ("it", "them"), "they": ("it", "they"),
    "that": ("that", "those"), "this": ("this", "these"), "one": ("one", "ones"), "does": ("does", "do"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class VerbPhrase:
    """A verb, its particle and the rest, in which HOLE marks the object; `also` is what else the same person does."""

    verb: str
    particle: str
    rest: str
    obj: NounPhrase | None
    also: VerbPhrase | None = None

    def form(self, name: str) -> str:
        """base, s, past, pp, ing; the same with `it` before for a pronoun object; passive; obj or obj-FORM."""
        text = self._form(name)
        if self.also is None or name == "passive" or name.startswith("obj"):
            return text
        return f"{text} and {self.also.form(name.removeprefix('it'))}"

    def _form(self, name: str) -> str:
        if name.startswith("obj"):
            assert self.obj is not None
            return self.obj.form(name[4:])
        if name == "passive":
            return _join(inflect(self.verb, "pp"), self.particle, self.rest.replace(HOLE, ""))
        if name.startswith("it"):
            return self._with_pronoun(inflect(self.verb, name[2:] or "base"))
        filled = self.rest.replace(HOLE, self.obj.text) if self.obj else self.rest
        return _join(inflect(self.verb, name or "base"), self.particle, filled)

    def _with_pronoun(self, verb: str) -> str:
        pronoun = self.obj.form("it") if self.obj else ""
        if self.rest.startswith(HOLE):
            return _join(verb, pronoun, self.particle, self.rest[len(HOLE) :])
        return _join(verb, self.particle, self.rest.replace(HOLE, pronoun))


def _join(*parts: str) -> str:
    return " ".join(part.strip() for part in parts if part.strip())


_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
         "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
             "twelve": "twelfth"}  # fmt: skip


def in_words(number: int) -> str:
    """A number below a million in English words, as it is said."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens] + (f"-{_ONES[ones]}" if ones else "")
    unit, name = (1000, "thousand") if number >= 1000 else (100, "hundred")
    head, rest = divmod(number, unit)
    text = f"{in_words(head)} {name}"
    if not rest:
        return text
    return f"{text} {in_words(rest)}" if rest >= 100 else f"{text} and {in_words(rest)}"


def ordinal(number: int) -> str:
    """The ordinal of a number below 100 in words."""
    head, dash, last = in_words(number).rpartition("-")
    regular = last[:-1] + "ieth" if last.endswith("y") else last + "th"
    return head + dash + _ORDINALS.get(last, regular)
