"""What a model proposes as a message: prompts in its dialect, several tries, the ones that pass the guard, best first.

It knows no rules of drafting and no life of a draft.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Event
from typing import Any

from assent.features import guard, repair
from assent.features.guard import GRAVE, Source
from assent.features.prompts import Line, as_text, tagged
from assent.models.engine import Completion, Engine, Message, Prompt

TEMPERATURE = 0.7
MIN_CONFIDENCE = 0.9
"""A less sure draft of the embedded model is left to the rules: it drops facts that the guard cannot miss."""
TRIES = 3
"""Sampled tries for each draft asked for, where the greedy one does not do."""
TOKENS = {"short": 64, "medium": 128, "long": 240, None: 240}


@dataclass(frozen=True, slots=True)
class Ask:
    """One thing to write: the task, the lines shown, the style tags, and what the guard holds the answer against."""

    task: str
    lines: tuple[Line, ...]
    style: tuple[str, ...]
    source: Source
    tone: str | None
    length: str | None


def candidates(
    engine: Engine,
    ask: Ask,
    n: int,
    on_text: Callable[[int, str], None] | None = None,
    cancel: Event | None = None,
    rounds: int = 0,
) -> list[str]:
    """Up to `n` different messages of the model that pass, best first; none where the model may not write.

    The first round starts with the greedy answer; later `rounds` are sampled, each with seeds of its own.
    """
    if engine.info.writing_mode != "writes":
        return []
    passed = [] if rounds else _tried(engine, [_prompt(engine, ask, 0)], ask, on_text, cancel)
    shown = _numbered(on_text, 0 if rounds else 1)
    if len(passed) < n and not (cancel and cancel.is_set()):
        tries = TRIES * n
        prompts = [_prompt(engine, ask, seed) for seed in range(rounds * tries + 1, (rounds + 1) * tries + 1)]
        passed += _tried(engine, prompts, ask, shown, cancel)
    ranked = sorted(passed, key=lambda found: found[0])
    return list(dict.fromkeys(text for _, text in ranked))[:n]


def _numbered(on_text: Callable[[int, str], None] | None, first: int) -> Callable[[int, str], None] | None:
    """`on_text` for candidates numbered from `first`, so that no two of a message have one number."""
    return on_text and (lambda index, piece: on_text(first + index, piece))


def _tried(
    engine: Engine, prompts: list[Prompt], ask: Ask, on_text: Callable[[int, str], None] | None, cancel: Event | None
) -> list[tuple[int, str]]:
    """(repairs needed, text) of the answers that pass; a prompt that is too long for the model is no answer."""
    fitting = [
        prompt for prompt in prompts if engine.count_tokens(prompt) + prompt.max_new_tokens <= engine.info.context
    ]
    if not fitting:
        return []
    found = []
    for completion in engine.complete(fitting, on_text=on_text, cancel=cancel):
        if completion.stop_reason in {"cancelled", "length"} or _unsure(engine, completion):
            continue
        checked = passes(cleaned(completion.text), ask)
        if checked:
            found.append(checked)
    return found


def _unsure(engine: Engine, completion: Completion) -> bool:
    return engine.info.dialect == "slots" and completion.unsure(MIN_CONFIDENCE)


def passes(text: str, ask: Ask) -> tuple[int, str] | None:
    """The text, put right in tone and length where courtesies do that, with the number of repairs; None if it fails."""
    faults = guard.faults(text, ask.source, ask.tone, ask.length)
    if not faults:
        return 0, text
    if set(faults) & GRAVE:
        return None
    repaired = repair.repaired(text, ask.tone, ask.length)
    return (len(faults), repaired) if not guard.faults(repaired, ask.source, ask.tone, ask.length) else None


def cleaned(text: str) -> str:
    """An answer without what chat models put around it: a fence, quotation marks, "Here is the message:"."""
    text = re.sub(r"(?s)<think>.*?</think>|^.*</think>", "", text).strip()
    text = re.sub(r"(?s)^```\w*\n(.*?)\n?```.*$", r"\1", text)
    text = re.sub(r"(?i)^(?:sure[,!.]?\s*)?here(?: is|'s) [^\n:]{0,60}:\s*", "", text)
    text = re.sub(r"(?i)^(?:message|draft|reply|answer|text):\s*", "", text).strip()
    return text[1:-1].strip() if len(text) > 2 and text[0] in '"“' and text[-1] in '"”' else text


def _prompt(engine: Engine, ask: Ask, seed: int) -> Prompt:
    messages = tagged(ask.task, ask.lines, ask.style) if engine.info.dialect == "slots" else instructed(ask)
    return Prompt(messages, max_new_tokens=TOKENS[ask.length], temperature=TEMPERATURE if seed else 0.0, seed=seed)


@cache
def wording() -> dict[str, Any]:
    path = files("assent.features") / "templates" / "compose" / "en.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def instructed(ask: Ask) -> tuple[Message, ...]:
    """The instruct dialect: rules, the task and its style, one example as a turn of its own, then the lines."""
    entry = wording()["task"][ask.task]
    named = {"tone": ask.tone or "same", "length": wording()["length"].get(ask.length or "", ""), "how": ask.style[0]}
    how = wording()["how"].get(ask.style[0], "") if ask.task == "rewrite" else ""
    system = "\n".join(part for part in (wording()["rules"]["text"].strip(), entry["ask"].format(**named), how) if part)
    example = as_text([(label, text) for label, text in entry["lines"]])
    return (
        Message("system", system),
        Message("user", example),
        Message("assistant", entry["answer"]),
        Message("user", as_text(ask.lines)),
    )
