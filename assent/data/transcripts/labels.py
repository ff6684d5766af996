"""`Name: text` told from a sentence with a colon in it. It knows lines and labels, no format.

One line alone cannot say which it is, a file can: its labels come back, or most of its lines carry one. So lines are
collected first and their labels settled at the end. What is not settled stays text: a name is never made up.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assent.data.transcripts.turns import Turn

MAX_LABEL = 80
"""Characters of a speaker label."""
_MAX_WORDS = 6
_MOSTLY = 0.6
"""Share of labelled lines from which a file is taken to label every line, and a name seen once counts."""

_PARTICLES = frozenset((
    "al", "ap", "bin", "da", "das", "de", "del", "della", "den", "der", "di", "do", "dos", "du", "e", "el",
    "ibn", "la", "le", "mac", "of", "ter", "the", "van", "von", "y", "zu",
))  # fmt: skip
_HEADINGS = frozenset((
    "action", "actions", "agenda", "attendees", "conclusion", "date", "decision", "decisions", "deadline",
    "duration", "example", "fyi", "goal", "host", "http", "https", "idea", "important", "location", "meeting",
    "nb", "note", "notes", "objective", "outcome", "owner", "participants", "place", "ps", "purpose",
    "question", "questions", "recorded", "recording", "reminder", "result", "subject", "summary", "task",
    "tasks", "time", "title", "to", "todo", "topic", "topics", "update", "url", "when", "where",
))  # fmt: skip
_NOT_A_NAME = re.compile(r"""[!?;<>{}\[\]"“”=|\\]|://""")


@dataclass(slots=True)
class Line:
    """Text that may open with a label. `speaker` is set where the format itself names one, and empty where it rules one
    out; `opens` is false for a line that goes on with what stands above it, unless it opens with a known label."""

    text: str
    start: float | None = None
    end: float | None = None
    speaker: str | None = None
    opens: bool = True


def split(text: str) -> tuple[str | None, str]:
    """(label, text) where the line looks labelled, else (None, line)."""
    head, colon, rest = text[: MAX_LABEL + 1].partition(":")
    label = head.strip().strip("*_").strip()
    if not colon or not _like_a_name(label) or rest.startswith("//") or (rest[:1].isdigit() and label[-1:].isdigit()):
        return None, text
    return label, text[len(head) + 1 :].lstrip("*_ \t").rstrip()


def _like_a_name(label: str) -> bool:
    words = label.split()
    return (
        0 < len(words) <= _MAX_WORDS
        and any(char.isalpha() for char in label)
        and label.casefold() not in _HEADINGS
        and not _NOT_A_NAME.search(label)
    )


def _capitalised(label: str) -> bool:
    """Whether every word of a label is written as a name is; scripts without case pass."""
    words = [word.lstrip("(@'’") for word in label.split()]
    return all(not word[:1].islower() or word.casefold() in _PARTICLES or "-" in word for word in words)


def known_labels(lines: Iterable[Line]) -> frozenset[str]:
    """The labels of a file that are names."""
    counts: Counter[str | None] = Counter(split(line.text)[0] for line in lines if line.opens and line.speaker is None)
    total, plain = sum(counts.values()), counts.pop(None, 0)
    mostly = total - plain >= _MOSTLY * total
    # Two signs of three: it comes back, the file labels its lines, it is written as a name is, or as a user name.
    return frozenset(
        label
        for label, n in counts.items()
        if label and (n > 1) + mostly + (_capitalised(label) or (mostly and " " not in label)) > 1
    )


def turns(lines: list[Line]) -> Iterator[Turn]:
    """Turns of the lines, labels settled; a line that opens nothing joins the turn above. Empty turns fall out."""
    known = known_labels(lines)
    current: Line | None = None
    parts: list[str] = []
    for line in lines:
        label, text = split(line.text) if line.speaker is None else (None, line.text)
        named = label in known
        if current is not None and not line.opens and not named:
            parts.append(line.text)
            continue
        yield from _turn(current, parts)
        current = Line("", line.start, line.end, label if named else line.speaker)
        parts = [text if named else line.text]
    yield from _turn(current, parts)


def _turn(line: Line | None, parts: list[str]) -> Iterator[Turn]:
    text = " ".join(part for part in map(str.strip, parts) if part)
    if line is not None and text:
        yield Turn(line.speaker or None, text, line.start, line.end)
