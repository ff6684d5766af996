"""Edits, feedback, and who may read what."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from interactions_world import World, call, say, stray
from sqlalchemy import select

from assent.data.interactions import Log, Logged
from assent.data.interactions.pieces import Pieces
from assent.data.store.tables import pieces
from assent.data.transcripts.roster import Roster, RosterEntry
from assent.errors import InputError, StoreError

MEETING = [say("dana", "the demo moves to Thursday"), say("bob", "I book the blue room"), say("dana", "good")]
SHOWN = {"text": "The demo moves."}


def captured(world: World, *more: object) -> Logged:
    world.join("acme", "dana", "bob", "eve")
    calls = [call(0, text="The demo moves."), call(1, text="Bob books a room.")]
    return world.capture("acme", [*MEETING, *more], calls)  # type: ignore[list-item]


def edit(world: World, logged: Logged, after: str, user: str = "eve", **more: object) -> Logged:
    before = [(id_, text) for id_, text in zip(logged.calls, ("The demo moves.", "Bob books a room."), strict=True)]
    return world.log.edit(logged.interaction, before, after, account="acme", user=user, **more)  # type: ignore[arg-type]


def kept(world: World, logged: Logged, at: int = 0) -> str | None:
    return next(row.kept for row in world.log.rows("acme") if row.id == logged.calls[at])


def people_of_edits(world: World) -> list[set[str]]:
    with world.database.read() as connection:
        ids = connection.scalars(select(pieces.c.id).where(pieces.c.kind == "edit")).all()
        edits = Pieces(connection, world.account("acme")).by_id(ids)
    names = {id_: name for (_, name), id_ in world.desk.names.items()}
    return [{names[share.contributor.person] for share in one.shares} for one in edits]


def test_an_edit_in_the_words_of_the_prompt_stays_with_the_rows_contributors_and_the_editor(world: World) -> None:
    logged = captured(world)
    done = edit(world, logged, "The demo moves to Thursday. Bob books a room.")
    assert (done.made, done.logged) == (1, 1)
    assert kept(world, logged) == "The demo moves to Thursday." and kept(world, logged, 1) is None
    assert people_of_edits(world) == [{"dana", "eve"}]


def test_an_edit_with_words_from_elsewhere_inherits_the_whole_meeting(world: World) -> None:
    """M2."""
    logged = captured(world)
    assert edit(world, logged, "The demo moves to the blue room. Bob books a room.").logged == 1
    assert people_of_edits(world) == [{"dana", "bob", "eve"}]
    world.object("bob")
    assert kept(world, logged) is None


def test_an_edit_with_words_from_elsewhere_is_left_out_where_one_speaker_may_not_be_logged(world: World) -> None:
    logged = captured(world, stray("purple"))
    done = edit(world, logged, "The demo is purple. Bob books a room.")
    assert str(done) == "logged 0 of 1 call; not logged: 1 call edited with words from beyond its prompt"
    assert people_of_edits(world) == [] and kept(world, logged) is None


def test_an_edit_by_somebody_who_may_not_be_logged_is_left_out(world: World) -> None:
    logged = captured(world)
    world.object("eve")
    assert edit(world, logged, "The demo moves to Thursday. Bob books a room.").logged == 0
    assert edit(world, logged, "The demo moves to Thursday.", user="nobody").logged == 0


def test_the_newest_edit_counts_and_the_same_again_adds_nothing(world: World) -> None:
    logged = captured(world)
    for text in ("The demo moves to Thursday.", "The demo moves to Thursday.", "", "Thursday."):
        edit(world, logged, f"{text} Bob books a room.")
        assert kept(world, logged) == text
    assert len(people_of_edits(world)) == 3


def test_an_edit_goes_with_its_call_and_with_its_editor(world: World) -> None:
    logged = captured(world)
    edit(world, logged, "The demo moves to Thursday. Bob books a room.")
    world.erase(world.object("eve"))
    assert people_of_edits(world) == [] and len(list(world.log.rows("acme"))) == 2
    edit(world, logged, "The demo moves to Thursday. Bob books a room.", user="bob")
    world.erase(world.object("dana"))
    assert people_of_edits(world) == []


def test_names_in_an_edit_are_hidden_too(world: World) -> None:
    logged = captured(world)
    zed = Roster(entries=(RosterEntry(person="zed", labels=("Zed",)),))
    edit(world, logged, "The demo moves, Zed. Dana and BOB.", roster=zed)
    assert "[someone]" in str(kept(world, logged)) or "[someone]" in str(kept(world, logged, 1))
    world.erase(world.object("bob"))
    assert "BOB" not in str([row.kept for row in world.log.rows("acme")])


def test_feedback_is_kept_once_and_only_from_somebody_who_may_be_logged(world: World) -> None:
    logged = captured(world)
    use = str(logged.interaction)
    for _ in range(2):
        world.log.feedback(use, "thumb_up", account="acme", user="dana")
    assert next(world.log.rows("acme")).feedback == ("thumb_up",)
    assert not world.log.feedback(use, "accept", account="acme", user="stranger")
    world.object("dana")
    assert not world.log.feedback(use, "accept", account="acme", user="dana")
    with pytest.raises(InputError):
        world.log.feedback(use, "stared_at_it", account="acme", user="dana")


def test_a_person_is_given_their_own_turns_and_references_to_the_rest(world: World) -> None:
    logged = captured(world)
    held = world.log.person("bob")
    assert [(turn["n"], turn["speaker"], turn["text"]) for turn in held["turns"]] == [
        (1, "Bob", "I book the blue room")
    ]
    assert [one["id"] for one in held["calls"]] == [logged.calls[1]]
    assert [one["type"] for one in held["decisions"]] == ["served"]
    assert "Thursday" not in str(held)
    assert world.log.person("nobody")["turns"] == []


def test_no_content_is_read_without_an_account(world: World) -> None:
    """S6."""
    with world.database.read() as connection:
        for missing in ("", None):
            with pytest.raises(StoreError):
                Pieces(connection, missing)  # type: ignore[arg-type]
    for reader in (Log.rows, Log.feedback, Log.edit):
        assert inspect.signature(reader).parameters["account"].default is inspect.Parameter.empty


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uses=st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.booleans()), max_size=6))
def test_one_account_never_reads_another_ones(world: World, uses: list[tuple[str, str, bool]]) -> None:
    """S6: whatever the two hold, with the same people, meetings and requests in both."""
    if ("account", "a") not in world.desk.names:
        for host in "ab":
            world.sign(host)
        for person, host in (("xa", "a"), ("ya", "a"), ("xb", "b"), ("yb", "b")):
            world.serve(person, host)
            world.serve(person, host, "b" if host == "a" else "a")
    for host, meeting, guest in uses:
        turns = [
            say(f"x{host}", f"of {host}", host),
            say("ya" if guest else f"y{host}", f"of {host}", "a" if guest else host),
        ]
        world.capture(host, turns, [call(0, 1, text=f"of {host}")], meeting=meeting, user=f"x{host}")
    for host, other in ("ab", "ba"):
        rows = list(world.log.rows(host))
        assert all(f"of {other}" not in str(row) for row in rows)
        with world.database.read() as connection:
            theirs = list(Pieces(connection, world.account(other)).call_ids())
            mine = Pieces(connection, world.account(host))
            assert mine.by_id(theirs) == [] and mine.uses([row.interaction for row in world.log.rows(other)]) == {}
            assert mine.feedback([row.interaction for row in world.log.rows(other)]) == {}
        for row in rows:
            assert not world.log.feedback(row.interaction, "accept", account=other, user=f"x{other}")
            done = world.log.edit(row.interaction, {row.id: row.text}, "x", account=other, user=f"x{other}")
            assert done.logged == 0


def test_nothing_is_written_in_plain(world: World, tmp_path: Path) -> None:
    """T3: a positive control reads it back."""
    world.join("acme", "dana")
    world.capture("acme", [say("dana", "sentinel-aardvark", label="Danadana")], [call(0, text="sentinel-badger")])
    assert "sentinel-badger" in str(list(world.log.rows("acme")))
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    found = b"".join(path.read_bytes() for path in files)
    assert b"sentinel" not in found and b"Danadana" not in found and len(files) > 2
