"""Rewriting by rules: a message said differently with nothing added and no fact lost.

It knows no model. A wish in free words is read for the one of HOWS it comes nearest to.
"""

from __future__ import annotations

import re
from functools import cache, partial

from assent.features.drafting.grammar import complete, terse
from assent.features.drafting.patterns import request_verbs
from assent.features.drafting.rules import density
from assent.features.drafting.shorthand import spell_out, table
from assent.features.drafting.spelling import spelled
from assent.features.drafting.tones import BANDS, FILLERS, long_forms, words_in

HOWS = ("improve", "fix spelling", "shorten", "elaborate", "simplify", "formal", "friendly", "direct")
_NEAREST = (
    ("fix spelling", r"spell|typo|proofread|grammar|punctuat|mistakes"),
    ("shorten", r"short|cut|trim|brief|half|concise|one sentence|two sentences|tl;?dr|too long|fewer words"),
    ("simplify", r"simpl|plain|easy|easier|child|non-?native|jargon|understand|clearer|clear"),
    ("formal", r"formal|polite|official|professional|respectful|landlord|boss|client|business"),
    (
        "friendly",
        (
            r"friend|warm|nice|soft|kind|gentl|less (?:harsh|annoyed|angry|cold|rude|bossy)|thank|upbeat|"
            r"cheer|positive|calm"
        ),
    ),
    ("direct", r"direct|blunt|firm|to the point|assertive|stronger|imperative|bullet"),
    ("elaborate", r"elaborat|longer|full sentence|expand|detail|write (?:it )?out|notes"),
)
_GREETED = re.compile(r"(?i)^(?:hi|hey|hello|dear|good morning|morning|yo|heya|hiya)\b[^,.!?\n]{0,40}[,.!?\n]")
_SLANG = {
    "hey": "hello",
    "hi": "hello",
    "thx": "thank you",
    "thanks": "thank you",
    "cheers": "thank you",
    "yeah": "yes",
    "yep": "yes",
    "nope": "no",
    "gonna": "going to",
    "wanna": "want to",
    "gotta": "have to",
    "kinda": "somewhat",
    "guys": "everyone",
    "folks": "everyone",
    "asap": "as soon as possible",
    "btw": "by the way",
    "ok": "all right",
    "okay": "all right",
    "stuff": "things",
    "kids": "children",
    "a lot of": "many",
    "lots of": "many",
    "lol": "",
    "haha": "",
    "ya": "you",
    "info": "information",
    "fyi": "for your information",
    "tho": "though",
    "prof": "Professor",
    "cos": "because",
    "till": "until",
    "sorry": "I apologise",
    "yo": "hello",
    "dunno": "do not know",
    "gimme": "give me",
    "lemme": "let me",
    "super": "very",
    "pic": "picture",
    "pics": "pictures",
    "doc": "document",
    "docs": "documents",
    "fridge": "fridge",
}


_SPACED = re.compile(r"(?<=\w) +(?=[,.;:!?](?:\s|$))")
"""Space that a hurried writer left before a mark."""


def rewrite_by_rules(
    text: str, how: str, *, tone: str | None = None, length: str | None = None, me: str | None = None
) -> str:
    """The text as `how` wishes, in the length's band where courtesies or cuts reach it."""
    style = nearest(how, tone)
    done = _RULES[style](_SPACED.sub("", text.strip()))
    if re.search(r"(?i)apolog|sorry", how) and not re.search(r"(?i)sorry|apolog", done):
        done = f"{done} I'm sorry about this."
    if re.search(r"(?i)\bthank", how) and not re.search(r"(?i)\bthank", done):
        done = f"{done} Thank you."
    if tone == "direct" and style in {"shorten", "improve", "simplify"}:
        done = _hedgeless(terse(done.replace("!", ".")))
    if tone == "neutral" and done.count("!") > 1:
        done = done.replace("!", ".")
    if tone == "enthusiastic" and "!" not in done:
        done = re.sub(r"\.(?=\s|$)", "!", done)
    if tone == "apologetic" and not re.search(r"(?i)sorry|apolog|afraid", done):
        done = f"{done} I'm sorry about this."
    if tone == "formal" and style != "fix spelling":
        done = long_forms(done).replace("!", ".")
    return _to_length(done, length, tone or "neutral") if length and style != "fix spelling" else done


