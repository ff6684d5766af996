"""The embedded model's tokenizer: frequent lower-case words, punctuation and slot tokens, one token a word.

It knows the slot codec and no model.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import get_args

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import PreTrainedTokenizerFast

from assent.features.compose import HOWS, LENGTHS, TONES
from assent.models.slots import FORMS, SLOT_TOKENS, SPECIAL
from assent.models.slots.codec import CAPITALS, FIELDS, GREETINGS, ONE
from assent.models.slots.words import is_number, is_time, split
from assent.training.pretrain.items import Item, Task

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{% if message.role == 'system' %}<task> {{ message.content }} "
    "{% elif message.role == 'user' %}<ctx> {{ message.content }} "
    "{% else %}<out> {{ message.content }} </s>{% endif %}"
    "{% endfor %}{% if add_generation_prompt %}<out>{% endif %}"
)
ALWAYS = (*sorted(ONE), *CAPITALS, *".,?!:;()'\"-%&/…", "n't", "'ll", "'ve", "'re", "'m", "'s", "'d")
TAGS = tuple(word for tag in (*get_args(Task), *TONES, *LENGTHS, *HOWS, *sorted(FIELDS)) for word in tag.split())
"""What a prompt asks for, and the names of its parts: always words, or the model could not read its task."""
MIN_SOURCES = 2
"""A word is frequent only if it occurs in this many different items: one story's word is a slot."""


def frequent_words(items: Iterable[Item], size: int) -> list[str]:
    """The `size` most frequent words that are no number, no time and mostly lower-case, by how many items hold them."""
    lower: Counter[str] = Counter()
    upper: Counter[str] = Counter()
    for item in items:
        pieces = _pieces(item)
        lower.update(piece for piece in pieces if not piece[0].isupper() or piece == "I")
        upper.update(piece.lower() for piece in pieces if piece[0].isupper())
    counted = Counter({word.lower(): count for word, count in lower.items() if count > upper[word.lower()]})
    counted["i"] = lower["I"]
    return [word for word, count in counted.most_common(size) if count >= MIN_SOURCES]


def _pieces(item: Item) -> list[str]:
    """Each piece once, in the order of the texts: a set's order would settle ties anew in every process."""
    texts = [*(text for _, text in item.lines), item.target]
    return list(dict.fromkeys(piece for text in texts for piece in _running(text)))


def _running(text: str) -> list[str]:
    """Pieces of a text without those that open a sentence, whose capitals say nothing."""
    pieces = [".", *split(text)]
    inner = [piece for before, piece in pairwise(pieces) if before not in {".", "?", "!", "\n"}]
    return [piece for piece in inner if not piece.isspace() and not is_number(piece) and not is_time(piece)]


def build_tokenizer(words: Iterable[str], context: int) -> PreTrainedTokenizerFast:
    """A word-level tokenizer over special tokens, slot tokens and `words`, as transformers loads it."""
    names = dict.fromkeys([*SPECIAL, *SLOT_TOKENS, *FORMS, *ALWAYS, *TAGS, *GREETINGS])
    names.update(dict.fromkeys(words))
    model = WordLevel({name: index for index, name in enumerate(names)}, unk_token="<unk>")
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = WhitespaceSplit()
    return PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        unk_token="<unk>",
        pad_token="<pad>",
        eos_token="</s>",
        chat_template=CHAT_TEMPLATE,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )
