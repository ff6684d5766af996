"""Times as transcripts write them, to seconds. It knows no format."""

from __future__ import annotations

import math
import re

STAMP = r"\d{1,3}:\d{1,2}(?::\d{1,2})?(?:[.,]\d{1,9})?(?:[ \u202f]?[AaPp]\.?[Mm]\.?)?"
"""A time of the day or since the start: 0:03, 00:01:02.500, 2:05:11 PM."""

_PARTS = re.compile(r"(?a)(\d{1,3}:)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,9})?)[ \u202f]?([AaPp]?)\.?[Mm]?\.?")
_NOON = 12


def seconds(stamp: str) -> float | None:
    """Seconds of a stamp; two numbers are minutes and seconds, or hours and minutes beside AM or PM. None: no stamp."""
    match = _PARTS.fullmatch(stamp.strip())
    if not match:
        return None
    first, second, third, half = match.groups()
    hours, minutes, rest = float((first or "0:")[:-1]), float(second), float(third.replace(",", "."))
    if half and not first:
        hours, minutes, rest = minutes, rest, 0.0
    if minutes >= 60 or rest >= 60:
        return None
    if half:
        hours = hours % _NOON + (_NOON if half in "Pp" else 0)
    return round(hours * 3600 + minutes * 60 + rest, 9)


def number(value: object) -> float | None:
    """Seconds of a JSON value: a finite, non-negative number, as number or string, or a stamp. None: no time."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return seconds(value) if isinstance(value, str) else None
    return found if math.isfinite(found) and found >= 0 else None
