"""The rows allowed for a purpose as a Hugging Face dataset: ciphertext on disk, opened as each row is read.

Two Arrow files lie under the store's folder: calls, which the dataset is made of, and speech, which they point into.
The gate is asked for every row at every read, so a row not allowed any more comes back empty, with `allowed` False.
`map` writes what it makes into a cache file; so tokenise in the collator instead. It knows no training.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assent.data.interactions.arrow import CALLS, SPEECH, SpeechFile, Stream, call_row, piece_of, piece_row
from assent.data.interactions.opening import Opening
from assent.data.interactions.pieces import Piece, Use
from assent.data.interactions.reading import assemble, parts_of, row
from assent.data.interactions.selecting import Summary, holders, packed, parts, selected, speech
from assent.errors import StoreError

if TYPE_CHECKING:
    import datasets

    from assent.data.interactions.log import Log

CALLS_FILE, SPEECH_FILE, SUMMARY_FILE = "calls.arrow", "speech.arrow", "summary.json"
PURPOSES = ("log_content", "train_content", "publish_dataset")
OWNER_ONLY = 0o700


def dataset(log: Log, purpose: str, folder: Path) -> datasets.Dataset:
    """The rows allowed for `purpose` now, of all accounts; files of earlier ones under `folder` are removed."""
    return made(log, purpose, folder)[0]


def made(log: Log, purpose: str, folder: Path) -> tuple[datasets.Dataset, Summary]:
    """The dataset, and what was found when it was made."""
    place = folder / purpose / secrets.token_hex(8)
    summary = build(log, purpose, place)
    for other in place.parent.iterdir():
        if other != place:
            shutil.rmtree(other, ignore_errors=True)
    return load(log, purpose, place), summary


def build(log: Log, purpose: str, folder: Path) -> Summary:
    """Writes the two files into `folder`, which must not be there yet, whole or not at all."""
    view = log.consent.at()
    summary = Summary(purpose, view.index)
    part = folder.with_name(f".{folder.name}.part")
    part.mkdir(parents=True, mode=OWNER_ONLY)
    try:
        with Stream(part / CALLS_FILE, CALLS) as calls, Stream(part / SPEECH_FILE, SPEECH) as spoken:
            for account in holders(log):
                needed, before = bytearray(), summary.rows
                for chosen in selected(log, account, summary, view):
                    calls.write([call_row(*one) for one in chosen])
                    needed += packed(parts(chosen))
                for pieces in speech(log, account, needed, view, purpose):
                    spoken.write([piece_row(piece) for piece in pieces])
                summary.accounts += summary.rows > before
        (part / SUMMARY_FILE).write_text(json.dumps(summary.json()))
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return summary


def count(log: Log, purpose: str) -> Summary:
    """What `dataset` would hold, without writing it."""
    view = log.consent.at()
    summary = Summary(purpose, view.index)
    for account in holders(log):
        before = summary.rows
        for _ in selected(log, account, summary, view):
            pass
        summary.accounts += summary.rows > before
    return summary


def load(log: Log, purpose: str, folder: Path) -> datasets.Dataset:
    from datasets import Dataset

    return Dataset.from_file(str(folder / CALLS_FILE)).with_transform(Reader(log, purpose, folder))


class Reader:
    """Turns a batch of ciphertext rows into rows; a batch without its ciphertext comes back as it is."""

    def __init__(self, log: Log, purpose: str, folder: Path) -> None:
        self._log, self._purpose, self._folder = log, purpose, folder
        self._speech = SpeechFile(folder / SPEECH_FILE)

    def __call__(self, batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        if not set(CALLS.names) <= set(batch):
            return batch
        opening = Opening(self._log.consent.at(), self._log.keys, self._purpose)
        rows = [{name: batch[name][at] for name in CALLS.names} for at in range(len(batch["id"]))]
        calls = [(piece_of(one), [piece_of(edit) for edit in one["edits"]], one) for one in rows]
        wanted = {(call.account, part) for call, edits, _ in calls for part in parts_of(call, edits)}
        spoken = self._speech.pieces(wanted)
        read = [_read(call, edits, stored, spoken, opening) for call, edits, stored in calls]
        return {name: [one[name] for one in read] for name in read[0]} if read else batch

    def __deepcopy__(self, memo: dict[int, Any]) -> Reader:
        """A dataset copies itself when it is shuffled or split; the store behind it stays one."""
        return self

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        """A hash of the dataset needs a pickle. It holds no key, so it opens nothing elsewhere."""
        return _not_here, (self._purpose, str(self._folder))


def _not_here(purpose: str, folder: str) -> Reader:
    raise StoreError(f"{folder}: opens only in the process that has the store; open it there again for {purpose}")


def _read(
    call: Piece, edits: Sequence[Piece], stored: dict[str, Any], spoken: dict[str, Piece], opening: Opening
) -> dict[str, Any]:
    content = assemble(call, spoken, edits, opening)
    if content is None:
        return _CLOSED | {"id": call.id, "account": call.account, "captured": call.captured}
    use = Use(call.interaction, stored["feature"], call.meeting, call.captured, {})
    return row(call, content, use, stored["feedback"], opening).json() | {"allowed": True}


_CLOSED: dict[str, Any] = dict.fromkeys(
    (
        *(
            "id",
            "account",
            "meeting",
            "interaction",
            "feature",
            "task",
            "captured",
            "written_by",
            "parents",
            "feedback",
        ),
        *("contributors", "turns", "text", "kept"),
    )
) | {"parents": [], "feedback": [], "contributors": [], "turns": [], "allowed": False}
