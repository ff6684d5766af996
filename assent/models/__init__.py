"""The small open model: catalogue, engines, safe loading. It knows no transcript and no feature."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assent.errors import ModelError
from assent.models.catalog import CATALOG, EMBEDDED, Entry, find
from assent.models.engine import Completion, Engine, Message, ModelInfo, OnText, Prompt
from assent.models.scripted import BadStudent, ScriptedEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assent.models.adapters import Verified

__all__ = [
    "CATALOG",
    "BadStudent",
    "Completion",
    "Engine",
    "Entry",
    "Message",
    "ModelInfo",
    "OnText",
    "Prompt",
    "ScriptedEngine",
    "find",
    "load",
]

EMBEDDED_REVISION = "embedded"


def load(
    name: str = "assent-mini",
    *,
    notice: Callable[[str], None] | None = None,
    device: str | None = None,
    context: int | None = None,
    adapter: Verified | None = None,
) -> Engine:
    """The engine that `name` means: a catalogue name, a folder, `hub/id[@revision]`, or `http://host/v1#model`.

    A served `assent-mini` or `assent_mini` is spoken to in slots, with the vocabulary of the embedded model here: the
    server and this package must hold the same release of it.
    `notice` is told which revision was resolved and fetched, else the log is; `context` bounds the window in tokens.
    `adapter` is one that `assent.models.adapters.verify` has let through, for its own base and in this process.
    Raises UnknownModel, UnsafeModel, MissingExtra or ModelError.
    """
    if name.startswith(("http://", "https://")):
        if adapter:
            raise ModelError("a server has its own adapters: name its model; here one is loaded with its base")
        return _remote(name, context)
    entry = find(name)
    if adapter and adapter.manifest["base"]["name"] != entry.name:
        raise ModelError(f"{adapter.folder} is an adapter of {adapter.manifest['base']['name']}, not of {entry.name}")
    from assent.models import hub, locks
    from assent.models.local import TransformersEngine

    folder, revision = (entry.folder, _folder_revision(entry)) if entry.folder else hub.fetch(entry, notice)
    bounds = [bound for bound in (context, entry.context) if bound]
    engine = TransformersEngine.open(
        folder,
        name=entry.name,
        revision=revision,
        context=min(bounds, default=None),
        writing_mode=locks.writing_mode(entry.key),
        device=device,
        adapter=adapter,
    )
    return _slotted(engine, folder) if engine.info.dialect == "slots" else engine


def _folder_revision(entry: Entry) -> str:
    return EMBEDDED_REVISION if entry.folder == EMBEDDED else "local"


def _slotted(engine: Engine, folder: Path) -> Engine:
    from assent.models.slots import SlotCodec, SlotEngine

    return SlotEngine(engine, SlotCodec.load(folder))


def _remote(name: str, context: int | None) -> Engine:
    from assent.models.remote import RemoteEngine

    url, _, model = name.partition("#")
    engine = RemoteEngine(url, model or None, context=context)
    return _slotted(engine, EMBEDDED) if engine.info.dialect == "slots" else engine
