"""Pieces as Arrow rows, and the file of speech in which a row's own is found by bisection. It opens nothing."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa

from assent.data.consent.gate import Contributor
from assent.data.interactions.pieces import Piece, Share, Use
from assent.errors import StoreError

_SHARE = pa.struct(
    [(name, pa.string()) for name in (*Contributor._fields, "attribution")] + [("generation", pa.int64())]
)
_PIECE = [
    *((name, pa.string()) for name in ("id", "kind", "account", "meeting", "interaction")),
    ("captured", pa.int64()),
    ("about", pa.string()),
    ("ciphertext", pa.binary()),
    ("contributors", pa.list_(_SHARE)),
]
SPEECH = pa.schema(_PIECE)
"""Sorted by account, then id."""
CALLS = pa.schema(
    [*_PIECE, ("feature", pa.string()), ("feedback", pa.list_(pa.string())), ("edits", pa.list_(pa.struct(_PIECE)))]
)

_SAID = pa.struct([("n", pa.int64()), ("speaker", pa.string()), ("text", pa.string())])
_BY = pa.struct([(name, pa.string()) for name in ("person", "account", "attribution", "basis")])
ROWS = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "account", "meeting", "interaction", "feature", "task")),
        ("captured", pa.int64()),
        ("written_by", pa.string()),
        *((name, pa.list_(pa.string())) for name in ("parents", "feedback")),
        ("contributors", pa.list_(_BY)),
        ("turns", pa.list_(_SAID)),
        *((name, pa.string()) for name in ("text", "kept")),
    ]
)
"""Rows in the clear."""


def piece_row(piece: Piece) -> dict[str, Any]:
    shares = [share.contributor._asdict() | {"attribution": share[1], "generation": share[2]} for share in piece.shares]
    plain = {name: getattr(piece, name) for name in ("id", "kind", "account", "meeting", "interaction", "captured")}
    about = json.dumps(piece.about, separators=(",", ":"))
    return plain | {"about": about, "ciphertext": piece.ciphertext, "contributors": shares}


def call_row(call: Piece, use: Use, feedback: Sequence[str], edits: Iterable[Piece]) -> dict[str, Any]:
    return piece_row(call) | {
        "feature": use.feature,
        "feedback": list(feedback),
        "edits": [piece_row(edit) for edit in edits],
    }


def piece_of(row: dict[str, Any]) -> Piece:
    shares = (
        Share(Contributor(one["person"], one["account"], one["host"]), one["attribution"], one["generation"])
        for one in row["contributors"]
    )
    plain = {name: row[name] for name in ("id", "kind", "account", "meeting", "interaction", "captured", "ciphertext")}
    return Piece(**plain, about=json.loads(row["about"]), shares=tuple(shares))


class SpeechFile:
    """A memory-mapped Arrow stream of speech: only the pages that are looked at come into memory."""

    def __init__(self, path: Path) -> None:
        try:
            self._batches = pa.ipc.open_stream(pa.memory_map(str(path))).read_all().to_batches()
        except (OSError, pa.ArrowInvalid):
            raise StoreError(f"{path}: is gone or damaged; make the dataset again") from None
        self._firsts = [_key(batch, 0) for batch in self._batches]

    def pieces(self, wanted: Iterable[tuple[str, str]]) -> dict[str, Piece]:
        """The pieces of these (account, id); those that are not in the file are left out."""
        placed = ((bisect_right(self._firsts, key) - 1, key) for key in sorted(set(wanted)))
        found: dict[str, Piece] = {}
        for at, group in groupby(placed, key=lambda one: one[0]):
            if at >= 0:
                found |= self._in(self._batches[at], [key for _, key in group])
        return found

    def _in(self, batch: pa.RecordBatch, keys: Iterable[tuple[str, str]]) -> dict[str, Piece]:
        rows = range(batch.num_rows)
        places = [(bisect_left(rows, key, key=lambda row: _key(batch, row)), key) for key in keys]
        there = [place for place, key in places if place < batch.num_rows and _key(batch, place) == key]
        return {row["id"]: piece_of(row) for row in batch.take(pa.array(there, pa.int64())).to_pylist()}


class Stream:
    """An Arrow stream that is written batch by batch."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._file = path.open("xb")
        self._writer = pa.ipc.new_stream(self._file, schema)

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        if rows:
            self._writer.write_batch(pa.RecordBatch.from_pylist(list(rows), schema=self._schema))

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(batch)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        self._file.close()


def batches(path: Path) -> Iterator[pa.RecordBatch]:
    """The batches of a stream, read one by one and not kept."""
    with path.open("rb") as file, pa.ipc.open_stream(file) as reader:
        yield from reader


def _key(batch: pa.RecordBatch, row: int) -> tuple[str, str]:
    return batch.column("account")[row].as_py(), batch.column("id")[row].as_py()
