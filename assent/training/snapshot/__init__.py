"""The exact rows of one training run, let through by the gate, and the manifest that states them. It trains nothing."""

from __future__ import annotations

from assent.training.snapshot.examples import Example, messages
from assent.training.snapshot.selection import Choice, Recipe
from assent.training.snapshot.snapshot import Row, Snapshot
from assent.training.snapshot.taking import take

__all__ = ["Choice", "Example", "Recipe", "Row", "Snapshot", "messages", "take"]
