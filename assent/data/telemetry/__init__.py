"""Service telemetry: a closed registry of content-free events, and the aggregates released from them.

It knows no content and no person. An event is one number of at most 64 bits, told of a random account id and a day.
"""

from __future__ import annotations

from assent.data.telemetry.aggregates import Release, Releases
from assent.data.telemetry.events import Telemetry
from assent.data.telemetry.loader import shipped
from assent.data.telemetry.registry import Registry

__all__ = ["Registry", "Release", "Releases", "Telemetry", "shipped"]
