"""Whether held-out material was trained on: every row of a snapshot looked up in it. It keeps and tells no text.

A row is a few turns, so that likeness of the whole (`assent.training.snapshot.likeness`) would not find it in a longer
transcript. What is asked is how much of the row is contained in it: the share of its word triples, each within
one turn (containment, Broder 1997, https://doi.org/10.1109/SEQUEN.1997.666900), exact and not sketched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assent.errors import InputError
from assent.models.adapters.folder import MANIFEST
from assent.training.snapshot import Snapshot
from assent.training.snapshot.examples import Example
from assent.training.snapshot.likeness import SHINGLE, TARGET_WORDS

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.models.adapters import Verified

CONTAINED = 0.8
"""Share of a text's triples from which it is in another."""
LEAST = TARGET_WORDS - SHINGLE + 1
"""Triples that a text needs to be told from small talk: those of eight words."""
SNAPSHOTS = "runs/*/snapshot"
_WORD = re.compile(r"\w+")

Triples = frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class HeldOut:
    """One item of a file, by its place in it: all the texts in it."""

    file: Path
    row: int
    texts: tuple[str, ...]


def snapshot_of(adapter: Verified, store: Store) -> Snapshot:
    """The snapshot that the adapter was made of, beside it or under the store's runs. Raises InputError without it."""
    content = adapter.content[MANIFEST]
    for folder in (adapter.folder.parent / "snapshot", *sorted(store.home.glob(SNAPSHOTS))):
        manifest = folder / MANIFEST
        if manifest.is_file() and manifest.read_bytes() == content:
            return Snapshot.load(folder, store)
    raise InputError(
        f"{adapter.folder}: the snapshot it was trained on is not here, so that no one can tell whether held-out"
        " material was in it; give the adapter's folder in its run"
    )


def check(snapshot: Snapshot, items: Sequence[HeldOut]) -> None:
    """Raises InputError naming the first item of which a row, or nearly the same, was in the snapshot."""
    known = [(item, triples(item.texts)) for item in items]
    stated = snapshot.manifest["rows"]
    for at, row in enumerate(snapshot.read(range(len(stated)))):
        if row is None:
            raise InputError(f"row {stated[at]['commitment']} of the snapshot does not open; train again")
        parts = _parts(row)
        for item, held in known:
            if share := max((_contained(part, held) for part in parts), default=0.0):
                raise InputError(
                    f"{item.file}:{item.row}: was trained on: {share:.0%} of row {stated[at]['commitment']} of the"
                    " snapshot is in it; hold out what the adapter has not seen"
                )


def triples(texts: Iterable[str]) -> Triples:
    found: set[tuple[str, ...]] = set()
    for text in texts:
        words = _WORD.findall(text.lower())
        found.update(tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))
    return frozenset(found)


def _parts(row: Example) -> list[Triples]:
    """What was read and what was learned to write, each by itself."""
    return [triples(text for _, text in row.lines), triples([row.target])]


def _contained(part: Triples, held: Triples) -> float:
    """The share of `part` in `held`, 0 where that is below CONTAINED or says nothing."""
    share = len(part & held) / len(part) if len(part) >= LEAST else 0.0
    return share if share >= CONTAINED else 0.0
