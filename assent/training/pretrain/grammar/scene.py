"""One made-up situation: who is in it, and what each name in a template stands for. It knows no rule and no noise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import TypeVar

from assent.training.pretrain.grammar.phrases import HOLE, NounPhrase, VerbPhrase, in_words, ordinal
from assent.training.pretrain.grammar.template import MARK, Nodes, expand, parse
from assent.training.pretrain.grammar.words import coined, lists, plural, table

Value = str | NounPhrase | VerbPhrase
_NOUNS = ("doc", "thing", "event", "place", "group", "role", "topic", "mass")
_ANY = ("doc", "thing", "event", "topic")
_DEEPEST = 3
T = TypeVar("T")


@cache
def productions() -> dict[str, tuple[Nodes, ...]]:
    """kind -> alternatives of phrases.txt."""
    found: dict[str, list[Nodes]] = {}
    for line in table("phrases.txt"):
        kind, _, text = line.partition(": ")
        found.setdefault(kind, []).extend(parse(text))
        if kind == "claim":
            found.setdefault("reply", []).extend(parse(text.replace("{A:", "{B:")))
    return {kind: tuple(options) for kind, options in found.items()}


@cache
def frames() -> dict[str, tuple[tuple[str, str, Nodes], ...]]:
    """kind -> (verb, particle, rest): vp any, ovp with an object, tvp with the object first, act the short ones."""
    found: dict[str, list[tuple[str, str, Nodes]]] = {"vp": [], "ovp": [], "tvp": [], "act": []}
    for line in table("verbs.txt"):
        head, _, rests = line.partition(": ")
        verb, _, particle = head.partition(" ")
        for rest in rests.split(" / "):
            entry = (verb, particle, parse(rest.strip())[0])
            found["vp"].append(entry)
            if "{O:" in rest:
                found["ovp"].append(entry)
            if rest.startswith("{O:"):
                found["tvp"].append(entry)
            if rest.startswith("{O:") and rest.endswith("}") and rest.count("{") == 1:
                found["act"].append(entry)
    return {kind: tuple(entries) for kind, entries in found.items()}


_AGREEING = frozenset("is has have are was does needs keeps works cost offer charge come think clash depend".split())
"""Verbs that agree with the noun phrase before them."""


class Scene:
    """Draws each name once; what stands inside a phrase is drawn afresh. `other` may be you or me in the talk."""

    def __init__(self, rng: Random, other: str = "A") -> None:
        self.rng = rng
        self.other = other
        self._memo: dict[str, Value] = {}
        self._last: NounPhrase | None = None
        self._object: NounPhrase | None = None
        self._depth = 0
        self.firsts = rng.sample(lists("names.txt")["first"], 10)

    def resolve(self, name: str, form: str) -> str:
        """The text of a reference."""
        value = self._memo.get(name) if self._depth == 0 else None
        if value is None:
            value = self._fresh(name)
        return value if isinstance(value, str) else value.form(form)

    def _fresh(self, name: str) -> Value:
        kind = name.rstrip("23456789")
        if self._depth:
            return self._make(kind)
        taken = {v if isinstance(v, str) else v.form("") for k, v in self._memo.items() if k.rstrip("23456789") == kind}
        value = self._make(kind)
        for _ in range(20):
            if (value if isinstance(value, str) else value.form("")) not in taken:
                break
            value = self._make(kind)
        self._memo[name] = value
        return value

    def _make(self, kind: str) -> Value:
        maker = _MAKERS.get(kind)
        if maker:
            return maker(self)
        if kind.startswith("O:"):
            self._object = self._object_of(kind[2:].split(","))
            return HOLE
        if kind in productions():
            return self._text(self.pick(productions()[kind]))
        return self._agreeing(kind)

    def pick(self, options: Sequence[T]) -> T:
        return options[int(self.rng.random() * len(options))]

    def _text(self, nodes: Nodes) -> str:
        out: list[str] = []
        self._depth += 1
        expand(nodes, self, out)
        self._depth -= 1
        return "".join(out)

    def _agreeing(self, kind: str) -> str:
        """A verb that agrees with the noun phrase before it."""
        if kind not in _AGREEING:
            raise ValueError(f"{kind}: no such name in the templates")
        names = {"are": "is", "have": "has", "needs": "need", "keeps": "keep", "works": "work"}
        if self._last is None:
            return kind
        return self._last.form(names.get(kind, kind))

    def aside(self) -> str:
        """A sentence that may be of interest, and is not what the item is about."""
        return self._text(self.pick(productions()["aside"]))

    def chatter(self, short: bool = False) -> str:
        """A sentence that has no bearing on the matter."""
        return self._text(self.pick(productions()["back" if short and self.rng.random() < 0.6 else "chatter"]))

    # noun phrases

    def noun_phrase(self, kind: str) -> NounPhrase:
        phrase = self._noun_phrase(kind)
        self._last = phrase
        return phrase

    def _noun_phrase(self, kind: str) -> NounPhrase:
        word = self._head(kind)
        many = kind == "group" or word == "staff" or (kind in ("doc", "thing") and self.rng.random() < 0.13)
        if many and word != "staff" and kind != "group":
            word = plural(word)
        many = many or word.endswith(("hours", "minutes", "works"))
        bare = self._modified(word, kind)
        if bare == word and kind in ("doc", "thing") and self._depth < _DEEPEST and self.rng.random() < 0.08:
            self._last = NounPhrase(bare, bare, many)
            return NounPhrase(f"the {bare} {self._text(self.pick(productions()['relative']))}", bare, many)
        return NounPhrase(self._determined(bare, kind), bare, many)

    def _head(self, kind: str) -> str:
        if kind in ("doc", "thing", "topic") and self.rng.random() < 0.16:
            return coined(self.rng)
        return self.pick(lists("nouns.txt")[kind])

    def _modified(self, word: str, kind: str) -> str:
        draw = self.rng.random()
        if kind in ("role", "group", "place") and draw > 0.12:
            return word
        if draw < 0.13:
            return f"{self._text(self.pick(productions()['mod']))} {word}"
        if draw < 0.24:
            return f"{self._text(self.pick(productions()['adj']))} {word}"
        if draw < 0.29 and kind != "role":
            return f"{coined(self.rng).capitalize()} {word}"
        if draw < 0.33 and kind in ("doc", "event", "topic"):
            return f"{self.pick(lists('nouns.txt')['thing'])} {word}"
        if draw < 0.37 and kind in ("doc", "thing"):
            return f"{word} {self.code()}"
        if draw < 0.43 and kind == "doc" and self._depth < _DEEPEST:
            return f"{word} {self.pick(('for', 'on', 'about'))} {self.noun_phrase(self.pick(_NOUNS)).text}"
        if draw < 0.48 and kind in ("thing", "doc") and self._depth < _DEEPEST:
            return f"{word} {self.pick(('in', 'from', 'at'))} {self.noun_phrase('place').text}"
        return word

    def _determined(self, bare: str, kind: str) -> str:
        draw = self.rng.random()
        if bare[-1:].isdigit() and draw < 0.8:
            return bare if " " in bare else f"the {bare}"
        if kind == "mass":
            return f"the {bare}" if draw < 0.4 else bare
        if draw < 0.08 and self.other and kind in ("doc", "thing", "topic"):
            return MARK.format(f"{self.other}:@'s") + f" {bare}"
        if draw < 0.12 and kind in ("doc", "thing", "topic", "event"):
            return MARK.format("we:our") + f" {bare}"
        if draw < 0.16 and kind in ("doc", "thing"):
            return f"{self.pick(self.firsts[4:8])}'s {bare}"
        return f"the {bare}"

    def new(self, kind: str) -> NounPhrase:
        bare = self._modified(self._head(kind), kind)
        self._last = NounPhrase(f"a {bare}", bare, False)
        return self._last

    def counted(self) -> NounPhrase:
        bare = self._counted_noun()
        self._last = NounPhrase(f"{self.number()} {bare}", bare, True)
        return self._last

    def several(self, kind: str) -> NounPhrase:
        bare = self._counted_noun() if kind == "item" else plural(self._head(kind))
        self._last = NounPhrase(f"the {bare}", bare, True)
        return self._last

    def _counted_noun(self) -> str:
        word = plural(coined(self.rng) if self.rng.random() < 0.1 else self.pick(lists("nouns.txt")["item"]))
        return f"{self._text(self.pick(productions()['adj']))} {word}" if self.rng.random() < 0.15 else word

    def _object_of(self, kinds: list[str]) -> NounPhrase:
        kind = self.pick(kinds)
        if kind == "any":
            kind = self.pick(_ANY)
        if kind in _NOUNS:
            return self.noun_phrase(kind)
        if kind.startswith("new"):
            return self.new(kind[3:]) if kind[3:] in _NOUNS else NounPhrase(self._plain(kind), kind, False)
        if kind in ("items", "docs"):
            return self.several(kind[:-1])
        text = self._plain(kind)
        return NounPhrase(text, text.removeprefix("the "), kind in ("animals", "plants"))

    def _plain(self, kind: str) -> str:
        value = self._make(kind)
        return value if isinstance(value, str) else value.form("")

    # verb phrases

    def verb_phrase(self, kind: str) -> VerbPhrase:
        verb, particle, nodes = self.pick(frames()["act" if self._depth else kind])
        held, self._object = self._object, None
        rest = self._text(nodes)
        if self._depth == 0:
            rest += self._tail(rest)
        also = self.verb_phrase("act") if kind == "vp" and self._depth == 0 and self.rng.random() < 0.05 else None
        phrase = VerbPhrase(verb, particle, rest, self._object, also)
        self._object = held
        return phrase

    def _tail(self, rest: str) -> str:
        """Sometimes how or what for."""
        if self.rng.random() > 0.12 or len(rest) > 40:
            return ""
        return " " + self._text(self.pick(productions()["how"]))

    # people, numbers, codes

    def outsider(self) -> str:
        draw = self.rng.random()
        if draw < 0.5:
            text = self.pick(self.firsts[4:8])
        elif draw < 0.75:
            text = f"the {self._head('role')}"
        elif draw < 0.85:
            text = self.organisation()
        else:
            text = f"{self.pick(('Mr', 'Mrs', 'Ms', 'Dr'))} {self.pick(lists('names.txt')['last'])}"
        self._last = NounPhrase(text, text, False)
        return text

    def organisation(self) -> str:
        text = self._text(self.pick(productions()["orgname"]))
        self._last = NounPhrase(text, text, False)
        return text

    def receiver(self) -> str:
        draw = self.rng.random()
        if self.other and draw < 0.35:
            return MARK.format(f"{self.other}:@")
        if self.other and draw < 0.42:
            return MARK.format("we:us")
        return self.outsider() if draw < 0.85 else self.noun_phrase("group").text

    def number(self) -> str:
        top = self.pick((12, 30, 100, 100, 1000, 5000))
        value = int(self.rng.random() * (top - 2)) + 2
        if value > 200:
            value -= value % self.pick((10, 50, 100))
        return in_words(value) if self.rng.random() < 0.6 else f"{value:,}"

    def money(self) -> str:
        value = self.pick((10, 50, 100, 1000)) * (1 + int(self.rng.random() * 40))
        style = self.pick(("£{:,}", "${:,}", "€{:,}", "words", "words", "k"))
        if style == "words":
            return f"{in_words(value)} {self.pick(('pounds', 'euros', 'dollars', 'quid'))}"
        if style == "k":
            return f"{value // 1000 or 2} thousand"
        return style.format(value)

    def percent(self) -> str:
        value = 1 + int(self.rng.random() * 99)
        return self.pick((f"{value}%", f"{value} percent", f"{in_words(value)} percent", f"{in_words(value)} per cent"))

    def ordinal(self) -> str:
        value = 1 + int(self.rng.random() * 31)
        if self.rng.random() < 0.75:
            return ordinal(value)
        return f"{value}{'th' if value in (11, 12, 13) else {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th')}"

    def clock(self) -> str:
        hour = 1 + int(self.rng.random() * 12)
        word = in_words(hour)
        return self.pick((
            word, word, f"half past {word}", f"quarter past {word}", f"quarter to {word}", f"{word} o'clock",
            f"{word} thirty", f"{hour}:{self.pick(('00', '15', '30', '45'))}", f"{hour}{self.pick(('am', 'pm'))}",
        ))  # fmt: skip

    def numeric_date(self) -> str:
        return f"{1 + int(self.rng.random() * 28)} {self._plain('month')}"

    def code(self) -> str:
        number = 1 + int(self.rng.random() * 9999)
        letter = self.pick("ABCDEFGHKLMNPQRSTVWX")
        short = number % 40 + 1
        return self.pick((f"{number}", f"{letter}{short}", f"{letter}{self.pick('ABCDEF')}-{number}", f"{short}"))


def _short(form: str) -> Callable[[Scene], Value]:
    return lambda scene: scene.verb_phrase("act").form(form)


def _noun(kind: str) -> Callable[[Scene], Value]:
    return lambda scene: scene.noun_phrase(kind)


_MAKERS: dict[str, Callable[[Scene], Value]] = {kind: _noun(kind) for kind in _NOUNS} | {
    "np": lambda scene: scene.noun_phrase(scene.pick(_ANY)),
    "npd": lambda scene: scene.noun_phrase(scene.pick(_ANY)),
    "npdoc": lambda scene: scene.noun_phrase("doc"),
    "noun": lambda scene: scene.noun_phrase(scene.pick(_ANY)),
    "newthing": lambda scene: scene.new("thing"),
    "newdoc": lambda scene: scene.new("doc"),
    "newevent": lambda scene: scene.new("event"),
    "items": lambda scene: scene.several("item"),
    "docs": lambda scene: scene.several("doc"),
    "qty": Scene.counted,
    "qtypeople": lambda scene: f"{scene.number()} {scene.pick(('candidates', 'applicants', 'students', 'volunteers'))}",
    "vp": lambda scene: scene.verb_phrase("vp"),
    "ovp": lambda scene: scene.verb_phrase("ovp"),
    "tvp": lambda scene: scene.verb_phrase("tvp"),
    "act": lambda scene: scene.verb_phrase("act"),
    "ving": _short("ing"),
    "vpastsimple": _short("past"),
    "vpppsimple": _short("pp"),
    "rec": Scene.receiver,
    "recs": _noun("group"),
    "out": Scene.outsider,
    "org": Scene.organisation,
    "first": lambda scene: scene.pick(scene.firsts[4:]),
    "last": lambda scene: scene.pick(lists("names.txt")["last"]),
    "coin": lambda scene: coined(scene.rng),
    "Coin": lambda scene: coined(scene.rng).capitalize(),
    "n": Scene.number,
    "money": Scene.money,
    "pct": Scene.percent,
    "ord": Scene.ordinal,
    "clock": Scene.clock,
    "numdate": Scene.numeric_date,
    "code": Scene.code,
}
