"""Messages by rules: an instruction restated in the first person, in a tone and a length, with nothing added.

It knows no model. What a model writes is measured against the same reading of the instruction.
"""

from __future__ import annotations

from assent.features.drafting.plan import Plan
from assent.features.drafting.reading import read_instruction
from assent.features.drafting.rules import draft_by_rules
from assent.features.drafting.shorthand import spell_out

__all__ = ["Plan", "draft_by_rules", "read_instruction", "spell_out"]
