"""A snapshot: the exact rows of one training run, as ids, weights, split, order and commitments. It holds no text.

Text is decrypted when an example is asked for, and the gate is asked again then; what does not open any more, or is not
what was committed to, is None. It knows no model's inside.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, overload

import numpy as np

from assent.data.consent.gate import Contribution, Contributor
from assent.data.files import OWNER_ONLY
from assent.data.ledger import Event, canonical
from assent.errors import InputError, StoreError
from assent.training.snapshot import manifest as stating
from assent.training.snapshot.examples import Example, read
from assent.training.snapshot.gathering import BATCH, listed
from assent.training.snapshot.grounds import PURPOSE
from assent.training.snapshot.selection import SPLITS, TRAIN

if TYPE_CHECKING:
    import datasets
    import pyarrow as pa

    from assent.data.facade import Store

ROWS, MANIFEST, SIGNATURE, SALTS = "rows.arrow", "manifest.json", "manifest.sig", "salts"
ENDS = frozenset({"objection", "withdrawal", "left", "closed", "expired", "retention", "policy"})
"""Events that can take a row out of a run; all others only matter to what is captured after them."""


class Row(NamedTuple):
    """One row of a run. `group` is its meeting: all of a meeting is in one split."""

    id: str
    weight: float
    split: str
    group: str


class Snapshot:
    """`rows` stand in the order of training. Made by `take` or by `Snapshot.load`."""

    def __init__(
        self, store: Store, dataset: datasets.Dataset, table: pa.Table, manifest: dict[str, Any], salts: bytes
    ) -> None:
        self.store, self.dataset, self.manifest = store, dataset, manifest
        self._table, self._salts = table, salts
        self._contributions: set[Contribution] | None = None
        self._position = _positions(table, dataset)
        self.reviewed = frozenset(manifest["reviewed"])

    @property
    def index(self) -> int:
        """Of the ledger: where the gate was asked."""
        return int(self.manifest["ledger"]["position"])

    @property
    def digest(self) -> str:
        """SHA-256 over all rows: equal for equal rows, whenever and however often they are taken (L2)."""
        return str(self.manifest["rows_sha256"])

    @property
    def rows(self) -> list[Row]:
        columns = (self._table[name].to_pylist() for name in Row._fields)
        return [Row(*values) for values in zip(*columns, strict=True)]

    def examples(self, split: str = TRAIN) -> Examples:
        if split not in SPLITS:
            raise InputError(f"no split {split!r}; there are {' and '.join(SPLITS)}")
        return Examples(self, np.flatnonzero(np.asarray(self._table["split"].to_pylist(), dtype=object) == split))

    def touched_by(self, event: Event) -> bool:
        """Whether a row may not train, or would read otherwise, once this event stands. In doubt, yes."""
        if event.type not in ENDS:
            return False
        view = self.store.consent.at(event.position)
        return not all(view.may(one, PURPOSE).allowed for one in self.contributions())

    def contributions(self) -> set[Contribution]:
        """Everyone's whose words or name a row holds."""
        if self._contributions is None:
            self._contributions = set()
            for row in self._table.select(["captured", "contributors", "read"]).to_pylist():
                spoke = (one | {"captured": row["captured"]} for one in row["contributors"])
                self._contributions.update(map(_contribution, (*spoke, *row["read"])))
        return self._contributions

    def consent(self) -> list[dict[str, Any]]:
        """What an auditor holds against the ledger, row by row: whose it is, since when, and the deciding events."""
        names = ["captured", "contributors"]
        return [
            {"commitment": stated["commitment"], "captured": row["captured"], "host": row["contributors"][0]["host"]}
            | {"contributors": row["contributors"], "events": stated["events"]}
            for stated, row in zip(self.manifest["rows"], self._table.select(names).to_pylist(), strict=True)
        ]

    def disclose(self, row: str) -> tuple[str, str]:
        """(salt, SHA-256 of the content) in hex: opens the commitment of one row to whoever is to check it."""
        at = self._table["id"].to_pylist().index(row)
        return self._salt(at).hex(), self._table["content"][at].as_py().hex()

    def save(self, folder: Path) -> None:
        """Writes ids, weights and salts, the manifest and its signature into a new folder, whole or not at all."""
        import pyarrow as pa

        part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        try:
            part.mkdir(parents=True, mode=0o700)
            with pa.OSFile(str(part / ROWS), "wb") as file, pa.ipc.new_file(file, self._table.schema) as writer:
                writer.write_table(self._table)
            written, signature = stating.signed(self.store.ledger.signer, self.manifest)
            (part / MANIFEST).write_bytes(written)
            (part / SIGNATURE).write_text(signature)
            (part / SALTS).write_bytes(self._salts)
            for path in part.iterdir():
                path.chmod(OWNER_ONLY)
            part.rename(folder)
        except OSError as error:
            raise StoreError(f"{folder}: the snapshot cannot be written: {error.strerror}") from error
        finally:
            shutil.rmtree(part, ignore_errors=True)

    @classmethod
    def load(cls, folder: Path, store: Store) -> Snapshot:
        """Raises StoreError where files are gone or do not belong together, or the operator did not sign them."""
        import pyarrow as pa

        try:
            written, signature = (folder / MANIFEST).read_bytes(), (folder / SIGNATURE).read_text()
            with pa.OSFile(str(folder / ROWS), "rb") as file:
                table = pa.ipc.open_file(file).read_all()
            salts = (folder / SALTS).read_bytes()
        except (OSError, pa.ArrowInvalid) as error:
            raise StoreError(f"{folder}: is no whole snapshot; take it again") from error
        if not stating.holds(store.ledger.signer.public_key, signature, written):
            raise StoreError(f"{folder / MANIFEST}: the operator's key here did not sign this; take the snapshot again")
        made = cls(store, store.dataset(purpose=PURPOSE), table, json.loads(written), salts)
        if rows_digest(table) != made.digest or not made.whole():
            raise StoreError(f"{folder / ROWS}: is not what its manifest states; take the snapshot again")
        return made

    def whole(self) -> bool:
        """The rows here are those that the manifest commits to, and no others."""
        stated = [row["commitment"] for row in self.manifest["rows"]]
        here = zip(self._table["id"].to_pylist(), self._table["content"].to_pylist(), strict=True)
        return stated == [stating.commitment(self._salt(at), *one) for at, one in enumerate(here)]

    def _salt(self, at: int) -> bytes:
        return self._salts[stating.SALT_BYTES * at : stating.SALT_BYTES * (at + 1)]

    def read(self, places: Sequence[int]) -> list[Example | None]:
        """The examples at these places of `rows`."""
        chosen = self._table.take([int(at) for at in places])
        wanted = chosen.select(["content", "weight", "about", "basis"]).to_pylist()
        position = [self._position[int(at)].as_py() for at in places]
        there = [at for at, place in enumerate(position) if place is not None]
        found: list[Example | None] = [None] * len(wanted)
        if there:
            batch = self.dataset[[position[at] for at in there]]
            for at, row in zip(there, listed(batch), strict=True):
                found[at] = self._example(row, wanted[at])
        return found

    def _example(self, row: dict[str, Any], wanted: dict[str, Any]) -> Example | None:
        if not row["allowed"]:
            return None
        # A verdict given since does not count: weight and use are frozen with the snapshot.
        example = read(row | {"feedback": ["thumb_up"]}, json.loads(wanted["about"]), self.reviewed).example
        if example is None or example.content != wanted["content"]:
            return None
        return replace(example, weight=wanted["weight"], basis=wanted["basis"])


