"""Prompts: what a model is asked, for each task and dialect. The wording stands in templates/prompts, nowhere else.

It knows no engine's inside and no evidence: callers pass (label, text) lines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from assent.models.engine import Engine, Message, Prompt

Line = tuple[str, str]
MAX_NEW_TOKENS = {"heading": 16, "recap": 96, "answer": 64}
STATEMENT_TOKENS = 56
"""A sentence of at most thirty words, with room for names in pieces."""
MAX_LINE_WORDS = 60
"""A longer turn is shown by its last sentences: what stands comes last."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What the user adds to every prompt of an instruct model."""

    language: str | None = None
    """ISO 639-1 code of the minutes; None: as the transcript."""
    instructions: str | None = None
    glossary: tuple[str, ...] = ()
    """Names and terms to be spelled like this."""
    notes: str | None = None
    """The user's own notes of the meeting, as context."""


@cache
def wording() -> dict[str, Any]:
    """The prompt file, with its `version`."""
    path = files("assent.features") / "templates" / "prompts" / "en.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def statement_prompt(engine: Engine, task: str, lines: Sequence[Line], guidance: Guidance) -> Prompt:
    """The prompt of one statement, with as many of the last lines as fit the model's context."""
    shown = [(label, shorten(text)) for label, text in lines]
    while True:
        messages = (
            tagged(task, shown) if engine.info.dialect == "slots" else instructed(task, shown, guidance)
        )
        prompt = Prompt(messages, max_new_tokens=MAX_NEW_TOKENS.get(task, STATEMENT_TOKENS))
        if len(shown) == 1 or engine.count_tokens(prompt) + prompt.max_new_tokens <= engine.info.context:
            return prompt
        shown = shown[1:]


def tagged(task: str, lines: Sequence[Line], style: Sequence[str] = ()) -> tuple[Message, ...]:
    """The slots dialect: a tag such as "action" or "compose friendly short", then the lines and nothing else."""
    return Message("system", " ".join((task, *style))), Message("user", as_text(lines))


def instructed(task: str, lines: Sequence[Line], guidance: Guidance) -> tuple[Message, ...]:
    """The instruct dialect: rules and the task, one example as a turn of its own, then the lines."""
    entry = wording()["task"][task]
    system = "\n".join([wording()["rules"]["text"].strip(), entry["ask"], *_additions(guidance)])
    example = as_text([(label, text) for label, text in entry["lines"]])
    return (
        Message("system", system),
        Message("user", example),
        Message("assistant", entry["answer"]),
        Message("user", as_text(lines)),
    )


def _additions(guidance: Guidance) -> list[str]:
    parts = [
        guidance.language and f"Write in the language with the code {guidance.language}.",
        guidance.glossary and "Spell these so: " + ", ".join(guidance.glossary) + ".",
        guidance.notes and f"Notes of the reader, as context only: {' '.join(guidance.notes.split())}",
        guidance.instructions and f"The reader asks: {' '.join(guidance.instructions.split())}",
    ]
    return [part for part in parts if part]


def as_text(lines: Sequence[Line]) -> str:
    """One "label: text" a line; line breaks inside a text become spaces, so that no text can pose as another line."""
    return "\n".join(f"{label}: {' '.join(text.split())}" for label, text in lines)


def shorten(text: str) -> str:
    """The last MAX_LINE_WORDS words of a text, from a sentence start where there is one."""
    words = text.split()
    if len(words) <= MAX_LINE_WORDS:
        return text
    kept = words[-MAX_LINE_WORDS:]
    starts = [index + 1 for index, word in enumerate(kept[:-1]) if word[-1] in ".?!"]
    return " ".join(kept[starts[0] :] if starts else kept)


def with_seed(prompt: Prompt, seed: int, temperature: float) -> Prompt:
    """The same prompt, sampled: another try at the same answer."""
    return replace(prompt, seed=seed, temperature=temperature)
