"""What of an instruction is for the writer alone: how it should sound, how long it may be, what must stay unsaid.

It works on the wording before it is cut into clauses and knows no plan. A wish about tone or length is dropped, for
tone and length are asked for elsewhere; a prohibition hidden in a sentence is put into a clause of its own.
"""

from __future__ import annotations

import re

_MANNER = (
    r"(?:very |quite |really |a (?:bit|little) |more |less |but |and |, |not too |nice and )*(?:warm|kind|gentle|gent|"
    r"polite|firm|friendly|nice|blunt|brief|short|clear|formal|casual|light|calm|relaxed|tactful|diplomatic|careful|"
    r"professional|cheerful|upbeat|respectful|neutral|soft|crisp|plain|simple|concise|courteous|sincere|humble|"
    r"enthusiastic|apologetic|direct|personal|businesslike|matter-of-fact|encouraging|grateful|regretful|stern|discreet|"
    r"reassuring|positive|honest|sweet|chatty|snappy|frank|excited|confident|urgent|serious|neat|tidy)(?:ly|y)?"
)
_MANNERS = rf"{_MANNER}(?:(?:,| and| but|, but|, and) {_MANNER})*"
_COUNT = r"(?:a|an|one|two|three|four|a single|a couple of|a few|\d+)"
_SIZE = r"(?:sentences?|lines?|words?|paragraphs?)"
_AS_FORM = (
    rf"(?:in |within |under |at most |no more than |not more than |max(?:imum)? |just |only )*{_COUNT} (?:\w+ )?{_SIZE}"
)
_ENOUGH = r"(?: at (?:the )?most| max(?:imum)?| only| or (?:less|fewer)| please| is enough| will do| is plenty)*"
_SHAPES = (
    rf"(?:word|phrase|put|say|write|frame|tell it|do|keep|make) (?:it|this|that|things|the \w+) {_MANNERS}"
    rf"(?: please| enough| in tone)?",
    rf"(?:sound|be|seem|stay|come across(?: as)?|aim (?:for|to be)) {_MANNERS}(?: about (?:it|this))?",
    rf"(?:it|this|the \w+) (?:should|must|has to|ought to|can) (?:sound|be|read|feel|come across) {_MANNERS}",
    r"(?:sound|seem|come across|appear) (?!the\b|a\b)[^:,.]{2,40}",
    r"before (?:that|this|anything else|all else)",
    rf"{_MANNERS}(?:,? please| tone| words?)?",
    r"leave (?:no|little|some) (?:room|doubt|space)\b.*",
    r"(?:strike|use|take|adopt|choose|go for|keep to|find) (?:a|an|the) (?:[\w-]+ ){1,3}(?:tone|note|style|voice)",
    r"(?:in|with) (?:a|an|your|my)?\s*(?:[\w-]+ ){0,3}(?:tone|voice|style|manner|touch|smile|wink|english)",
    rf"{_AS_FORM}{_ENOUGH}",
    rf"keep (?:it|this) (?:to|under|below|within) {_COUNT} (?:\w+ )?{_SIZE}{_ENOUGH}",
    r"make (?:her|him|them|everyone|\w+) feel [\w ]{2,30}|(?:she|he|they|everyone) should (?:not )?feel [\w ]{2,30}",
    r"nothing (?:fancy|stiff|flowery|formal|long|too \w+)|soften (?:it|this|the blow)|go easy on [\w ]+",
    r"(?:and |but )?(?:mean it|no drama|no fuss|no hurry in tone|get to the point|straight to the point)",
)
_WISH = re.compile(rf"(?i)^(?:please |and |but |just |so )*(?:{'|'.join(_SHAPES)})$")
_WISH_BEFORE = re.compile(
    rf"(?i)(?:^|(?<=[.!?;] ))(?:please )?(?:(?:word|phrase|put|say|write|frame) (?:it|this) {_MANNERS}|"
    rf"(?:sound|seem|come across) (?!the\b|a\b)[^:,.]{{2,40}}|{_AS_FORM}"
    rf"{_ENOUGH}):\s+"
)
_WISH_INSIDE = re.compile(
    rf"(?i),? (?:in (?:a |an )?(?:[\w-]+ ){{0,3}}(?:tone|voice|manner)|"
    rf"(?:in|with) (?:at most |no more than |just |only )*"
    rf"{_COUNT} (?:[\w-]+ )?{_SIZE}{_ENOUGH})(?=[.:;,]|$)"
)
_WISH_BETWEEN = re.compile(rf"(?i), (?:but |and )?{_MANNERS}, (?=(?:that|to|about|of|if|whether)\b)")
_NOTE = re.compile(
    r"(?i)\s*[(\[]((?:(?:he|she|they)(?:'s|'re| is| are| was| has| have| will| would| does| \w+s)\b|note\b|"
    r"context\b|background\b|"
    r"fyi\b|for you\b|between\b|i know\b|(?:a )?secret|confidential|just so you know|don't\b|"
    r"do not\b|but\b|keep\b|leave\b|"
    r"no need\b|without\b|sound\b|never\b|not a word|not to\b|he\b|she\b)[^()\[\]]*)[)\]]"
)
_TOLD = (
    r"(?:mention|say|tell|writ|nam|hint|referr|talk|go|giv|discuss|reveal|disclos|explain|bring|admitt|apologi[sz]|blam|"
    r"promis|commit|includ|quot|spell|complain|accus|touch|get|letting|us|mak)ing"
)
_INSIDE = (
    (rf",?\s+(?:and |but |all |though )?without (?=(?:ever |even |once )?{_TOLD}\b)", ". without "),
    (r",?\s+(?:and |but )?(?:while )?(?:leaving|keeping) (?=out\b|quiet\b|silent\b)", ". leave "),
    (r",?\s+(?:and |but )?(?:omitting|skipping|avoiding|not mentioning) ", ". don't mention "),
    (
        r",?\s+(?:and|but|though) (?=(?:please )?(?:leave out|omit|skip the|say nothing|keep quiet|keep silent|make no "
        r"mention|never (?:mention|say)|not a word|nothing (?:about|on|of)|no mention|no word|steer clear|no need to "
        r"(?:say|mention|go|explain)|"
        r"avoid|leave (?!that out|it out|this out)(?:the |"
        r"my |our |any )?[\w' -]{2,40} out\b|keep (?:the |my |our )?"
        r"[\w' -]{2,40} out of (?:it|this)|don't let on|hold back)\b)",
        ". ",
    ),
    (
        r",?\s+but not (?=(?:why|who|what|how|when|where|that|the (?:reason|name|cause|price|cost|details?))\b)",
        ". don't say ",
    ),
)


def apart(text: str) -> str:
    """The instruction without notes and wishes about tone, each prohibition a sentence of its own."""
    text = _NOTE.sub(_noted, text)
    text = _WISH_BEFORE.sub("", text)
    text = _WISH_INSIDE.sub("", text)
    text = _WISH_BETWEEN.sub(" ", text)
    for pattern, opened in _INSIDE:
        text = re.sub(pattern, opened, text, flags=re.IGNORECASE)
    kept = [sentence for sentence in re.split(r"(?<=[.!?;])\s+", text) if not is_wish(sentence)]
    return " ".join(kept).strip() or text


def is_wish(clause: str) -> bool:
    """Whether a clause speaks of tone or length only."""
    return _WISH.match(clause.strip(" .!;,")) is not None


def _noted(found: re.Match[str]) -> str:
    """A note in brackets as a sentence where it forbids something, else nothing."""
    note = found.group(1).strip()
    forbids = re.match(r"(?i)(?:but |and |please )?(?:don't|do not|never|no\b|not\b|leave|keep|without|skip)", note)
    return f". {note}." if forbids else ""
