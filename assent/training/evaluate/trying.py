"""An engine tried by another seed. It knows no feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event

from assent.features.writing import RETRY_TEMPERATURE
from assent.models.engine import Completion, Engine, ModelInfo, OnText, Prompt

APART = 1000
"""Between the seeds of two tries, so that a feature's own seeds do not meet those of the next."""


class Tried:
    """The engine behind it with seed `seed`: 0 leaves every prompt as the feature made it, others sample."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self._engine, self._seed = engine, seed

    @property
    def info(self) -> ModelInfo:
        return self._engine.info

    def count_tokens(self, prompt: Prompt) -> int:
        return self._engine.count_tokens(prompt)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        return self._engine.complete([self._shifted(one) for one in prompts], on_text=on_text, cancel=cancel)

    def _shifted(self, prompt: Prompt) -> Prompt:
        if not self._seed:
            return prompt
        seed = prompt.seed + APART * self._seed
        return replace(prompt, seed=seed, temperature=prompt.temperature or RETRY_TEMPERATURE)
