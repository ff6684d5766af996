"""The checkpoints of a run: private, each known to be whole, none a pickle that is opened as one. It knows no row.

A checkpoint counts once `whole.json` names its files and their hashes; what a kill leaves half-written never does.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from assent.data.files import OWNER_ONLY, sync_folder
from assent.errors import StoreError, UnsafeModel
from assent.models.adapters.base import digest

WHOLE = "whole.json"
PREFIX = "checkpoint-"
UNUSED = ("training_args.bin", "README.md")
"""Written by the Trainer and by peft, and never read here: the one is a pickle, the other a blank card."""
OPENED = ("adapter_model.safetensors", "adapter_config.json", "optimizer.pt", "scheduler.pt", "trainer_state.json")
"""With the random states these are all there is; each tensor file is opened weights-only."""


def keep(folder: Path, run: dict[str, Any]) -> None:
    """Makes a written checkpoint private and marks it whole; `run` says whose it is."""
    folder.chmod(0o700)
    for name in UNUSED:
        (folder / name).unlink(missing_ok=True)
    files = sorted(path for path in folder.iterdir() if path.name != WHOLE)
    for path in files:
        path.chmod(OWNER_ONLY)
    mark = folder / f".{WHOLE}"
    mark.touch(mode=OWNER_ONLY)
    mark.write_text(json.dumps({"files": {path.name: digest(path) for path in files}, "run": run}))
    mark.replace(folder / WHOLE)
    sync_folder(folder)


def newest(folder: Path, run: dict[str, Any]) -> Path | None:
    """The last whole checkpoint of this run, if there is one; a broken one goes. Raises StoreError, UnsafeModel."""
    for found in sorted(folder.glob(f"{PREFIX}*"), key=step, reverse=True):
        if not _whole(found, run):
            shutil.rmtree(found)
            continue
        return found
    return None


def step(checkpoint: Path) -> int:
    return int(checkpoint.name.removeprefix(PREFIX))


def _whole(folder: Path, run: dict[str, Any]) -> bool:
    try:
        marked = json.loads((folder / WHOLE).read_text())
    except (OSError, ValueError):
        return False
    here = {path.name for path in folder.iterdir()} - {WHOLE}
    strange = [name for name in here if name not in OPENED and not name.startswith("rng_state")]
    if strange:
        raise UnsafeModel(f"{folder / strange[0]} is no part of a checkpoint; delete {folder}, and go on before it")
    if marked.get("run") != run:
        raise StoreError(f"{folder} is of another snapshot, recipe or base; name another folder with --out")
    files = marked["files"]
    return here == set(files) and all(digest(folder / name) == known for name, known in files.items())
