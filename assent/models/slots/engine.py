"""An engine that speaks plain text outside and slot text to the engine inside. It knows no feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from threading import Event

from assent.models.engine import Completion, Engine, Message, ModelInfo, OnText, Prompt
from assent.models.slots.codec import SlotCodec, SlotTable

EMBEDDED = Path(__file__).parent.parent / "assent_mini"


class SlotEngine:
    """Encodes each prompt with a slot table of its own and decodes the answer with the same table."""

    def __init__(self, engine: Engine, codec: SlotCodec | None = None) -> None:
        self._engine = engine
        self._codec = codec or SlotCodec.load(EMBEDDED)

    @property
    def info(self) -> ModelInfo:
        return self._engine.info

    def count_tokens(self, prompt: Prompt) -> int:
        return self._engine.count_tokens(self._encode(prompt)[0])

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        encoded = [self._encode(prompt) for prompt in prompts]
        stream = _Stream(self._codec, [table for _, table in encoded], on_text) if on_text else None
        completions = self._engine.complete([prompt for prompt, _ in encoded], on_text=stream, cancel=cancel)
        return [
            replace(completion, text=self._codec.decode(completion.text, table))
            for completion, (_, table) in zip(completions, encoded, strict=True)
        ]

    def _encode(self, prompt: Prompt) -> tuple[Prompt, SlotTable]:
        table = SlotTable()
        messages = tuple(
            Message(message.role, self._codec.encode_lines(message.content, table)) for message in prompt.messages
        )
        return replace(prompt, messages=messages), table


class _Stream:
    """Passes on decoded text as it grows. A decoded prefix can change by its last word, so that is held back."""

    def __init__(self, codec: SlotCodec, tables: list[SlotTable], on_text: OnText) -> None:
        self._codec, self._tables, self._on_text = codec, tables, on_text
        self._raw = [""] * len(tables)
        self._sent = [""] * len(tables)

    def __call__(self, index: int, piece: str) -> None:
        self._raw[index] += piece
        text = self._codec.decode(self._raw[index], self._tables[index])
        if text.startswith(self._sent[index]):
            self._on_text(index, text[len(self._sent[index]) :])
            self._sent[index] = text
