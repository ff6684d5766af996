"""Named models and how a name becomes one: the embedded default, the listed ones, any hub id or folder.

It knows no weights and touches no network. A revision stands nowhere in this file, because none could be looked up when
it was written: it is resolved at first download and kept in the lock (see `locks`).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from assent.errors import UnknownModel
from assent.models.engine import Dialect

EMBEDDED = Path(__file__).parent / "assent_mini"
GATED = "gated: accept its terms on the hub"
HUB_ID = re.compile(r"(?P<hub>[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95})(@(?P<revision>[\w][\w./-]{0,127}))?")


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that can be loaded: from the hub (`hub_id`) or from a folder, exactly one of them.

    `context` is the window in tokens that Assent uses, None where the model's own config decides.
    """

    name: str
    hub_id: str | None = None
    folder: Path | None = None
    revision: str | None = None
    licence: str = "unknown"
    context: int | None = None
    dialect: Dialect = "instruct"
    notes: str = ""

    @property
    def key(self) -> str:
        """Under which the lock keeps this model."""
        if self.folder and self.folder != EMBEDDED:
            return str(self.folder.resolve())
        return f"{self.hub_id or self.name}{f'@{self.revision}' if self.revision else ''}"


CATALOG: tuple[Entry, ...] = (
    Entry("assent-mini", folder=EMBEDDED, licence="CC-BY-4.0", dialect="slots", notes="embedded, works offline"),
    Entry("smollm2-135m", "HuggingFaceTB/SmolLM2-135M-Instruct", licence="Apache-2.0", context=8192),
    Entry("smollm2-360m", "HuggingFaceTB/SmolLM2-360M-Instruct", licence="Apache-2.0", context=8192),
    Entry("smollm2-1.7b", "HuggingFaceTB/SmolLM2-1.7B-Instruct", licence="Apache-2.0", context=8192),
    Entry("qwen3-0.6b", "Qwen/Qwen3-0.6B", licence="Apache-2.0", context=32768, notes="thinking is switched off"),
    Entry("qwen3-1.7b", "Qwen/Qwen3-1.7B", licence="Apache-2.0", context=32768, notes="thinking is switched off"),
    Entry("gemma-3-270m", "google/gemma-3-270m-it", licence="Gemma terms", context=32768, notes=GATED),
    Entry("gemma-3-1b", "google/gemma-3-1b-it", licence="Gemma terms", context=32768, notes=GATED),
    Entry(
        "llama-3.2-1b",
        "meta-llama/Llama-3.2-1B-Instruct",
        licence="Llama 3.2 Community",
        context=32768,
        notes=GATED,
    ),
)


def find(name: str) -> Entry:
    """The model that `name` means: a catalogue name, a listed hub id, a folder, or any `hub/id[@revision]`."""
    for entry in CATALOG:
        if name.lower() in (entry.name, entry.hub_id and entry.hub_id.lower()):
            return entry
    if name and _is_folder(name):
        return Entry(name, folder=Path(name))
    match = HUB_ID.fullmatch(name)
    if match and ".." not in name:
        return _of_hub(name, match["hub"], match["revision"])
    raise UnknownModel(_unknown(name))


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # longer than any path may be
        return False


def _of_hub(name: str, hub_id: str, revision: str | None) -> Entry:
    for entry in CATALOG:
        if entry.hub_id and entry.hub_id.lower() == hub_id.lower():
            return Entry(name, entry.hub_id, revision=revision, licence=entry.licence, context=entry.context)
    return Entry(name, hub_id, revision=revision)


def _unknown(name: str) -> str:
    names = [entry.name for entry in CATALOG]
    near = difflib.get_close_matches(name.lower(), [*names, *(e.hub_id for e in CATALOG if e.hub_id)], n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(names)}"
    return f"unknown model {name[:120]!r}: {hint} A folder or a hub id (owner/name[@revision]) will do too"
