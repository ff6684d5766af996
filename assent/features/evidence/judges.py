"""Small logistic models that ship with the package: links, ranks, due phrases. It knows none of their features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file

from assent.features.evidence.talk import Row

WEIGHTS = Path(__file__).parent.parent / "weights" / "judges.safetensors"


@dataclass(frozen=True)
class Judges:
    """Name -> weights; the last is the bias."""

    weights: Mapping[str, NDArray[np.float64]]

    @classmethod
    @lru_cache(maxsize=1)
    def default(cls) -> Judges:
        """The judges that ship with the package."""
        return cls({name: value.astype(np.float64) for name, value in load_file(WEIGHTS).items()})

    def judge(self, name: str, rows: Sequence[Row]) -> NDArray[np.float64]:
        """Probabilities, one for each row."""
        if not rows:
            return np.zeros(0)
        weights = self.weights[name]
        return np.asarray(1 / (1 + np.exp(-(np.asarray(rows, dtype=np.float64) @ weights[:-1] + weights[-1]))))
