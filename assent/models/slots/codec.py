"""Text to slot text and back: a word outside a small vocabulary becomes a slot token, so that a tiny model copies it.

It knows no model and no feature. The idea follows placeholder copying for rare words (Luong et al. 2015, "Addressing
the Rare Word Problem in Neural Machine Translation", https://arxiv.org/abs/1410.8206).
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from pathlib import Path

from assent.models.slots import inflection, words
from assent.models.slots.inflection import SHORTEST

SLOTS = {"p": 8, "n": 24, "d": 24, "t": 12, "w": 96}
"""Slot kinds and how many of each: person (a line's label), name, number, time word, rare word in its plain form."""
SPECIAL = ("<pad>", "<unk>", "<task>", "<ctx>", "<out>", "</s>", "<nl>")
FORMS = {f"+{ending}": ending for ending in inflection.ENDINGS}
"""Tokens that give the word before them its ending: a form that is rare can be written from any other form."""
SLOT_TOKENS = tuple(f"<{kind}{number}>" for kind, count in SLOTS.items() for number in range(count))
LABEL = re.compile(r"^([^:\n]{1,60}): ", re.MULTILINE)
FIELDS = frozenset({"instruction", "text", "me"})
"""Line labels that name a part of the prompt, not a person."""
TIGHT_LEFT = frozenset(". , ? ! : ; ) ] % … ’ / n't 'll 've 're 'm 's 'd".split())
TIGHT_RIGHT = frozenset("( [ / # @".split())
SENTENCE_END = frozenset(".?!:\n")
"""After these a capital says nothing. A label's colon is one of them."""
ARTICLES = frozenset({"the", "a", "our"})
GREETINGS = ("hello", "hi", "hey", "dear")
"""Words, never part of the name after them; and what comes after them is a name."""
CAPITALS = {"i": "I", "ok": "OK"}
"""Words that are written large wherever they stand."""
ONE = frozenset({"one", "ones"})
"""Number words that are rarely meant as numbers."""
NAME_PIECES = 5
"""The longest person's name that is looked for, in pieces."""


class SlotTable:
    """Which slot stands for which text in one prompt. `rng` numbers the slots at random (training), else in order.

    Once `closed` it makes no more slots: an answer has those of its prompt.
    """

    def __init__(self, rng: random.Random | None = None) -> None:
        self.closed = False
        self.said: set[str] = set()
        """Words of the prompt that are no names, small."""
        self._free = {kind: list(range(count)) for kind, count in SLOTS.items()}
        if rng:
            for numbers in self._free.values():
                rng.shuffle(numbers)
        self._slots: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._people: dict[str, str] = {}

    def slot(self, kind: str, text: str) -> str:
        """The slot of `text`, made at its first use; "<unk>" when the kind has none left or the table is closed.

        A word may be the name that is spelled like it, which perhaps only opened a sentence; a name is no word, but in
        an answer it may be one that the prompt writes small.
        """
        key = text.lower()
        if kind == "n" and self._slots.get(key, "").startswith("<w"):
            named = f"name {key}"
            key = named if named in self._slots or not self.closed else key
        if key not in self._slots:
            numbers = self._free[kind] if not self.closed else []
            if not numbers:
                return "<unk>"
            self._slots[key] = f"<{kind}{numbers.pop(0)}>"
            self._texts[self._slots[key]] = text
        return self._slots[key]

    def text(self, slot: str) -> str | None:
        return self._texts.get(slot)

    def add_people(self, labels: Iterable[str]) -> None:
        """Give each label its person slot; a first name that only one label has means that label.

        A name with dots is also written without them: "Mr. Pell" is "Mr Pell".
        What a label has in brackets ("Ana Costa (Sales)") is not written where it tells nobody apart.
        """
        labels = [label for label in dict.fromkeys(labels) if label.strip()]
        bare = [label.partition(" (")[0].strip() for label in labels]
        names = [name if name and bare.count(name) == 1 else label for name, label in zip(bare, labels, strict=True)]
        firsts = [name.split()[0].lower() for name in names]
        for label, name, first in zip(labels, names, firsts, strict=True):
            slot = self.slot("p", name)
            self._people[label.lower()] = slot
            for spelled in (words.split(label), words.split(name)):
                self._people[_key(spelled)] = self._people[_key(one for one in spelled if one != ".")] = slot
            if firsts.count(first) == 1:
                self._people.setdefault(first, slot)

    def speaker(self, label: str) -> str:
        """The slot of a line's label; "<unk>" where there were more people than slots."""
        return self._people.get(label.lower(), "<unk>")

    def person(self, pieces: list[str], start: int) -> tuple[str, int] | None:
        """The person named by the pieces at `start`, and how many pieces the name takes; longest match first.

        A label of several words may be a role, which is written small after an article ("the depot engineer").
        """
        small = not pieces[start][0].isupper()
        if small and (not start or pieces[start - 1].lower() not in ARTICLES):
            return None
        for length in range(min(NAME_PIECES, len(pieces) - start), 1 if small else 0, -1):
            slot = self._people.get(_key(pieces[start : start + length]))
            if slot:
                return slot, length
        return None


def _key(pieces: Iterable[str]) -> str:
    return " ".join(pieces).lower()


class SlotCodec:
    """Encodes text with a fixed vocabulary of lower-case words."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self.vocabulary = frozenset(vocabulary)

    @classmethod
    def load(cls, folder: Path) -> SlotCodec:
        """The codec of a model folder: its vocabulary is the tokenizer's own."""
        tokenizer = json.loads((folder / "tokenizer.json").read_text(encoding="utf-8"))
        return cls(tokenizer["model"]["vocab"])

    def encode_lines(self, text: str, table: SlotTable) -> str:
        """Slot text of "Label: words" lines, labels as person slots."""
        table.add_people(label for label in LABEL.findall(text) if label not in FIELDS)
        return " <nl> ".join(self._line(line, table) for line in text.split("\n"))

    def _line(self, line: str, table: SlotTable) -> str:
        match = LABEL.match(line)
        if not match or match[1] in FIELDS:
            return self.encode(line, table)
        return f"{table.speaker(match[1])} : {self.encode(line[match.end() :], table)}"

    def encode_answer(self, text: str, table: SlotTable) -> str | None:
        """Slot text of an answer to the prompt that made the table; None where it needs a word that neither has."""
        table.closed = True
        encoded = self.encode(text, table)
        return None if "<unk>" in encoded.split() else encoded

    def encode(self, text: str, table: SlotTable) -> str:
        """Slot text of running text: lower-case vocabulary words, slots, punctuation, separated by single spaces."""
        pieces = words.split(text)
        out: list[str] = []
        index, starts = 0, True
        while index < len(pieces):
            token, length = self._next(pieces, index, starts, table)
            out.append(token)
            index += length
            starts = pieces[index - 1] in SENTENCE_END
        return " ".join(out)

    def _next(self, pieces: list[str], index: int, starts: bool, table: SlotTable) -> tuple[str, int]:
        """The token for the pieces at `index` and how many pieces it takes."""
        piece = pieces[index]
        if piece == "\n":
            return "<nl>", 1
        person = table.person(pieces, index)
        if person:
            return person
        length = words.number_length(pieces, index)
        if length and not (length == 1 and piece.lower() in ONE):
            return table.slot("d", " ".join(pieces[index : index + length])), length
        if words.is_time(piece):
            return table.slot("t", piece), 1
        if piece in CAPITALS.values() or not piece[0].isalpha():
            return (piece.lower() if piece.lower() in self.vocabulary else table.slot("w", piece)), 1
        if piece[0].isupper() and not (starts and self._knows(piece.lower())):
            return self._name(pieces[index : index + self._name_length(pieces, index)], table)
        return self._word(piece.lower(), table), 1

    def _name(self, run: list[str], table: SlotTable) -> tuple[str, int]:
        """The token for a run of capitalised pieces and how many it takes.

        In an answer it may be longer than a name of the prompt, or be written small there.
        """
        if not table.closed:
            return table.slot("n", " ".join(run)), len(run)
        for length in range(len(run), 0, -1):
            slot = table.slot("n", " ".join(run[:length]))
            if slot != "<unk>":
                return slot, length
        word = run[0].lower()
        return (self._word(word, table) if word in table.said else "<unk>"), 1

    def _knows(self, word: str) -> bool:
        return word in self.vocabulary or inflection.apart(word)[0] in self.vocabulary

    def _word(self, word: str, table: SlotTable) -> str:
        if not table.closed:
            table.said.add(word)
        if word in self.vocabulary:
            return word
        plain, ending = inflection.apart(word)
        if plain in self.vocabulary:
            return f"{plain} +{ending}"
        slot = table.slot("w", plain)
        if not slot.startswith("<w"):  # a name is spelled like the plain form, or there are no slots left
            return table.slot("w", word)
        return f"{slot} +{ending}" if ending else slot

    def _name_length(self, pieces: list[str], index: int) -> int:
        """Neighbouring capitalised pieces are one name; a person, a time or a number ends it."""
        length = 1
        while index + length < len(pieces):
            piece = pieces[index + length]
            if not piece[0].isupper() or piece in CAPITALS.values() or words.is_time(piece) or words.is_number(piece):
                break
            length += 1
        return length

    def decode(self, slot_text: str, table: SlotTable) -> str:
        """Running text of slot text: slots restored, endings put on, spaces and capitals set."""
        pieces: list[str] = []
        before = ""
        for token in slot_text.split():
            if token in FORMS:
                if _takes_ending(before) and pieces[-1]:
                    pieces[-1] = inflection.together(pieces[-1], FORMS[token])
            elif token == "<nl>":
                pieces.append("\n")
            elif token.startswith("<") and token.endswith(">"):
                text = table.text(token) or ""
                named = before in GREETINGS and token.startswith("<w")
                pieces.append(text[:1].upper() + text[1:] if named else text)
            else:
                pieces.append(CAPITALS.get(token, token))
            before = token
        return _join([piece for piece in pieces if piece])


def _takes_ending(token: str) -> bool:
    return token.startswith("<w") or (token.isalpha() and len(token) >= SHORTEST)


def _join(pieces: list[str]) -> str:
    """Pieces as running text: no space before closing punctuation, capitals at sentence starts, quotes in pairs."""
    text, starts, tight, quoted = "", True, True, False
    for piece in pieces:
        closing = piece == '"' and quoted
        if piece == "\n":
            text, starts, tight = text.rstrip() + "\n", True, True
            continue
        if not tight and piece not in TIGHT_LEFT and not closing:
            text += " "
        text += piece[0].upper() + piece[1:] if starts and piece[0].isalpha() else piece
        quoted = not quoted if piece == '"' else quoted
        tight = piece in TIGHT_RIGHT or (piece == '"' and quoted)
        starts = piece in (".", "?", "!") if piece != '"' else starts
    return text.strip()
