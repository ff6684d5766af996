"""Where signed checkpoints are kept outside the database: a folder, or any place fsspec reaches.

One numbered file each, never overwritten. It does not know what a checkpoint says.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path
from typing import Any, Protocol

from assent.data.files import sync_folder
from assent.errors import LedgerError, StoreError

_NAME = re.compile(r"(\d{12})\.json")


class Place(Protocol):
    def names(self) -> list[str]: ...

    def read(self, name: str) -> bytes: ...

    def create(self, name: str, content: bytes) -> None:
        """Durable when it returns; FileExistsError where there is such a file."""


class Outside:
    def __init__(self, location: str) -> None:
        self._location = location
        self._place: Place = _Remote(location) if "://" in location else _Folder(Path(location))

    def positions(self) -> list[int]:
        """All that is kept, in order."""
        try:
            found = [_NAME.fullmatch(name) for name in self._place.names()]
        except OSError as error:
            raise self._unreachable(error) from None
        return sorted(int(match[1]) for match in found if match)

    def read(self, position: int) -> bytes:
        try:
            return self._place.read(_file(position))
        except OSError as error:
            raise self._unreachable(error) from None

    def keep(self, position: int, content: bytes) -> None:
        """LedgerError where another checkpoint stands for that position: two histories meet there."""
        try:
            self._place.create(_file(position), content)
        except FileExistsError:
            if self.read(position) != content:
                raise LedgerError(f"{self._location} holds another checkpoint at {position}", position) from None
        except OSError as error:
            raise self._unreachable(error) from None

    def _unreachable(self, error: OSError) -> StoreError:
        kind = error.strerror or type(error).__name__
        return StoreError(f"the checkpoints at {self._location} cannot be reached ({kind}); make that place available")


def _file(position: int) -> str:
    return f"{position:012d}.json"


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return os.listdir(self._path) if self._path.exists() else []  # noqa: PTH208  (names only, of many files)

    def read(self, name: str) -> bytes:
        return (self._path / name).read_bytes()

    def create(self, name: str, content: bytes) -> None:
        self._path.mkdir(parents=True, exist_ok=True)
        draft = self._path / f".{name}.{secrets.token_hex(8)}"
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, self._path / name)  # a rename that never replaces
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(self._path)


class _Remote:
    def __init__(self, url: str) -> None:
        import fsspec

        self._files: Any
        self._files, self._root = fsspec.core.url_to_fs(url)

    def names(self) -> list[str]:
        self._files.invalidate_cache()
        with contextlib.suppress(FileNotFoundError):
            return [path.rsplit("/", 1)[-1] for path in self._files.ls(self._root, detail=False)]
        return []

    def read(self, name: str) -> bytes:
        content: bytes = self._files.cat_file(f"{self._root}/{name}")
        return content

    def create(self, name: str, content: bytes) -> None:
        self._files.makedirs(self._root, exist_ok=True)
        self._files.pipe_file(f"{self._root}/{name}", content, mode="create")
