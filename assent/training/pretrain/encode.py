"""Training items as token ids with a loss weight each. It knows the slot codec and the prompt layout, no model."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import partial

from transformers import PreTrainedTokenizerFast

from assent.features.prompts import tagged
from assent.models.slots import SlotCodec, SlotTable, inflection
from assent.models.slots.codec import FIELDS, GREETINGS
from assent.models.slots.words import split
from assent.training.pretrain.items import Item

CONTEXT_WEIGHT = 0.1
"""Loss weight of prompt tokens beside 1.0 on the answer: enough to learn the frequent words' grammar from."""

SHORTEST_HIDDEN = 4
"""Letters of a word that may be hidden: shorter ones carry the grammar."""


@dataclass(frozen=True, slots=True)
class Encoded:
    ids: tuple[int, ...]
    """Prompt and answer, ended by </s>."""
    prompt: int
    """How many of the ids are the prompt."""


class Encoder:
    """Encodes items; an item whose target needs a word that its lines do not hold cannot be learned and gives None.

    Up to a share `hidden` of an item's words is treated as if the vocabulary lacked them, each in all its forms: what a
    rare word would look like in the same place, and the same item never twice.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerFast, context: int, hidden: float = 0.0) -> None:
        self._vocabulary = tokenizer.get_vocab()
        self._codec = SlotCodec(self._vocabulary)
        self._context, self._hidden = context, hidden

    def _codec_for(self, item: Item, rng: random.Random) -> SlotCodec:
        if not self._hidden:
            return self._codec
        found = {piece.lower() for _, text in item.lines for piece in split(text) if len(piece) >= SHORTEST_HIDDEN}
        plain = sorted({inflection.apart(word)[0] for word in (found & self._codec.vocabulary) - {*FIELDS, *GREETINGS}})
        share = rng.random() * self._hidden
        away = {one for one in plain if rng.random() < share}
        return SlotCodec(self._codec.vocabulary - self._forms(away)) if away else self._codec

    def _forms(self, plain: set[str]) -> set[str]:
        return {word for one in plain for word in (one, *(inflection.together(one, end) for end in inflection.ENDINGS))}

    def encode(self, item: Item, rng: random.Random) -> Encoded | None:
        codec, table = self._codec_for(item, rng), SlotTable(rng)
        system, user = tagged(item.task, item.lines, item.style)
        encode = partial(codec.encode_lines, table=table)
        prompt = f"<task> {self._codec.encode(system.content, table)} <ctx> {encode(user.content)} <out>".split()
        answer = codec.encode_answer(item.target, table)
        if answer is None:
            return None
        tokens = [*prompt, *answer.split(), "</s>"]
        if len(tokens) > self._context:
            return None
        unknown = self._vocabulary["<unk>"]
        return Encoded(tuple(self._vocabulary.get(token, unknown) for token in tokens), len(prompt))
