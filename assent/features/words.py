"""Content words and their stems, shared by what compares texts. It knows no feature."""

from __future__ import annotations

import re
from functools import cache

import snowballstemmer

WORD = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*")
FUNCTION_WORDS = frozenset(
    """a about above actually after again ah all also am an and another any anybody anyone anything are as at away
    back be because been before being below between both bit but by can cannot could did do does doing done down
    during each either else er even every everybody everyone everything few for from further get gets getting go
    goes going gonna gone good got had has have having he hello her here hers herself him himself his hm hmm how
    i if in into is it its itself just kind know let like little lot made make many maybe me mean might mine mm
    more most much must my myself never nice no nobody none nor not nothing now of off oh ok okay on once one
    only or other our ours ourselves out over own perhaps please put quite rather really right said same say
    saying see shall she should since so some somebody someone something sorry still such sure take than thank
    thanks that the their theirs them themselves then there these they thing things think this those though
    through to too uh um under until up upon us very want was way we well went were what whatever when where
    whether which while who whole whom whose why will with within without would yeah yep yes yet you your yours
    yourself""".split()
)


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


def content_words(text: str) -> list[str]:
    """Lower-case words that are no function words; a contraction counts as its first part."""
    words = (match.lower().replace("’", "'") for match in WORD.findall(text))
    words = (word.split("'")[0] for word in words if not word.endswith("n't"))
    return [word for word in words if word not in FUNCTION_WORDS and len(word) > 1]


@cache
def stem(word: str) -> str:
    return str(_stemmer().stemWord(word))


def content_stems(text: str) -> list[str]:
    return [stem(word) for word in content_words(text)]
