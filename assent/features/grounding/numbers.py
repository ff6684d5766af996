"""Numbers in any spelling: "thirty-one", "sixteen-fifty", 1,400, 5 %, the sixteenth, three pm, half past six.

A spelling can be read in more than one way ("sixteen-fifty" is a price, a year or a time), so a mention carries all its
readings and two mentions agree when they share one. The libraries at hand (text2num, number-parser, word2number) return
one rewritten text without spans or alternatives, split "sixteen-fifty" in two and know no clock; so this is our own.
It knows no days and no names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_UNITS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_ORDINALS = (
    "first:1 second:2 third:3 fourth:4 fifth:5 sixth:6 seventh:7 eighth:8 ninth:9 tenth:10 eleventh:11 twelfth:12 "
    "thirteenth:13 fourteenth:14 fifteenth:15 sixteenth:16 seventeenth:17 eighteenth:18 nineteenth:19 twentieth:20 "
    "thirtieth:30 fortieth:40 fiftieth:50 hundredth:100"
)
SMALL = {word: value for value, word in enumerate(_UNITS.split())} | {"oh": 0, "nought": 0, "nil": 0}
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
TENS = {word: 10 * n for n, word in enumerate(_TENS.split(), 2)}
ORDINAL = {word: int(value) for word, value in (pair.split(":") for pair in _ORDINALS.split())}
SCALE = {"hundred": 100, "thousand": 1_000, "grand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "dozen": 12}
WORDS = (*SMALL, *TENS, *ORDINAL, *SCALE)
_SUFFIX = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}
_KINDS: dict[str, tuple[str, str, float]] = {
    word: (kind, word, float(value))
    for kind, table in (("small", SMALL), ("tens", TENS), ("scale", SCALE), ("ordinal", ORDINAL))
    for word, value in table.items()
}
_ANY = re.compile(r"\d|\b(?:half|quarter|" + "|".join(_KINDS) + r")\b", re.IGNORECASE)
# Words that count without being numbers; on the side of the evidence only.
COUNTING = {"both": 2, "couple": 2, "pair": 2, "twice": 2, "double": 2, "twins": 2, "once": 1,
            "single": 1, "fortnight": 14,
            "half": 0.5, "quarter": 0.25, "halves": 0.5, "thirds": 3, "quarters": 4,
            "tens": 10, "twelves": 12}  # fmt: skip

_TOKEN = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:[.:]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|[-–%]|[^\s\w]")
Reading = tuple[str, float]
"""("n", value) for an amount, ("t", minutes after twelve) for a time of day on a twelve-hour face."""


@dataclass(frozen=True, slots=True)
class Number:
    """One mention: where it stands in the text, and what it can mean. `ordinal` is true of "third" and "16th"."""

    start: int
    end: int
    readings: frozenset[Reading]
    parts: frozenset[Reading] = frozenset()
    ordinal: bool = False


@dataclass(slots=True)
class _Atom:
    start: int
    end: int
    kind: str  # small, tens, scale, digits, ordinal, other
    word: str
    value: float = 0.0


def _atoms(text: str) -> list[_Atom]:
    return [_atom(found) for found in _TOKEN.finditer(text)]


def _atom(found: re.Match[str]) -> _Atom:
    word = found[0].lower().replace("’", "'").removesuffix("'s")
    start, end = found.span()
    if word in _KINDS:
        return _Atom(start, end, *_KINDS[word])
    # "hundreds" and "the nineties" are seldom an exact amount, so they stay words like any other.
    return _Atom(start, end, "digits" if word[:1].isdecimal() else "other", word)


@lru_cache(maxsize=256)
def mentions(text: str) -> tuple[Number, ...]:
    """Every number in `text`, in order; a time of day stands beside the numbers it is made of."""
    if not _ANY.search(text):
        return ()
    atoms = _atoms(text)
    found, index = [], 0
    while index < len(atoms):
        length = _run_length(atoms, index)
        if length:
            found.append(_read(atoms[index : index + length], atoms[index + length : index + length + 3]))
        index += length or 1
    return (*found, *_clock_phrases(text))


def _run_length(atoms: list[_Atom], start: int) -> int:
    """How many atoms from `start` spell one number; "and" and hyphens belong to it only between its words."""
    if atoms[start].kind == "other":
        return 0
    end = start + 1
    while end < len(atoms):
        step = _step(atoms, end)
        if not step:
            break
        end += step
    return end - start


def _step(atoms: list[_Atom], at: int) -> int:
    before, here = atoms[at - 1], atoms[at]
    after = atoms[at + 1] if at + 1 < len(atoms) else None
    if before.kind == "ordinal":
        return 0
    if here.kind in ("small", "tens", "scale", "ordinal"):
        return 1
    if after is None or after.kind == "other" or after.kind == "digits" or before.kind == "digits":
        return 2 if here.word == "-" and before.kind == "digits" and after is not None and after.kind == "scale" else 0
    if here.word in ("-", "–") and here.start == before.end and after.start == here.end:
        return 2
    return 2 if here.word == "and" and before.kind == "scale" else 0


def _read(run: list[_Atom], following: list[_Atom]) -> Number:
    start, end = run[0].start, run[-1].end
    ordinal = run[-1].kind == "ordinal"
    if run[0].kind == "digits":
        readings, end, ordinal = _digits(run, following)
        return Number(start, end, frozenset(readings), ordinal=ordinal)
    groups = _groups([atom for atom in run if atom.kind != "other"])
    times = {("t", (value * 60) % 720) for value in groups[:1] if len(groups) == 1 and 0 < value <= 24}
    readings = _joined(groups)
    spoken_half = [atom.word for atom in following[:3]] == ["and", "a", "half"]
    if spoken_half and len(groups) == 1:
        readings = {("n", groups[0] + 0.5), ("n", groups[0])}
    if _is_clock(following):
        readings |= times
    return Number(start, end, frozenset(readings), frozenset(("n", value) for value in groups), ordinal)


def _groups(atoms: list[_Atom]) -> list[float]:
    """Amounts that stand side by side: "eleven hundred and forty" is one, "sixteen fifty" is two."""
    done: list[float] = []
    total = current = last = 0.0
    room = 0.0  # the next simple value must be below this to join the current one
    for atom in atoms:
        if atom.kind == "scale":
            if atom.value == 100 and current > 100:  # "eleven hundred and six hundred": the six begins a new amount
                done.append(total + current - last)
                total, current = 0.0, last
            current = (current or 1) * atom.value
            if atom.value >= 1_000:
                total, current = total + current, 0.0
            room = 1_000 if total else 100
            if atom.value == 12:
                room = 0
        elif (total or current) and atom.value < room:
            current += atom.value
            room = 10 if atom.value >= 20 and atom.value % 10 == 0 else 0
        elif total or current:
            done.append(total + current)
            total, current, room = 0.0, atom.value, _room(atom)
        else:
            current, room = atom.value, _room(atom)
        last = atom.value
    return [*done, total + current]


def _room(atom: _Atom) -> float:
    return 10 if atom.kind == "tens" else 0


def _joined(groups: list[float]) -> set[Reading]:
    """What groups said side by side can mean: sixteen-fifty is 1650, 16.50 or ten to five."""
    if len(groups) == 1:
        return {("n", groups[0])}
    readings: set[Reading] = {("n", float("".join(f"{value:g}" for value in groups if value < 1e6) or 0))}
    if len(groups) == 2 and groups[1] < 100:
        whole, rest = groups
        readings |= {("n", whole * 100 + rest), ("n", round(whole + rest / 100, 2))}
        if whole <= 24 and rest < 60:
            readings.add(("t", (whole * 60 + rest) % 720))
    return readings


def _digits(run: list[_Atom], following: list[_Atom]) -> tuple[set[Reading], int, bool]:
    word, end = run[0].word, run[-1].end
    tail = following[0] if following and following[0].start == run[-1].end else None
    factor = 1.0
    for atom in run[1:]:
        factor *= atom.value if atom.kind == "scale" else 1
    ordinal = bool(tail and tail.word in ("st", "nd", "rd", "th"))
    if tail and (tail.word in _SUFFIX or ordinal):
        factor, end = factor * _SUFFIX.get(tail.word, 1), tail.end
    pieces = re.split(r"[:.]", word)
    readings: set[Reading] = set()
    if len(pieces) == 2 and ":" in word:
        readings |= _clock(float(pieces[0]), float(pieces[1]))
    else:
        value = _amount(word)
        readings |= {("n", round(value * factor, 4))}
        if len(pieces) == 2 and len(pieces[1]) == 2:
            readings |= _clock(float(pieces[0]), float(pieces[1]))
        if factor == 1 and value <= 24 and value == int(value) and _is_clock(following):
            readings.add(("t", (value * 60) % 720))
    return readings, end, ordinal


def _amount(word: str) -> float:
    whole = word.replace(",", "").replace(":", "")
    first, _, rest = whole.partition(".")
    # Long digit strings are ids, not amounts: float() would round two of them to one.
    return float(f"{first[:300]}.{rest.replace('.', '')[:20] or 0}")


def _clock(hour: float, minute: float) -> set[Reading]:
    if hour > 24 or minute >= 60:
        return set()
    exact: set[Reading] = {("t", (hour * 60 + minute) % 720)}
    return exact | ({("n", hour), ("n", hour % 12 or 12)} if minute == 0 else set())


def _is_clock(following: list[_Atom]) -> bool:
    heads = [atom.word for atom in following]
    return bool(heads) and (
        heads[0] in ("am", "pm", "o'clock", "oclock", "a.m", "p.m") or heads[:3] in (["a", ".", "m"], ["p", ".", "m"])
    )


_HOUR = r"(?P<hour>[a-z]+|\d{1,2})"
_PHRASE = re.compile(
    rf"\b(?P<minute>half|quarter|(?:twenty|ten|five)(?:[- ]five)?|\d{{1,2}})(?: minutes?)?"
    rf" (?P<side>past|to|after|before) {_HOUR}\b"
    r"|\bhalf (?P<half>[a-z]+|\d{1,2})\b",
    re.IGNORECASE,
)  # fmt: skip
_MINUTES = {"half": 30, "quarter": 15, "five": 5, "ten": 10, "twenty": 20, "twenty five": 25, "twenty-five": 25}


def _clock_phrases(text: str) -> list[Number]:
    """ "half past six", "twenty to seven", and the British "half six"."""
    found = []
    for phrase in _PHRASE.finditer(text):
        hour = _hour(phrase["hour"] or phrase["half"])
        if hour is None or (phrase["minute"] == "half" and phrase["side"] in ("to", "before")):
            continue
        minute = 30 if phrase["half"] else _MINUTES.get((phrase["minute"] or "").lower())
        if minute is None:
            minute = int(phrase["minute"]) if (phrase["minute"] or "").isdecimal() else 0
        sign = -1 if (phrase["side"] or "").lower() in ("to", "before") else 1
        found.append(Number(*phrase.span(), frozenset({("t", float((hour * 60 + sign * minute) % 720))})))
    return found


def _hour(word: str) -> int | None:
    value = int(word) if word.isdecimal() else SMALL.get(word.lower())
    return value if value is not None and 0 < value <= 24 else None


@dataclass(frozen=True, slots=True)
class Stock:
    """What the evidence says in numbers: all readings, and the scale words that may be left out when repeated."""

    readings: frozenset[Reading]
    scales: frozenset[float]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Stock:
        readings: set[Reading] = set()
        scales: set[float] = set()
        for text in texts:
            for number in mentions(text):
                readings |= number.readings | number.parts
            for word in re.findall(r"[a-z]+", text.lower()):
                if word in COUNTING:
                    readings.add(("n", COUNTING[word]))
                bare = word.removesuffix("s")
                if bare in SCALE or bare in TENS:
                    readings.add(("n", float(SCALE.get(bare, TENS.get(bare, 0)))))
                if bare in SCALE:
                    scales.add(float(SCALE[bare]))
        return cls(frozenset(readings), frozenset(scales))

    def holds(self, number: Number) -> bool:
        """Is the mention in the evidence, in any spelling? "Make it eight" after "six hundred" holds eight hundred."""
        if number.readings & self.readings:
            return True
        if number.parts and len(number.parts) > 1 and number.parts <= self.readings:
            return True
        amounts = [value for kind, value in number.readings if kind == "n"]
        return any(
            ("n", value * scale) in self.readings or ("n", value / scale) in self.readings
            for value in amounts
            for scale in self.scales
        )


def unsupported(text: str, stock: Stock) -> list[Number]:
    """Mentions in `text` that the evidence does not hold; "one" and a bare "second" are too often no numbers."""
    found = mentions(text)
    held = [number for number in found if stock.holds(number)]
    return [number for number in found if not _loose(number, text) and number not in held and not _inside(number, held)]


def _loose(number: Number, text: str) -> bool:
    if ("n", 1.0) in number.readings and not text[number.start].isdecimal():
        return True
    return number.ordinal and ("n", 2.0) in number.readings and not text[number.end :].startswith(" of ")


def _inside(number: Number, others: list[Number]) -> bool:
    return any(other.start <= number.start and number.end <= other.end for other in others)
