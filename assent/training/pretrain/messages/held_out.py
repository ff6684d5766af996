"""Which patterns are never trained on: about one frame in twelve, chosen by its name. It knows no item."""

from __future__ import annotations

from zlib import crc32

from assent.training.pretrain.messages.frames import FRAMES
from assent.training.pretrain.messages.reply import plots

SHARE = 0.08


def is_held_out(pattern: str) -> bool:
    return crc32(pattern.encode()) % 1000 < SHARE * 1000


def _all_patterns() -> list[str]:
    framed = [f"{kind}: {frame}" for kind, frames in FRAMES.items() for frame in frames]
    return framed + [f"reply {pattern}" for pattern in framed] + [f"reply: {plot.name}" for plot in plots()]


HELD_OUT = frozenset(pattern for pattern in _all_patterns() if is_held_out(pattern.removeprefix("reply ")))
