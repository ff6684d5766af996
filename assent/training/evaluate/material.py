"""Held-out material as files name it: meetings with summaries, meetings with exact facts, and requests for messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from assent.data.transcripts import read
from assent.data.transcripts.turns import Transcript
from assent.errors import InputError
from assent.training.evaluate import corpora, drafts, meetings
from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.drafts import Request
from assent.training.evaluate.leakage import HeldOut
from assent.training.evaluate.matching import Gold

GOLD = "gold.json"


@dataclass(frozen=True)
class Facts:
    """A transcript and what is told in it."""

    name: str
    transcript: Transcript
    gold: Gold


@dataclass(frozen=True)
class Material:
    """`items` are all of it, each with all its texts, to be looked up in what was trained on."""

    summaries: tuple[Meeting, ...]
    facts: tuple[Facts, ...]
    requests: tuple[Request, ...]
    items: tuple[HeldOut, ...]

    @property
    def transcripts(self) -> list[Transcript]:
        return [*(one.transcript for one in self.summaries), *(one.transcript for one in self.facts)]


def load(paths: Sequence[Path], limit: int | None = None) -> Material:
    """`limit` is per file. Raises InputError for a file that holds nothing to measure by."""
    found = {path: _items(path, limit) for path in dict.fromkeys(paths)}
    for path, held in found.items():
        if not held:
            raise InputError(f"{path}: found no summary, exact facts or drafts; there is nothing to measure by")
    whole = list(chain.from_iterable(found.values()))
    return Material(
        tuple(one for one in whole if isinstance(one, Meeting)),
        tuple(one for one in whole if isinstance(one, Facts)),
        tuple(one for one in whole if isinstance(one, Request)),
        tuple(HeldOut(path, at, _texts(one)) for path, held in found.items() for at, one in enumerate(held, 1)),
    )


def _items(path: Path, limit: int | None) -> list[Meeting | Facts | Request]:
    if path.is_dir():
        return list(islice(_with_facts(path), limit))
    if not path.name.endswith((".jsonl", ".jsonl.gz")):
        return list(_with_facts(path.parent, path.name)) if (path.parent / GOLD).is_file() else []
    first = next(corpora.rows(path), {})
    if "instruction" in first:
        return list(islice(drafts.load([path]), limit))
    return list(corpora.meetings([path], limit))


def _with_facts(folder: Path, only: str | None = None) -> Iterator[Facts]:
    for name, gold in meetings.load_gold(folder).items():
        if only in (None, name):
            yield Facts(name, read(folder / name), gold)


def _texts(item: Meeting | Facts | Request) -> tuple[str, ...]:
    if isinstance(item, Request):
        said = [message.text for message in item.thread]
        return *(text for text in (item.instruction, item.text, item.how) if text), *said, item.draft
    reference = (item.reference,) if isinstance(item, Meeting) else ()
    return *(turn.text for turn in item.transcript.turns), *reference
