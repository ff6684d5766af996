"""How people type an instruction: "tell X that ...", "ask X whether ...", "X -> ..., short". It knows no tone.

A frame has a name; whole frames are held out, so that a score on them is a score on wording never trained on.
"""

from __future__ import annotations

import re
from random import Random

from assent.training.pretrain.grammar.words import inflect
from assent.training.pretrain.messages.scene import Pronoun, Scene, settle, words
from assent.training.pretrain.messages.voice import EXTRAS, Act

FRAMES: dict[str, tuple[str, ...]] = {
    # X is the addressee, % the phrase; frames without X leave the addressee open.
    "state": (
        "tell X %", "tell X that %", "let X know %", "let X know that %", "inform X that %", "say %", "say that %", "%", "%, tell X",
        "write to X that %", "message X: %", "to X: %", "X -> %", "X: %", "note to X, %", "announce %", "announce that %", "explain to X that %",
        "update X: %", "make X aware that %", "confirm to X that %", "X should know that %", "short msg to X: %", "email X that %", "post that %",
        "I need to tell X that %", "can you tell X that %", "please let X know %", "drop X a line that %", "write sth to X: %", "mention to X that %",
        "X needs to know %", "tell X about this: %", "write X a message, %", "pass on to X that %", "%. let X know", "break it to X that %", "just say %",
        "reply to X that %", "text X %", "quick note to X that %", "X must know: %", "give X a heads up that %", "point out to X that %",
    ),
    "warn": ("warn X that %", "warn X, %", "heads up to X: %", "warning for X: %", "caution X that %"),
    "vp": (
        "ask X to %", "tell X to %", "get X to %", "remind X to %", "X should %", "need X to %", "I need X to %", "have X %", "X -> %", "X: % please", "pls %",
        "% please", "see if X can %", "could X %?", "I want X to %", "ask X nicely to %", "tell X they have to %", "chase X to %", "ask X pls %", "ask if X can %",
        "% pls, to X", "please ask X to %", "request that X %", "invite X to %", "X has to %", "get X to please %", "X pls %", "ask X if they could %", "urge X to %",
        "nudge X to %", "beg X to %", "%", "write to X, they should %", "X, can they %",
    ),
    "not": ("tell X not to %", "ask X not to %", "X should not %", "X must not %", "tell X they shouldn't %", "remind X not to %", "don't %, tell X", "tell X don't %", "stop X from _"),
    "ask": (
        "ask X if %", "ask X whether %", "ask if %", "ask whether %", "check with X if %", "find out from X whether %", "see if %", "ask X: ?", "ask X ?", "?, ask X", "question for X: ?",
        "need to know from X if %", "X - ?", "?", "check with X whether %", "I want to know from X if %", "can you ask X if %", "find out if %", "to X: ?", "wondering if %, ask X",
    ),
    "wh": (
        "ask X %", "ask %", "find out from X %", "ask X: ?", "need to know %", "I need to know %, ask X", "get X to tell me %", "check with X %", "?", "ask X to tell me %", "X -> ?", "can you ask X %",
        "see if X knows %", "question to X, ?",
    ),
    "thank": ("thank X for %", "say thanks to X for %", "thanks to X for %", "tell X thanks for %", "X: thanks for %", "say thank you to X for %", "write X a thank you for %", "thank X, % ", "big thanks to X for %", "thx to X for %"),
    "sorry": ("apologise to X for %", "say sorry to X for %", "sorry to X for %", "tell X I'm sorry about %", "apologize for %", "sorry for %", "apology to X for %", "write X an apology for %", "sorry about %"),
    "offer": ("offer X to %", "offer to %", "tell X I can %", "say I can %", "tell X I'd be happy to %", "offer X that I %"),
    "invite": ("invite X to %", "ask X to come to %", "X is invited to %, tell them", "invitation for X to %", "invite X, %", "ask X if they want to come to %"),
    "congratulate": ("congratulate X on %", "congrats to X on %", "say congrats to X on %", "say well done to X for %", "congratulations to X for %"),
    "refuse": ("say no to %", "decline %", "tell X no to %", "turn down %", "say no to X about %", "refuse % politely", "say no nicely to %", "tell X I have to pass on %", "tell X I say no to %"),
    "suggest": ("suggest to X that we %", "suggest we %", "propose to X that we %", "suggest to X to %", "ask X if we could %", "X: maybe we could %", "propose to %"),
    "about": ("chase X about %", "ask X about %", "ask X for news on %", "check in with X about %", "follow up with X on %", "ask X where we are with %", "any news on %, ask X", "ask for the status of %"),
    "need": ("ask X for %", "ask X to send me %", "I need % from X", "get % from X", "request % from X", "ask X to give me %", "ask for %"),
    "remind": ("remind X about %", "reminder to X about %", "remind X of %", "send X a reminder about %", "reminder: %, to X"),
}  # fmt: skip
JOINS: dict[str, tuple[str, ...]] = {
    "state": (", %", ". %", " and that %", "; %", ", also %", ", and %", ". also say %", " + %", ", mention %", " and tell T %"),
    "warn": (", warn T that %", ". %"),
    "vp": (" and ask T to %", ", S should %", ", pls %", ", tell T to %", " and S should %", ". ask T to %", ", %", " and to %"),
    "not": (", S should not %", ", tell T not to %", ", don't %"),
    "ask": (" and ask if %", ", ask whether %", ", also ask if %", ". ?", " and find out if %", ", ?"),
    "wh": (" and ask %", ", ask T %", ", also %", ". ?"),
    "thank": (", thank T for %", " and thank T for %", ", say thanks for %"),
    "sorry": (", say sorry for %", " and apologise for %", ", sorry about %"),
    "offer": (", offer to %", " and offer to %", ", I can %", ", say I can %"),
    "invite": (", invite T to %", " and invite T to %"),
    "congratulate": (", congratulate T on %", ", congrats on %"),
    "refuse": (", say no to %", " but decline %"),
    "suggest": (", suggest we %", " and propose to %", ", suggest that we %"),
    "about": (", ask about %", " and ask for news on %"),
    "need": (", ask for %", " and I need %", ", also ask T for %"),
    "remind": (", remind T about %", " and remind T of %"),
    "extra": (", %", ". %", " - %", ", %"),
}  # fmt: skip
HUSHES = (
    ", don't mention %", ". don't mention %", ", no need to mention %", ", leave out %", ", but not a word about %", ". do not bring up %", ", nothing about %", ", skip %", ". keep % out of it",
    ", don't say why", ", no reason", ", no reasons", ", don't promise anything", ", don't promise a date", ", no excuses", ", no apology", ", no why", ". no details", ", without giving a reason",
)  # fmt: skip
WISHES = (", keep it short", ", be nice", ", be polite", ", stay polite", ", not too formal", ", short", ", in a friendly way", ", no drama", ", don't sound annoyed", ", one line", ", 2 sentences", ", brief pls", ", politely")
PRONOUNS: tuple[Pronoun, ...] = (("she", "her", "her"), ("he", "him", "his"), ("they", "them", "their"))
_SHORT = {
    "Monday": "mon", "Tuesday": "tues", "Wednesday": "weds", "Thursday": "thu", "Friday": "fri", "Saturday": "sat", "Sunday": "sun", "tomorrow": "tmrw", "with": "w/",
    "because": "bc", "people": "ppl", "please": "pls", "and": "+", "about": "abt", "message": "msg", "the": "", "without": "w/out", "you": "u", "minutes": "min",
    "can't": "cant", "don't": "dont", "I'm": "im", "won't": "wont", "I": "i", "it's": "its", "I'd": "id", "doesn't": "doesnt", "thanks": "thx",
    "something": "sth", "is": "", "week": "wk", "meeting": "mtg", "tonight": "tonite", "that": "",
}  # fmt: skip
_RISKY = frozenset({"+"})


