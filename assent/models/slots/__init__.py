"""Slots: how a tiny model handles words it never saw. See `codec` for the mapping, `engine` for the wrapper."""

from __future__ import annotations

from assent.models.slots.codec import FORMS, SLOT_TOKENS, SPECIAL, SlotCodec, SlotTable
from assent.models.slots.engine import SlotEngine

__all__ = ["FORMS", "SLOT_TOKENS", "SPECIAL", "SlotCodec", "SlotEngine", "SlotTable"]
