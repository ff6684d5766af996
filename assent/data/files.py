"""Small private files that are written whole or not at all. It knows no meaning of their bytes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

from assent.errors import StoreError

OWNER_ONLY = 0o600


def private_bytes(path: Path, make: Callable[[], bytes]) -> bytes:
    """The bytes of `path`, made and kept where there are none; of two processes that make them, one wins for both."""
    try:
        if not path.exists():
            _create(path, make())
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: cannot be read or made: {error.strerror}; check the folder's rights") from error


def _create(path: Path, content: bytes) -> None:
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as part:
        os.fchmod(part.fileno(), OWNER_ONLY)
        part.write(content)
        part.flush()
        os.fsync(part.fileno())
        try:
            os.link(part.name, path)  # fails where another process was first; its bytes count
        except FileExistsError:
            return
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a created or renamed name durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
