"""The header of a consent text: `key: value` lines between two lines of `---`. It knows no purpose and no rule.

Read here and not by a YAML library: YAML turns `no` into false and a date into an object, takes a repeated key in
silence and stops at the first fault. A text that people sign gets every fault named, with its line and its remedy.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime

from assent.data.clock import DAY, SECOND
from assent.errors import ConsentError

MAX_BYTES = 256 * 1024
MAX_DAYS = 36_500
FENCE = "---"
PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Header:
    """The values of a text's header and the text under it. Every getter notes a fault where the value is not right."""

    def __init__(self, content: bytes, name: str) -> None:
        self.name = name
        self.faults: list[str] = []
        self.body = ""
        self.body_line = 1
        self._values: dict[str, tuple[int, str]] = {}
        self._read(self._text(content))

    def fault(self, line: int, message: str) -> None:
        self.faults.append(f"{self.name}:{line}: {message}")

    def refuse(self) -> None:
        """ConsentError with all faults, if there are any."""
        if self.faults:
            raise ConsentError("; ".join(self.faults), reason="document", faults=self.faults)

    def line(self, key: str) -> int:
        return self._values.get(key, (1, ""))[0]

    def has(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str) -> str:
        return self._values.get(key, (1, ""))[1]

    def unknown(self, known: Collection[str]) -> None:
        """A key that means nothing here could be taken to mean something: it is a fault."""
        for key, (line, _) in self._values.items():
            if key not in known:
                self.fault(line, f"unknown key {key!r}; expected one of {', '.join(sorted(known))}; remove the line")

    def word(self, key: str, pattern: str, example: str) -> str:
        value = self.text(key)
        if self.has(key) and not re.fullmatch(pattern, value):
            self.fault(self.line(key), f"{key} is {value!r}; write it like {example}")
        return value

    def items(self, key: str, separator: str = ";") -> tuple[str, ...]:
        """The parts of a list; `none` is the empty one."""
        value = self.text(key)
        if value == "none":
            return ()
        parts = tuple(part.strip() for part in value.split(separator))
        if self.has(key) and (not all(parts) or len(set(parts)) < len(parts)):
            self.fault(self.line(key), f"{key} has an empty or repeated part; separate the parts by {separator!r}")
        return parts

    def names(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        """A comma-separated list of known names, in the order of `known`."""
        found = self.items(key, ",") if self.has(key) else ()
        for name in found:
            if name and name not in known:
                self.fault(self.line(key), f"{key} names {name!r}; expected some of {', '.join(known)}")
        return tuple(name for name in known if name in found)

    def day(self, key: str) -> int:
        """A date, as the microsecond it begins in UTC."""
        try:
            start = datetime.combine(date.fromisoformat(self.text(key)), datetime.min.time(), UTC)
        except ValueError:
            if self.has(key):
                self.fault(self.line(key), f"{key} is {self.text(key)!r}; write a date like 2026-01-31")
            return 0
        return int(start.timestamp()) * SECOND

    def days(self, key: str) -> int | None:
        """A duration in microseconds; None for `until withdrawn`."""
        value = self.text(key)
        found = re.fullmatch(r"([1-9][0-9]{0,4}) days?", value)
        if found and int(found[1]) <= MAX_DAYS:
            return int(found[1]) * DAY
        if self.has(key) and value != "until withdrawn":
            self.fault(self.line(key), f"{key} is {value!r}; write it like `365 days`, or `until withdrawn`")
        return None

    def _text(self, content: bytes) -> str:
        if len(content) > MAX_BYTES:
            self.fault(1, f"{len(content)} bytes; a text has at most {MAX_BYTES}: shorten it")
            return ""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            self.fault(content.count(b"\n", 0, error.start) + 1, "not UTF-8; save the file as UTF-8")
            return ""
        for at, line in enumerate(text.split("\n"), start=1):
            if hidden := _hidden(line.removesuffix("\r")):
                self.fault(at, f"hidden character {hidden}; what is signed must be what is seen: remove it")
            for placeholder in PLACEHOLDER.finditer(line):
                self.fault(at, f"{placeholder[0]} is not filled in; write the {placeholder[1]} of your service there")
        return text

    def _read(self, text: str) -> None:
        lines = [line.rstrip() for line in text.split("\n")]
        if not self.faults and lines[0] != FENCE:
            self.fault(1, f"no header; begin with a line of {FENCE}, then `key: value` lines, then {FENCE}")
        if lines[0] != FENCE:
            return
        end = next((at for at, line in enumerate(lines[1:], start=1) if line == FENCE), len(lines))
        if end == len(lines):
            self.fault(1, f"the header does not end; put a line of {FENCE} after it")
        for at, line in enumerate(lines[1:end], start=2):
            self._entry(at, line)
        self.body, self.body_line = "\n".join(lines[end + 1 :]), end + 2

    def _entry(self, at: int, line: str) -> None:
        key, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not re.fullmatch(r"[a-z_]+", key):
            self.fault(at, "not a `key: value` line; write one, or remove the line")
        elif not value:
            self.fault(at, f"{key} has no value; write one after the colon")
        if key in self._values:
            self.fault(at, f"{key} stands in line {self.line(key)} already; keep one of the two")
        elif colon:
            self._values[key] = (at, value)


def _hidden(line: str) -> str | None:
    """The first character that cannot be seen, or that turns the order of others round."""
    for character in line:
        if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Zl", "Zp") and character != "\t":
            return f"U+{ord(character):04X}"
    return None