def embed(act: Act, pronoun: Pronoun, whether: str = "") -> str:
    """A question as a clause: "whether she can send it", "when the room is free"."""
    parts = [part.strip() for part in act.body.split(";")]
    opening, auxiliary, subject, rest = parts if len(parts) == 4 else (whether, *parts)
    person = settle(subject, pronoun)
    settled = settle(rest, pronoun)
    verb = auxiliary
    if "\x01" in subject:
        verb = _agree(auxiliary, pronoun)
    if auxiliary in {"do", "does"}:
        third = auxiliary == "does" or (subject == "\x01A\x02" and pronoun[0] in {"she", "he"})
        first, _, more = settled.partition(" ")
        verb, settled = "", f"{inflect(first, 's') if third else first} {more}"
    if subject == "there":
        person, verb = "there", auxiliary
    return " ".join(f"{opening} {person} {verb} {settled}".split())


def _agree(auxiliary: str, pronoun: Pronoun) -> str:
    if pronoun[0] in {"she", "he"}:
        return {"are": "is", "have": "has"}.get(auxiliary, auxiliary)
    return auxiliary


def straight(act: Act, pronoun: Pronoun) -> str:
    """A question as typed in an instruction, in the third person: "can she send it?"."""
    parts = [part.strip() for part in act.body.split(";")]
    at = len(parts) - 3
    if "\x01" in parts[at + 1]:
        parts[at] = {"do": "does"}.get(parts[at], _agree(parts[at], pronoun)) if pronoun[0] in {"she", "he"} else parts[at]
    return " ".join(settle(" ".join(parts), pronoun).split()) + "?"


