"""Rows of a snapshot as token ids, decrypted as a batch is made: what the engine would be shown, and the answer.

Nothing is written anywhere. It knows the prompts that the features render and no model's weights.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import torch
from torch import Tensor

from assent.models.engine import Dialect, Prompt
from assent.models.slots import SlotTable
from assent.training.finetune.base import Base
from assent.training.finetune.loss import IGNORED
from assent.training.snapshot import Example, messages

READ = 256
"""Rows decrypted at once when they are measured."""
TOO_LONG, NOT_HELD, CLOSED = "too_long", "words_not_in_its_lines", "no_longer_opens"


class Encoded(NamedTuple):
    """Prompt and answer, the answer closed as the model closes one."""

    ids: list[int]
    prompt: int
    """How many of the ids are the prompt."""


class Examples(Protocol):
    """The examples of one split, as a snapshot gives them."""

    def __len__(self) -> int: ...

    def __getitems__(self, places: list[int]) -> list[Example | None]: ...


class Encoder:
    """Tokenises as the engine of this base does; what cannot be learned is a word that says why."""

    def __init__(self, base: Base) -> None:
        self._base, self._chat, self._codec = base, base.chat, base.codec
        self._dialect: Dialect = "slots" if base.codec else "instruct"
        self._close = _closing(base)

    def encode(self, example: Example) -> Encoded | str:
        said = messages(example, self._dialect)
        if self._codec is None:
            prompt = self._chat.ids(Prompt(said))
            answer = self._base.tokenizer(example.target, add_special_tokens=False, split_special_tokens=True)
            return self._whole(prompt, answer["input_ids"])
        table = SlotTable()
        slotted = tuple(type(one)(one.role, self._codec.encode_lines(one.content, table)) for one in said)
        prompt = self._chat.ids(Prompt(slotted))
        written = self._codec.encode_answer(example.target, table)
        if written is None:
            return NOT_HELD
        return self._whole(prompt, self._base.tokenizer(written, add_special_tokens=False)["input_ids"])

    def _whole(self, prompt: list[int], answer: list[int]) -> Encoded | str:
        ids = [*prompt, *answer, self._close]
        return Encoded(ids, len(prompt)) if len(ids) <= self._base.context else TOO_LONG


def _closing(base: Base) -> int:
    """The id with which the template closes an answer; without one, the end-of-text id."""
    stops, end = base.chat.stop_ids(), base.tokenizer.eos_token_id
    return int(min(stops - {end}, default=end))


@dataclass
class Measured:
    """Tokens of each row, 0 where it cannot be learned; numbers only."""

    lengths: array[int] = field(default_factory=lambda: array("l"))
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def usable(self) -> int:
        return len(self.lengths) - self.dropped.total()


def measure(examples: Examples, encoder: Encoder) -> Measured:
    """Reads every row once."""
    found = Measured()
    for start in range(0, len(examples), READ):
        for example in examples.__getitems__(list(range(start, min(start + READ, len(examples))))):
            made = encoder.encode(example) if example else CLOSED
            found.lengths.append(0 if isinstance(made, str) else len(made.ids))
            found.dropped.update([made] if isinstance(made, str) else [])
    return found


class Collator:
    """Makes the batch of one forward pass from the places of its rows; what does not open by then is left out."""

    def __init__(self, examples: Examples, encoder: Encoder) -> None:
        self._examples, self._encoder = examples, encoder
        self.closed = 0
        """Rows that opened when they were measured and not when they were wanted."""

    def __call__(self, passes: Sequence[Sequence[int]]) -> dict[str, Tensor]:
        """The loader's batches hold one forward pass each."""
        [places] = passes
        rows, weights = [], []
        for example in self._examples.__getitems__(list(places)) if places else []:
            made = self._encoder.encode(example) if example else CLOSED
            if example is None or isinstance(made, str):
                self.closed += 1
                continue
            rows.append(made)
            weights.append(example.weight)
        return _padded(rows or [Encoded([0, 0], 2)], weights or [0.0])


def _padded(rows: Sequence[Encoded], weights: Sequence[float]) -> dict[str, Tensor]:
    """input_ids and labels (rows, longest), padded on the right; weights (rows,)."""
    longest = max(len(row.ids) for row in rows)
    ids = torch.zeros((len(rows), longest), dtype=torch.long)
    labels = torch.full((len(rows), longest), IGNORED)
    for at, row in enumerate(rows):
        ids[at, : len(row.ids)] = torch.tensor(row.ids)
        labels[at, row.prompt : len(row.ids)] = torch.tensor(row.ids[row.prompt :])
    return {"input_ids": ids, "labels": labels, "weights": torch.tensor(weights, dtype=torch.float32)}
