"""The Engine protocol: prompts in, completions out. It knows no transcript and no feature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Literal, Protocol

Role = Literal["system", "user", "assistant"]
StopReason = Literal["end", "stop", "length", "cancelled"]
Dialect = Literal["instruct", "slots"]
"""How a model wants to be spoken to: in full instructions, or as a task tag and slotted evidence (embedded)."""
WritingMode = Literal["writes", "picks", "quotes"]
"""What a model may do: write statements, pick among evidence that is quoted, or nothing (quotes only)."""


@dataclass(frozen=True, slots=True)
class Message:
    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call to a model. `max_new_tokens` caps the answer; `stop` ends it before any of these strings."""

    messages: tuple[Message, ...]
    max_new_tokens: int = 128
    stop: tuple[str, ...] = ()
    temperature: float = 0.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Completion:
    text: str
    stop_reason: StopReason
    prompt_tokens: int
    completion_tokens: int
    confidence: float | None = field(default=None, compare=False)
    """Geometric mean of the probabilities of the answer's tokens, where the engine sees them."""

    def unsure(self, least: float) -> bool:
        """Whether the engine saw that its confidence is below `least`."""
        return self.confidence is not None and self.confidence < least


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What a caller must know of a loaded model. `context` is the window in tokens, prompt and answer together.

    `template_hash` is the SHA-256 of the chat template's text, None where the model has none.
    """

    name: str
    revision: str
    context: int
    dialect: Dialect = "instruct"
    writing_mode: WritingMode = "writes"
    adapter: str | None = None
    template_hash: str | None = None


OnText = Callable[[int, str], None]
"""Called with (index of the prompt, new piece of its answer) as the answer grows."""


class Engine(Protocol):
    """Runs prompts on a model.

    `complete` answers every prompt in the order given; a prompt that does not fit the context raises ContextOverflow
    before any model call. Setting `cancel` ends the running answers with stop reason "cancelled".
    """

    @property
    def info(self) -> ModelInfo: ...

    def count_tokens(self, prompt: Prompt) -> int: ...

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]: ...