def fill(frame: str, act: Act, to: str, pronoun: Pronoun) -> str:
    """A frame or a join with its phrase, as the writer types it."""
    text = frame.replace("T", pronoun[1]).replace("S ", pronoun[0] + " ")
    if act.kind in {"ask", "wh"}:
        text = text.replace("?", straight(act, pronoun)) if "?" in text else text.replace("%", embed(act, pronoun))
    else:
        body = settle(act.body, pronoun)
        if "_" in text:
            first, _, more = body.partition(" ")
            text = text.replace("_", f"{inflect(first, 'ing')} {more}")
        text = text.replace("%", body)
    return re.sub(r"\bX\b", lambda _: to, text).strip()


def open_frame(frame: str) -> bool:
    return re.search(r"\bX\b", frame) is None


def ending(scene: Scene) -> str:
    """Wishes and prohibitions behind an instruction; the message shows nothing of them."""
    rng = scene.rng
    hush = scene.pick(HUSHES).replace("%", scene.phrase("hush")) if rng.random() < 0.25 else ""
    return hush + (scene.pick(WISHES) if rng.random() < 0.15 else "")


def typed(text: str, rng: Random) -> str:
    """The instruction as people type it: shortened words, dropped articles, no capital."""
    if rng.random() < 0.45:
        return text
    rate = rng.choice((0.15, 0.3, 0.6))
    out = []
    for word in text.split():
        core = word.rstrip(",.;:!?")
        short = _SHORT.get(core)
        if short is None or (short in _RISKY and rng.random() > 0.08) or rng.random() > rate:
            out.append(word)
        elif short or core != word:
            out.append(short + word[len(core) :])
    return re.sub(r"\s+([,.;:!?])", r"\1", " ".join(out)).replace("on the ", "on ") if out else text


def extras(scene: Scene) -> Act:
    return Act("extra", scene.pick(tuple(EXTRAS)))


def addressee(scene: Scene) -> tuple[str, str]:
    """Who the instruction names and how the greeting calls them."""
    roll = scene.rng.random()
    if roll < 0.62:
        name = scene.name()
        return name, name
    if roll < 0.8:
        group = scene.pick(words("group"))
        return group, group.removeprefix("the ").removeprefix("all ") if group != "all staff" else "all"
    if roll < 0.9:
        desk = scene.pick(words("desk"))
        return desk, desk.removeprefix("the ")
    if roll < 0.95:
        one, two = scene.name(), scene.name()
        return scene.pick((f"{one} and {two}", f"{one} + {two}")), f"{one} and {two}"
    org = scene.pick(words("org"))
    return org, org
