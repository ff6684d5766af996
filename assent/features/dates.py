"""Phrases of time as people say them: where a text names a day, an hour or an occasion. It knows no calendar.

A phrase is returned exactly as it stands in the text; what date it means is not worked out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from assent.features import cues

_DAY = rf"(?:{cues.WEEKDAYS})"
_MONTH = rf"(?:{cues.MONTHS})"
_ORDINAL = rf"(?:(?:twenty|thirty)-)?(?:first|{cues.ORDINALS})|\d{{1,2}}(?:st|nd|rd|th)"
_NUMBER = rf"(?:\d+|a|an|one|half an?|a couple of|{cues.SMALL_NUMBERS})"
_PART = r"(?:morning|afternoon|evening|night|lunchtime|lunch|noon)"
_OCCASION = (
    r"(?:lunch(?:time)?|dinner|breakfast|tea|noon|midday|midnight|the (?:dinner |tea |lunch )?break|first break|break|"
    r"the weekend|the hour|the half(?:-hour)?|close of (?:play|business)|"
    r"the (?:call|meeting|hearing|launch|visit|audit))"
)
_CLOCK = (
    r"(?:\d{1,2}[:.]\d\d(?: ?[ap]\.?m\b)?|\d{1,2} ?[ap]\.?m\b|"
    rf"(?:half(?: past)? |quarter (?:past|to) )?(?:\d{{1,2}}|{cues.SMALL_NUMBERS})(?: o'clock)?)"
)
_NO_CLOCK = r"(?!\s(?:percent|per|pounds?|euros?|meg|days?|weeks?|of|people|other|minutes|hours|degrees|or))"
_NO_DATE = r"(?!\s(?:time|thing|one|half|floor|draft|of\sall|option|item|point|person|batch|week\sof))"
_PERSON = r"(?:i|i've|i'm|we|we've|you|you've|he|he's|he'd|she|she's|they|they've|it|it's|that's|this)"
_CORE = "|".join(
    (
        rf"(?:this|next|last|every)\s(?:{_DAY}|{_PART}|week(?:end)?|month|quarter|year|time|{_MONTH})(?:\s{_PART})?",
        rf"(?:the\s)?(?:early\s)?(?:today|tonight|tomorrow)(?:\s{_PART}|\sfirst\sthing)?",
        rf"(?:the\s)?{_DAY}s?(?:\s(?:{_PART}|week|fortnight))?(?:,?\s(?:the\s)?(?:{_ORDINAL})(?:\sof\s{_MONTH})?)?",
        rf"(?:the\s)?(?:end|close|start|beginning|middle|back\send|top)\sof\s(?:the\s|this\s|next\s)?(?:{_DAY}|{_MONTH}|day|play|business|week|month|quarter|"
        r"year|term|sprint|shift|afternoon|morning|tomorrow|today)",
        rf"(?:the\s)?(?:{_ORDINAL})(?:\sof\s{_MONTH})?{_NO_DATE}",
        rf"\d{{1,2}}\s{_MONTH}|{_MONTH}(?:\s(?:the\s)?(?:{_ORDINAL}|\d{{1,2}}))?",
        r"first\sthing|close\sof\s(?:play|business)|end\sof\s(?:day|play|week|month|term)|noon(?:-ish)?|midday|lunchtime|the\sweekend|"
        r"a\s(?:week|fortnight|month)\s(?:today|tomorrow)",
    )
)
_PREPOSITION = r"(?:by|before|on|until|till|for|at|after|from|in|within|over|during|not\slater\sthan|no\slater\sthan)"
_FORMS = (
    # a day or month, then an hour, part or occasion of it
    rf"(?:{_PREPOSITION}\s)?(?:{_CORE})\b(?:,?\s(?:(?:at|by|before|after|on|in)\s)?(?:{_CORE}|"
    rf"(?<=\b)(?:at|by|before)\s{_CLOCK}|{_OCCASION})\b)?(?:\s(?:at|by|before)\s(?:{_CLOCK}|{_OCCASION}))?",
    # an hour or occasion alone
    rf"(?:at|by|before|after|around|over|till|until|within)\s(?:then\b|{_OCCASION}(?:\s(?:today|tomorrow|{_DAY}))?|"
    rf"{_CLOCK}(?=[\s,.?!;]|$){_NO_CLOCK}(?:\s(?:today|tomorrow|tonight|{_DAY}|in\sthe\s{_PART}))?)",
    # a stretch of time from now
    rf"(?:in|within)\s(?:{_NUMBER})\s(?:minute|hour|day|week|month|fortnight)s?(?:'\stime|\stime)?\b",
    r"in\sa\s(?:sec|second|minute|bit|moment)\b",
    # after or on the way to something
    r"(?:straight|right|just|soon)\safter\s(?:this|that|lunch|the\s\w+|we\s\w+(?:\s\w+)?)\b",
    r"after\s(?:this|lunch|dinner|the\s(?:call|meeting))\b",
    r"on\s(?:my|the)\sway\s(?:home|back|out|in|over)\b",
    # once something has happened
    rf"(?P<clause>(?:as\ssoon\sas|once|when|before|after)\s(?:{_PERSON}|the\s\w+(?:\s\w+)?(?:'s)?)\s[^,.?!;]{{2,45}})",
)
_PHRASE = re.compile(rf"\b(?:{'|'.join(_FORMS)})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TimePhrase:
    """A stretch of text that names a time; `clause` marks one that hangs on an event ("once I've had lunch")."""

    text: str
    start: int
    end: int
    clause: bool


def phrases(text: str) -> list[TimePhrase]:
    """Every phrase of time in the text, in order."""
    return [
        TimePhrase(text[m.start() : m.end()].strip(), m.start(), m.end(), m["clause"] is not None)
        for m in _PHRASE.finditer(text.replace("’", "'"))
    ]
