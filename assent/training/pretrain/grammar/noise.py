"""What speech adds and minutes leave out: fillers, restarts, short forms. It touches the lines only, never a target."""

from __future__ import annotations

import re
from random import Random

from assent.training.pretrain.grammar.words import lists

_SHORT = [
    (re.compile(pattern), short)
    for pattern, short in (
        (r"\b([Ii]t|[Tt]hat|[Hh]e|[Ss]he|[Ww]hat|[Ww]ho|[Tt]here|[Ww]here) is\b(?=[^.?!,]* )", r"\1's"),
        (r"\b(the [a-z]+) is (?=[a-z])", r"\1's "),
        (r"\b(the [a-z]+) has (?=\w+(?:ed|en|ne) )", r"\1's "),
        (r"\b(I|[Ww]e|[Yy]ou|[Tt]hey|[Hh]e|[Ss]he|[Ii]t) will\b(?=\s\w)", r"\1'll"),
        (r"\b([Ww]e|[Yy]ou|[Tt]hey) are (?=\w)", r"\1're "),
        (r"\bI am (?=\w)", "I'm "),
        (r"\b(I|[Ww]e|[Yy]ou|[Tt]hey) have (?=\w+(?:ed|en|ne|nt|ld) )", r"\1've "),
        (r"\b(is|are|was|were|does|do|did|has|have|should|would|could) not\b", r"\1n't"),
        (r"\bwill not\b", "won't"),
        (r"\bcannot\b", "can't"),
        (r"\bgoing to (?=[a-z])", "gonna "),
    )
]
_FILLERS = lists("speech.txt")["filler"]
_STARTS = lists("speech.txt")["start"]


def contract(text: str, rng: Random) -> str:
    """Short forms as in speech, most of the time."""
    for pattern, short in _SHORT:
        if rng.random() < 0.6:
            text = pattern.sub(short, text)
    return text


def disturb(text: str, rng: Random) -> str:
    """One or two of: an opener, a filler, a repeated word, a restart, a lost word."""
    words = text.split(" ")
    for _ in range(1 + (rng.random() < 0.3)):
        kind = int(rng.random() * 6)
        at = 1 + int(rng.random() * (len(words) - 1)) if len(words) > 2 else 0
        if not _AMOUNT.isdisjoint(words[at - 1 : at + 1]) or (at and words[at - 1][-1:] in ".?!"):
            continue  # no one stops inside a number or an hour, and openers have a case of their own
        if kind == 0 and len(words) > 3:
            words[0] = _lowered(words[0])
            words.insert(0, _pick(_STARTS, rng))
        elif kind in (1, 2) and at:
            words.insert(at, _pick(_FILLERS, rng))
        elif kind == 3 and at and words[at].isalpha():
            words.insert(at, words[at] + ("," if rng.random() < 0.5 else ""))
        elif kind == 4 and len(words) > 4 and words[1].isalpha():
            words[0:0] = [words[0], words[1] + rng.choice((",", ",", " -", "..."))]
            words[2] = _lowered(words[2])
        elif kind == 5 and at and words[at] in ("the", "a", "that", "to"):
            del words[at]
    return " ".join(words)


_AMOUNT = frozenset(lists("speech.txt")["amount"])


def _lowered(word: str) -> str:
    common = word.rstrip(",.?!").partition("'")[0] in _COMMON
    return word[0].lower() + word[1:] if common else word


_COMMON = frozenset(lists("speech.txt")["common"])


def _pick(options: tuple[str, ...], rng: Random) -> str:
    return options[int(rng.random() * len(options))]
