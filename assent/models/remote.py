"""Any OpenAI-compatible server (vLLM, llama.cpp, transformers serve), through the `openai` client, extra `remote`.

It knows no weights and no tokenizer: tokens are estimated before a call and, where the server says, counted after it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from assent.errors import ContextOverflow, GenerationError, MissingExtra, ModelError, UnknownModel
from assent.models.catalog import EMBEDDED
from assent.models.engine import Completion, Dialect, ModelInfo, OnText, Prompt, StopReason, WritingMode
from assent.models.stops import first, settled

DEFAULT_CONTEXT: dict[Dialect, int] = {"instruct": 4096, "slots": 512}
"""Tokens, where the server does not say how much its model holds; vLLM says. Only the embedded model speaks slots."""
BYTES_PER_TOKEN = 3
"""English takes four to five bytes a token in the tokenizers of the catalogue: three errs towards a smaller window."""
TOKENS_PER_MESSAGE = 8
"""Role and turn markers of a chat template, and some."""
PARALLEL_CALLS = 4
"""Enough for a server to batch, few enough for a small one."""
TIMEOUT = 600.0
"""Seconds."""


class RemoteEngine:
    """Prompts go out as chat completions, streamed always, so that `cancel` hangs up. Retries are the client's own.

    Stop strings are watched for here and end the call the same way: servers differ in how many they take, whether they
    leave the string in the answer, and whether they say that it was one.

    Raises MissingExtra without the client, UnknownModel where the server has no such model, GenerationError where a
    call fails. The server's own error is not chained: its text may repeat the prompt.
    """

    def __init__(
        self,
        url: str,
        model: str | None = None,
        *,
        api_key: str | None = None,
        context: int | None = None,
        dialect: Dialect | None = None,
        writing_mode: WritingMode = "writes",
    ) -> None:
        openai = _openai()
        key = api_key or os.environ.get("OPENAI_API_KEY") or "none"
        self._client = openai.OpenAI(base_url=url, api_key=key, timeout=TIMEOUT)
        self._model, held = self._look_up(url, model)
        dialect = dialect or dialect_of(self._model)
        held = held or (DEFAULT_CONTEXT["slots"] if dialect == "slots" else None)
        self._info = ModelInfo(
            name=f"{url}#{self._model}",
            revision="remote",
            context=min([bound for bound in (context, held) if bound], default=DEFAULT_CONTEXT[dialect]),
            dialect=dialect,
            writing_mode=writing_mode,
        )

    @property
    def info(self) -> ModelInfo:
        return self._info

    def count_tokens(self, prompt: Prompt) -> int:
        """An estimate on the high side; text of many rare symbols can take more, and the server then refuses it."""
        size = sum(len(message.content.encode()) for message in prompt.messages)
        return -(-size // BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE * (len(prompt.messages) + 1)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        for index, prompt in enumerate(prompts):
            self._check_fits(index, prompt)
        lock = Lock()
        calls = [_Call(index, prompt, on_text, lock, cancel or Event()) for index, prompt in enumerate(prompts)]
        with ThreadPoolExecutor(PARALLEL_CALLS) as pool:
            return list(pool.map(self._run, calls))

    def _check_fits(self, index: int, prompt: Prompt) -> None:
        needed = self.count_tokens(prompt) + prompt.max_new_tokens
        if needed > self._info.context:
            raise ContextOverflow(
                f"prompt {index} needs about {needed} tokens with its answer, {self._info.name} holds"
                f" {self._info.context}: make the window smaller"
            )

    def _run(self, call: _Call) -> Completion:
        if call.cancel.is_set():
            return call.completion("cancelled", self.count_tokens(call.prompt))
        openai = _openai()
        try:
            with closing(self._stream(call.prompt)) as chunks:
                reason = call.read(chunks)
        except openai.NotFoundError:
            raise UnknownModel(f"{self._info.name}: the server has no such model") from None
        except openai.APIStatusError as error:
            raise GenerationError(f"{self._info.name} refused a prompt with status {error.status_code}") from None
        except openai.OpenAIError as error:
            raise GenerationError(f"{self._info.name} did not answer ({type(error).__name__})") from None
        return call.completion(reason, self.count_tokens(call.prompt))

    def _stream(self, prompt: Prompt) -> Any:
        return self._client.chat.completions.create(
            model=self._model,
            messages=[{"role": message.role, "content": message.content} for message in prompt.messages],
            max_tokens=prompt.max_new_tokens,
            temperature=prompt.temperature,
            seed=prompt.seed,
            stream=True,
            stream_options={"include_usage": True},
            extra_body={"chat_template_kwargs": {"enable_thinking": False}},
        )

    def _look_up(self, url: str, model: str | None) -> tuple[str, int | None]:
        """The served model and its context. A server that serves just one need not be told which.

        Where the model is named, a server that cannot list its models will do: the first call shows whether it has it.
        """
        openai = _openai()
        try:
            served = list(self._client.with_options(max_retries=0).models.list())
        except openai.OpenAIError as error:
            if model:
                return model, None
            raise ModelError(
                f"{url} does not list its models ({type(error).__name__}): is it a /v1 address?"
            ) from error
        if model is None and len(served) != 1:
            raise UnknownModel(f"{url} serves {len(served)} models: name one as {url}#MODEL")
        name = model or served[0].id
        held = next((getattr(entry, "max_model_len", None) for entry in served if entry.id == name), None)
        return name, held if isinstance(held, int) else None


def dialect_of(model: str) -> Dialect:
    """By the last part of the served id, since no server says it: a hub id, a folder, or a name the operator gave.

    `assent-mini` and `assent_mini`, with or without `@revision`, speak slots; under any other name pass `dialect`.
    """
    name = model.rstrip("/").rpartition("/")[2].partition("@")[0]
    return "slots" if name.lower().replace("-", "_") == EMBEDDED.name else "instruct"


@dataclass
class _Call:
    """One prompt on its way, and what came back of it so far."""

    index: int
    prompt: Prompt
    on_text: OnText | None
    lock: Lock
    cancel: Event
    text: str = ""
    sent: str = ""
    pieces: int = 0
    usage: Any = None

    def read(self, chunks: Iterable[Any]) -> StopReason:
        """Take the stream to its end, to a stop string, or until cancelled."""
        reason: StopReason | None = None
        for chunk in chunks:
            self.usage = getattr(chunk, "usage", None) or self.usage
            for choice in chunk.choices:
                self._take(choice.delta.content or "")
                if choice.finish_reason:
                    reason = "length" if choice.finish_reason == "length" else "end"
            cut = first(self.text, self.prompt.stop)
            if cut is not None:
                self.text = self.text[:cut]
                reason = "stop"
                break
            if reason is None and self.cancel.is_set():
                reason = "cancelled"
                break
            self._send(settled(self.text, self.prompt.stop))
        self._send(self.text)
        if reason is None:
            raise GenerationError("the server hung up in the middle of an answer")
        return reason

    def completion(self, reason: StopReason, estimate: int) -> Completion:
        """Counts are the server's where it gives them, else the estimate and the pieces that came."""
        prompt_tokens = getattr(self.usage, "prompt_tokens", None) or estimate
        completion_tokens = getattr(self.usage, "completion_tokens", None) or self.pieces
        return Completion(self.text, reason, prompt_tokens, completion_tokens)

    def _take(self, piece: str) -> None:
        self.text += piece
        self.pieces += bool(piece)

    def _send(self, text: str) -> None:
        if self.on_text and len(text) > len(self.sent):
            with self.lock:
                self.on_text(self.index, text[len(self.sent) :])
            self.sent = text


def _openai() -> Any:
    try:
        import openai
    except ImportError as error:
        raise MissingExtra("remote", "a model on a server") from error
    return openai
