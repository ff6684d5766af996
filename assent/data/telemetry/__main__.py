"""Prints docs/telemetry.md."""

from __future__ import annotations

import sys

from assent.data.telemetry.loader import shipped
from assent.data.telemetry.pages import page

if __name__ == "__main__":
    sys.stdout.write(page(shipped()))
