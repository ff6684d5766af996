"""Prompts: what a model is asked, for each task and dialect. The wording stands in templates/prompts, nowhere else.

It knows no engine's inside and no evidence: callers pass (label, text) lines.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from assent.models.engine import Engine, Message, Prompt
from assent.models.slots.codec import FIELDS

Line = tuple[str, str]
MAX_NEW_TOKENS = {"heading": 16, "recap": 96, "answer": 64, "pick": 8}
STATEMENT_TOKENS = 56
"""A sentence of at most thirty words, with room for names in pieces."""
MAX_LINE_WORDS = 60
"""A longer turn is shown by its last sentences: what stands comes last."""
MIN_LINE_WORDS = 4
"""A line is not cut below this: what is left would say nothing."""


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
    """The prompt of one statement, made smaller until it and its answer fit the model's context.

    Where nothing fits, it is the smallest there is, and the engine will say ContextOverflow.
    """
    tries = (_prompt(engine, task, shown, wishes) for shown, wishes in _smaller(lines, guidance))
    return next((prompt for prompt in tries if fits(engine, prompt)), _smallest(engine, task, lines))


def fits(engine: Engine, prompt: Prompt) -> bool:
    return engine.count_tokens(prompt) + prompt.max_new_tokens <= engine.info.context


def held(prompt: Prompt) -> int:
    """How many lines a prompt shows: the last ones of those it was made of."""
    return prompt.messages[-1].content.count("\n") + 1


def _smaller(lines: Sequence[Line], guidance: Guidance) -> Iterator[tuple[list[Line], Guidance]]:
    """All lines; then without the notes, without the first lines, with ever less of the last one."""
    shown = [(label, shorten(text)) for label, text in lines]
    yield shown, guidance
    bare = replace(guidance, notes=None)
    if guidance.notes:
        yield shown, bare
    while len(shown) > 1:
        shown = shown[1:]
        yield shown, bare
    label, text = shown[0]
    while len(text.split()) >= 2 * MIN_LINE_WORDS:
        text = shorten(text, len(text.split()) // 2)
        yield [(label, text)], bare


def _smallest(engine: Engine, task: str, lines: Sequence[Line]) -> Prompt:
    label, text = lines[-1]
    return _prompt(engine, task, [(label, shorten(text, MIN_LINE_WORDS))], Guidance())


def _prompt(engine: Engine, task: str, lines: Sequence[Line], guidance: Guidance) -> Prompt:
    messages = tagged(task, lines) if engine.info.dialect == "slots" else instructed(task, lines, guidance)
    return Prompt(messages, max_new_tokens=MAX_NEW_TOKENS.get(task, STATEMENT_TOKENS))


def pick_prompt(engine: Engine, kind: str, lines: Sequence[Line], guidance: Guidance) -> Prompt | None:
    """The question which of the numbered lines states a decision, action, ...; None where they do not all fit."""
    shown = [(f"{number}. {label}", shorten(text)) for number, (label, text) in enumerate(lines, 1)]
    thing = wording()["thing"][kind]
    prompt = _prompt(engine, "pick", [*shown, ("wanted", thing)], replace(guidance, notes=None, instructions=None))
    return prompt if fits(engine, prompt) else None


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


def speaker_label(speaker: str | None) -> str:
    """How a speaker stands before a line: one who is called as a part of a prompt is, is written large."""
    name = speaker or "Someone"
    return name.capitalize() if name in FIELDS else name


def signed(me: str | None) -> tuple[Line, ...]:
    """The line that says who writes a message."""
    return (("me", me),) if me else ()


def as_text(lines: Sequence[Line]) -> str:
    """One "label: text" a line; line breaks inside a text become spaces, so that no text can pose as another line."""
    return "\n".join(f"{label}: {' '.join(text.split())}" for label, text in lines)


def shorten(text: str, most: int = MAX_LINE_WORDS) -> str:
    """The last `most` words of a text, from a sentence start where there is one."""
    words = text.split()
    if len(words) <= most:
        return text
    kept = words[-most:]
    starts = [index + 1 for index, word in enumerate(kept[:-1]) if word[-1] in ".?!"]
    return " ".join(kept[starts[0] :] if starts else kept)


def with_seed(prompt: Prompt, seed: int, temperature: float) -> Prompt:
    """The same prompt, sampled: another try at the same answer."""
    return replace(prompt, seed=seed, temperature=temperature)
