"""Capture logs what the gate allows, and nothing else, once."""

from __future__ import annotations

from dataclasses import replace

import pytest
from interactions_world import World, call, say, stray
from sqlalchemy import func, select

from assent.data.interactions import Call
from assent.data.store.tables import metadata, pieces
from assent.data.transcripts.roster import Roster, RosterEntry
from assent.errors import InputError

MEETING = [
    say("dana", "Bob will call Visitor on Tuesday"),
    say("bob", "yes, Dana"),
    stray("I would rather not"),
    say("dana", "so be it"),
]


def everything(world: World) -> str:
    """Every value of every row of the database."""
    with world.database.read() as connection:
        tables = [table for table in metadata.sorted_tables if table.name not in ("ledger_events",)]
        return "\n".join(str(row) for table in tables for row in connection.execute(select(table)))


def count(world: World, kind: str) -> int:
    with world.database.read() as connection:
        return connection.scalar(select(func.count()).where(pieces.c.kind == kind)) or 0


def test_a_window_without_the_unknown_speaker_is_logged_and_the_others_are_not(world: World) -> None:
    """M1, M3."""
    world.join("acme", "dana", "bob")
    logged = world.capture("acme", MEETING, [call(0, 1, text="Bob calls Visitor."), call(2, 3), call(3)])
    assert [one is not None for one in logged.calls] == [True, False, True]
    assert str(logged) == "logged 2 of 3 calls; not logged: 1 of 3 speakers unknown"
    row = next(row for row in world.log.rows("acme") if row.id == logged.calls[0])
    assert [tuple(turn) for turn in row.turns] == [
        (0, "Dana", "Bob will call [someone] on Tuesday"),
        (1, "Bob", "yes, Dana"),
    ]
    assert row.text == "Bob calls [someone]." and row.kept is None and row.feature == "summarize"
    assert {one.basis for one in row.contributors} == {"account_grant"}


def test_what_was_made_of_calls_inherits_all_their_contributors(world: World) -> None:
    """M2."""
    world.join("acme", "dana", "bob")
    made = world.capture(
        "acme", MEETING, [call(0), call(2), call(parents=(0,)), call(parents=(0, 1)), call(3, parents=(3,))]
    )
    assert [one is not None for one in made.calls] == [True, False, True, False, False]
    by_id = {row.id: row for row in world.log.rows("acme")}
    assert by_id[made.calls[2]].parents == (made.calls[0],)
    assert [one.person for one in by_id[made.calls[2]].contributors] == [world.person("dana")]


def test_nothing_of_a_refused_capture_reaches_the_database(world: World) -> None:
    """T3."""
    world.sign("acme")
    world.person("dana")
    before = everything(world)
    logged = world.capture("acme", [say("dana", "sentinel")], [call(0, text="sentinel")], meeting="m", request="r")
    assert everything(world) == before
    assert (
        logged.interaction is None and str(logged) == "logged 0 of 1 call; not logged: 1 speaker not shown the notice"
    )


def test_an_account_without_a_grant_logs_nothing(world: World) -> None:
    """C9."""
    world.account("acme"), world.person("dana")
    assert world.capture("acme", [say("dana", "hello")], [call(0)]).logged == 0
    assert world.capture("nowhere", [say("dana", "hello")], [call(0)]).logged == 0


def test_a_guest_needs_their_own_accounts_grant_and_the_notice_of_the_host(world: World) -> None:
    """C11."""
    world.join("acme", "dana")
    turns = [say("gus", "hello", account="guests")]
    world.serve("gus", "guests", "acme")
    assert world.capture("acme", turns, [call(0)]).logged == 0
    world.sign("guests")
    assert world.capture("acme", turns, [call(0)]).logged == 1


def test_a_call_without_anyones_words_is_not_logged(world: World) -> None:
    world.join("acme", "dana")
    assert (
        str(world.capture("acme", MEETING, [call()])) == "logged 0 of 1 call; not logged: 1 call without anyone's words"
    )


def test_no_live_key_no_log(world: World) -> None:
    """DESIGN, keys: capture only looks one up."""
    world.sign("acme")
    world.event_only(
        "served",
        sha256="e" * 64,
        person=world.person("dana"),
        account=world.account("acme"),
        host=world.account("acme"),
    )
    logged = world.capture("acme", [say("dana", "hello")], [call(0)])
    assert str(logged) == "logged 0 of 1 call; not logged: 1 speaker without a key"
    world.follow()
    assert world.capture("acme", [say("dana", "hello")], [call(0)]).logged == 1


def test_a_key_of_an_older_generation_is_not_used(world: World) -> None:
    world.join("acme", "dana")
    world.event_only(
        "grant",
        account=world.account("acme"),
        person=None,
        signer="x",
        sha256="f" * 64,
        purposes=["log_content"],
        nonce="",
        key_id="",
        signature="",
    )
    assert world.capture("acme", [say("dana", "hello")], [call(0)]).reasons == {"no_key": 1}


