"""Characters that hide or command, taken out of text and labels before anybody reads them. It knows no format.

Removed: ANSI and OSC escape sequences, control characters, bidirectional marks and overrides, zero-width and other
invisible characters, tag characters, the variation selectors that carry hidden bytes, lone surrogates. A joiner between
two characters that it really joins (Arabic and Indic letters, emoji) stays: there it is spelling.
"""

from __future__ import annotations

import re

from assent.errors import InputError

MAX_NAME = 120
"""Characters of an output name; file systems stop at 255 bytes, and a character may take two or three."""

_JOINED = "\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff"
_HIDDEN = re.compile(
    r"\x1b\][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC: titles and links, with what they carry
    r"|(?:\x1b\[[0-?]*[ -/]*|\x9b[0-?]+)[@-~]"  # CSI: colours, cursor
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
    "|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]"
    "|[\u3164\ufeff\uffa0\ufff0-\ufffb\ufe00-\ufe0d\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
    f"|(?<![{_JOINED}])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"
)
_DEVICES = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_UNSAFE = re.compile(r'[/\\:*?"<>|\s]+')


class Cleaner:
    """Cleans text and keeps count. `count` is in characters."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, text: str) -> str:
        if text.isascii() and text.isprintable():
            return text
        cleaned = _HIDDEN.sub(_replacement, text)
        self.count += len(text) - len(cleaned) + cleaned.count("\0")
        return cleaned.replace("\0", " ")


def _replacement(match: re.Match[str]) -> str:
    """Nothing; for a line separator a space, by way of NUL so that it is counted, or two words would grow together."""
    return "\0" if match[0] in "\x0b\x0c\x85\u2028\u2029" else ""


def clean(text: str) -> str:
    return Cleaner()(text)


def safe_name(name: str) -> str:
    """One file name, without folder, fit to be written on any system, from a title or any other name from outside.

    Raises InputError where nothing usable is left (`..`, an empty name).
    """
    flat = _UNSAFE.sub("-", clean(name)).strip("-. ")[:MAX_NAME].rstrip("-. ")
    if not flat:
        raise InputError("a name with no usable character; expected letters or digits")
    return f"_{flat}" if _DEVICES.fullmatch(flat) else flat
