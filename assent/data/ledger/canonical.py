"""One way to write a value as bytes: RFC 8785 JSON. It knows no event."""

from __future__ import annotations

from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """`value` as RFC 8785 JSON; ValueError where it cannot stand in JSON, or is an integer beyond 2**53."""
    return rfc8785.dumps(value)
