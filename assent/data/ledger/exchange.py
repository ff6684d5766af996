"""The ledger as one JSON Lines file that anybody can check: keys, events, checkpoints. It knows no database.

{"format": "assent-ledger/1", "keys": [public key, the oldest first]}
{"checkpoint": {"position": …, "hash": …, "time": …, "key_id": …, "signature": …}}    the last one signs the head
{"position": 0, "hash": "…", "body": "…"}    one line for each event; SHA-256 of `body` is `hash`
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from assent.data.files import sync_folder
from assent.data.ledger.canonical import canonical
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import Row
from assent.errors import LedgerError, StoreError

FORMAT = "assent-ledger/1"
LONGEST_LINE = 1 << 20
"""Bytes; an event is a few hundred."""


def write(path: Path, keys: list[str], checkpoints: Iterable[Checkpoint], rows: Iterable[Row]) -> None:
    """The whole file or none of it, readable by its owner only."""
    try:
        with NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            try:
                for line in _lines(keys, checkpoints, rows):
                    draft.write(line + b"\n")
                draft.flush()
                os.fsync(draft.fileno())
                Path(draft.name).replace(path)
            except BaseException:
                Path(draft.name).unlink(missing_ok=True)
                raise
        sync_folder(path.parent)
    except OSError as error:
        if isinstance(error, StoreError):  # of the database the rows come from
            raise
        raise StoreError(f"{path}: cannot be written: {error.strerror}; choose another place") from None


def _lines(keys: list[str], checkpoints: Iterable[Checkpoint], rows: Iterable[Row]) -> Iterator[bytes]:
    yield canonical({"format": FORMAT, "keys": keys})
    for checkpoint in checkpoints:
        yield b'{"checkpoint":' + checkpoint.content + b"}"
    for row in rows:
        yield canonical(row._asdict())


class Reader:
    """Reads an export once: keys and checkpoints at once, the events as `rows` is walked."""

    def __init__(self, path: Path) -> None:
        self._path, self._line = path, 0
        self._lines = self._read()
        header = next(self._lines, {})
        if header.get("format") != FORMAT:
            raise LedgerError(f"{path}: no ledger export; expected a first line with format {FORMAT}")
        self.checkpoints: list[Checkpoint] = []
        self._first: dict[str, Any] | None = None
        for line in self._lines:
            if "checkpoint" not in line:
                self._first = line
                break
            self.checkpoints.append(self._checkpoint(line["checkpoint"]))

    def rows(self) -> Iterator[Row]:
        if self._first is not None:
            yield self._row(self._first)
        for line in self._lines:
            yield self._row(line)

    def _row(self, line: dict[str, Any]) -> Row:
        values = [line.get(name) for name in Row._fields]
        if [type(value) for value in values] != [int, str, str]:
            raise LedgerError(f"{self._path}:{self._line}: expected an event with position, hash and body")
        return Row(*values)  # type: ignore[arg-type]  # just checked

    def _checkpoint(self, found: Any) -> Checkpoint:
        try:
            return Checkpoint.parse(json.dumps(found), found["position"])
        except (LedgerError, KeyError, TypeError):
            raise LedgerError(f"{self._path}:{self._line}: expected a checkpoint") from None

    def _read(self) -> Iterator[dict[str, Any]]:
        try:
            with self._path.open("rb") as file:
                while line := file.readline(LONGEST_LINE):
                    self._line += 1
                    yield self._parsed(line)
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be read: {error.strerror}") from None

    def _parsed(self, line: bytes) -> dict[str, Any]:
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise LedgerError(f"{self._path}:{self._line}: expected one JSON object on each line")
        return found
