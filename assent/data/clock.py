"""The clock of the record: microseconds since the epoch, UTC. It knows no ledger; tests give another clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]
"""Now, in whole microseconds since 1970-01-01 UTC."""
SECOND = 1_000_000
DAY = 86_400 * SECOND


def system_clock() -> int:
    return time.time_ns() // 1_000


def iso(moment: int) -> str:
    """`moment` in microseconds as ISO 8601 with a Z, to the second."""
    return datetime.fromtimestamp(moment // SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
