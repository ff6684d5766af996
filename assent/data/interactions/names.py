"""Names of people in anyone's text: hidden as tokens at capture, put back at read. It knows no consent and no key.

A token says whose name stood there and which of their spellings; the spelling itself is kept elsewhere, with that
person's own words. So a text opens without the names of whoever is not allowed any more. Words that only look like a
name are hidden too and come back the same way; a nickname, or a name in an inflected form, is not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

SOMEONE = "[someone]"
LEAST_SIGNS, LEAST_DIGITS = 2, 5
_OPEN, _CLOSE = "⟪", "⟫"
_LITERAL = str.maketrans({_OPEN: f"{_OPEN}<{_CLOSE}", _CLOSE: f"{_OPEN}>{_CLOSE}"})
_PLAIN = {"<": _OPEN, ">": _CLOSE}
_TOKEN = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_BEFORE = r"(?<![^\W_])"
_AFTER = r"(?![^\W_])"
_ACCENTS = "\u0300", "\u036f"  # the first and last combining mark
_NOT_A_PART = frozenset(
    "The Of And In On At From My For Mr Mrs Ms Dr Prof Guest Host Room Speaker User Phone Unknown Caller".split()
)

Owner = str | None
"""A person's subject id; None: somebody who may not be named."""
Span = tuple[int, int, frozenset[Owner]]


class Spellings:
    """The spellings of each owner's name that texts were found to use, each with the reference its token holds."""

    def __init__(self, reference: Callable[[str, str], str]) -> None:
        self._reference = reference
        self.of: dict[str, dict[str, str]] = {}

    def known(self, owner: str, spellings: Mapping[str, str]) -> None:
        """References that an earlier capture gave: the same spelling gets the same token again."""
        self.of.setdefault(owner, {}).update({spelling: reference for reference, spelling in spellings.items()})

    def token(self, owner: str, spelling: str) -> str:
        mine = self.of.setdefault(owner, {})
        if spelling not in mine:
            mine[spelling] = self._reference(owner, spelling)
        return f"{owner}:{mine[spelling]}"


class Names:
    """The labels to look for. `labels` says who bears each; a label of several is hidden as that of all of them."""

    def __init__(self, labels: Mapping[str, Collection[Owner]]) -> None:
        full: dict[str, set[Owner]] = {}
        part: dict[str, set[Owner]] = {}
        for label, owners in labels.items():
            if is_name(label):
                full.setdefault(" ".join(label.split()), set()).update(owners)
            for word in parts(label):
                part.setdefault(word, set()).update(owners)
        self._full, self._parts = _Finder(full, any_case=True), _Finder(part, any_case=False)

    def hide(self, text: str, spellings: Spellings) -> str:
        """`text` with a token for every name and for every character that tokens are made of."""
        written, at = [], 0
        spans = self._spans(text)
        for start, end, owners in spans:
            # A name that ran into the one beside it stands alone once that one is gone: what is between is read again.
            written += [self.hide(text[at:start], spellings), _token(text[start:end], owners, spellings)]
            at = end
        return "".join([*written, self.hide(text[at:], spellings) if spans else _escaped(text)])

    def _spans(self, text: str) -> list[Span]:
        """A single name inside another's full name is part of that one, not a name of its own."""
        full = _merged(self._full.spans(text))
        lone = [span for span in self._parts.spans(text) if not any(a <= span[0] and span[1] <= b for a, b, _ in full)]
        return _merged([*full, *lone])


class _Finder:
    """Every place where one of `labels` stands, overlapping ones too."""

    def __init__(self, labels: Mapping[str, Collection[Owner]], *, any_case: bool) -> None:
        self._any_case = any_case
        owners: dict[str, set[Owner]] = {}
        for label, found in labels.items():
            owners.setdefault(_folded(label, any_case)[0], set()).update(found)
        self._longest_first = sorted(owners, key=lambda label: (-len(label), label))
        patterns = [_bounded(label) for label in self._longest_first]
        self._owners = [
            _with_those_inside(label, owners, patterns, self._longest_first) for label in self._longest_first
        ]
        self._any = re.compile(f"(?={'|'.join(f'({one})' for one in patterns)})") if patterns else None

    def spans(self, text: str) -> list[Span]:
        if self._any is None:
            return []
        folded, places = _folded(text, self._any_case)
        found = []
        for match in self._any.finditer(folded):
            start, end = match.span(match.lastindex or 0)
            whole = max(places[end], places[end - 1] + 1)  # accents, and the rest of a sign that folds to several
            found.append((places[start], whole, self._owners[(match.lastindex or 0) - 1]))
        return found


