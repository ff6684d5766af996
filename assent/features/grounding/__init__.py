"""Is a sentence of minutes supported by the turns it cites? It knows no model, no prompt and no other turn."""

from __future__ import annotations

from assent.features.grounding.memory import forgetting
from assent.features.grounding.passage import Kind
from assent.features.grounding.repair import repair
from assent.features.grounding.verdict import REASONS, Verdict, verify

__all__ = ["REASONS", "Kind", "Verdict", "forgetting", "repair", "verify"]
