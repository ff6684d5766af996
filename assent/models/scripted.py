"""Engines without a model, for tests of one's own: one that says what it is told, and one that gets everything wrong.

They know no weights and no transcript. Tokens are words here.
"""

from __future__ import annotations

import itertools
import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from threading import Event
from typing import Literal, get_args

from assent.errors import ContextOverflow, GenerationError
from assent.models.engine import Completion, ModelInfo, OnText, Prompt, StopReason
from assent.models.stops import first

Answer = Callable[[Prompt], str]
Fault = Literal[
    "preamble",
    "fence",
    "echo",
    "loop",
    "empty",
    "cut",
    "other_language",
    "refusal",
    "invented_owner",
    "unclosed_thinking",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)


class ScriptedEngine:
    """Answers from a queue of texts, or by a function of the prompt; `prompts` holds all it was asked.

    A queue that runs dry raises GenerationError. Caps, stop strings, streaming, cancelling and the context are kept to,
    as a real engine keeps to them.
    """

    def __init__(self, answers: Iterable[str] | Answer = (), *, info: ModelInfo | None = None) -> None:
        self._answer = answers if callable(answers) else _queue(answers)
        self._info = info or ModelInfo("scripted", "none", context=4096)
        self.prompts: list[Prompt] = []

    @property
    def info(self) -> ModelInfo:
        return self._info

    def count_tokens(self, prompt: Prompt) -> int:
        return sum(len(message.content.split()) for message in prompt.messages)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        for index, prompt in enumerate(prompts):
            if self.count_tokens(prompt) + prompt.max_new_tokens > self._info.context:
                raise ContextOverflow(f"prompt {index} does not fit the context of {self._info.context} words")
        return [self._one(index, prompt, on_text, cancel) for index, prompt in enumerate(prompts)]

    def _one(self, index: int, prompt: Prompt, on_text: OnText | None, cancel: Event | None) -> Completion:
        if cancel and cancel.is_set():
            return Completion("", "cancelled", self.count_tokens(prompt), 0)
        self.prompts.append(prompt)
        text, reason = _bounded(self._answer(prompt), prompt)
        sent = ""
        for piece in _pieces(text) if on_text else ():
            if cancel and cancel.is_set():
                text, reason = sent, "cancelled"
                break
            assert on_text
            on_text(index, piece)
            sent += piece
        return Completion(text, reason, self.count_tokens(prompt), len(text.split()))


class BadStudent(ScriptedEngine):
    """A model that fails as small models do: each answer shows the next of `faults`, round and round.

    "preamble" and "fence" wrap an otherwise usable answer, which `good` gives (by default the prompt's last line).
    """

    def __init__(
        self,
        faults: Fault | Sequence[Fault] = FAULTS,
        *,
        good: Answer | None = None,
        info: ModelInfo | None = None,
    ) -> None:
        self._faults = itertools.cycle((faults,) if isinstance(faults, str) else faults)
        self._good = good or _last_line
        super().__init__(self._wrong, info=info or ModelInfo("bad-student", "none", context=4096))

    def _wrong(self, prompt: Prompt) -> str:
        return spoil(next(self._faults), prompt, self._good(prompt))


def spoil(fault: Fault, prompt: Prompt, good: str) -> str:
    """What a model with this fault says where a good one would say `good`."""
    match fault:
        case "preamble":
            return f"Sure! Here is the summary you asked for:\n\n{good}\n\nLet me know if you need anything else."
        case "fence":
            return f"```json\n{good}\n```"
        case "echo":
            return prompt.messages[-1].content
        case "loop":
            return "the team will the team will " * prompt.max_new_tokens
        case "empty":
            return ""
        case "cut":
            return " ".join(["The group went on to discuss and then"] * prompt.max_new_tokens)
        case "other_language":
            return "Das Team hat beschlossen, die Aufgabe auf nächste Woche zu verschieben."
        case "refusal":
            return "I'm sorry, but as an AI language model I cannot help with that request."
        case "invented_owner":
            return "Zebediah Quux will write the report by 31 February and pay 4,711 dollars."
        case "unclosed_thinking":
            return "<think>\nOkay, the user wants a sentence. Let me look at who said what first. Perhaps"


def _queue(answers: Iterable[str]) -> Answer:
    waiting = deque(answers)

    def following(_: Prompt) -> str:
        if not waiting:
            raise GenerationError("the scripted engine was asked more often than it has answers: give it more")
        return waiting.popleft()

    return following


def _bounded(text: str, prompt: Prompt) -> tuple[str, StopReason]:
    """The text up to the first stop string and within the cap."""
    reason: StopReason = "end"
    cut = first(text, prompt.stop)
    if cut is not None:
        text, reason = text[:cut], "stop"
    if len(text.split()) > prompt.max_new_tokens:
        pieces = itertools.islice(_pieces(text), prompt.max_new_tokens)
        return "".join(pieces).rstrip(), "length"
    return text, reason


def _pieces(text: str) -> Iterable[str]:
    """Words, each with the white space after it; the first also with what stands before."""
    return re.findall(r"^\s*\S+\s*|\S+\s*", text) or ([text] if text else [])


def _last_line(prompt: Prompt) -> str:
    return prompt.messages[-1].content.strip().rpartition("\n")[2]
