"""Commands to a writer by what they ask for: "break it to the band that" is a kind of telling, "turn down" a refusal.

Each class of verbs becomes the plain one that the reader knows ("tell", "ask", "thank"), or the sentence that the
writer would say. It knows no addressee and no tone.
"""

from __future__ import annotations

import re
from functools import cache

from assent.features.drafting.shorthand import table

_WHO = (
    r"(?P<who>(?!(?:it|that|this|us|me|you)\b)(?:(?:the|my|our|all|both|every|each) )?[\w'’.&+-]+"
    r"(?: (?!(?:that|what|why|how|when|where|who|whether|if|to|about|for|is|are|the)\b)[\w'’.&+-]+){0,4}?)"
)
_THAT = r"(?=\s*(?::| that\b| what\b| why\b| how\b| when\b| where\b| who\b| whether\b| if\b| about\b))"
_NOTE = (
    r"(?:(?:a|an|one|the|some)\s+)?(?:[\w-]+ ){0,2}?(?:sentences?|lines?|messages?|notes?|words?|emails?|mails?|texts?|"
    r"repl(?:y|ies)|answers?|notices?|announcements?|memos?|letters?|posts?|heads-up|warnings?|update)"
)
_ADVERB = (
    r"(?:politely|kindly|gently|firmly|briefly|warmly|please|formally|nicely|quickly|simply|calmly|frankly|honestly|"
    r"respectfully|cheerfully|clearly|bluntly|discreetly|tactfully|gladly|graciously|sincerely)"
)
_SAYING = (
    r"(?:saying|to say|and say|that says|stating|explaining|to explain|to tell (?:them|her|him)|"
    r"telling (?:them|her|him))"
)
_ASKING = r"(?:asking|to ask|and ask)(?: (?:them|her|him))?"
_PERSON = r"(?:them|her|him|everyone|everybody)"

_NOUNISH = r"(?=(?:the|a|an|my|our|your|his|her|their|any|all|this|that|these|those|another|\w+day|[A-Z\d])\b)"
_MAKE = r"(?:write|draft|compose|prepare|send|post|give me|i (?:need|want|would like|'d like))(?: up)? "
_PIECES = {
    "<MAKE>": _MAKE,
    "<WHO>": _WHO,
    "<THAT>": _THAT,
    "<NOTE>": _NOTE,
    "<ADVERB>": _ADVERB,
    "<SAYING>": _SAYING,
    "<ASKING>": _ASKING,
    "<PERSON>": _PERSON,
    "<NOUNISH>": _NOUNISH,
}


@cache
def _rows(name: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """The rows of a table as (pattern at the start of a clause, what stands in its place)."""
    rows = (row.rstrip("|").split(" => ") for row in table(name))
    return tuple((re.compile(f"(?i)^{_filled(pattern)}"), said) for pattern, said in rows)


def _filled(pattern: str) -> str:
    for name, piece in _PIECES.items():
        pattern = pattern.replace(name, piece)
    return pattern


def plain(clause: str) -> str:
    """The clause with its command in the plain form of its class; "explain to Bo that" -> "tell Bo that"."""
    for pattern, form in _rows("orders.txt"):
        clause = pattern.sub(form, clause, count=1)
    return clause


def aloud(clause: str) -> str | None:
    """What the writer says to carry out an offer, a refusal, a promise; None where the clause is none of these."""
    for pattern, said in _rows("spoken.txt"):
        if pattern.match(clause):
            return pattern.sub(said, clause, count=1)
    return None
