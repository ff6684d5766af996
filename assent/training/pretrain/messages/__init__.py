"""Instructions and the messages they ask for, without end, from one seed: the compose, reply and rewrite items.

A request is drawn first (who, which acts, which prohibitions), then typed as an instruction and said in one to three
tones and lengths, so that items stand in contrast pairs. It knows no slots and no model. `HELD_OUT` frames are
yielded only when asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from assent.features.prompts import Line, signed
from assent.training.pretrain.items import Item, as_asked
from assent.training.pretrain.messages.compose import compose_items
from assent.training.pretrain.messages.held_out import HELD_OUT
from assent.training.pretrain.messages.reply import reply_items
from assent.training.pretrain.messages.rewrite import rewrite_items
from assent.training.pretrain.messages.scene import Scene

__all__ = ["HELD_OUT", "message_items"]

SIGNED = 0.7
"""Share of the requests that say who writes."""
SHARES = ((0.55, compose_items), (0.8, reply_items), (1.0, rewrite_items))


def message_items(seed: int, count: int, *, held_out: bool = False) -> Iterator[Item]:
    """`count` items, the same for the same seed; of held-out frames only, or of all the others."""
    rng = Random(f"messages {seed}")
    left = count
    while left > 0:
        roll = rng.random()
        maker = next(maker for share, maker in SHARES if roll < share)
        me = signed(Scene(rng).name() if rng.random() < SIGNED else None)
        for item in maker(rng):
            if left > 0 and (item.pattern in HELD_OUT) is held_out:
                left -= 1
                yield as_asked(_signed(item, me))


def _signed(item: Item, me: tuple[Line, ...]) -> Item:
    at = [label for label, _ in item.lines].index("instruction")
    return replace(item, lines=(*item.lines[:at], *me, *item.lines[at:]))
