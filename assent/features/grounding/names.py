"""Names: of participants, by first name or full label, and every other capitalised word. It knows no roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assent.features.grounding import dates, numbers
from assent.features.grounding.lexicon import FUNCTION
from assent.features.grounding.words import stem, words

_CAPITAL = re.compile(r"\b[A-Z][^\W_]*(?:['’][A-Z][^\W_]+)*(?:-[A-Z][^\W_]+)*")
_TITLES = frozenset(
    (
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "sir",
        "madam",
        "lord",
        "lady",
        "professor",
        "prof",
        "councillor",
        "sergeant",
        "captain",
    )
)
# Words after which a word that opens a sentence is its subject, and so perhaps a name.
_SUBJECT = re.compile(
    r"['’]s\b|\s+(?:will|would|can|cannot|could|may|might|must|should|is|was|has|had|says|said|and [A-Z]|[a-z]{3,}ed\b"
    r"|(?:wants|needs|blames|insists|thinks|prefers|offers|asks|agrees|refuses|reports|believes|doubts|fears|hopes|plans"
    r"|expects|suggests|proposes|argues|takes|gives|sends|gets|keeps|brings|rings|calls)\b"
    r"|thinks|thought|told|saw|found|put|gave|got|took|kept|went|left)\b"
)


@dataclass(frozen=True, slots=True)
class Name:
    start: int
    end: int
    text: str


def mentions(text: str, participants: Sequence[str]) -> list[Name]:
    """Names in `text`. One that opens a sentence counts only if it is of a participant or a subject with a verb."""
    labels = {part for label in participants for part in words(label)}
    return [Name(*found.span(), found[0]) for found in _CAPITAL.finditer(text) if _is_name(text, found, labels)]


def _is_name(text: str, found: re.Match[str], labels: set[str]) -> bool:
    lower = found[0].lower()
    if lower in FUNCTION or lower in _TITLES or dates.calendar(found[0]):
        return lower in labels and lower not in FUNCTION
    if lower in labels:
        return True
    if not _opens_sentence(text, found.start()):
        return True
    following = text[found.end() :]
    plain = numbers.mentions(found[0]) or lower.endswith(("s", "ing"))
    return not plain and bool(_SUBJECT.match(following) or _CAPITAL.match(following.lstrip()))


def _opens_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip()
    return not before or before[-1] in ".?!:\"“'‘"


def known(evidence: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Every word said in the evidence or in a label of its speakers, lower case, with its stem."""
    found = {word for speaker, text in evidence for word in words(speaker) + words(text)}
    bare = {word.split("'")[0] for word in found}
    return frozenset(found | bare | {stem(word) for word in bare})


def in_evidence(name: Name, said: frozenset[str]) -> bool:
    parts = [part.removesuffix("'s") for part in words(name.text)]
    return all(part in said or stem(part) in said or part in FUNCTION for part in parts)


def first_names(participants: Sequence[str]) -> dict[str, str]:
    """Surname -> first name, both lower case, for labels of more than one word: who says "Jago" names Jago Penrice."""
    labels = [words(label) for label in participants]
    return {part: label[0] for label in labels for part in label[1:]}


def unsupported(text: str, held: frozenset[str], participants: Sequence[str]) -> list[Name]:
    """Names of `text` that are neither said in the evidence nor of its speakers."""
    first = first_names(participants)
    return [
        name
        for name in mentions(text, participants)
        if not in_evidence(name, held) and first.get(name.text.lower()) not in held
    ]
