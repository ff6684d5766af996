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

from assent.models.slots import words

SLOTS = {"p": 8, "n": 24, "d": 24, "t": 12, "w": 64, "g": 16, "e": 16, "s": 24}
"""Slot kinds and how many of each: person (a line's label), name, number, time word, rare word (bare, ing, ed, s)."""
SPECIAL = ("<pad>", "<unk>", "<task>", "<ctx>", "<out>", "</s>", "<nl>")
SLOT_TOKENS = tuple(f"<{kind}{number}>" for kind, count in SLOTS.items() for number in range(count))
LABEL = re.compile(r"^([^:\n]{1,60}): ", re.MULTILINE)
FIELDS = frozenset({"instruction", "text"})
"""Line labels that name a part of the prompt, not a person."""
TIGHT_LEFT = frozenset(". , ? ! : ; ) ] % … ’ / n't 'll 've 're 'm 's 'd".split())
TIGHT_RIGHT = frozenset("( [ / # @".split())
SENTENCE_END = frozenset(".?!:\n")
"""After these a capital says nothing. A label's colon is one of them."""
NAME_PIECES = 5
"""The longest person's name that is looked for, in pieces."""


class SlotTable:
    """Which slot stands for which text in one prompt. `rng` numbers the slots at random (training), else in order."""

    def __init__(self, rng: random.Random | None = None) -> None:
        self._free = {kind: list(range(count)) for kind, count in SLOTS.items()}
        if rng:
            for numbers in self._free.values():
                rng.shuffle(numbers)
        self._slots: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._people: dict[str, str] = {}

    def slot(self, kind: str, text: str) -> str:
        """The slot of `text`, made at its first use; "<unk>" when the kind has none left."""
        key = text.lower()
        if key not in self._slots:
            numbers = self._free[kind]
            if not numbers:
                return "<unk>"
            self._slots[key] = f"<{kind}{numbers.pop(0)}>"
            self._texts[self._slots[key]] = text
        return self._slots[key]

    def known(self, text: str) -> str | None:
        return self._slots.get(text.lower())

    def text(self, slot: str) -> str | None:
        return self._texts.get(slot)

    def add_people(self, labels: Iterable[str]) -> None:
        """Give each label its person slot; a first name that only one label has means that label."""
        labels = [label for label in dict.fromkeys(labels) if label.strip()]
        for label in labels:
            self._people[label.lower()] = self.slot("p", label)
        firsts = [label.split()[0].lower() for label in labels]
        for label, first in zip(labels, firsts, strict=True):
            if firsts.count(first) == 1:
                self._people.setdefault(first, self._people[label.lower()])

    def person(self, pieces: list[str], start: int) -> tuple[str, int] | None:
        """The person named by the pieces at `start`, and how many pieces the name takes; longest match first."""
        if not pieces[start][0].isupper():
            return None
        for length in range(min(NAME_PIECES, len(pieces) - start), 0, -1):
            slot = self._people.get(" ".join(pieces[start : start + length]).lower())
            if slot:
                return slot, length
        return None


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
        return f"{table.known(match[1]) or '<unk>'} : {self.encode(line[match.end() :], table)}"

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
        if length and not (length == 1 and piece.lower() == "one"):
            return table.slot("d", " ".join(pieces[index : index + length])), length
        if words.is_time(piece):
            return table.slot("t", piece), 1
        if piece == "I" or not piece[0].isalpha():
            return (piece.lower() if piece.lower() in self.vocabulary else table.slot("w", piece)), 1
        if piece[0].isupper() and not (starts and piece.lower() in self.vocabulary):
            length = self._name_length(pieces, index)
            return table.slot("n", " ".join(pieces[index : index + length])), length
        return self._word(piece.lower(), table), 1

    def _word(self, word: str, table: SlotTable) -> str:
        return word if word in self.vocabulary else table.slot(words.shape(word), word)

    def _name_length(self, pieces: list[str], index: int) -> int:
        """Neighbouring capitalised pieces are one name; a person, a time or a number ends it."""
        length = 1
        while index + length < len(pieces):
            piece = pieces[index + length]
            if not piece[0].isupper() or piece == "I" or words.is_time(piece) or words.is_number(piece):
                break
            length += 1
        return length

    def decode(self, slot_text: str, table: SlotTable) -> str:
        """Running text of slot text: slots restored, spaces and capitals set."""
        pieces: list[str] = []
        for token in slot_text.split():
            if token == "<nl>":
                pieces.append("\n")
            elif token.startswith("<") and token.endswith(">"):
                pieces.append(table.text(token) or "")
            else:
                pieces.append("I" if token == "i" else token)
        return _join([piece for piece in pieces if piece])


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
