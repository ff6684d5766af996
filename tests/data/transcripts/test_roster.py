from __future__ import annotations

import json
from pathlib import Path

import pytest

from assent.data.transcripts import Roster, RosterEntry, Transcript, Turn
from assent.errors import RosterError

ROSTER = Roster(
    entries=(
        RosterEntry(person="p1", account="acme", labels=("Ann Lee", "Ann"), participant_ids=("z1",)),
        RosterEntry(person="p2", account="acme", labels=("Bo",)),
        RosterEntry(person="p3", labels=("Sam",)),
        RosterEntry(person="p4", account="other", labels=("Sam",), participant_ids=("z4",)),
    )
)


def attributed(*turns: tuple[str | None, str | None]) -> list[tuple[str, str | None]]:
    transcript = Transcript(tuple(Turn(speaker, "text", participant_id=identity) for speaker, identity in turns))
    return [(turn.attribution, turn.person) for turn in ROSTER.attribute(transcript).turns]


def test_an_id_in_the_roster_is_the_channel_whatever_the_label() -> None:
    assert attributed(("iPhone", "z1"), ("Sam", "z4")) == [("channel", "p1"), ("channel", "p4")]


def test_a_label_of_exactly_one_entry_is_the_roster() -> None:
    assert attributed(("Ann", None), ("Bo", "x9")) == [("roster", "p1"), ("roster", "p2")]


@pytest.mark.parametrize("turn", [("Nobody", None), ("ann", None), ("Sam", None), (None, None), ("Ann", "z9")])
def test_no_match_two_entries_and_a_foreign_id_are_unknown(turn: tuple[str | None, str | None]) -> None:
    """M4."""
    assert attributed(turn) == [("unknown", None)]


def test_two_ids_under_one_label_are_unknown() -> None:
    """M4."""
    assert attributed(("Ann", "z1"), ("Ann", "z2"), ("Ann", None)) == [("unknown", None)] * 3


def test_a_roster_is_loaded_from_json(tmp_path: Path) -> None:
    (tmp_path / "r.json").write_text(ROSTER.model_dump_json())
    assert Roster.load(tmp_path / "r.json") == ROSTER


def test_a_broken_roster_names_every_fault_and_no_value(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"entries": [{"person": ""}, {"person": "secret", "mail": "x"}, {"labels": ["Ann"]}]}))
    with pytest.raises(RosterError) as caught:
        Roster.load(path)
    assert len(caught.value.faults) == 3 and "secret" not in str(caught.value)
    path.write_text(
        '{"entries": [{"person": "a"}, {"person": "b", "participant_ids": ["1"]},'
        ' {"person": "b", "participant_ids": ["1"]}]}'
    )
    with pytest.raises(RosterError) as caught:
        Roster.load(path)
    assert len(caught.value.faults) == 5
    path.write_text("{")
    with pytest.raises(RosterError, match="broken JSON"):
        Roster.load(path)
