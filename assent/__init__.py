"""The public face of Assent: summarize, compose, and the types they return. It knows only where each name lives.

Names are imported when they are first used, so that `import assent` and `assent --help` load no model library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.data.transcripts import Roster, Transcript, Turn, read
    from assent.errors import (
        AssentError,
        Cancelled,
        ConfigError,
        ConsentError,
        ConsentRequired,
        ContextOverflow,
        GenerationError,
        InputError,
        LedgerError,
        MissingExtra,
        ModelError,
        RosterError,
        StoreError,
        TemplateError,
        TranscriptError,
        UnknownModel,
        UnsafeModel,
    )
    from assent.features.ask import ask
    from assent.features.assistant import Assistant
    from assent.features.compose import Drafts, compose, rewrite
    from assent.features.summarize import Minutes, summarize
    from assent.models import load

__all__ = [
    "AssentError",
    "Assistant",
    "Cancelled",
    "ConfigError",
    "ConsentError",
    "ConsentRequired",
    "ContextOverflow",
    "Drafts",
    "GenerationError",
    "InputError",
    "LedgerError",
    "Minutes",
    "MissingExtra",
    "ModelError",
    "Roster",
    "RosterError",
    "Store",
    "StoreError",
    "TemplateError",
    "Transcript",
    "TranscriptError",
    "Turn",
    "UnknownModel",
    "UnsafeModel",
    "ask",
    "compose",
    "load",
    "read",
    "rewrite",
    "summarize",
]

_HOMES = {
    "assent.data.facade": ("Store",),
    "assent.data.transcripts": ("Roster", "Transcript", "Turn", "read"),
    "assent.features.ask": ("ask",),
    "assent.features.assistant": ("Assistant",),
    "assent.features.compose": ("Drafts", "compose", "rewrite"),
    "assent.features.summarize": ("Minutes", "summarize"),
    "assent.models": ("load",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """PEP 562: import a public name from its home at first use."""
    if name not in __all__:
        raise AttributeError(f"module 'assent' has no attribute {name!r}")
    value = getattr(import_module(_HOME.get(name, "assent.errors")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])


__version__ = "0.1.0"
