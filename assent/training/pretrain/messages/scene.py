"""The word side of a message: draws things, people, times and whole phrases for the templates of `tables/`.

It knows no instruction frame and no tone. A phrase keeps a mark for every mention of the addressee, settled later from
the instruction's side ("she needs") or the message's ("you need").
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from random import Random

from assent.training.pretrain.grammar.template import Nodes, expand, parse
from assent.training.pretrain.grammar.words import inflect, lists, plural

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WHEN = (
    "tomorrow",
    "today",
    "next week",
    "this afternoon",
    "tonight",
    "on Monday morning",
    "tomorrow morning",
    "this week",
    "in March",
    "after lunch",
    "next month",
    "this weekend",
    "this morning",
    "until {day}",
    "until further notice",
    "on {day} [morning|afternoon]",
)
DUE = (
    "by {day}",
    "by {clock}",
    "before {day}",
    "by tomorrow",
    "before noon",
    "by the end of [the week|the day|{month}]",
    "by {date}",
    "today",
    "by {day} at {clock}",
    "as soon as possible",
    "this week",
    "before {the_event}",
    "by {day} noon",
    "at the latest by {date}",
)
CODES = (
    "ticket",
    "order",
    "invoice",
    "PR",
    "case",
    "job",
    "room",
    "unit",
    "line",
    "bay",
    "flat",
    "page",
    "chapter",
    "sample",
    "gate",
    "store",
    "pipeline",
    "booking",
)
FORMS = {"pp": "pp", "past": "past", "ving": "ing"}
"""Placeholders that stand for a verb, and its form."""
_MARK = re.compile("\x01([^\x02]*)\x02")


def lines_of(name: str) -> list[str]:
    text = files(__package__).joinpath("tables", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def acts(kind: str) -> tuple[Nodes, ...]:
    """The parsed templates of one kind of act."""
    return tuple(
        nodes
        for line in lines_of("acts.txt")
        if line.startswith(kind + ":")
        for nodes in parse(line[len(kind) + 1 :].strip())
    )


@cache
def own_phrases() -> tuple[Nodes, ...]:
    """What the writer can do: the `vp` templates that mention neither the addressee nor the writer."""
    texts = (line[3:].strip() for line in lines_of("acts.txt") if line.startswith("vp:"))
    return tuple(nodes for text in texts if not re.search(r"\bme\b|mine|\{A", text) for nodes in parse(text))


@cache
def notes() -> dict[str, tuple[tuple[str, str], ...]]:
    """(as typed, as written) by kind of act."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in lines_of("notes.txt"):
        kind, _, pair = line.partition(": ")
        typed, _, written = pair.partition(" => ")
        found.setdefault(kind, []).append((typed, written))
    return {kind: tuple(pairs) for kind, pairs in found.items()}


@cache
def words(kind: str) -> tuple[str, ...]:
    """The alternatives of one kind in `words.txt`."""
    rows = (line.partition(": ") for line in lines_of("words.txt"))
    return tuple(word for name, _, rest in rows if name == kind for word in rest.split("|"))


@cache
def _nouns() -> tuple[str, ...]:
    kinds = lists("nouns.txt")
    return tuple(word for kind in ("doc", "thing", "item") for word in kinds.get(kind, ()))


@cache
def _first_names() -> tuple[str, ...]:
    return lists("names.txt")["first"]


