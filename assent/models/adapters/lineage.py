"""Which adapters are tainted: by a row of their own that may not train any more, or by one of those they came from.

An adapter that goes on from another names it in its manifest, under `base.adapter`. What is read here is not verified.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assent.data.clock import DAY
from assent.models.adapters import folder as files
from assent.models.adapters.verify import refused_rows

if TYPE_CHECKING:
    from assent.data.facade import Store

NAME_DIGITS = 12
"""Of the weights' hash."""
NOT_WHOLE = "the files are not here, or not as they were sealed"


@dataclass(frozen=True, slots=True)
class Tainted:
    """Row `row`, of the adapter or of its ancestor `parent`, may not train any more, for `reason`.

    `event` took the row out, and at `due` (µs) the files go: None where no event since the training did, as when the
    record cannot tell. `row` is None where the rows cannot be read or the parent is not here.
    """

    adapter: str
    folder: Path
    row: int | None
    reason: str
    event: int | None = None
    due: int | None = None
    parent: str | None = None

    def __str__(self) -> str:
        whose = f" of {self.parent}, which it was trained from," if self.parent else ""
        if self.row is None:
            return f"its rows{whose} cannot be looked up: {self.reason}"
        where = "" if self.event is None else f" (event {self.event})"
        return f"row {self.row}{whose} may not train any more: {self.reason}{where}"


def parent_of(manifest: dict[str, Any]) -> str | None:
    """The name of the adapter that this one goes on from."""
    stated = manifest["base"].get("adapter")
    return None if stated is None else str(stated)[:NAME_DIGITS]


def tainted(folder: Path, home: Path, store: Store, deadline: int) -> Tainted | None:
    """What taints the adapter, the first to fall due, or None. `home` holds the parents; `deadline` is in days."""
    try:
        found = [_as_of(folder, one) for path in lineage(folder, home) for one in _taints(path, store, deadline)]
    except (KeyError, TypeError, AttributeError, ValueError):
        return Tainted(folder.name, folder, None, NOT_WHOLE)
    return min(found, key=lambda one: (one.due is None, one.due or 0), default=None)


def lineage(folder: Path, home: Path) -> list[Path]:
    """The adapter, the one it goes on from, and so on to the base."""
    path = [folder]
    while parent := _parent(path[-1]):
        if home / parent in path:
            break
        path.append(home / parent)
    return path


def people(folder: Path) -> set[str]:
    """The subject ids of everyone in the adapter's rows."""
    return {one["person"] for row in _read(folder, files.CONSENT) or () for one in row["contributors"]}


def name_of(folder: Path) -> str:
    return weights_of(folder)[:NAME_DIGITS]


def weights_of(folder: Path) -> str:
    """The SHA-256 of the weights as the folder states it; the folder's name where it states nothing."""
    return str((_read(folder, files.BINDING) or {}).get("adapter_sha256", folder.name))


def key_of(folder: Path) -> str:
    """The id of the key that the folder says it is signed with."""
    return str((_read(folder, files.BINDING) or {}).get("key_id"))


def _taints(folder: Path, store: Store, deadline: int) -> Iterator[Tainted]:
    """One of each event that took rows out."""
    rows, manifest = _read(folder, files.CONSENT), _read(folder, files.MANIFEST)
    if rows is None or manifest is None:
        yield Tainted(name_of(folder), folder, None, NOT_WHOLE)
        return
    times, taken, seen = store.consent.at().book.times, int(manifest["ledger"]["position"]), set()
    for at, asked in refused_rows(rows, store):
        if asked.event not in seen:
            seen.add(asked.event)
            since = asked.event is not None and asked.event > taken
            due = times[asked.event] + deadline * DAY if since and asked.event is not None else None
            yield Tainted(name_of(folder), folder, at, str(asked.reason), asked.event, due)


def _as_of(folder: Path, one: Tainted) -> Tainted:
    return one if one.folder == folder else replace(one, adapter=name_of(folder), folder=folder, parent=one.adapter)


def _parent(folder: Path) -> str | None:
    manifest = _read(folder, files.MANIFEST)
    return parent_of(manifest) if manifest else None


def _read(folder: Path, name: str) -> Any:
    """The JSON in a file of the folder, None where there is none."""
    try:
        return json.loads((folder / name).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