def is_name(label: str) -> bool:
    """Two letters or digits, one of them a letter, or five digits: "A" and "12" name nobody."""
    signs = [sign for sign in label if sign.isalnum()]
    digits = sum(not sign.isalpha() for sign in signs)
    return digits >= LEAST_DIGITS or (len(signs) >= LEAST_SIGNS and digits < len(signs))


def parts(label: str) -> set[str]:
    """The words of a label that are names by themselves: they begin with a capital, or the whole label has none."""
    words = [word.strip(".,;:()[]\"'’") for word in label.split()]
    if label == label.lower():
        words += [word.capitalize() for word in words]
    return {word for word in words if is_name(word) and not word[0].islower() and word not in _NOT_A_PART}


def resolve(text: str, spelling: Callable[[str, str], str | None]) -> str:
    """`text` with each token replaced by what `spelling(owner, reference)` gives; by [someone] where that is None."""
    return _TOKEN.sub(lambda found: _PLAIN.get(found[1]) or _spelt(found[1], spelling), text)


def mentioned(text: str) -> Iterator[tuple[str, str]]:
    """(owner, reference) of the tokens in `text`."""
    for found in _TOKEN.finditer(text):
        if found[1] not in _PLAIN:
            yield from _references(found[1])


def _spelt(inside: str, spelling: Callable[[str, str], str | None]) -> str:
    spelt = [spelling(owner, reference) for owner, reference in _references(inside)]
    return SOMEONE if None in spelt else str(spelt[0])


def _references(inside: str) -> Iterator[tuple[str, str]]:
    for one in inside.split(","):
        owner, _, reference = one.partition(":")
        yield owner, reference


def _escaped(text: str) -> str:
    return text.translate(_LITERAL)


def _token(spelling: str, owners: frozenset[Owner], spellings: Spellings) -> str:
    if None in owners:
        return SOMEONE
    inside = ",".join(spellings.token(owner, spelling) for owner in sorted(filter(None, owners)))
    return f"{_OPEN}{inside}{_CLOSE}"


def _folded(text: str, any_case: bool) -> tuple[str, Sequence[int]]:
    """`text` without accents, and without case if any will do; and where in `text` each sign of it stands."""
    if text.isascii():
        return (text.lower() if any_case else text), range(len(text) + 1)
    signs, places = [], []
    for at, sign in enumerate(text):
        for part in unicodedata.normalize("NFD", sign.casefold() if any_case else sign):
            if not _ACCENTS[0] <= part <= _ACCENTS[1]:
                signs.append(part)
                places.append(at)
    return "".join(signs), [*places, len(text)]


def _bounded(label: str) -> str:
    """Whole words only, but for scripts without case: they join words without a space between."""
    inner = r"\s+".join(re.escape(word) for word in label.split())
    return (_BEFORE if _joins_not(label[0]) else "") + inner + (_AFTER if _joins_not(label[-1]) else "")


def _joins_not(sign: str) -> bool:
    """A letter of a script with case, or a digit. A label that ends in a sign ends there, whatever follows."""
    return sign.isdigit() or (sign.isalpha() and sign.lower() != sign.upper())


def _with_those_inside(
    label: str, owners: Mapping[str, set[Owner]], patterns: Sequence[str], order: Sequence[str]
) -> frozenset[Owner]:
    """The owners of `label` and of the labels it contains: whoever hides those hides this."""
    inside = (other for other, pattern in zip(order, patterns, strict=True) if re.search(pattern, label))
    return frozenset(owner for other in {label, *inside} for owner in owners[other])


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap become one, of all their owners."""
    merged: list[Span] = []
    for start, end, owners in sorted(spans, key=lambda span: span[:2]):
        if merged and start < merged[-1][1]:
            first, last, before = merged[-1]
            merged[-1] = (first, max(last, end), before | owners)
        else:
            merged.append((start, end, owners))
    return merged
