"""LoRA on the rows of a snapshot and on nothing else, stopped and begun again when one of them may no longer train."""

from __future__ import annotations

from assent.training.finetune.job import run
from assent.training.finetune.recipe import Recipe, Resolved, resolve

__all__ = ["Recipe", "Resolved", "resolve", "run"]
