"""The assistant of a product: one model, one person, the features bound together. It knows no storage."""

from __future__ import annotations

from os import PathLike
from typing import Any

from assent.data.transcripts.turns import Transcript
from assent.features.ask import CitedAnswer, ask
from assent.features.compose import Drafts, compose, rewrite
from assent.features.summarize import Minutes, summarize
from assent.models import load
from assent.models.engine import Engine


class Assistant:
    """Summaries, drafts and answers on one loaded model, for one writer. Local use: nothing is stored."""

    def __init__(self, model: str = "assent-mini", *, user: str | None = None, engine: Engine | None = None) -> None:
        self.engine = engine or load(model)
        self.user = user

    def summarize(self, source: str | PathLike[str] | Transcript, **wishes: Any) -> Minutes:
        return summarize(source, engine=self.engine, **wishes)

    def ask(self, transcript: Transcript, question: str) -> CitedAnswer:
        return ask(transcript, question, engine=self.engine)

    def compose(self, instruction: str, **wishes: Any) -> Drafts:
        return compose(instruction, engine=self.engine, me=self.user, **wishes)

    def rewrite(self, text: str, how: str, **wishes: Any) -> Drafts:
        return rewrite(text, how, engine=self.engine, me=self.user, **wishes)
