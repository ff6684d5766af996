"""All rows the gate lets through, read once, in columns of numbers: what a selection needs, and no text.

About 170 bytes a row are held, and one batch of rows. It chooses nothing.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from assent.data.consent.gate import Contribution, Contributor, View
from assent.data.interactions.arrow import piece_of
from assent.data.interactions.pieces import Piece, Pieces
from assent.data.interactions.reading import parts_of
from assent.data.ledger import canonical
from assent.data.telemetry import Registry
from assent.training.snapshot.examples import WEAKEST_FIRST, Example, Read, read
from assent.training.snapshot.grounds import PURPOSE, Ground, ground
from assent.training.snapshot.likeness import BANDS, bands
from assent.training.snapshot.selection import key

if TYPE_CHECKING:
    import datasets

    from assent.data.facade import Store

BATCH = 256  # rows read at once
_BUCKETS = {"accept": "accepted", "discard": "discarded", "regenerate": "regenerated"}


class Parties(NamedTuple):
    """Whose words a row holds, and everything else that has to open for it to read as it does."""

    account: str
    captured: int
    contributors: tuple[tuple[Contributor, str], ...]
    """With how each is known."""
    read: tuple[Contribution, ...] = ()
    """Whose speech it points into, for turns and for names."""

    @property
    def contributions(self) -> list[Contribution]:
        return [Contribution(who, attribution, self.captured) for who, attribution in self.contributors]


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
    about: array[int] = field(default_factory=lambda: array("q"))
    abouts: dict[str, int] = field(default_factory=dict)
    grounds: dict[Contribution, Ground | None] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.places)

    def ground(self, contribution: Contribution) -> Ground | None:
        if contribution not in self.grounds:
            self.grounds[contribution] = ground(self.view, contribution)
        return self.grounds[contribution]

    def add(self, place: int, row: Mapping[str, Any], found: Read, parties: Parties, about: str) -> None:
        if found.example is None:
            self.reasons[found.reason] += 1
            return
        grounds = [self.ground(one) for one in parties.contributions]
        if not grounds or not all(grounds):
            self.reasons["not_allowed"] += 1
            return
        self.signals[found.reason] += 1
        self._add(place, found.example, parties)
        self.bases.append(min(WEAKEST_FIRST.index(one.basis) for one in grounds if one))
        self.cells.append(self._cell(row, found.edited))
        self.about.append(self.abouts.setdefault(about, len(self.abouts)))

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

    def _cell(self, row: Mapping[str, Any], edited: float | None) -> int:
        """The telemetry cell of what the user did with this row; 0: none."""
        values: dict[str, object] = {"feature": row["feature"]}
        values |= {name: True for kind, name in _BUCKETS.items() if kind in row["feedback"]}
        if edited is not None:
            values["edited"] = round(100 * edited)
        return self.registry.cell(self.registry.unpack(self.registry.pack(values))) or 0


def gather(store: Store, dataset: datasets.Dataset, view: View, seed: int, reviewed: frozenset[str]) -> Gathered:
    """Reads every row of the dataset once; the gate is asked for each, at its read and at `view`."""
    found, stored = Gathered(view, seed, store.telemetry.registry), dataset.with_format(None)
    for start in range(0, len(dataset), BATCH):
        rows, sealed = listed(dataset[start : start + BATCH]), listed(stored[start : start + BATCH])
        beside = _beside(store, sealed)
        for place, (row, raw) in enumerate(zip(rows, sealed, strict=True), start):
            if not row["allowed"]:
                found.reasons["not_allowed"] += 1
                continue
            about, speech = beside[row["id"]]
            parties = _parties(raw, row["kept"] is not None, speech, view)
            found.add(place, row, read(row, about, reviewed), parties, settings(about))
    return found


def listed(batch: Mapping[str, list[Any]]) -> list[dict[str, Any]]:
    """A batch of columns as rows."""
    return [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]


def settings(about: Mapping[str, Any]) -> str:
    """What reading the row again needs of its interaction: closed words and a count, as JSON."""
    wishes = {name: about.get("about", {}).get(name) for name in ("tone", "length")}
    kept = {name: value for name, value in wishes.items() if value is not None}
    return canonical({"about": kept, "made": about.get("made", 1)}).decode()


def _parties(sealed: Mapping[str, Any], kept: bool, speech: Sequence[Piece], view: View) -> Parties:
    """The call's contributors and, where an edit is kept, the edit's: its words may be anyone's (M2)."""
    call, edits = piece_of(dict(sealed)), [piece_of(one) for one in sealed["edits"]] if kept else []
    newest = next((one for one in sorted(edits, key=lambda one: -one.about["n"]) if _allowed(one, view)), None)
    shares = {(share.contributor, share.attribution) for one in (call, newest) if one for share in one.shares}
    read = {
        Contribution(share.contributor, share.attribution, piece.captured)
        for piece in speech
        for share in piece.shares
        if _allowed(piece, view)
    }
    return Parties(call.account, call.captured, tuple(sorted(shares)), tuple(sorted(read)))


def _allowed(piece: Piece, view: View) -> bool:
    return all(
        view.may(Contribution(share.contributor, share.attribution, piece.captured), PURPOSE).allowed
        for share in piece.shares
    )


Beside = tuple[Mapping[str, Any], Sequence[Piece]]
"""What the log keeps of a row's interaction, and the speech that the row points into."""


def _beside(store: Store, sealed: Sequence[Mapping[str, Any]]) -> dict[str, Beside]:
    """By row; these stand one account after another."""
    found: dict[str, Beside] = {}
    with store.database.read() as connection:
        for account, group in groupby(sealed, key=lambda row: str(row["account"])):
            rows, held = list(group), Pieces(connection, account)
            parts = {row["id"]: _parts(row) for row in rows}
            uses = held.uses(sorted({row["interaction"] for row in rows}))
            speech = {one.id: one for one in held.by_id(sorted(set[str]().union(*parts.values())))}
            for row in rows:
                use = uses.get(row["interaction"])
                pieces = [speech[id_] for id_ in sorted(parts[row["id"]]) if id_ in speech]
                found[row["id"]] = (use.about if use else {}, pieces)
    return found


def _parts(sealed: Mapping[str, Any]) -> set[str]:
    return parts_of(piece_of(dict(sealed)), [piece_of(edit) for edit in sealed["edits"]])
