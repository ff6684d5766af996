from __future__ import annotations

from pathlib import Path

from assent.training.evaluate.linked import Item
from assent.training.experiment import accounts
from assent.training.experiment.accounts import Kept, World, person
from assent.training.signals import meaning

VERDICTS = ("thumb_up", "accept", "regenerate", "thumb_down", "discard")


def kept(items: list[Item]) -> list[Kept]:
    return [Kept(item, "human", item.target, VERDICTS[at % 5]) for at, item in enumerate(items)]


def test_no_row_of_anyone_who_refuses_trains_and_every_other_does(invented: list[Item], home: Path) -> None:
    """L1, L3"""
    world = World(frozenset({"a0", "a1"}), frozenset({person("a2", "Ada")}), frozenset({person("a3", "Ben")}))
    rows = kept(invented)
    allowed = accounts.ask(home, rows, world, seed=0)
    no = {"a2": "Ada", "a3": "Ben"}
    free = {
        row.item.id
        for row in rows
        if row.item.account not in world.refusing and no.get(row.item.account) not in dict(row.item.turns)
    }
    assert {row.row for row in allowed.accepted} == free
    assert 0 < len(free) < len(rows) * 3 / 4


def test_rows_are_those_that_the_items_give_by_key(invented: list[Item], home: Path) -> None:
    rows = kept(invented)
    by_id = {row.item.id: row for row in rows}
    allowed = accounts.ask(home, rows, World(frozenset(), frozenset(), frozenset()), seed=0)
    assert len(allowed.accepted) == len(rows)
    for row in allowed.accepted:
        assert (row.lines, row.target) == (by_id[row.row].example().lines, by_id[row.row].text)


def test_after_the_verdicts_rows_weigh_what_their_verdict_means(invented: list[Item], home: Path) -> None:
    """T10"""
    rows = kept(invented)
    allowed = accounts.ask(home, rows, World(frozenset(), frozenset(), frozenset()), seed=0)
    wanted = {row.item.id: meaning([row.verdict], None) for row in rows}
    assert {row.row: row.weight for row in allowed.judged} == {
        name: one.weight for name, one in wanted.items() if one.use
    }


def test_a_world_refuses_in_the_shares_it_states_and_the_same_for_the_same_seed(invented: list[Item]) -> None:
    world = World.draw(invented, 5)
    assert world == World.draw(reversed(invented), 5)
    assert len(world.refusing) == 2
    speakers = {person(item.account, who) for item in invented for who, _ in item.turns}
    inside = [one for one in speakers if one.split("/")[0] not in world.refusing]
    assert len(world.persons) == round(accounts.PERSONS_REFUSE * (len(inside) - len(world.guests)))
    assert len(world.guests) == round(accounts.GUESTS * len(inside))
    assert not world.persons & world.guests
