"""The epoch key: it wraps every key of the key store, and every destruction replaces it. It knows no contributor.

A copy of the key store opens only with the epoch key of its day: once that key is gone, old copies open nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from assent.data.files import sync_folder
from assent.data.keystore.cipher import KEY_BYTES
from assent.errors import StoreError

VARIABLE = "ASSENT_EPOCH_KEY"
LOCK_SECONDS = 600  # another process may be re-wrapping some millions of keys
_HEX = re.compile(rb"[0-9a-f]{64}\n?")


class EpochKeys(Protocol):
    """Where the epoch key is kept: a file, the environment, a key service."""

    def candidates(self) -> tuple[bytes, ...]:
        """The keys the store may be wrapped under: the one in use and, during a replacement, the next. May be empty."""

    def replace(self, rewrap: Callable[[bytes], None]) -> None:
        """Bring the next key to safety, hand it to `rewrap`, and destroy the one before only when that has returned.

        A replacement that was cut short is finished with the same next key. A provider that cannot make a key
        hands over the newest it has.
        """


def epoch_id(key: bytes) -> str:
    """Names a key without giving it away: the key is 256 random bits."""
    return hashlib.sha256(b"assent epoch 1\x00" + key).hexdigest()[:32]


class FileEpochKeys:
    """One file, readable by its owner only; its neighbour `.next` exists only while the key is replaced."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._next = self.path.with_name(self.path.name + ".next")
        if self._next.exists():
            with self._locked():
                self._tidy()

    def candidates(self) -> tuple[bytes, ...]:
        following = _read(self._next)  # first: in the next moment it may take the other's place
        current = _read(self.path)
        return tuple(dict.fromkeys(key for key in (current, following) if key))

    def replace(self, rewrap: Callable[[bytes], None]) -> None:
        with self._locked():
            rewrap(self._safe_next())
            _blank(self.path)
            self._take_over()

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=LOCK_SECONDS):
                yield
        except Timeout:
            raise StoreError(f"{self.path}: another process is replacing the epoch key; try again later") from None
        except StoreError:
            raise
        except OSError as error:
            message = f"{self.path}: the epoch key cannot be replaced ({error.strerror}); make the folder writable"
            raise StoreError(message) from None

    def _tidy(self) -> None:
        """After a kill: a next key cut short wrapped nothing; one whose forerunner is overwritten wraps everything."""
        if not self._next.exists():
            return
        if _read(self._next) is None:
            self._next.unlink()
        elif self.path.exists() and _read(self.path) is None:
            self._take_over()

    def _take_over(self) -> None:
        self._next.replace(self.path)
        sync_folder(self.path.parent)

    def _safe_next(self) -> bytes:
        """The next key, on disk for good before anything is wrapped under it."""
        key = _read(self._next) or os.urandom(KEY_BYTES)
        handle = os.open(self._next, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.fchmod(handle, 0o600)
            os.write(handle, key.hex().encode() + b"\n")  # over a half-written one, or over itself
            os.ftruncate(handle, 2 * KEY_BYTES + 1)
            os.fsync(handle)
        finally:
            os.close(handle)
        sync_folder(self.path.parent)
        return key


class EnvironmentEpochKeys:
    """A variable that holds one key of 64 hex digits, or `old,new` while the operator replaces it."""

    def __init__(self, variable: str = VARIABLE) -> None:
        self.variable = variable

    def candidates(self) -> tuple[bytes, ...]:
        parts = os.environ.get(self.variable, "").split(",")
        if len(parts) > 2 or not all(_HEX.fullmatch(part.strip().encode()) for part in parts):
            message = f"{self.variable}: expected a key of 64 hex digits (`openssl rand -hex 32`), or two as OLD,NEW"
            raise StoreError(message)
        return tuple(dict.fromkeys(bytes.fromhex(part.strip()) for part in parts))

    def replace(self, rewrap: Callable[[bytes], None]) -> None:
        rewrap(self.candidates()[-1])


def epoch_keys(home: Path) -> EpochKeys:
    """From the environment if it holds one, else a file under `home`."""
    return EnvironmentEpochKeys() if VARIABLE in os.environ else FileEpochKeys(home / "epoch.key")


def _read(path: Path) -> bytes | None:
    """None where there is no file, or one cut short by a crash or overwritten before its removal."""
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: the epoch key cannot be read ({error.strerror})") from None
    return bytes.fromhex(found.decode()) if _HEX.fullmatch(found) else None


def _blank(path: Path) -> None:
    """Best effort: on some disks the old bytes live on elsewhere until their block is used again."""
    with contextlib.suppress(OSError), path.open("r+b") as file:
        file.write(b"\0" * (2 * KEY_BYTES + 1))
        file.flush()
        os.fsync(file.fileno())
