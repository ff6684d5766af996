"""Rows of the corpora (JSON Lines, gzip or plain) as meetings to measure on. It knows no metric and no system."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import InputError

MAX_LINE = 64 * 1024 * 1024
"""Characters of one row: the longest meeting of the corpora takes under one million."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting with its reference. `phase` separates meetings of one kind: the a, b, c or d of a scenario's four.

    `extract` holds the turns a person picked, empty where nobody did.
    """

    id: str
    corpus: str
    series: str
    phase: str
    transcript: Transcript
    reference: str
    extract: tuple[int, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(turn.text for turn in self.transcript.turns)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of one file. Raises InputError naming the file and the line where it is no JSON Lines."""
    opener = gzip.open if path.name.endswith(".gz") else open
    number = 0
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            while line := lines.readline(MAX_LINE):
                number += 1
                if line.strip():
                    yield _row(line)
    except (OSError, EOFError) as error:
        found = f"cannot be read ({error.__class__.__name__})"
        raise InputError(f"{path}: {found}; expected JSON Lines, .gz or plain") from error
    except ValueError as error:
        raise InputError(f"{path}:{number}: no JSON object of a meeting; expected one row a line") from error


def _row(line: str) -> dict[str, Any]:
    row = json.loads(line)
    if not isinstance(row, dict):
        raise ValueError("no object")
    return row


def meetings(paths: Sequence[Path], limit: int | None = None) -> list[Meeting]:
    """The meetings with a summary; `limit` is per file. The corpus is the first part of the id."""
    return [meeting for path in paths for meeting in islice(_with_reference(path), limit)]


def _with_reference(path: Path) -> Iterator[Meeting]:
    for number, row in enumerate(rows(path), 1):
        try:
            if row.get("summary") and row["turns"]:
                yield meeting(row)
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(f"{path}: row {number} lacks {error}; expected id, series, turns and summary") from error


def meeting(row: dict[str, Any]) -> Meeting:
    turns = tuple(Turn(turn["speaker"], turn["text"], turn.get("start"), turn.get("end")) for turn in row["turns"])
    return Meeting(
        id=row["id"],
        corpus=row["id"].split("-")[0],
        series=row["series"],
        phase=_phase(row["id"]),
        transcript=Transcript(turns, date=row.get("date"), language="en", format="corpus", source=row["id"]),
        reference=row["summary"],
        extract=tuple(index for index in row.get("extractive") or () if 0 <= index < len(turns)),
    )


def _phase(name: str) -> str:
    """The a to d of a scenario meeting (ES2003a), else nothing: those are all of one kind."""
    match = re.search(r"-(?:ES|IS|TS)\d{4}([a-d])$", name)
    return match.group(1) if match else ""
