"""Whether an adapter may be used: whole, signed by this operator, of this base, and of rows that still may train.

Whatever is not so is refused by name. It knows no request and loads no weights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assent.data.consent.gate import Contribution, Contributor, Decision
from assent.data.ledger import canonical, verify_signature
from assent.errors import ConsentError, UnsafeModel
from assent.models.adapters import folder as files
from assent.models.adapters.base import base_of
from assent.models.adapters.config import AdapterConfig, parsed

if TYPE_CHECKING:
    from assent.data.facade import Store

PURPOSE = "train_content"
_SIGNATURE = re.compile(rb"[0-9a-f]{128}")
OF_THE_BASE = ("weights_sha256", "tokenizer_sha256", "chat_template_sha256")
SIGNED = {files.MANIFEST: files.MANIFEST_SIGNATURE, files.BINDING: files.BINDING_SIGNATURE}


@dataclass(frozen=True)
class Verified:
    """The bytes that were checked, so that what is checked is what is used."""

    folder: Path
    manifest: dict[str, Any]
    config: AdapterConfig
    content: dict[str, bytes]

    @property
    def name(self) -> str:
        """The first digits of the weights' hash."""
        return str(json.loads(self.content[files.BINDING])["adapter_sha256"])[:12]


def verify(folder: Path, *, public_key: str, store: Store | None = None) -> Verified:
    """Checks files, signatures and base; with a store also that every row may still train.

    Raises UnsafeModel naming the file, ConsentError naming the row and the event that took it out.
    """
    content = files.read(folder)
    for name, signature in SIGNED.items():
        if not verify_signature(public_key, _text(folder / signature, content[signature]), content[name]):
            raise UnsafeModel(f"{folder / name}: is not signed by that key; fetch the adapter again")
    binding, manifest = _json(folder / files.BINDING, content), _json(folder / files.MANIFEST, content)
    for part, found in files.bound(content).items():
        if binding.get(part) != found:
            raise UnsafeModel(f"{folder / files.BOUND[part]}: is not the one that was sealed; fetch the adapter again")
    files.check_weights(folder / files.WEIGHTS, content[files.WEIGHTS])
    try:
        config = parsed(content[files.CONFIG])
    except ValueError as error:
        raise UnsafeModel(f"{folder / files.CONFIG}: {error}") from None
    rows = _json(folder / files.CONSENT, content)
    _same_rows(folder, manifest, rows)
    _same_base(folder, manifest)
    if store is not None:
        still_allowed(folder, rows, store)
    return Verified(folder, manifest, config, content)


def still_allowed(folder: Path, rows: list[dict[str, Any]], store: Store) -> None:
    """Raises ConsentError for the first row in which somebody may not train any more."""
    for at, asked in refused_rows(rows, store):
        where = "" if asked.event is None else f" (event {asked.event})"
        raise ConsentError(
            f"{folder}: row {at} may not train any more: {asked.reason}{where}; retire it and train again",
            reason=str(asked.reason),
        )


def refused_rows(rows: list[dict[str, Any]], store: Store) -> Iterator[tuple[int, Decision]]:
    """Asks the gate for everyone in every row, now: the rows that may not train any more, and each refusal."""
    view = store.consent.at()
    for at, row in enumerate(rows):
        for one in row["contributors"]:
            contributor = Contributor(one["person"], one["account"], one["host"])
            asked = view.may(Contribution(contributor, one["attribution"], row["captured"]), PURPOSE)
            if not asked.allowed:
                yield at, asked


def _same_rows(folder: Path, manifest: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    stated = manifest["rows"]
    for at, (row, known) in enumerate(zip(rows, stated, strict=False)):
        if (row["commitment"], row["events"]) != (known["commitment"], known["events"]):
            raise UnsafeModel(f"{folder / files.CONSENT}: row {at} is not the manifest's; fetch the adapter again")
    root = files.merkle_root([row["commitment"] for row in stated])
    if len(rows) != len(stated) or root != manifest["merkle_root"]:
        raise UnsafeModel(f"{folder / files.MANIFEST}: its rows are not those it commits to; fetch the adapter again")


def _same_base(folder: Path, manifest: dict[str, Any]) -> None:
    stated = manifest["base"]
    here = base_of(stated["name"])
    changed = [name.removesuffix("_sha256") for name in OF_THE_BASE if here[name] != stated[name]]
    if changed:
        raise UnsafeModel(
            f"{folder}: was made for another {stated['name']}: {' and '.join(changed)} differ; put that base back"
        )


def _json(path: Path, content: dict[str, bytes]) -> Any:
    """What a file of the folder holds, which must be written as RFC 8785 asks."""
    try:
        found = json.loads(content[path.name])
    except (ValueError, RecursionError):
        raise UnsafeModel(f"{path}: is not JSON; fetch the adapter again") from None
    if canonical(found) != content[path.name]:
        raise UnsafeModel(f"{path}: is not written as RFC 8785 asks; fetch the adapter again")
    return found


def _text(path: Path, content: bytes) -> str:
    """A signature, written in one way only."""
    if not _SIGNATURE.fullmatch(content):
        raise UnsafeModel(f"{path}: is no signature; fetch the adapter again")
    return content.decode("ascii")
