"""Who a label is: the host's list of people, and the attribution of turns to them. It knows no consent.

An attribution fails closed. A label that no entry has, that two entries have, or that stands beside two ids in one file
is nobody; so is a label whose turn came with an id that its entry does not know.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assent.data.transcripts.clean import clean
from assent.data.transcripts.source import open_source
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import RosterError


class RosterEntry(BaseModel):
    """A person: `labels` are the display names, `participant_ids` the host's ids. `account` may be none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    person: str = Field(min_length=1, max_length=200)
    account: str | None = Field(default=None, min_length=1, max_length=200)
    labels: tuple[str, ...] = ()
    participant_ids: tuple[str, ...] = ()


class Roster(BaseModel):
    """The people a host vouches for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    entries: tuple[RosterEntry, ...]

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Roster:
        """Reads `{"entries": [...]}`. Raises RosterError with every fault, TranscriptError for no text."""
        source = open_source(path)
        try:
            roster = cls.model_validate(json.loads(source.text()))
        except ValidationError as error:
            raise RosterError(source.name, [_fault(e["loc"], e["msg"]) for e in error.errors()]) from None
        except (ValueError, RecursionError):
            raise RosterError(source.name, ['broken JSON; expected {"entries": [...]}']) from None
        if faults := roster.faults():
            raise RosterError(source.name, faults)
        return roster

    def faults(self) -> list[str]:
        """What the entries contradict each other in. One label in two entries is none: two people may share a name."""
        found = [f"entries[{at}]: neither labels nor participant_ids" for at, entry in enumerate(self.entries)
                 if not entry.labels and not entry.participant_ids]  # fmt: skip
        found += _repeated("person", ((at, (entry.person,)) for at, entry in enumerate(self.entries)))
        return found + _repeated(
            "participant id", ((at, entry.participant_ids) for at, entry in enumerate(self.entries))
        )

    def attribute(self, transcript: Transcript) -> Transcript:
        """The transcript with the attribution, person and account of each turn set."""
        ids: dict[str, set[str]] = defaultdict(set)
        for turn in transcript.turns:
            if turn.speaker and turn.participant_id:
                ids[_key(turn.speaker)].add(turn.participant_id)
        ambiguous = frozenset(label for label, found in ids.items() if len(found) > 1)
        by_id = {identity: entry for entry in self.entries for identity in entry.participant_ids}
        by_label: dict[str, list[RosterEntry]] = defaultdict(list)
        for entry in self.entries:
            for label in {_key(label) for label in entry.labels}:
                by_label[label].append(entry)
        return replace(
            transcript, turns=tuple(_attributed(turn, by_id, by_label, ambiguous) for turn in transcript.turns)
        )


def _attributed(
    turn: Turn, by_id: dict[str, RosterEntry], by_label: dict[str, list[RosterEntry]], ambiguous: frozenset[str]
) -> Turn:
    label = _key(turn.speaker) if turn.speaker else None
    unknown = replace(turn, attribution="unknown", person=None, account=None)
    if label in ambiguous:
        return unknown
    if turn.participant_id in by_id:
        entry = by_id[turn.participant_id]
        return replace(turn, attribution="channel", person=entry.person, account=entry.account)
    named = by_label.get(label, []) if label else []
    # An id that the entry does not know is somebody else under the same name.
    if len(named) != 1 or (turn.participant_id and named[0].participant_ids):
        return unknown
    return replace(turn, attribution="roster", person=named[0].person, account=named[0].account)


def _key(label: str) -> str:
    return unicodedata.normalize("NFC", " ".join(clean(label).split()))


def _repeated(what: str, values: Iterable[tuple[int, Iterable[str]]]) -> list[str]:
    places = [(at, value) for at, found in values for value in set(found)]
    counts = Counter(value for _, value in places)
    return [f"entries[{at}]: a {what} that another entry has" for at, value in places if counts[value] > 1]


def _fault(location: tuple[int | str, ...], message: str) -> str:
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    return f"{where or 'the file'}: {message}"
