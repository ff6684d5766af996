"""The grammar of meetings: what it makes is repeatable, grounded, short, varied, and keeps its held-out rules apart."""

from __future__ import annotations

import re
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.training.pretrain.grammar import HELD_OUT, meeting_items
from assent.training.pretrain.grammar.phrases import in_words, ordinal
from assent.training.pretrain.grammar.rules import TASKS, rules
from assent.training.pretrain.grammar.scene import Scene
from assent.training.pretrain.grammar.template import Nodes, Ref
from assent.training.pretrain.grammar.words import inflect, plural
from assent.training.pretrain.items import NONE, Item

_WORD = re.compile(r"[£$€]?\w[\w,:.&'%-]*")
_NUMBER_WORDS = {in_words(n) for n in range(2, 21)} | {in_words(n) for n in range(30, 99, 10)} | {"hundred"}

_PERSONAL = {"I", "me", "my", "you", "your", "we", "our", "us"}


def _words(text: str) -> list[str]:
    return [word.rstrip(",.:").removesuffix("'s") for word in _WORD.findall(text)]


def _facts(target: str) -> set[str]:
    """Names, numbers and codes of a target; its first word is left out, being a capital by its place."""
    words = _words(target)
    inner = {word for word in words[1:] if word[:1].isupper() or any(c.isdigit() for c in word)}
    return inner | {word.lower() for word in words if word.lower() in _NUMBER_WORDS}


def _evidence(item: Item) -> set[str]:
    words = [word for speaker, text in item.lines for word in _words(f"{speaker} {text}")]
    return set(words) | {word.lower() for word in words}


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), held_out=st.booleans())
def test_every_fact_of_a_target_stands_in_its_lines(seed: int, held_out: bool) -> None:
    for item in meeting_items(seed, 40, held_out):
        assert _facts(item.target) <= _evidence(item), item


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_items_are_short_and_finished(seed: int) -> None:
    for item in meeting_items(seed, 40):
        assert 1 <= len(item.lines) <= 4
        assert sum(len(text.split()) for _, text in item.lines) <= 120
        assert all(speaker and text for speaker, text in item.lines)
        whole = " ".join([item.target, *(text for _, text in item.lines)])
        assert not re.search(r"[{}\[\]|\x00-\x1f]|  | [,.?!]", whole), item
        if item.task == "heading":
            assert len(item.target.split()) <= 32
        elif item.target != NONE:
            assert item.target.endswith(".") and item.target[0] == item.target[0].upper()


@given(seed=st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_items(seed: int) -> None:
    assert list(meeting_items(seed, 5)) == list(meeting_items(seed, 5))


def test_held_out_rules_appear_only_when_asked_for() -> None:
    assert {item.pattern for item in meeting_items(1, 3000)}.isdisjoint(HELD_OUT)
    assert {item.pattern for item in meeting_items(1, 500, held_out=True)} <= HELD_OUT


def test_held_out_rules_are_about_a_twelfth_and_touch_every_task() -> None:
    every = [rule for group in rules().values() for rule in group]
    assert 0.05 < len(HELD_OUT) / len(every) < 0.12
    assert {pattern.partition(".")[0] for pattern in HELD_OUT} == set(TASKS)


def _names(nodes: Nodes) -> set[str]:
    """What every expansion of a template draws: names, and people by their letter."""
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, Ref):
            found.add(node.name)
        elif isinstance(node, str):
            found.update(node[1:2] if len(node) > 2 and node[0] == "\x01" else "")
        else:
            found.update(set.intersection(*(_names(option) for option in node.options)))
    return found


def test_whatever_a_target_names_is_said_in_every_way_of_saying_it() -> None:
    for group in rules().values():
        for rule in group:
            said = set(rule.speakers).union(*(set.intersection(*map(_names, turn)) for turn in rule.turns))
            assert _names(rule.target) - {"w"} <= said, rule.pattern


def test_nobody_is_spoken_of_as_the_receiver_of_an_own_task() -> None:
    for group in rules().values():
        for rule in group:
            doer = _names(rule.target[:1]) & set("ABCD")
            assert not rule.other or rule.other not in doer, rule.pattern


def test_there_are_many_rules_with_names_of_their_own() -> None:
    names = [rule.pattern for group in rules().values() for rule in group]
    assert len(names) == len(set(names)) > 1000


def test_a_pronoun_for_a_person_never_reaches_a_target() -> None:
    for item in meeting_items(5, 4000):
        assert set(re.findall(r"[A-Za-z]+", item.target)).isdisjoint(_PERSONAL), item


def test_some_lines_hold_nothing_of_their_task() -> None:
    items = [item for item in meeting_items(3, 6000) if item.task in ("action", "decision", "question")]
    share = Counter(item.target == NONE for item in items)[True] / len(items)
    assert 0.05 < share < 0.15


def test_pairs_that_differ_in_one_cue_differ_in_target() -> None:
    """The same request is a task when it is taken, another's when it is handed on, and none when it is done."""

    def targets(state: str) -> set[Nodes]:
        found = {rule.target for group in rules().values() for rule in group if rule.state == state}
        assert found, state
        return found

    assert len(set().union(*map(targets, ("action.request", "action.handover", "action.none_done")))) >= 3
    for one, other in (
        ("action.request", "action.handover"),
        ("action.request", "action.none_done"),
        ("decision.proposal", "decision.refusal"),
    ):
        assert targets(one).isdisjoint(targets(other))


def test_a_misspelt_name_in_a_template_is_an_error() -> None:
    with pytest.raises(ValueError, match="evnet"):
        Scene(Random(1), "A").resolve("evnet", "")


@pytest.mark.parametrize(
    ("verb", "past", "ing"),
    [("send", "sent", "sending"), ("plan", "planned", "planning"), ("carry", "carried", "carrying"),
     ("use", "used", "using"), ("visit", "visited", "visiting"), ("agree", "agreed", "agreeing"),
     ("refer", "referred", "referring")],
)  # fmt: skip
def test_verbs_are_inflected(verb: str, past: str, ing: str) -> None:
    assert (inflect(verb, "past"), inflect(verb, "ing")) == (past, ing)


def test_numbers_and_plurals_are_spelled_out() -> None:
    said = ["seventeen", "forty-two", "three hundred", "one thousand two hundred and fifty"]
    assert [in_words(n) for n in (17, 42, 300, 1250)] == said
    assert [ordinal(n) for n in (1, 12, 20, 23)] == ["first", "twelfth", "twentieth", "twenty-third"]
    assert [plural(n) for n in ("box", "key safe", "policy", "tray")] == ["boxes", "key safes", "policies", "trays"]