def nearest(how: str, tone: str | None = None) -> str:
    """The style a wish comes nearest to."""
    wish = how.strip().lower()
    if wish in HOWS:
        return wish
    for style, pattern in _NEAREST:
        if re.search(pattern, wish):
            return style
    return tone if tone in HOWS else "improve"


@cache
def _plain_words() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = sorted((line.partition(" => ") for line in table("plain.txt")), key=lambda row: -len(row[0]))
    return tuple((re.compile(rf"(?i)\b{re.escape(stiff)}\b"), plain.strip()) for stiff, _, plain in rows)


@cache
def _filler() -> tuple[re.Pattern[str], ...]:
    lines = sorted(table("filler.txt"), key=len, reverse=True)
    return tuple(re.compile(rf"(?i)(?:,\s*|\b(?:and|but|so) (?=I\b))?\b{re.escape(line)}\b(?:\s*,)?") for line in lines)


@cache
def _wordy() -> tuple[tuple[re.Pattern[str], str], ...]:
    rows = (line.partition(" => ") for line in table("wordy.txt"))
    return tuple((re.compile(rf"(?i)(?<!\w){wordy}"), plain) for wordy, _, plain in rows)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+|\n+", text.strip()) if part]


def _cased(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _improved(text: str) -> str:
    """Shorthand written out, spelling mended, each clause a sentence with its capital and its full stop."""
    mended = spelled(spell_out(text))
    mended = re.sub(r"([!?])\1+", r"\1", re.sub(r"\.{2,}", ".", mended))
    parts = []
    for sentence in _sentences(mended):
        whole = _cased(complete(sentence))
        parts.append(whole if whole[-1] in ".!?:" else f"{whole}{'?' if _asks(whole) else '.'}")
    return " ".join(parts)


def _asks(sentence: str) -> bool:
    last = re.split(r"[,;:]\s+", sentence)[-1]
    return bool(
        re.match(
            (
                r"(?i)(?:can|could|would|will|is|are|do|does|did|has|have|should|what|when|where|why|who|how|"
                r"which)\b(?! (?:a|the)\b)"
            ),
            last,
        )
    )


def _fixed(text: str) -> str:
    mended = spelled(text)
    mended = re.sub(r"(^|[.!?]\s+)([a-z])", lambda found: found.group(1) + found.group(2).upper(), mended)
    return mended if mended[-1:] in ".!?" or _last_is_short(mended) else f"{mended}."


def _last_is_short(text: str) -> bool:
    return len(_sentences(text)[-1].split()) <= 2


def _shortened(text: str) -> str:
    cut = spelled(spell_out(text))
    for pattern, plain in _wordy():
        cut = pattern.sub(plain, cut)
    for pattern in _filler():
        cut = pattern.sub(" ", cut)
    cut = re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"\s{2,}", " ", cut))
    cut = re.sub(r"([.!?])\s*[,.;:]+", r"\1", re.sub(r"(?:,\s*){2,}", ", ", cut))
    sentences = [re.sub(r"^(?:[,;:]\s*|(?:and|but|so|that)\s+)+", "", sentence) for sentence in _sentences(cut)]
    return " ".join(_cased(sentence) for sentence in sentences if re.search(r"\w", sentence)) or text


def _simplified(text: str) -> str:
    plain = spelled(spell_out(text))
    for pattern, word in _plain_words():
        plain = pattern.sub(partial(_plainly, word), plain)
    return " ".join(_cased(sentence) for sentence in _sentences(re.sub(r"\s{2,}", " ", plain)))


def _plainly(word: str, found: re.Match[str]) -> str:
    return _cased(word) if found.group()[0].isupper() else word


