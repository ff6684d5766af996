"""Made-up meeting turns and the sentence each should become: what teaches the embedded model to write minutes.

It knows no tokenizer and no training. Everything comes from the tables beside it and one seed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from typing import TypeVar

from assent.training.pretrain.grammar import noise
from assent.training.pretrain.grammar.rules import Rule, rules
from assent.training.pretrain.grammar.scene import Scene
from assent.training.pretrain.grammar.template import Nodes, Ref, expand
from assent.training.pretrain.grammar.words import inflect, lists, table
from assent.training.pretrain.items import NONE, Item, Task

T = TypeVar("T")

__all__ = ["HELD_OUT", "MOST_TURNS", "MOST_WORDS", "meeting_items"]

MOST_WORDS = 120
"""Words of evidence an item may have."""
MOST_TARGET_WORDS = 32
MOST_TURNS = 4
_TASKS: tuple[Task, ...] = ("action", "decision", "question", "point", "heading")
_WEIGHTS = (0.3, 0.22, 0.16, 0.26, 0.06)
_NOISY = 0.5
_BARE = 0.15
_BYSTANDERS = "EF"
_PEOPLE = "ABCD" + _BYSTANDERS
"""The speakers of the rules, and two who only ever say what has no bearing."""
_MAY_BE_EMPTY = ("action", "decision", "question")
_EMPTY = 0.08
_NODS = ((Ref("ack", ""),), (Ref("back", ""),))
_NOD_LOST = 0.4
_RECAP = 0.2
_EXTRA_TURNS = (0, 0, 1, 1, 2)
_EXTRA_SENTENCES = (0, 0, 0, 1, 1, 2, 3)
_MARK = re.compile(r"\x01([^\x02]*)\x02")
_SPACES = re.compile(r"\s+([,.?!])|\s{2,}")
_CAPITAL = re.compile(r"(?:^|(?<=[.?!] ))[a-zàäöü]")
_ARTICLE = re.compile(r"\b([Aa]) (?=[aeiou](?!ne\b|nion|se|sual))")
_BE = {"be": ("am", "are", "is"), "was": ("was", "were", "was")}

HELD_OUT: frozenset[str] = frozenset(rule.pattern for group in rules().values() for rule in group if rule.held_out)
"""Patterns that meeting_items gives only when asked for held-out ones."""


def meeting_items(seed: int, count: int, held_out: bool = False) -> Iterator[Item]:
    """`count` items, the same for the same seed; the held-out rules only, or all the others."""
    rng = Random(seed)
    made = 0
    while made < count:
        item = _item(_draw_rule(rng, held_out), rng)
        if item is not None:
            made += 1
            yield item


@cache
def _states(task: Task, held_out: bool, empty: bool) -> tuple[tuple[Rule, ...], ...]:
    """The rules of a task by state, repeated so that a state of many rules is drawn more often."""
    by_state: dict[str, list[Rule]] = {}
    for rule in rules()[task]:
        if rule.held_out == held_out and rule.empty == empty:
            by_state.setdefault(rule.state, []).append(rule)
    return tuple(tuple(group) for group in by_state.values() for _ in range(1 + len(group) // 4))


def _draw_rule(rng: Random, held_out: bool) -> Rule:
    task = rng.choices(_TASKS, _WEIGHTS)[0]
    empty = task in _MAY_BE_EMPTY and rng.random() < _EMPTY
    group = _pick(_states(task, held_out, empty) or _states(task, held_out, False), rng)
    return _pick(group, rng)


def _pick(options: Sequence[T], rng: Random) -> T:
    return options[int(rng.random() * len(options))]


def _item(rule: Rule, rng: Random) -> Item | None:
    scene = Scene(rng, rule.other)
    firsts = dict(zip(_PEOPLE, (*scene.firsts[:4], *scene.firsts[8:]), strict=True))
    lasts = lists("names.txt")["last"]
    full = {s: f"{firsts[s]} {_pick(lasts, rng)}" for s in _PEOPLE}
    said = _said(rule, scene, firsts, rng)
    speakers = {speaker for speaker, _ in said}
    names = {s: full[s] if s in speakers else firsts[s] for s in _PEOPLE}
    target = _finish(_written(_filled(rule.target, scene), names))
    lines = tuple((full[s], text) for s, text in _natural(said, scene, rng, rule))
    if len(target.split()) > MOST_TARGET_WORDS or sum(len(text.split()) for _, text in lines) > MOST_WORDS:
        return None
    return Item(rule.task, lines, NONE if rule.empty else target, (), rule.pattern)


def _said(rule: Rule, scene: Scene, firsts: dict[str, str], rng: Random) -> list[tuple[str, str]]:
    turns = [(speaker, _pick(options, rng)) for speaker, options in zip(rule.speakers, rule.turns, strict=True)]
    if turns[-1][1] in _NODS and len(turns) > 1 and rng.random() < _NOD_LOST and rule.other not in turns[-1][0]:
        turns.pop()
    if rule.extra and len(turns) < MOST_TURNS and rng.random() < _RECAP:
        turns.append(_pick(rule.extra, rng))
    speakers = "".join(speaker for speaker, _ in turns)
    return [
        (speaker, _finish(_spoken(_filled(nodes, scene), speaker, _listener(speakers, at), firsts)))
        for at, (speaker, nodes) in enumerate(turns)
    ]


def _filled(nodes: Nodes, scene: Scene) -> str:
    out: list[str] = []
    expand(nodes, scene, out)
    return "".join(out)


def _listener(speakers: str, at: int) -> str:
    """Whom a turn speaks to: the speaker before, and for the first turn the one after."""
    if at:
        return speakers[at - 1]
    return speakers[1] if len(speakers) > 1 else "B"


def _spoken(text: str, speaker: str, listener: str, firsts: dict[str, str]) -> str:
    def person(match: re.Match[str]) -> str:
        who, _, verb = match[1].partition(":")
        if who in ("A's", "B's", "C's", "D's"):
            return firsts[who[0]] + "'s"
        if not verb:
            return firsts[who]
        place = 0 if who in ("we", speaker) else 1 if who == listener else 2
        return _person(verb, ("we", "our", "us") if who == "we" else _PRONOUNS.get(place) or (firsts[who],) * 3, place)

    return _MARK.sub(person, text) if "\x01" in text else text


_PRONOUNS = {0: ("I", "my", "me"), 1: ("you", "your", "you")}


def _written(text: str, names: dict[str, str]) -> str:
    def person(match: re.Match[str]) -> str:
        who, _, verb = match[1].partition(":")
        if who in ("A's", "B's", "C's", "D's"):
            return names[who[0]] + "'s"
        if not verb:
            return names[who]
        if who == "we":
            return _person(verb, ("the team", "the", "the team"), 2)
        return "the" if verb == "own" else _person(verb, (names[who],) * 3, 2)

    return _MARK.sub(person, text) if "\x01" in text else text


def _person(verb: str, words: tuple[str, str, str], place: int) -> str:
    """A person as subject of `verb`, as possessive or as object; place is 0 for me and us, 1 for you, 2 for others."""
    subject, possessive, thing = words
    if verb in ("@", "us"):
        return thing
    if verb in ("@'s", "our", "own"):
        return possessive if possessive != subject else f"{subject}'s"
    if verb.startswith("-"):
        return f"{subject} {verb[1:]}"
    if verb in _BE:
        return f"{subject} {_BE[verb][1 if subject == 'we' else place]}"
    return f"{subject} {inflect(verb, 's') if place == 2 else verb}"


def _finish(text: str) -> str:
    text = _SPACES.sub(lambda match: match[1] or " ", text).strip()
    text = _ARTICLE.sub(r"\1n ", text)
    return _CAPITAL.sub(lambda match: match[0].upper(), text)


def _natural(said: list[tuple[str, str]], scene: Scene, rng: Random, rule: Rule) -> list[tuple[str, str]]:
    """The turns as they would be heard: with short forms always, and in most items with what does not belong."""
    lines = [(speaker, noise.contract(text, rng)) for speaker, text in said]
    if rng.random() < _NOISY:
        lines = [(s, noise.disturb(text, rng) if rng.random() < 0.6 else text) for s, text in lines]
    if rng.random() < _BARE:
        return lines
    for _ in range(_pick(_EXTRA_SENTENCES, rng)):
        _add_sentence(lines, scene, rng, rule)
    for _ in range(min(_pick(_EXTRA_TURNS, rng), MOST_TURNS - len(lines))):
        _add_turn(lines, scene, rng, rule)
    return lines


def _add_sentence(lines: list[tuple[str, str]], scene: Scene, rng: Random, rule: Rule) -> None:
    """Something else said in the same breath, before or after."""
    at = int(rng.random() * len(lines))
    speaker, text = lines[at]
    extra = _other_talk(scene, rng, rule)
    lines[at] = (speaker, f"{extra} {text}" if at == 0 or rng.random() < 0.4 else f"{text} {extra}")


def _add_turn(lines: list[tuple[str, str]], scene: Scene, rng: Random, rule: Rule) -> None:
    """A turn that says nothing to the matter: before the first, after the last, or a nod in between."""
    place = int(rng.random() * 3)
    at = 0 if place == 0 else len(lines) if place == 1 else int(rng.random() * len(lines)) + 1
    near = {speaker for speaker, _ in lines[max(at - 1, 0) : at + 1]}
    speaker = _pick([s for s in rule.speakers + _BYSTANDERS if s not in near], rng)
    inside = 0 < at < len(lines)
    lines.insert(at, (speaker, _finish(scene.chatter(short=True)) if inside else _other_talk(scene, rng, rule)))


def _other_talk(scene: Scene, rng: Random, rule: Rule) -> str:
    draw = rng.random()
    if draw < 0.5:
        return _pick(table("talk.txt"), rng)
    # A point may be made of anything that is reported, so only small talk is idle beside one.
    text = scene.chatter() if draw < 0.65 or rule.task in ("point", "heading") else scene.aside()
    return noise.contract(_finish(_MARK.sub(lambda match: _plural_we(match[1]), text)), rng)


def _plural_we(mark: str) -> str:
    return _person(mark.partition(":")[2], ("we", "our", "us"), 0)
