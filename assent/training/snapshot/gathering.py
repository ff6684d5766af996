"""All rows the gate lets through, read once, in columns of numbers: what a selection needs, and no text.

About 170 bytes a row are held, and one batch of rows. It chooses nothing.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assent.data.consent.gate import Contribution, Contributor, View
from assent.data.interactions.pieces import Piece, Pieces
from assent.data.telemetry import Registry
from assent.training.snapshot.examples import WEAKEST_FIRST, Example, Read, read
from assent.training.snapshot.grounds import Ground, ground
from assent.training.snapshot.likeness import BANDS, bands
from assent.training.snapshot.selection import key

if TYPE_CHECKING:
    import datasets

    from assent.data.facade import Store

BATCH = 256  # rows read at once
_BUCKETS = {"accept": "accepted", "discard": "discarded", "regenerate": "regenerated"}


class Parties(NamedTuple):
    """Whose words a row holds, and who is named in it; the index at which it was captured."""

    account: str
    captured: int
    contributors: tuple[tuple[Contributor, str], ...]
    """With how each is known."""
    named: tuple[Contributor, ...]

    @property
    def contributions(self) -> Iterator[Contribution]:
        for who, attribution in self.contributors:
            yield Contribution(who, attribution, self.captured)


@dataclass
class Gathered:
    """The rows that may become examples, and the count of those that may not, by reason."""

    view: View
    seed: int
    registry: Registry
    places: array[int] = field(default_factory=lambda: array("q"))
    """Of each row in the dataset; the columns below have the same order."""
    ids: bytearray = field(default_factory=bytearray)
    contents: bytearray = field(default_factory=bytearray)
    keys: bytearray = field(default_factory=bytearray)
    sketches: bytearray = field(default_factory=bytearray)
    weights: array[float] = field(default_factory=lambda: array("d"))
    parties: array[int] = field(default_factory=lambda: array("q"))
    meetings: array[int] = field(default_factory=lambda: array("q"))
    accounts: array[int] = field(default_factory=lambda: array("q"))
    cells: array[int] = field(default_factory=lambda: array("q"))
    bases: array[int] = field(default_factory=lambda: array("b"))
    of_parties: dict[Parties, int] = field(default_factory=dict)
    of_meetings: dict[str, int] = field(default_factory=dict)
    of_accounts: dict[str, int] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    """Signals of the rows that were taken, and why the others were not."""
    signals: Counter[str] = field(default_factory=Counter)
    grounds: dict[Contribution, Ground | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    def ground(self, contribution: Contribution) -> Ground | None:
        if contribution not in self.grounds:
            self.grounds[contribution] = ground(self.view, contribution)
        return self.grounds[contribution]

    def add(self, place: int, row: Mapping[str, Any], found: Read, parties: Parties) -> None:
        if found.example is None:
            self.reasons[found.reason] += 1
        elif all(self.ground(one) for one in parties.contributions):
            self.signals[found.reason] += 1
            self._add(place, found.example, parties)
            self.cells.append(self._cell(row, found.edited))
        else:
            self.reasons["not_allowed"] += 1

    def order(self) -> NDArray[np.uint64]:
        """(rows, 2): what to sort by."""
        return np.frombuffer(self.keys, dtype=">u8").reshape(-1, 2).astype(np.uint64)

    def bands(self) -> NDArray[np.uint64]:
        return np.frombuffer(self.sketches, dtype=np.uint64).reshape(-1, BANDS + 1)

    def id(self, at: int) -> str:
        return self.ids[16 * at : 16 * at + 16].hex()

    def content(self, at: int) -> bytes:
        return bytes(self.contents[32 * at : 32 * at + 32])

    def _add(self, place: int, example: Example, parties: Parties) -> None:
        self.places.append(place)
        self.ids += bytes.fromhex(example.row)
        self.contents += example.content
        self.keys += key(self.seed, "order", example.row)
        self.sketches += bands([text for _, text in example.lines], example.target).tobytes()
        self.weights.append(example.weight)
        self.parties.append(self.of_parties.setdefault(parties, len(self.of_parties)))
        self.meetings.append(self.of_meetings.setdefault(example.meeting, len(self.of_meetings)))
        self.accounts.append(self.of_accounts.setdefault(example.account, len(self.of_accounts)))
        self.bases.append(WEAKEST_FIRST.index(example.basis))

    def _cell(self, row: Mapping[str, Any], edited: float | None) -> int:
        """The telemetry cell of what the user did with this row; 0: none."""
        values: dict[str, object] = {"feature": row["feature"]}
        values |= {name: True for kind, name in _BUCKETS.items() if kind in row["feedback"]}
        if edited is not None:
            values["edited"] = round(100 * edited)
        return self.registry.cell(self.registry.unpack(self.registry.pack(values))) or 0


def gather(
    store: Store, dataset: datasets.Dataset, view: View, seed: int, reviewed: frozenset[str]
) -> Gathered:
    """Reads every row of the dataset once; the gate is asked for each, at its read and at `view`."""
    found = Gathered(view, seed, store.telemetry.registry)
    for start in range(0, len(dataset), BATCH):
        rows = listed(dataset[start : start + BATCH])
        beside = _beside(store, dataset, start, rows)
        for place, (row, (about, named)) in enumerate(zip(rows, beside, strict=True), start):
            if row["allowed"]:
                found.add(place, row, read(row, about, reviewed), parties_of(row, named))
            else:
                found.reasons["not_allowed"] += 1
    return found


def listed(batch: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """A batch of columns as rows."""
    return [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]


def parties_of(row: Mapping[str, Any], named: tuple[Contributor, ...]) -> Parties:
    host = row["account"]
    spoke = ((Contributor(one["person"], one["account"], host), one["attribution"]) for one in row["contributors"])
    return Parties(host, row["captured"], tuple(sorted(spoke)), named)


Beside = tuple[Mapping[str, Any], tuple[Contributor, ...]]
"""What the log keeps of a row's interaction, and who is named in the row."""


def _beside(store: Store, dataset: datasets.Dataset, start: int, rows: list[dict[str, Any]]) -> list[Beside]:
    """The same order as `rows`, which stand one account after another."""
    parts = [_speech_named(one) for one in dataset.with_format(None)[start : start + len(rows)]["about"]]
    found: list[Beside] = []
    with store.database.read() as connection:
        for account, group in groupby(range(len(rows)), key=lambda at: str(rows[at]["account"])):
            places, held = list(group), Pieces(connection, account)
            uses = held.uses(sorted({rows[at]["interaction"] for at in places if rows[at]["interaction"]}))
            speech = {one.id: one for one in held.by_id(sorted({id_ for at in places for id_ in parts[at]}))}
            for at in places:
                use = uses.get(rows[at]["interaction"])
                found.append((use.about if use else {}, _owners(speech, parts[at])))
    return found


def _speech_named(about: str) -> list[str]:
    import json

    return list(json.loads(about)["names"])


def _owners(speech: Mapping[str, Piece], ids: list[str]) -> tuple[Contributor, ...]:
    return tuple(sorted({share.contributor for id_ in ids if id_ in speech for share in speech[id_].shares}))
