"""The log: model calls captured under the gate, what users did with them, the dataset. It does not know training."""

from __future__ import annotations

from assent.data.interactions.calls import Call, Interaction
from assent.data.interactions.erasing import Erased
from assent.data.interactions.log import Log
from assent.data.interactions.plan import Logged
from assent.data.interactions.reading import Row

__all__ = ["Call", "Erased", "Interaction", "Log", "Logged", "Row"]
