"""The quality figures: on hand cases, with a scripted engine where an engine is wanted."""

from __future__ import annotations

import pytest

from assent.models import Prompt, ScriptedEngine
from assent.models.slots import SLOT_TOKENS, SPECIAL, SlotCodec
from assent.training.pretrain.items import Item
from assent.training.pretrain.quality import KINDS, facts, held_out, keeps, measure, table, wilson

WORDS = "i will send the to by we agreed on a plan it did n't".split()
CODEC = SlotCodec([*SPECIAL, *SLOT_TOKENS, *WORDS, *".,?!:"])
ITEM = Item(
    "action", (("Priya", "I will send the badge to Bo by Monday."),), "Priya will send the badge to Bo by Monday."
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Priya will send the badge to Bo by Monday.", True),
        ("By Monday, Priya will send Bo the badge.", True),
        ("Priya will send the badge to Bo.", False),
        ("Priya will send the badge to Bo by Tuesday.", False),
        ("Priya will send the badge to Bo and Ana by Monday.", False),
        ("", False),
    ],
)
def test_an_answer_is_right_with_all_facts_and_no_other(text: str, kept: bool) -> None:
    assert keeps(CODEC, ITEM, text) is kept


def test_facts_are_slots_of_the_item_and_words_it_lacks() -> None:
    assert facts(CODEC, ITEM, "Priya will send it by Monday.") == {"<p0>", "<t0>"}
    assert facts(CODEC, ITEM, "We agreed on it.") == frozenset()
    assert len(facts(CODEC, ITEM, "We agreed on a laptop.")) == 1


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_is_wilsons(hits: int, total: int, low: float, high: float) -> None:
    assert wilson(hits, total) == pytest.approx((low, high), abs=5e-4)


def test_no_items_leave_the_share_open() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("kind", KINDS)
def test_held_out_items_are_the_same_each_time_and_state_something(kind: str) -> None:
    items = held_out(kind, 40)
    assert items == held_out(kind, 40) and items
    assert all(item.target != "none" for item in items)


def test_a_perfect_engine_scores_one_and_an_empty_one_nothing() -> None:
    targets = [item.target for item in held_out("meetings", 30)]
    perfect = measure(ScriptedEngine(targets), CODEC, "meetings", 30)
    assert (perfect.facts, perfect.exact, perfect.items) == (1.0, 1.0, len(targets))
    assert 0 < perfect.low < 1 and perfect.high == pytest.approx(1.0)

    def silent(_: Prompt) -> str:
        return ""

    empty = measure(ScriptedEngine(silent), CODEC, "meetings", 30)
    assert (empty.exact, empty.copied) == (0.0, perfect.copied) and empty.facts < 0.2
    assert "| meetings |" in table([perfect, empty])
