"""What the embedded model is trained on: a task, the lines it may read, and the one text it should write.

It knows no grammar, no corpus and no tokenizer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
