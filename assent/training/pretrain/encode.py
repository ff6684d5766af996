"""Training items as token ids with a loss weight each. It knows the slot codec and the prompt layout, no model."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

from transformers import PreTrainedTokenizerFast

from assent.features.prompts import tagged
from assent.models.slots import SlotCodec, SlotTable
from assent.training.pretrain.items import Item

CONTEXT_WEIGHT = 0.1
"""Loss weight of prompt tokens beside 1.0 on the answer: enough to learn the frequent words' grammar from."""


@dataclass(frozen=True, slots=True)
class Encoded:
    ids: tuple[int, ...]
    """Prompt and answer, ended by </s>."""
    prompt: int
    """How many of the ids are the prompt."""


class Encoder:
    """Encodes items; an item whose target needs a word that its lines do not hold cannot be learned and gives None."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, context: int) -> None:
        self._vocabulary = tokenizer.get_vocab()
        self._codec = SlotCodec(self._vocabulary)
        self._context = context

    def encode(self, item: Item, rng: random.Random) -> Encoded | None:
        table = SlotTable(rng)
        system, user = tagged(item.task, item.lines, item.style)
        encode = partial(self._codec.encode_lines, table=table)
        prompt = f"<task> {encode(system.content)} <ctx> {encode(user.content)} <out>".split()
        held = {token for token in prompt if token.startswith("<")}
        answer = self._codec.encode(item.target, table).split()
        if any(token == "<unk>" or (token[0] == "<" and token != "<nl>" and token not in held) for token in answer):
            return None
        tokens = [*prompt, *answer, "</s>"]
        if len(tokens) > self._context:
            return None
        unknown = self._vocabulary["<unk>"]
        return Encoded(tuple(self._vocabulary.get(token, unknown) for token in tokens), len(prompt))