def _formal(text: str) -> str:
    improved = _improved(re.sub(r"(?i)\b(?:u)\b", "you", text))
    words = re.sub(r"[A-Za-z']+", lambda found: _swapped(found.group()), improved)
    greeted = re.sub(r"(?i)^(?:hello|good morning) (?=[A-Z])", "Dear ", words)
    formal = long_forms(greeted).replace("!", ".")
    formal = re.sub(r"(?i)\bcan you\b", "could you please", formal)
    return " ".join(_cased(sentence) for sentence in _sentences(re.sub(r"please please", "please", formal)))


def _swapped(word: str) -> str:
    found = _SLANG.get(word.lower())
    if found is None:
        return word
    return _cased(found) if word[0].isupper() else found


def _friendly(text: str) -> str:
    improved = _softened(_improved(text))
    greeting = "" if _GREETED.match(improved) else "Hi! "
    thanks = "" if re.search(r"(?i)\bthank", improved) else " Thank you!"
    return f"{greeting}{improved}{thanks}"


def _softened(text: str) -> str:
    """Bare commands get their "please"."""
    out = []
    for sentence in _sentences(text):
        first = sentence.split()[0].lower().strip(",") if sentence.split() else ""
        if first in request_verbs() and not sentence.lower().startswith(("thank", "see ")):
            sentence = f"Please {sentence[0].lower()}{sentence[1:]}"
        out.append(sentence)
    return " ".join(out)


def _direct(text: str) -> str:
    direct = re.sub(
        r"(?i)\b(?:could|would|can) you (?:please |kindly |maybe )?(?:be able to )?([^?.!]+)\?",
        r"Please \1.",
        _shortened(text),
    )
    direct = re.sub(r"(?i)\b(?:sorry(?: to bother you)?,? (?:but )?|I'm sorry,? but |I hope[^.!?]*[.!?])", "", direct)
    plain = re.sub(r"\?\.", ".", " ".join(_cased(sentence.replace("!", ".")) for sentence in _sentences(direct)))
    commanded = re.sub(r"(\bPlease [^.?]*)\?", r"\1.", plain)
    return _hedgeless(terse(commanded))


def _hedgeless(text: str) -> str:
    return _tidied(
        re.sub(
            (
                r"(?i)\b(?:possibly|perhaps|maybe|hopefully|kindly|slightly|a tiny bit|might want to|if possible|"
                r"would you mind)\b\s?"
            ),
            "",
            text,
        )
    )


def _tidied(text: str) -> str:
    text = re.sub(r"\s+([,.!?;:])", r"\1", re.sub(r"\s{2,}", " ", text))
    return " ".join(_cased(sentence) for sentence in _sentences(text))


def _elaborated(text: str) -> str:
    noted = re.sub(r"\s*(?:->|=>|→)\s*", ": ", text)
    return _improved(_softened(_improved(noted)))


_RULES = {
    "improve": _improved,
    "fix spelling": _fixed,
    "shorten": _shortened,
    "elaborate": _elaborated,
    "simplify": _simplified,
    "formal": _formal,
    "friendly": _friendly,
    "direct": _direct,
}


def _to_length(text: str, length: str, tone: str) -> str:
    low, high = BANDS[length]
    for filler in FILLERS[tone]:
        if words_in(text) < low and filler not in text:
            text = f"{text} {filler}"
    return _within(text, high)


def _within(text: str, high: int) -> str:
    """The sentences that fit; those without a name or a number go first, from the end."""
    sentences = _sentences(text)
    while len(sentences) > 1 and words_in(" ".join(sentences)) > high:
        sentences.pop(min(range(len(sentences)), key=lambda index: (density(sentences[index]), -index)))
    return _trimmed(" ".join(sentences), high)


def _trimmed(text: str, high: int) -> str:
    """A long text without its lightest asides: pieces between commas, brackets and "because" that hold least."""
    parts = re.split(r"(?<=,)\s+|\s+(?=\(|because\b|so that\b|which\b|where\b|as we\b)", text)
    while len(parts) > 1 and words_in(" ".join(parts)) > high:
        parts.pop(min(range(len(parts)), key=lambda index: (density(parts[index]), -index)))
    trimmed = " ".join(parts).rstrip(", ")
    return _cased(trimmed if trimmed[-1:] in ".!?" else f"{trimmed}.")
