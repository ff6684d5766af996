"""What was settled once about a model on this machine: its hub revision and its writing mode, in one JSON file.

It knows no hub and no weights. The file is `locks.json` under ASSENT_HOME (default ~/.assent), written atomically and
under a file lock, so that two processes that load at once agree.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, get_args

from filelock import FileLock

from assent.errors import ModelError
from assent.models.engine import WritingMode

UNMEASURED: WritingMode = "writes"
"""A model nobody measured here may write: every sentence is verified against its evidence anyway."""


def home() -> Path:
    """Where Assent keeps what it settled: ASSENT_HOME, by default ~/.assent."""
    return Path(os.environ.get("ASSENT_HOME") or Path.home() / ".assent")


def revision(key: str) -> str | None:
    """The commit locked for a model, None where it was never resolved."""
    value = _read().get(key, {}).get("revision")
    return str(value) if value else None


def lock_revision(key: str, commit: str) -> str:
    """Lock a model to a commit, unless another process was first; returns the commit that holds."""
    return str(_settle(key, "revision", commit, keep=True))


def writing_mode(key: str) -> WritingMode:
    """What a model may do here, as `assent models check` measured it."""
    mode = _read().get(key, {}).get("writing_mode", UNMEASURED)
    if mode not in get_args(WritingMode):
        raise ModelError(f"{_path()}: writing mode {str(mode)[:40]!r} of {key} is none of {get_args(WritingMode)}")
    return mode  # type: ignore[no-any-return]  # checked against the literal above


def measured(key: str) -> bool:
    """Whether the probes were ever run on this model on this machine."""
    return "writing_mode" in _read().get(key, {})


def set_writing_mode(key: str, mode: WritingMode) -> None:
    _settle(key, "writing_mode", mode, keep=False)


def _path() -> Path:
    return home() / "locks.json"


def _read() -> dict[str, dict[str, Any]]:
    try:
        content = json.loads(_path().read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ModelError(f"{_path()} is not JSON: mend it, or delete it to resolve every model anew") from error
    if not isinstance(content, dict) or not all(isinstance(value, dict) for value in content.values()):
        raise ModelError(f"{_path()}: expected an object of objects; mend it, or delete it to resolve every model anew")
    return content


def _settle(key: str, field: str, value: str, *, keep: bool) -> Any:
    home().mkdir(parents=True, exist_ok=True)
    with FileLock(_path().with_suffix(".lock")):
        locks = _read()
        settled = locks.setdefault(key, {})
        if not (keep and field in settled):
            settled[field] = value
            _write(locks)
        return settled[field]


def _write(locks: dict[str, dict[str, Any]]) -> None:
    with tempfile.NamedTemporaryFile("w", dir=home(), prefix="locks", delete=False, encoding="utf-8") as file:
        json.dump(locks, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(_path())
