"""Words as the measurements count them: tokens, content stems, and a text cut at a length. It knows no meeting."""

from __future__ import annotations

import re
from functools import lru_cache

import snowballstemmer


def listed(words: str) -> list[str]:
    """A list of words written as one text."""
    return words.split()


STOP = frozenset(
    listed("""
    a about above after again against all also am an and any are as at back be because been before being below
    between both but by can cannot could did do does doing done down during each even ever every few for from
    further get gets got had has have having he her here hers herself him himself his how i if in into is it its
    itself just let like make many may me might mine more most much must my myself no nor not now of off on once
    one only or other our ours ourselves out over own quite rather really s said same say says she should so
    some still such t than that the their theirs them themselves then there these they this those though through
    thus to too under until up upon us very was we well were what when where whether which while who whom whose
    why will with within without would yes yet you your yours yourself ll re ve d m okay ok yeah um uh er ah oh
    hmm mm right sort kind thing things know think mean going go gonna want""")
)
"""Function words of English and the small change of speech: what two texts share of these says nothing."""

_TOKEN = re.compile(r"[^\W_]+")
_stemmer = snowballstemmer.stemmer("english")


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(text.lower())


@lru_cache(maxsize=200_000)
def stem(token: str) -> str:
    return str(_stemmer.stemWord(token))


def stems(text: str) -> list[str]:
    """Content stems in order, repeats kept."""
    return [stem(token) for token in tokens(text) if token not in STOP and (len(token) > 1 or token.isdigit())]


def content_stems(text: str) -> frozenset[str]:
    return frozenset(stems(text))


def cut(text: str, words: int) -> str:
    """The first `words` words, line breaks kept apart from nothing else."""
    return " ".join(text.split()[:words])
