"""A file from outside, opened with care and read line by line. It knows no transcript format.

Only regular files are read: a device, a pipe or a folder is refused without waiting for it. The size is bounded before
anything is decoded, archives are never unpacked, and lines are read one at a time.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from assent.data.transcripts.clean import Cleaner, clean
from assent.errors import TranscriptError, TranscriptNotFound

MAX_BYTES = 100_000_000
"""Bytes of one file; a day of talk as WebVTT is under three million."""
MAX_LINE = 1_000_000
"""Characters of one line of a text format; JSON on one line is not bound by it."""

_CHUNK = 1 << 20
_A_TRANSCRIPT = "a transcript: WebVTT, SRT, SBV, a Zoom, Teams, Meet or Otter export, JSON turns, or `Name: text`"
_MAGIC = {
    b"PK\x03\x04": "a zip archive or an office document",
    b"\x1f\x8b": "a gzip archive",
    b"%PDF": "a PDF",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\xd0\xcf\x11\xe0": "an office document",
    b"{\\rtf": "a rich text document",
    b"ID3": "audio",
    b"RIFF": "audio",
    b"OggS": "audio",
}
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MAX_CONTROLS = 0.1
"""Share of control bytes above which the first bytes are no text."""


@dataclass
class Source:
    """The checked bytes of a file. `cleaner` counts what was taken out; `line` is the line read last."""

    name: str
    data: bytes
    encoding: str
    cleaner: Cleaner = field(default_factory=Cleaner)
    line: int = 0

    def lines(self) -> Iterator[str]:
        """Cleaned lines without their ends."""
        text = io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding, newline=None)
        self.line = 0
        while raw := text.readline(MAX_LINE + 1):
            self.line += 1
            if len(raw) > MAX_LINE:
                raise self.error("a line that is too long", f"at most {MAX_LINE:,} characters")
            yield self.cleaner(raw.rstrip("\n"))

    def text(self) -> str:
        """The whole file as it stands, for JSON."""
        return self.data.decode(self.encoding)

    def head(self, count: int) -> list[str]:
        """The first `count` lines that are not blank, outside the count of cleaned characters."""
        found: list[str] = []
        text = io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding, newline=None)
        while len(found) < count and (raw := text.readline(MAX_LINE)):
            if line := clean(raw).strip():
                found.append(line)
        return found

    def error(self, found: str, expected: str, line: int | None = None) -> TranscriptError:
        return TranscriptError(self.name, self.line if line is None else line, found, expected)


def open_source(path_or_file: str | os.PathLike[str] | IO[Any]) -> Source:
    """Raises TranscriptError for what is missing, no regular file, empty, over MAX_BYTES or binary."""
    if isinstance(path_or_file, str | os.PathLike):
        name = clean(Path(path_or_file).name) or "."
        data = _read_path(path_or_file, name)
    else:
        name = clean(Path(str(getattr(path_or_file, "name", "<stream>"))).name)
        data = _read_file(path_or_file, name)
    return Source(name, data, _encoding(name, data))


def _read_path(path: str | os.PathLike[str], name: str) -> bytes:
    try:
        # Without O_NONBLOCK, opening a pipe would wait for its writer.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError:
        raise TranscriptNotFound(name, 0, "no such file", "the path of a transcript") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not a path"
        raise TranscriptError(name, 0, f"cannot be opened ({reason})", "a readable file") from None
    with os.fdopen(handle, "rb") if _regular(handle) else _refuse(handle, name) as file:
        return _read_file(file, name)


def _regular(handle: int) -> bool:
    return stat.S_ISREG(os.fstat(handle).st_mode)


def _refuse(handle: int, name: str) -> IO[bytes]:
    os.close(handle)
    raise TranscriptError(name, 0, "a folder, device or pipe", "a regular file")


def _read_file(file: IO[Any], name: str) -> bytes:
    data = bytearray()
    while chunk := file.read(_CHUNK):
        data += chunk.encode("utf-8", "replace") if isinstance(chunk, str) else chunk
        if len(data) > MAX_BYTES:
            raise TranscriptError(name, 0, "a file over the size bound", f"at most {MAX_BYTES:,} bytes")
    return bytes(data)


def _encoding(name: str, data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or Windows-1252 where the bytes are text in nothing else."""
    for magic, kind in _MAGIC.items():
        if data.startswith(magic):
            raise TranscriptError(name, 0, kind, _A_TRANSCRIPT)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decodable(name, data, "utf-16")
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise TranscriptError(name, 0, "an empty file", _A_TRANSCRIPT)
    first = data[: 1 << 16]
    if len(_CONTROLS.findall(first)) > _MAX_CONTROLS * len(first):
        raise TranscriptError(name, 0, "binary data", _A_TRANSCRIPT)
    if _decodes(data, "utf-8-sig"):
        return "utf-8-sig"
    if _CONTROLS.search(data):
        raise TranscriptError(name, 0, "binary data", _A_TRANSCRIPT)
    return _decodable(name, data, "cp1252")


def _decodes(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _CHUNK):
            decoder.decode(data[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _decodable(name: str, data: bytes, encoding: str) -> str:
    if not _decodes(data, encoding):
        raise TranscriptError(name, 0, "bytes that are no text", "UTF-8, UTF-16 with its mark, or Windows-1252")
    return encoding
