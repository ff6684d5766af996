"""How people type an instruction: "tell X that ...", "ask X whether ...", "X -> ..., short". It knows no tone.

A frame has a name; whole frames are held out, so that a score on them is a score on wording never trained on.
"""

from __future__ import annotations

import re
from random import Random

from assent.training.pretrain.grammar.words import inflect
from assent.training.pretrain.messages.acts import Act, embed, straight
from assent.training.pretrain.messages.scene import Pronoun, Scene, lines_of, settle, words
from assent.training.pretrain.messages.voice import EXTRAS


def _typed(prefix: str) -> dict[str, tuple[str, ...]]:
    """`prefix kind: text` lines of `frames.txt`, by kind; a leading space of the text counts."""
    found: dict[str, list[str]] = {}
    for line in lines_of("frames.txt"):
        name, _, text = line.partition(": ")
        if name.startswith(prefix):
            found.setdefault(name[len(prefix) :].strip(), []).append(text)
    return {kind: tuple(texts) for kind, texts in found.items()}


FRAMES = _typed("frame")
JOINS = _typed("join")
HUSHES = _typed("hush")[""]
WISHES = _typed("wish")[""]
PRONOUNS: tuple[Pronoun, ...] = (("she", "her", "her"), ("he", "him", "his"), ("they", "them", "their"))
_SHORT = {
    "Monday": "mon",
    "Tuesday": "tues",
    "Wednesday": "weds",
    "Thursday": "thu",
    "Friday": "fri",
    "Saturday": "sat",
    "tomorrow": "tmrw",
    "with": "w/",
    "because": "bc",
    "people": "ppl",
    "please": "pls",
    "and": "+",
    "about": "abt",
    "message": "msg",
    "the": "",
    "without": "w/out",
    "you": "u",
    "minutes": "min",
    "can't": "cant",
    "don't": "dont",
    "I'm": "im",
    "won't": "wont",
    "I": "i",
    "it's": "its",
    "I'd": "id",
    "doesn't": "doesnt",
    "thanks": "thx",
    "something": "sth",
    "is": "",
    "week": "wk",
    "meeting": "mtg",
    "tonight": "tonite",
    "that": "",
}
_RISKY = frozenset({"+"})


def fill(frame: str, act: Act, to: str, pronoun: Pronoun) -> str:
    """A frame or a join with its phrase, as the writer types it."""
    text = frame.replace("T", pronoun[1]).replace("S ", pronoun[0] + " ")
    if act.typed and "_" not in text:
        mark = "?" if act.kind in {"ask", "wh"} and "?" in text else "%"
        text = text.replace(mark, settle(act.typed, pronoun))
    elif act.kind in {"ask", "wh"}:
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
