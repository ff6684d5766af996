"""What happens between two steps of `generate`: which row ends and why, what is streamed, which tokens may come.

It knows rows of token ids and no model. transformers calls a StoppingCriteria and a LogitsProcessor once a step for
the whole batch; here each row is a prompt of its own, with its own cap, stop strings, temperature and seed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import exp
from threading import Event
from typing import Any

import torch
from transformers import LogitsProcessor, StoppingCriteria

from assent.models.engine import Completion, OnText, Prompt, StopReason
from assent.models.stops import first, settled


@dataclass(slots=True)
class _Row:
    prompt: Prompt
    index: int
    ids: list[int] = field(default_factory=list)
    sent: str = ""
    text: str = ""
    reason: StopReason | None = None


class Confidence(LogitsProcessor):
    """Keeps, step by step, the log probability that the model gave to the token which each row then took."""

    def __init__(self) -> None:
        self._steps: list[torch.Tensor] = []
        self._next: torch.Tensor | None = None

    def __call__(self, input_ids: torch.LongTensor, scores: torch.FloatTensor) -> torch.FloatTensor:
        """input_ids (rows, columns), scores (rows, vocabulary), which are passed on as they are."""
        if self._next is not None:
            self._steps.append(self._next.gather(1, input_ids[:, -1:]).squeeze(1))
        self._next = scores.log_softmax(dim=-1)
        return scores

    def of(self, row: int, ids: Sequence[int]) -> float | None:
        """Geometric mean probability of the tokens of a row's answer; None for an empty one."""
        steps = [float(step[row]) for step in self._steps[: len(ids)]]
        if self._next is not None and len(steps) < len(ids):
            steps.append(float(self._next[row, ids[-1]]))
        return exp(sum(steps) / len(steps)) if steps else None


class Answers(StoppingCriteria):
    """The growing answers of one batch. A row is done at a stop id, a stop string, its own cap, or when cancelled."""

    def __init__(
        self,
        tokenizer: Any,
        prompts: Sequence[Prompt],
        indices: Sequence[int],
        *,
        stop_ids: Iterable[int],
        on_text: OnText | None,
        cancel: Event | None,
    ) -> None:
        self._tokenizer, self._stop_ids = tokenizer, frozenset(stop_ids)
        self._on_text, self._cancel = on_text, cancel
        self._rows = [_Row(prompt, index) for prompt, index in zip(prompts, indices, strict=True)]

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        """input_ids (rows, columns) with this step's token last -> done (rows,)."""
        cancelled = self._cancel is not None and self._cancel.is_set()
        newest = input_ids[:, -1].tolist()
        for row, token in zip(self._rows, newest, strict=True):
            if row.reason is None:
                self._step(row, token, cancelled)
        return torch.tensor([row.reason is not None for row in self._rows], device=input_ids.device)

    def completions(self, prompt_tokens: Sequence[int], confidence: Confidence) -> list[Completion]:
        """What came of the rows; one that never ended was cancelled before its first step."""
        return [
            Completion(row.text, row.reason or "cancelled", count, len(row.ids), confidence.of(place, row.ids))
            for place, (row, count) in enumerate(zip(self._rows, prompt_tokens, strict=True))
        ]

    def _step(self, row: _Row, token: int, cancelled: bool) -> None:
        row.ids.append(token)
        if token in self._stop_ids:
            return self._finish(row, "end")
        watched = bool(self._on_text or row.prompt.stop)
        if watched:
            row.text = self._decode(row.ids)
            cut = first(row.text, row.prompt.stop)
            if cut is not None:
                row.text = row.text[:cut]
                return self._send(row, row.text, "stop")
        if len(row.ids) >= row.prompt.max_new_tokens:
            return self._finish(row, "length")
        if cancelled:
            return self._finish(row, "cancelled")
        if watched:
            self._send(row, settled(row.text, row.prompt.stop), None)
        return None

    def _finish(self, row: _Row, reason: StopReason) -> None:
        row.text = self._decode(row.ids)
        self._send(row, row.text, reason)

    def _send(self, row: _Row, text: str, reason: StopReason | None) -> None:
        row.reason = reason
        if self._on_text and len(text) > len(row.sent) and text.startswith(row.sent):
            self._on_text(row.index, text[len(row.sent) :])
            row.sent = text

    def _decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))


class OnlyHeldSlots(LogitsProcessor):
    """Never a slot token that the row's prompt does not hold: the model cannot name what the evidence does not."""

    def __init__(self, slots: Sequence[int], prompts: Sequence[Sequence[int]]) -> None:
        self._slots, self._prompts = slots, prompts
        self._mask: torch.Tensor | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        if self._mask is None:
            self._mask = self._forbidden(scores)
        return scores.masked_fill(self._mask, float("-inf"))

    def _forbidden(self, scores: torch.Tensor) -> torch.Tensor:
        """(rows, vocabulary), true where a slot is not in the prompt."""
        mask = torch.zeros_like(scores, dtype=torch.bool)
        for row, ids in enumerate(self._prompts):
            absent = sorted(set(self._slots) - set(ids))
            mask[row, absent] = True
        return mask


class SeededSampling(LogitsProcessor):
    """Samples a token for each row with a temperature, from the row's own generator, and leaves only that one.

    So a prompt's answer depends on its seed and not on which prompts share its batch.
    """

    def __init__(self, prompts: Sequence[Prompt]) -> None:
        self._prompts = prompts
        self._generators = [torch.Generator().manual_seed(prompt.seed) for prompt in prompts]

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        scores = scores.clone()
        for row, (prompt, generator) in enumerate(zip(self._prompts, self._generators, strict=True)):
            if prompt.temperature > 0:
                chances = torch.softmax(scores[row].float().cpu() / prompt.temperature, dim=-1)
                chosen = int(torch.multinomial(chances, 1, generator=generator))
                scores[row] = float("-inf")
                scores[row, chosen] = 0.0
        return scores
