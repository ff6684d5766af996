"""An engine that speaks plain text outside and slot text to the engine inside. It knows no feature.

The engine inside may be a server, which knows no slot mask (see `assent.models.decoding`): a slot that the prompt does
not hold then comes back as nothing, never as a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from threading import Event

from assent.models.catalog import EMBEDDED
from assent.models.engine import Completion, Engine, Message, ModelInfo, OnText, Prompt
from assent.models.slots.codec import FORMS, SlotCodec, SlotTable
from assent.models.stops import first, settled


class SlotEngine:
    """Encodes each prompt with a slot table of its own and decodes the answer with the same table.

    Stop strings are plain text, so they are looked for here, in the decoded answer, and the engine inside gets none.
    """

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
        stream = _Stream(self._codec, prompts, [table for _, table in encoded], on_text) if on_text else None
        raw = self._engine.complete([prompt for prompt, _ in encoded], on_text=stream, cancel=cancel)
        completions = [
            self._plain(completion, table, prompt)
            for completion, (_, table), prompt in zip(raw, encoded, prompts, strict=True)
        ]
        if stream:
            stream.finish(completions)
        return completions

    def _plain(self, completion: Completion, table: SlotTable, prompt: Prompt) -> Completion:
        text = self._codec.decode(completion.text, table)
        cut = first(text, prompt.stop)
        return (
            replace(completion, text=text) if cut is None else replace(completion, text=text[:cut], stop_reason="stop")
        )

    def _encode(self, prompt: Prompt) -> tuple[Prompt, SlotTable]:
        table = SlotTable()
        messages = tuple(
            Message(message.role, self._codec.encode_lines(message.content, table)) for message in prompt.messages
        )
        return replace(prompt, messages=messages, stop=()), table


class _Stream:
    """Passes on decoded text as it grows: whole tokens only, since half a slot token has no text yet."""

    def __init__(
        self, codec: SlotCodec, prompts: Sequence[Prompt], tables: Sequence[SlotTable], on_text: OnText
    ) -> None:
        self._codec, self._prompts, self._tables, self._on_text = codec, prompts, tables, on_text
        self._raw = [""] * len(tables)
        self._sent = [""] * len(tables)

    def __call__(self, index: int, piece: str) -> None:
        self._raw[index] += piece
        whole = self._settled(index)
        text, stop = self._codec.decode(whole, self._tables[index]), self._prompts[index].stop
        cut = first(text, stop)
        self._send(index, settled(text, stop) if cut is None else text[:cut])

    def _settled(self, index: int) -> str:
        """The tokens that are whole, without a last one that may still be given an ending."""
        tokens = self._raw[index].split(" ")[:-1]
        return " ".join(tokens if tokens and tokens[-1] in FORMS else tokens[:-1])

    def finish(self, completions: Sequence[Completion]) -> None:
        """Send what was held back: the last token of each answer."""
        for index, completion in enumerate(completions):
            self._send(index, completion.text)

    def _send(self, index: int, text: str) -> None:
        if len(text) > len(self._sent[index]):
            self._on_text(index, text[len(self._sent[index]) :])
            self._sent[index] = text