class Scene:
    """Draws the words of one message; two days or names asked for as `day`, `day2` differ."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self._drawn: dict[str, str] = {}

    def pick(self, options: tuple[str, ...]) -> str:
        return options[int(self.rng.random() * len(options))]

    def phrase(self, kind: str) -> str:
        """One act of a kind, with marks."""
        return self.write(acts(kind))

    def write(self, templates: tuple[Nodes, ...]) -> str:
        out: list[str] = []
        expand(templates[int(self.rng.random() * len(templates))], self, out)
        return " ".join("".join(out).split())

    def text(self, template: str) -> str:
        return self.write(parse(template))

    def resolve(self, name: str, form: str) -> str:
        base = name.rstrip("2")
        for _ in range(4):
            drawn = _DRAWS[base](self)
            if base not in {"name", "day", "clock", "n", "the", "date"} or drawn != self._drawn.get(base):
                break
        self._drawn[base] = drawn
        return drawn

    def noun(self) -> str:
        noun = self.pick(_nouns())
        roll = self.rng.random()
        if roll < 0.45:
            return noun
        if roll < 0.9:
            return f"{self.pick(words('modifier'))} {noun}"
        return f"{self.pick(words('modifier'))} {self.pick(words('modifier'))} {noun}"

    def name(self) -> str:
        if self.rng.random() < 0.08:
            return f"{self.pick(words('title'))} {self.pick(words('surname'))}"
        return self.pick(_first_names())

    def clock(self) -> str:
        hour, minute = self.rng.randint(7, 18), self.pick(("00", "15", "30", "45"))
        short, half = hour % 12 or 12, "am" if hour < 12 else "pm"
        return self.pick(
            (f"{hour}:{minute}", f"{short} {half}", f"{short}{half}", f"{short}:{minute} {half}", str(short))
        )

    def date(self) -> str:
        day = self.rng.randint(1, 28)
        if self.rng.random() < 0.6:
            return f"{day} {self.pick(MONTHS)}"
        return f"the {ordinal(day)}"

    def day(self) -> str:
        return self.pick(DAYS) if self.rng.random() < 0.7 else self.date()

    def when(self) -> str:
        roll = self.rng.random()
        if roll < 0.3:
            return f"on {self.day()}"
        if roll < 0.42:
            return f"at {self.clock()}"
        if roll < 0.6:
            return f"on {self.day()} at {self.clock()}"
        return self.text(self.pick(WHEN))

    def number(self) -> str:
        roll = self.rng.random()
        if roll < 0.6:
            return str(self.rng.randint(2, 60))
        if roll < 0.85:
            return str(self.rng.randint(61, 2400))
        return f"{self.rng.randint(1, 40)},{self.rng.randint(100, 999)}"

    def code(self) -> str:
        roll = self.rng.random()
        if roll < 0.3:
            return f"{self.pick(('INV', 'HX', 'PO', 'T', 'QA'))}-{self.rng.randint(10, 9999)}"
        if roll < 0.45:
            return f"{self.pick(CODES)} {self.pick(tuple('ABCDEF'))}{self.rng.randint(1, 40)}"
        return f"{self.pick(CODES)} {self.rng.randint(2, 9999)}"

    def verb(self, form: str) -> str:
        return inflect(self.pick(words("verb")), form)

    def gerund(self) -> str:
        """An own act in the -ing form: "sending the report"."""
        first, _, rest = self.write(own_phrases()).partition(" ")
        return f"{inflect(first, 'ing')} {rest}"


class Story(Scene):
    """A scene in which every name is drawn once, so that what is typed and what is written speak of the same things."""

    def __init__(self, rng: Random) -> None:
        super().__init__(rng)
        self._kept: dict[str, str] = {}

    def resolve(self, name: str, form: str) -> str:
        if name not in self._kept:
            self._kept[name] = self._verb(FORMS[name]) if name in FORMS else super().resolve(name, form)
        return self._kept[name]

    def _verb(self, form: str) -> str:
        """One verb a story, so that what was repaired is thanked for as repaired."""
        verb = self._kept.setdefault("verb", self.pick(words("verb")))
        return inflect(verb, form)


def ordinal(day: int) -> str:
    ending = "th" if 3 < day < 21 or day % 10 not in (1, 2, 3) else ("st", "nd", "rd")[day % 10 - 1]
    return f"{day}{ending}"


def article(noun: str) -> str:
    return f"{'an' if noun[0].lower() in 'aeio' else 'a'} {noun}"


_DRAWS: dict[str, Callable[[Scene], str]] = {
    "the": lambda scene: f"the {scene.noun()}",
    "theP": lambda scene: f"the {plural(scene.noun())}",
    "noun": lambda scene: scene.noun() if scene.rng.random() < 0.6 else scene.pick(words("noun")),
    "nounP": lambda scene: plural(scene.noun()),
    "a_noun": lambda scene: article(scene.noun()),
    "event": lambda scene: scene.pick(words("event")),
    "the_event": lambda scene: f"the {scene.pick(words('event'))}",
    "a_event": lambda scene: article(scene.pick(words("event"))),
    "name": Scene.name,
    "clock": Scene.clock,
    "date": Scene.date,
    "day": Scene.day,
    "month": lambda scene: scene.pick(MONTHS),
    "when": Scene.when,
    "due": lambda scene: scene.text(scene.pick(DUE)),
    "n": Scene.number,
    "amount": lambda scene: f"{scene.number()} {scene.pick(words('units'))}",
    "code": Scene.code,
    "place": lambda scene: scene.pick(words("place")),
    "org": lambda scene: scene.pick(words("org")),
    "group": lambda scene: scene.pick(words("group")),
    "role": lambda scene: scene.pick(words("role")),
    "adj": lambda scene: scene.pick(words("adj")),
    "cause": lambda scene: scene.text(scene.pick(words("cause"))),
    "past": lambda scene: scene.verb("past"),
    "pp": lambda scene: scene.verb("pp"),
    "ving": lambda scene: scene.verb("ing"),
    "vping": Scene.gerund,
    "vp": lambda scene: scene.phrase("vp"),
    "vpI": lambda scene: scene.write(own_phrases()),
}

Pronoun = tuple[str, str, str]
"""Subject, object and possessive of the addressee as the instruction names them."""
YOU: Pronoun = ("you", "you", "your")
_IRREGULAR = {"be": ("is", "are"), "have": ("has", "have"), "do": ("does", "do")}


def settle(text: str, pronoun: Pronoun) -> str:
    """The text with every mark of the addressee written out."""
    if "\x01" not in text:
        return text
    many = pronoun[0] in {"you", "they", "we", "I"}

    def written(match: re.Match[str]) -> str:
        body = match.group(1)
        if body == "A":
            return pronoun[0]
        if body == "A's":
            return pronoun[2]
        if body == "A.o":
            return pronoun[1]
        verb = body[2:]
        forms = _IRREGULAR.get(verb) or (inflect(verb, "s"), verb)
        return f"{pronoun[0]} {forms[many]}"

    return _MARK.sub(written, text)