def test_the_gate_is_asked_again_if_the_head_moves_before_the_write(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.join("acme", "dana")
    lock = world.ledger.lock
    asked = world.desk.at
    moved: list[object] = []

    def at(index: int | None = None) -> object:
        view = asked(index)
        if not moved:
            moved.append(
                world.event_only("objection", person=world.person("dana"), host=None, purposes=["log_content"])
            )
        return view

    monkeypatch.setattr(world.desk, "at", at)
    assert world.ledger.lock == lock
    logged = world.capture("acme", [say("dana", "hello")], [call(0)])
    assert logged.logged == 0 and str(logged).endswith("1 speaker objected")


def test_a_gate_that_denies_all_logs_nothing(world: World) -> None:
    """C15."""
    world.join("acme", "dana")
    world.desk.broken = True
    assert world.capture("acme", MEETING, [call(0)]).logged == 0
    assert list(world.log.rows("acme")) == []


def test_the_same_request_is_one_interaction(world: World) -> None:
    world.join("acme", "dana", "bob")
    first = world.capture("acme", MEETING, [call(0), call(2)], request="r1")
    before = everything(world)
    assert world.capture("acme", MEETING, [call(0), call(2)], request="r1") == first
    assert everything(world) == before
    assert world.capture("acme", MEETING, [call(0)], request="r2").interaction != first.interaction


def test_speech_is_stored_once_per_meeting_and_only_what_calls_point_at(world: World) -> None:
    world.join("acme", "dana", "bob")
    world.capture("acme", MEETING, [call(0), call(1)], meeting="m")
    assert count(world, "speech") == 2
    world.capture("acme", MEETING, [call(0, 1)], meeting="m")
    assert count(world, "speech") == 2 and count(world, "call") == 3
    world.capture("acme", MEETING, [call(0, 3)], meeting="m")  # one more turn of Dana
    assert count(world, "speech") == 3
    assert sorted(turn["n"] for turn in world.log.person("dana")["turns"]) == [0, 3]
    corrected = [say("dana", "Bob will call on Wednesday"), *MEETING[1:]]
    world.capture("acme", corrected, [call(0)], meeting="m")
    texts = {row.turns[0].text for row in world.log.rows("acme") if row.turns[0].n == 0}
    assert texts == {"Bob will call [someone] on Tuesday", "Bob will call on Wednesday"}


def test_a_name_outlives_neither_consent_nor_the_key(world: World) -> None:
    """M1: the name of somebody who is only mentioned goes with them; the row stays."""
    world.join("acme", "dana", "bob")
    world.capture("acme", MEETING, [call(0, text="BOB calls.")])
    assert next(world.log.rows("acme")).text == "BOB calls."
    end = world.object("bob")
    assert next(world.log.rows("acme")).text == "[someone] calls."
    world.erase(end)
    assert next(world.log.rows("acme")).turns[0].text == "[someone] will call [someone] on Tuesday"


def test_a_name_of_somebody_known_who_refused_is_written_nowhere(world: World) -> None:
    """M1."""
    world.join("acme", "dana", "bob")
    world.object("bob")
    world.capture("acme", MEETING, [call(0, text="Bob calls."), call(1)])
    assert [row.text for row in world.log.rows("acme")] == ["[someone] calls."]
    assert count(world, "speech") == 1


def test_a_person_without_an_attribution_that_counts_is_nobody(world: World) -> None:
    """M3: there is no automatic yes."""
    world.join("acme", "dana")
    automatic = replace(say("dana", "hello"), attribution="auto")  # type: ignore[arg-type]
    assert world.capture("acme", [automatic], [call(0)]).reasons == {"unattributed": 1}


def test_names_of_roster_people_who_did_not_speak_are_hidden(world: World) -> None:
    world.join("acme", "dana", "carol")
    entries = (
        RosterEntry(person="carol", account="acme", labels=("Carol",)),
        RosterEntry(person="zed", labels=("Zed",)),
    )
    turns = [say("dana", "Carol asked Zed")]
    world.capture("acme", turns, [call(0)], roster=Roster(entries=entries))
    assert next(world.log.rows("acme")).turns[0].text == "Carol asked [someone]"
    world.object("carol")
    assert next(world.log.rows("acme")).turns[0].text == "[someone] asked [someone]"


def test_ids_are_the_same_wherever_the_secret_is(world: World) -> None:
    world.join("acme", "dana")
    logged = world.capture("acme", MEETING, [call(0)], meeting="m", request="r")
    use = world.log.ids.of("interaction", world.account("acme"), "r")
    assert logged.interaction == use and logged.calls == (world.log.ids.of("call", use, 0),)
    assert "m" not in {row.meeting for row in world.log.rows("acme")}


@pytest.mark.parametrize(
    ("calls", "more"),
    [
        ([call(0)], {"about": {"title": "Our secret plans"}}),
        ([call(0)], {"feature": "a sentence of words"}),
        ([Call("map", (0,), "x", "model", about={"note": "two words"})], {}),
        ([call(9)], {}),
        ([call(0, parents=(0,))], {}),
    ],
)
def test_settings_that_could_hold_content_are_refused_without_repeating_them(
    world: World, calls: list[Call], more: dict[str, object]
) -> None:
    world.join("acme", "dana")
    with pytest.raises(InputError) as error:
        world.capture("acme", MEETING, calls, **more)
    assert "secret" not in str(error.value) and "words" not in str(error.value).replace("closed words", "")
