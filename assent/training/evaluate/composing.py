"""Our composer as the measurement calls it: one draft of each request, and beside it what the model first wrote."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

from assent.features.compose import Drafts, compose, rewrite
from assent.models.engine import Completion, Engine, ModelInfo, OnText, Prompt
from assent.training.evaluate.drafts import Composer, Drafted, Request


class Overheard:
    """An engine that keeps the first answer of the engine behind it since `first` was last emptied."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.first: str | None = None

    @property
    def info(self) -> ModelInfo:
        return self._engine.info

    def count_tokens(self, prompt: Prompt) -> int:
        return self._engine.count_tokens(prompt)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        answers = self._engine.complete(prompts, on_text=on_text, cancel=cancel)
        if self.first is None and answers:
            self.first = answers[0].text
        return answers


def composer(engine: Engine) -> Composer:
    """A composer over one engine, loaded once."""
    heard = Overheard(engine)

    def draft(request: Request) -> Drafted:
        heard.first = None
        found = _drafts(request, heard)
        return Drafted(heard.first, found.drafts[0].text, found.drafts[0].written_by)

    return draft


def _drafts(request: Request, engine: Engine) -> Drafts:
    me, tone, length = request.me, request.tone, request.length
    if request.text is not None:
        how = request.how or request.instruction
        return rewrite(request.text, how, me=me, tone=tone, length=length, engine=engine)
    thread = [(message.speaker, message.text) for message in request.thread]
    return compose(request.instruction, thread=thread, me=me, tone=tone, length=length, engine=engine)