class Examples(Sequence["Example | None"]):
    """The examples of one split, each decrypted as it is asked for; None where it does not open any more."""

    def __init__(self, snapshot: Snapshot, places: Sequence[int] | Any) -> None:
        self._snapshot, self._places = snapshot, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Example | None: ...
    @overload
    def __getitem__(self, at: slice) -> list[Example | None]: ...
    def __getitem__(self, at: int | slice) -> Example | list[Example | None] | None:
        if isinstance(at, slice):
            return self._snapshot.read(self._places[at])
        return self._snapshot.read([self._places[at]])[0]

    def __getitems__(self, places: list[int]) -> list[Example | None]:
        """One batch at once, as a PyTorch data loader asks."""
        return self._snapshot.read([self._places[at] for at in places])

    def __iter__(self) -> Iterator[Example | None]:
        for start in range(0, len(self), BATCH):
            yield from self[start : start + BATCH]


def rows_digest(table: pa.Table) -> str:
    """Over every row in its order: id, content, weight, split."""
    whole = hashlib.sha256()
    for batch in table.select(["id", "content", "weight", "split"]).to_batches(max_chunksize=BATCH):
        for row in batch.to_pylist():
            whole.update(canonical([row["id"], row["content"].hex(), row["weight"], row["split"]]))
    return whole.hexdigest()


def _positions(table: pa.Table, dataset: datasets.Dataset) -> Any:
    """Where in the dataset each row is; null where it is not any more."""
    import pyarrow.compute as pc

    return pc.index_in(table["id"], value_set=dataset.data.column("id").combine_chunks()).combine_chunks()


def _contribution(one: dict[str, Any]) -> Contribution:
    return Contribution(Contributor(one["person"], one["account"], one["host"]), one["attribution"], one["captured"])
