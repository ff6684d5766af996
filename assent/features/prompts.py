"""Prompts: what a model is asked, for each task and dialect. The wording lives in templates/prompts, nowhere else.

It knows no engine and no evidence: callers pass (label, text) lines.
"""

from __future__ import annotations

from collections.abc import Sequence

from assent.models.engine import Message

Line = tuple[str, str]


def tagged(task: str, lines: Sequence[Line], style: Sequence[str] = ()) -> tuple[Message, ...]:
    """The slots dialect: a tag such as "action" or "compose friendly short", then the lines and nothing else."""
    return Message("system", " ".join((task, *style))), Message("user", as_text(lines))


def as_text(lines: Sequence[Line]) -> str:
    """One "label: text" a line; line breaks inside a text become spaces, so that no text can pose as another line."""
    return "\n".join(f"{label}: {' '.join(text.split())}" for label, text in lines)
