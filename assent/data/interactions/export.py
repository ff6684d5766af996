"""Datasets that leave the store: ciphertext as Parquet with a card, or plain text where all of it may be published.

A ciphertext export opens only beside the store whose keys it needs, and row by row through its gate. A plain one is an
event of the ledger, with its recipient; after an erasure, those that can be reached are rewritten. It knows no rule.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select

from assent.data.interactions.arrow import CALLS, ROWS, SPEECH, Stream, batches
from assent.data.interactions.card import card
from assent.data.interactions.dataset import CALLS_FILE, SPEECH_FILE, SUMMARY_FILE, build, load, made
from assent.data.interactions.selecting import Summary
from assent.data.store.tables import exports
from assent.errors import ConsentError, InputError, StoreError

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

    from assent.data.facade import Store

CALLS_PARQUET, SPEECH_PARQUET, ROWS_PARQUET = "calls.parquet", "speech.parquet", "rows.parquet"
CARD = "README.md"
PLAIN_ROWS = 500
"""Plain rows in memory at once."""


def export(store: Store, folder: str | Path, purpose: str = "train_content") -> Summary:
    """The rows allowed for `purpose` as ciphertext: two Parquet tables, their summary and a dataset card."""
    place = _fresh(folder)
    part = _part(place)
    shutil.rmtree(part, ignore_errors=True)
    try:
        summary = build(store.log, purpose, part)
        for stream, table, schema in ((CALLS_FILE, CALLS_PARQUET, CALLS), (SPEECH_FILE, SPEECH_PARQUET, SPEECH)):
            _parquet(batches(part / stream), part / table, schema)
            (part / stream).unlink()
        _finish(store, part, summary.json() | {"plain": False})
        part.rename(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return summary


def open_(folder: str | Path, store: Store) -> datasets.Dataset:
    """An export as `Store.dataset` gives it: memory-mapped, decrypted as it is read, the gate asked for each row."""
    place = Path(folder)
    try:
        summary = json.loads((place / SUMMARY_FILE).read_text(encoding="utf-8"))
        plain, purpose = summary["plain"], str(summary["purpose"])
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(f"{place.name}: no export of Assent; expected a folder with {SUMMARY_FILE}") from None
    if plain:
        raise InputError(f"{place.name}: a plain export; read its {ROWS_PARQUET} with any Parquet reader")
    streams = store.home / "dataset" / "opened" / hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:16]
    shutil.rmtree(streams, ignore_errors=True)
    streams.mkdir(parents=True, mode=0o700)
    for table, stream, schema in ((CALLS_PARQUET, CALLS_FILE, CALLS), (SPEECH_PARQUET, SPEECH_FILE, SPEECH)):
        with Stream(streams / stream, schema) as out:
            for batch in _read(place / table):
                out.write_batch(batch.cast(schema))
    return load(store.log, purpose, streams)


def export_plain(store: Store, folder: str | Path, *, recipient: str, reason: str) -> Summary:
    """The rows that everyone in them lets be published, in the clear, for a named recipient and reason.

    The event stands before the first byte is written. Raises ConsentError where no row may go.
    """
    place = _fresh(folder)
    if not recipient.strip() or not reason.strip():
        raise InputError("a plain export names its recipient and the reason; give both")
    rows, summary = made(store.log, "publish_dataset", store.home / "dataset")
    if not len(rows):
        raise ConsentError("no row may be published: nobody's publish_dataset covers one", reason="publish_dataset")
    part = _ready(place)
    try:
        _decide(store, place, recipient, reason, len(rows))
        _write_plain(store, place, rows, summary)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return summary


def _ready(place: Path) -> Path:
    """An empty folder beside `place`: what cannot be written there is no decision to publish it."""
    part = _part(place)
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"{place.name}: cannot be written: {error.strerror}; nothing left the store") from None
    return part


def _decide(store: Store, place: Path, recipient: str, reason: str, rows: int) -> None:
    with store.database.write() as connection:
        fields = {
            "host": None,
            "purpose": "publish_dataset",
            "recipient_hash": hashlib.sha256(recipient.encode()).hexdigest(),
            "rows": rows,
        }
        event = store.ledger.append(connection, "export", fields)
        row = {"event": event.position, "place": str(place.resolve()), "recipient": recipient, "reason": reason}
        connection.execute(insert(exports).values(**row))


def follow_exports(store: Store) -> tuple[list[str], list[str]]:
    """After an erasure: plain exports that can be reached lose the rows that may not go any more.

    (places rewritten, places that could not be reached): the second are told to whoever asks.
    """
    with store.database.read() as connection:
        places = [Path(place) for place in connection.scalars(select(exports.c.place).order_by(exports.c.event))]
    reached = [place for place in places if (place / ROWS_PARQUET).is_file()]
    for place in places:
        shutil.rmtree(_part(place), ignore_errors=True)  # cut off, or being written with rows that may not go any more
    for place in reached:
        _rewrite(store, place)
    return [str(place) for place in reached], [str(place) for place in places if place not in reached]


def exports_of(store: Store) -> list[dict[str, Any]]:
    """Every plain export there was: where it went, to whom, why."""
    with store.database.read() as connection:
        return [dict(row._mapping) for row in connection.execute(select(exports).order_by(exports.c.event))]


def _write_plain(store: Store, place: Path, rows: datasets.Dataset, summary: Summary) -> None:
    part = _part(place)
    try:
        _parquet(_plain_batches(rows), part / ROWS_PARQUET, ROWS)
        _finish(store, part, summary.json() | {"plain": True})
        part.rename(place)
    except FileNotFoundError:
        raise StoreError(
            f"{place.name}: somebody withdrew while it was written, so it was removed; export again"
        ) from None


def _plain_batches(rows: datasets.Dataset) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for start in range(0, len(rows), PLAIN_ROWS):
        batch = rows[start : start + PLAIN_ROWS]
        found = [dict(zip(batch, values, strict=True)) for values in zip(*batch.values(), strict=True)]
        opened = [row for row in found if row["allowed"]]
        if opened:
            yield pa.RecordBatch.from_pylist(opened, schema=ROWS)


def _rewrite(store: Store, place: Path) -> None:
    """Only rows that are still allowed stay; names of people who left are gone with a new reading."""
    held = {id_ for batch in _read(place / ROWS_PARQUET) for id_ in batch.column("id").to_pylist()}
    rows, _ = made(store.log, "publish_dataset", store.home / "dataset")
    keep = [at for at, row in enumerate(rows) if row["allowed"] and row["id"] in held]
    part = place / f".{ROWS_PARQUET}.part"
    _parquet(_plain_batches(rows.select(keep)), part, ROWS)
    part.replace(place / ROWS_PARQUET)
    summary = json.loads((place / SUMMARY_FILE).read_text(encoding="utf-8"))
    _finish(store, place, summary | {"rows": len(keep)})


def _parquet(found: Iterator[pa.RecordBatch], path: Path, schema: pa.Schema) -> None:
    import pyarrow.parquet as pq

    with pq.ParquetWriter(path, schema) as writer:
        for batch in found:
            writer.write_batch(batch)


def _read(path: Path) -> Iterator[pa.RecordBatch]:
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            yield from file.iter_batches()
    except (OSError, ValueError):
        raise StoreError(f"{path.name}: is gone or damaged; export again") from None


def _finish(store: Store, folder: Path, summary: Mapping[str, Any]) -> None:
    head = store.ledger.head()
    anchored = {**summary, "ledger": {"position": head.position, "hash": head.hash}}
    (folder / SUMMARY_FILE).write_text(json.dumps(anchored, indent=2) + "\n", encoding="utf-8")
    (folder / CARD).write_text(card(anchored), encoding="utf-8")


def _part(place: Path) -> Path:
    """Where it is written until it is whole."""
    return place.with_name(f".{place.name}.part")


def _fresh(folder: str | Path) -> Path:
    place = Path(folder)
    if place.exists():
        raise InputError(f"{place.name}: is there already; export into a new folder")
    return place
