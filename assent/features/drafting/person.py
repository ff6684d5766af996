"""From an instruction's third person to a message's second: "she can keep her badge" -> "you can keep your badge".

It knows one addressee at a time and no thread. Where another person stands between, the pronoun is left as it is.
"""

from __future__ import annotations

import re

_OBJECT_NEXT = frozenset(
    "that to if whether about for and or but when where why how what who by on in at with from as "
    "because so then a an the I we it this these those back up off out "
    "tomorrow today tonight know again please too also soon not first".split()
)
_AGREE = {
    "is": "are",
    "isn't": "aren't",
    "was": "were",
    "wasn't": "weren't",
    "has": "have",
    "hasn't": "haven't",
    "does": "do",
    "doesn't": "don't",
    "goes": "go",
}
_SUBJECTS = {
    "he": "you",
    "she": "you",
    "they": "you",
    "he's": "you're",
    "she's": "you're",
    "they're": "you're",
    "he'll": "you'll",
    "she'll": "you'll",
    "they'll": "you'll",
    "they've": "you've",
    "he'd": "you'd",
    "she'd": "you'd",
    "they'd": "you'd",
}
_OBJECTS = {
    "him": "you",
    "them": "you",
    "his": "your",
    "their": "your",
    "theirs": "yours",
    "hers": "yours",
    "himself": "yourself",
    "herself": "yourself",
    "themselves": "yourselves",
}
_MODALS = frozenset(
    (
        "can can't could couldn't will won't would should shouldn't must may might have had need did "
        "didn't were are also still just only always never already do don't"
    ).split()
)
SINGULAR = frozenset(
    {
        "he",
        "she",
        "he's",
        "she's",
        "he'll",
        "she'll",
        "he'd",
        "she'd",
        "him",
        "his",
        "her",
        "hers",
        "himself",
        "herself",
    }
)
PLURAL = frozenset({"they", "they're", "they'll", "they've", "they'd", "them", "their", "theirs", "themselves"})
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*|[^A-Za-z]+")


def to_you(text: str, *, group: bool, others: frozenset[str] = frozenset()) -> str:
    """`text` with the pronouns of the addressee as "you"; `others` are names that could own a pronoun after them."""
    pieces = _WORD.findall(text)
    owner_seen = False
    out: list[str] = []
    shifted = False
    for index, piece in enumerate(pieces):
        lower = piece.lower().replace("’", "'")
        owner_seen = owner_seen or piece.removesuffix("'s") in others
        after = next((word for word in pieces[index + 1 :] if word[0].isalpha()), "") if _glued(pieces, index) else ""
        new = None if owner_seen else _shift(lower, after, group)
        if new is None and shifted and piece[0].isalpha():
            new = _agreed(lower)
        shifted = (new is not None and lower in _SUBJECTS) if piece[0].isalpha() else shifted and piece.isspace()
        out.append(piece if new is None else new)
    return "".join(out)


def _glued(pieces: list[str], index: int) -> bool:
    """Whether only a space stands between this word and the next."""
    return index + 1 < len(pieces) and pieces[index + 1].isspace()


def _shift(lower: str, after: str, group: bool) -> str | None:
    if lower in SINGULAR and group:
        return None
    if lower == "her":
        return "you" if not after or after.lower() in _OBJECT_NEXT else "your"
    return _SUBJECTS.get(lower) or _OBJECTS.get(lower)


def _agreed(lower: str) -> str | None:
    """The verb behind a shifted subject: "needs" -> "need"."""
    if lower in _AGREE:
        return _AGREE[lower]
    if lower in _MODALS or not lower.endswith("s") or lower.endswith(("ss", "us", "always")):
        return None
    if lower.endswith("ies"):
        return lower[:-3] + "y"
    return lower[:-2] if lower.endswith(("ches", "shes", "xes", "sses")) else lower[:-1]
