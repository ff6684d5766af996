"""What the embedded model is trained on: a task, the lines it may read, and the one text it should write.

It knows no grammar, no corpus and no tokenizer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from assent.features.drafting import spell_out
from assent.models.slots.codec import FIELDS

Task = Literal["action", "decision", "question", "point", "heading", "compose", "reply", "rewrite"]
NONE = "none"
"""The target of an item whose lines support no statement of its kind."""


@dataclass(frozen=True, slots=True)
class Item:
    """One training example.

    `lines` are (speaker, text): one to four turns of a meeting; for `compose` and `reply` the thread (if any) and last
    ("instruction", text); for `rewrite` ("instruction", wish) and ("text", message). `style` holds tone and length, or
    how. `pattern` names the grammar rule, so that whole rules can be held out.
    """

    task: Task
    lines: tuple[tuple[str, str], ...]
    target: str
    style: tuple[str, ...] = ()
    pattern: str = ""


def as_asked(item: Item) -> Item:
    """A message item with its shorthand written out, as the features ask it."""
    known = [part for label, text in item.lines if label not in FIELDS for part in (label, text)]
    field = "text" if item.task == "rewrite" else "instruction"
    lines = ((label, spell_out(text, known) if label == field else text) for label, text in item.lines)
    return replace(item, lines=tuple(lines))
