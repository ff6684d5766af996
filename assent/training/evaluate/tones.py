"""Rules that say whether a message has the tone and the length it was asked for. They know no composer.

A rule is only as good as its acceptance of messages that people wrote in that tone, and its refusal of those in
another: both are reported beside every score.
"""

from __future__ import annotations

import re
from collections.abc import Callable

LENGTHS = {"short": (3, 26), "medium": (20, 62), "long": (54, 125)}
"""Words of a message of each length: the bands of the compose data."""

_CONTRACTION = re.compile(
    r"\b(?:\w+n['’]t|(?:i|you|we|they|he|she|it|that|there|what|who)['’](?:m|re|ve|ll|d|s)|let['’]s)\b", re.I
)
_SLANG = re.compile(
    r"\b(?:hi|hey|hiya|cheers|yeah|yep|nope|gonna|wanna|ok|okay|btw|asap|folks|guys|(?<!my )(?<!many )thanks)\b", re.I
)
_WARM = re.compile(
    r"!|^(?:hi|hey|hello|hiya|(?:good )?morning|(?:good )?afternoon)\b|\b(?:thanks|thank you|cheers|please do|"
    r"happy|glad|great|"
    r"lovely|love|hope|welcome|congrat\w*|no (?:worries|problem|rush|hurry)|happen to|fancy|up for|feel free|"
    r"don['’]t worry|"
    r"all the best|take care|enjoy|looking forward|good (?:catch|luck|point|idea|to)|nice|kind|quick|little|a bit|just|"
    r"friend|ask me anything|any time|of course|sure|yes please|sounds|would you like|if you like|i['’]d love|"
    r"fine by me|"
    r"wish|i['’]m afraid|sorry|if you (?:get|can|want|need)|when you (?:get|can|have)|see you|dear)\b",
    re.I,
)
_COLD = re.compile(r"\b(?:sir or madam|yours faithfully|hereby|no exceptions|immediately|at once|as I said)\b", re.I)
_HEDGE = re.compile(
    r"\b(?:maybe|perhaps|i was wondering|just wanted|would you mind|i hope|hopefully|if possible|would it be possible|"
    r"might want|sort of|kind of|kindly|if it['’]s not too much|i would be grateful|i['’]d be grateful|apologi\w+|"
    r"so sorry|"
    r"really sorry|very sorry|i am writing|i would like to|fantastic|amazing|thrilled|so excited|can['’]t wait)\b|!!",
    re.I,
)
_REGRET = re.compile(
    r"\b(?:sorry|apolog\w+|regret\w*|forgive|excuse|my (?:fault|mistake|error|bad)|pardon|afraid|"
    r"(?:fault|error|mistake|responsibility) (?:was|is|lies?) (?:mine|with me|entirely mine|all mine))\b",
    re.I,
)
_JOY = re.compile(
    r"!|\b(?:great|excited|exciting|thrilled|love[ds]?|loving|fantastic|can['’]t wait|brilliant|delighted|"
    r"wonderful|amazing|"
    r"awesome|superb?|hooray|cheers|congrat\w*|what a|so (?:happy|glad|proud|pleased)|over the moon|best)\b",
    re.I,
)
_EXCLAIMED = 2
"""Exclamation marks from which a message is no longer neutral or direct."""
_TERSE = 15
"""Words of a direct message's mean sentence, at most."""


def _neutral(text: str) -> bool:
    return text.count("!") < _EXCLAIMED and not re.search(
        r"\b(?:thrilled|can['’]t wait|so sorry|yours faithfully)\b", text, re.I
    )


def _friendly(text: str) -> bool:
    return _WARM.search(text) is not None and _COLD.search(text) is None


def _formal(text: str) -> bool:
    return not (_CONTRACTION.search(text) or _SLANG.search(text) or "!" in text)


def _direct(text: str) -> bool:
    sentences = [part for part in re.split(r"[.!?:;\n]+", text) if part.strip()]
    mean = len(text.split()) / max(1, len(sentences))
    return mean <= _TERSE and text.count("!") < _EXCLAIMED and _HEDGE.search(text) is None


def _apologetic(text: str) -> bool:
    return _REGRET.search(text) is not None


def _enthusiastic(text: str) -> bool:
    return _JOY.search(text) is not None


RULES: dict[str, Callable[[str], bool]] = {
    "neutral": _neutral,
    "friendly": _friendly,
    "formal": _formal,
    "direct": _direct,
    "apologetic": _apologetic,
    "enthusiastic": _enthusiastic,
}


def has_tone(text: str, tone: str) -> bool:
    return RULES[tone](text)


def has_length(text: str, length: str) -> bool:
    low, high = LENGTHS[length]
    return low <= len(text.split()) <= high
