"""An end deletes what it ended, and nothing else."""

from __future__ import annotations

import pytest
from interactions_world import World, call, say
from sqlalchemy import func, select

from assent.data.consent.gate import DENY_ALL
from assent.data.interactions import erasing
from assent.data.store.tables import contributors, feedback, interactions, pieces
from assent.errors import StoreError

TURNS = [say("dana", "first, Bob"), say("bob", "second"), say("dana", "third")]


def count(world: World, table: object) -> int:
    with world.database.read() as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0  # type: ignore[arg-type]


def rows_of(world: World, person: str) -> int:
    with world.database.read() as connection:
        query = select(func.count()).where(contributors.c.person == world.person(person))
        return connection.scalar(query) or 0


def test_an_objection_takes_the_persons_pieces_and_every_call_they_were_part_of(world: World) -> None:
    """W1, W3."""
    world.join("acme", "dana", "bob")
    logged = world.capture("acme", TURNS, [call(0, 1), call(2), call(1)])
    end = world.object("bob")
    erased = world.erase(end)
    assert (erased.pieces, erased.contributors) == (3, 1)  # two calls and Bob's speech
    assert rows_of(world, "bob") == 0
    assert [row.id for row in world.log.rows("acme")] == [logged.calls[1]]
    assert world.erase(end).pieces == 0


def test_speech_that_no_call_points_at_goes_with_the_call(world: World) -> None:
    world.join("acme", "dana", "bob")
    world.capture("acme", TURNS, [call(0, 1)])
    world.erase(world.object("bob"))
    assert count(world, pieces) == count(world, contributors) == count(world, interactions) == 0


def test_an_interaction_left_without_calls_goes_with_its_feedback(world: World) -> None:
    world.join("acme", "dana", "bob")
    gone = world.capture("acme", TURNS, [call(1)], meeting="m").interaction
    stays = world.capture("acme", TURNS, [call(0)], meeting="m").interaction
    for use in (gone, stays):
        assert world.log.feedback(use, "accept", account="acme", user="dana")
    assert world.erase(world.object("bob")).interactions == 1
    with world.database.read() as connection:
        assert connection.scalars(select(interactions.c.id)).all() == [stays]
        assert connection.scalars(select(feedback.c.interaction)).all() == [stays]


def test_an_objection_at_one_host_leaves_what_others_hold(world: World) -> None:
    world.join("acme", "dana")
    world.join("other", "eve")
    world.serve("dana", "acme", "other")
    world.capture("acme", TURNS, [call(0)])
    world.capture("other", TURNS, [call(0)], user="eve")
    world.erase(world.object("dana", "other"))
    assert len(list(world.log.rows("acme"))) == 1 and list(world.log.rows("other")) == []


def test_withdrawing_training_alone_keeps_the_log(world: World) -> None:
    """DESIGN: the rows are never trained on, the log stays."""
    world.join("acme", "dana")
    world.capture("acme", TURNS, [call(0)])
    end = world.object("dana", purposes=["train_content"])
    assert world.erase(end).pieces == 0
    assert len(list(world.log.rows("acme"))) == 1 and list(world.log.rows("acme", "train_content")) == []


@pytest.mark.parametrize("end", ["withdraw", "closed", "left", "expired"])
def test_every_end_erases(world: World, end: str) -> None:
    """R7."""
    world.join("acme", "dana", "bob")
    world.capture("acme", TURNS, [call(0, 1, 2)])
    if end == "withdraw":
        event = world.withdraw("acme", ["log_content"])
    elif end == "closed":
        event = world.event("closed", account=world.account("acme"))
    elif end == "left":
        event = world.event("left", person=world.person("dana"), account=world.account("acme"))
    else:
        event = world.event("expired", grant=2)
    assert world.erase(event).pieces == 3
    assert count(world, pieces) == 0


def test_retention_spares_what_was_captured_later(world: World) -> None:
    """R7."""
    world.join("acme", "dana")
    world.capture("acme", TURNS, [call(0)])
    first = world.desk.at().index
    world.serve("bob", "acme")
    world.capture("acme", TURNS, [call(1)])
    event = world.event("retention", host=world.account("acme"), before=first)
    world.erase(event)
    assert [row.turns[0].speaker for row in world.log.rows("acme")] == ["Bob"]
    assert count(world, pieces) == 2 and count(world, interactions) == 1


def test_an_edit_goes_with_its_call_however_late_it_came(world: World) -> None:
    world.join("acme", "dana")
    logged = world.capture("acme", TURNS, [call(0)])
    first = world.desk.at().index
    world.serve("bob", "acme")
    texts = {str(logged.calls[0]): "Something was said."}
    assert world.log.edit(str(logged.interaction), texts, "Something.", account="acme", user="dana").logged == 1
    world.erase(world.event("retention", host=world.account("acme"), before=first))
    assert count(world, pieces) == 0


def test_a_later_grant_revives_nothing(world: World) -> None:
    """C11."""
    world.join("acme", "dana")
    world.capture("acme", TURNS, [call(0)])
    end = world.withdraw("acme")
    world.sign("acme")
    assert list(world.log.rows("acme")) == []
    world.capture("acme", TURNS, [call(2)])
    world.erase(end)
    assert [row.turns[0].n for row in world.log.rows("acme")] == [2]


def test_it_erases_in_batches_and_can_be_cut_off(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R2."""
    world.join("acme", "dana", "bob")
    for _ in range(7):
        world.capture("acme", TURNS, [call(0, 1), call(2)])
    end = world.object("bob")
    monkeypatch.setattr(erasing, "AT_ONCE", 3)
    batch, done = erasing._batch, []

    def cut(*arguments: object) -> object:
        if len(done) == 2:
            raise StoreError("cut off")
        done.append(1)
        return batch(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(erasing, "_batch", cut)
    with pytest.raises(StoreError):
        world.erase(end)
    monkeypatch.setattr(erasing, "_batch", batch)
    assert rows_of(world, "bob") > 0
    world.erase(end)
    assert rows_of(world, "bob") == 0 and len(list(world.log.rows("acme"))) == 7


def test_a_gate_that_denies_all_erases_nothing(world: World) -> None:
    world.join("acme", "dana")
    world.capture("acme", TURNS, [call(0)])
    end = world.object("dana", "acme", ["telemetry"])
    with pytest.raises(StoreError):
        world.log.erase(end, DENY_ALL)
    assert count(world, pieces) == 2


def test_those_who_stay_forget_who_spoke(world: World) -> None:
    world.join("acme", "dana", "bob")
    world.capture("acme", TURNS, [call(0), call(1)])
    world.erase(world.object("bob"))
    with world.database.read() as connection:
        assert world.person("bob") not in str(connection.scalars(select(interactions.c.about)).all())
