"""Rewrite items: one request said twice, as it was written and as it is wanted. It knows no slots.

A rare word misspelt is a slot to the model, so `fix spelling` here is what frequent words show: apostrophes, chat
shorthand, capitals, full stops. Rare words are the dictionary's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

from assent.training.pretrain.items import Item
from assent.training.pretrain.messages.acts import Act
from assent.training.pretrain.messages.compose import Request, draw_request, realise
from assent.training.pretrain.messages.frames import typed
from assent.training.pretrain.messages.scene import YOU, Scene, settle
from assent.training.pretrain.messages.voice import length_of

WISHES: dict[str, tuple[str, ...]] = {
    "improve": (
        "improve",
        "make this better",
        "clean this up",
        "improve the wording",
        "make it sound right",
        "better pls",
        "polish this",
    ),
    "fix spelling": ("fix spelling", "correct the mistakes", "fix the typos", "proofread", "spelling pls"),
    "shorten": ("shorten", "make it shorter", "cut this down", "too long, shorten", "get to the point", "half as long"),
    "elaborate": (
        "elaborate",
        "write it out",
        "make it longer",
        "turn my notes into a message",
        "more words pls",
        "full sentences",
    ),
    "simplify": ("simplify", "make it simpler", "plain words", "easy language", "so that everyone understands it"),
    "formal": (
        "formal",
        "make it formal",
        "more polite",
        "official tone",
        "for the boss",
        "polite enough for a client",
    ),
    "friendly": ("friendly", "make it friendlier", "warmer", "less harsh", "nicer pls", "softer tone"),
    "direct": ("direct", "more direct", "no beating around the bush", "be clear", "straight to the point"),
}
FILLERS = (
    "I just wanted to say that %",
    "I was just wondering about this, but %",
    "as you may or may not know, %",
    "I hope you don't mind me saying that %",
    "basically, %",
    "to be honest, I think that %",
    "I have been thinking about this for a while and %",
    "it is maybe not so important, but %",
    "just as a general note, %",
    "at the end of the day, %",
    "so, as I think I already said before, %",
    "I don't want to be difficult, but %",
    "well, the thing is that %",
    "if I am not wrong, %",
    "I thought I should mention that %",
)
TAILS = (
    "if that makes sense",
    "or something like that",
    "I think",
    "more or less",
    "if you know what I mean",
    "at least as far as I know",
    "so to speak",
    "and so on",
)
STIFF = {
    "use": "utilise",
    "help": "assistance",
    "start": "commencement",
    "before": "prior to",
    "after": "subsequent to",
    "about": "with regard to",
    "need": "require",
    "needs": "requires",
    "send": "transmit",
    "check": "verify",
    "if": "in the event that",
    "because": "due to the fact that",
    "buy": "purchase",
    "get": "obtain",
    "tell": "inform",
    "end": "termination",
    "now": "at this point in time",
    "until": "until such time as",
    "for": "for the purpose of",
    "fix": "rectify",
    "show": "demonstrate",
    "ask": "enquire of",
    "give": "provide",
    "pay": "remunerate",
    "must": "are required to",
    "enough": "sufficient",
    "finish": "finalise",
    "closed": "non-operational",
    "broken": "defective",
    "late": "subject to delay",
    "missing": "unaccounted for",
    "to": "in order to",
    "can": "are able to",
    "soon": "in the near future",
    "today": "on today's date",
    "move": "relocate",
    "moved": "relocated",
    "changed": "amended",
    "keep": "retain",
    "print": "reproduce in print",
    "read": "peruse",
}
GREETED = ("hi %, ", "hey %, ", "%, ", "hello %, ", "")
SPELLED = {
    "can't": "cant",
    "don't": "dont",
    "I'm": "im",
    "won't": "wont",
    "doesn't": "doesnt",
    "you": "u",
    "please": "pls",
    "thanks": "thx",
    "I": "i",
    "because": "becuase",
    "the": "teh",
    "and": "adn",
    "with": "wiht",
    "their": "there",
    "it's": "its",
    "your": "you're",
    "tomorrow": "tomorow",
    "meeting": "meetting",
    "which": "wich",
    "have": "hav",
    "is": "si",
    "about": "abuot",
    "know": "now",
}


def rewrite_items(rng: Random) -> Iterator[Item]:
    scene = Scene(rng)
    how = scene.pick(tuple(WISHES))
    size = rng.choice((1, 1, 2, 2, 3, 4))
    request = draw_request(scene, size, plain=True)
    if rng.random() < 0.4:
        request = replace(request, to="")
    pair = MAKERS[how](scene, request)
    if pair is None:
        return
    text, target, variant = pair
    if request.to.lower() not in text.lower():
        return  # the source dropped the greeting: the name would be the target's own invention
    ask = how if rng.random() < 0.5 else scene.pick(WISHES[how])
    if text != target:
        yield Item("rewrite", (("instruction", ask), ("text", text)), target, (how,), f"rewrite {how}: {variant}")


Pair = tuple[str, str, str]


def _said(
    scene: Scene, request: Request, tone: str, lengths: tuple[str, ...] = ("short", "medium", "long")
) -> str | None:
    """The request in a tone, in the first length that holds it."""
    for length in lengths:
        text = realise(scene, request, tone, length, bare=True)
        if text:
            return text
    return None


def _pair(text: str | None, target: str | None, variant: str) -> Pair | None:
    return (text, target, variant) if text and target else None


def _casual(scene: Scene, request: Request) -> str | None:
    """As typed in haste: shorthand, lower case."""
    text = _said(scene, request, scene.pick(("direct", "neutral", "friendly")))
    return None if text is None else _hasty(text.replace("\n", " "), scene.rng)


def _hasty(text: str, rng: Random) -> str:
    out = " ".join(
        SPELLED.get(word, word) if rng.random() < 0.6 and word not in {"the", "and", "with", "is"} else word
        for word in text.split()
    )
    out = typed(out, rng)
    out = re.sub(r"(?<=[.!?] )[A-Z](?=[a-z ])", lambda match: match.group().lower(), out) if rng.random() < 0.6 else out
    return out.rstrip(".") if rng.random() < 0.5 else out


def _notes(scene: Scene, request: Request) -> str:
    pieces = [("don't " if act.kind == "not" else "") + settle(_as_note(act), YOU) for act in request.acts]
    joined = scene.pick((", ", ". ", "; ", " / ", " - ")).join(" ".join(piece.split()) for piece in pieces)
    greeting = scene.pick(GREETED).replace("%", request.to) if request.to else ""
    return typed(greeting + joined, scene.rng)


def _as_note(act: Act) -> str:
    return act.typed or act.body.replace(" ;", "").replace(";", "")


def _wordy(scene: Scene, request: Request) -> str | None:
    plain = _said(scene, request, scene.pick(("neutral", "neutral", "friendly", "apologetic")))
    if plain is None:
        return None
    sentences = re.split(r"(?<=[.!?])\s+", plain)
    kept = ("I ", "I'", *request.names)
    out = []
    for sentence in sentences:
        if sentence.endswith(".") and not sentence.startswith(("Please", "Thank", "Dear", "Hi", "Hello", "Also")):
            body = sentence[:-1] if sentence.startswith(kept) else sentence[0].lower() + sentence[1:-1]
            filler = scene.pick(FILLERS).replace("%", body)
            tail = f", {scene.pick(TAILS)}" if scene.rng.random() < 0.4 else ""
            sentence = f"{filler[0].upper()}{filler[1:]}{tail}."
        out.append(sentence)
    return " ".join(out)


def _stiff(scene: Scene, request: Request) -> tuple[str, str] | None:
    plain = _said(scene, request, "neutral")
    if plain is None:
        return None
    swapped = [STIFF[word] if word in STIFF and scene.rng.random() < 0.7 else word for word in plain.split()]
    return " ".join(swapped), plain


def _improve(scene: Scene, request: Request) -> Pair | None:
    source = _casual(scene, request) if scene.rng.random() < 0.6 else _notes(scene, request)
    return _pair(source, _said(scene, request, "neutral"), "casual")


def _fix(scene: Scene, request: Request) -> Pair | None:
    target = _said(scene, request, scene.pick(("neutral", "friendly", "direct", "apologetic")))
    if target is None:
        return None
    misspelt = " ".join(SPELLED.get(word, word) if scene.rng.random() < 0.6 else word for word in target.split())
    if scene.rng.random() < 0.5:
        misspelt = re.sub(r"(?:^|(?<=[.!?] ))[A-Z](?=[a-z ])", lambda match: match.group().lower(), misspelt)
    return _pair(misspelt, target, "shorthand")


def _shorten(scene: Scene, request: Request) -> Pair | None:
    text = _wordy(scene, request)
    target = _said(scene, request, scene.pick(("direct", "neutral")))
    if text is None or target is None or length_of(target) >= length_of(text):
        return None
    return text, target, "wordy"


def _elaborate(scene: Scene, request: Request) -> Pair | None:
    for length in ("medium", "long"):
        text = realise(scene, request, scene.pick(("neutral", "friendly", "formal")), length)
        if text:
            return _notes(scene, request), text, "notes"
    return None


def _simplify(scene: Scene, request: Request) -> Pair | None:
    pair = _stiff(scene, request)
    return pair and _pair(*pair, "stiff")


def _formal(scene: Scene, request: Request) -> Pair | None:
    return _pair(_casual(scene, request), _said(scene, request, "formal"), "casual")


def _friendly(scene: Scene, request: Request) -> Pair | None:
    return _pair(
        _said(scene, request, scene.pick(("direct", "formal", "neutral"))), _said(scene, request, "friendly"), "cool"
    )


def _direct(scene: Scene, request: Request) -> Pair | None:
    source = (
        _wordy(scene, request)
        if scene.rng.random() < 0.6
        else _said(scene, request, scene.pick(("friendly", "formal", "apologetic")))
    )
    return _pair(source, _said(scene, request, "direct"), "soft")


MAKERS: dict[str, Callable[[Scene, Request], Pair | None]] = {
    "improve": _improve,
    "fix spelling": _fix,
    "shorten": _shorten,
    "elaborate": _elaborate,
    "simplify": _simplify,
    "formal": _formal,
    "friendly": _friendly,
    "direct": _direct,
}
