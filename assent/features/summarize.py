"""Summaries as a person uses them: made, read, saved, edited, accepted, made again. It knows no prompt, no verifier."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from threading import Event
from typing import Any, Literal

from assent.data.transcripts import read
from assent.data.transcripts.turns import Transcript
from assent.errors import InputError, TranscriptError
from assent.features.ask import CitedAnswer, ask
from assent.features.brief import brief
from assent.features.edited import plain_lines, shown_lines
from assent.features.export import FORMS, render
from assent.features.grounding import forgetting
from assent.features.language import code
from assent.features.layouts import Layout, load_layout
from assent.features.minutes import MinutesDocument
from assent.features.prompts import Guidance
from assent.features.render import LOCAL_USE
from assent.features.summary import Request, draft
from assent.features.trace import Trace
from assent.features.writing import OnProgress
from assent.models import load
from assent.models.engine import Engine

Source = Literal["model", "ai_edit", "human_edit"]
Verdict = Literal["open", "accepted", "discarded"]


@dataclass(frozen=True, slots=True)
class Version:
    """One state of the minutes: where it came from, its text, and the document behind it."""

    source: Source
    text: str
    document: MinutesDocument


@dataclass(slots=True)
class Minutes:
    """Minutes with their life around them. The last version counts; none is ever lost."""

    transcript: Transcript
    engine: Engine
    request: Request
    layout: Layout
    versions: list[Version] = field(default_factory=list)
    verdict: Verdict = "open"
    consent: str = LOCAL_USE
    """What was logged of it and what was not, as the minutes say it."""
    trace: Trace | None = None

    @property
    def document(self) -> MinutesDocument:
        return self.versions[-1].document

    @property
    def text(self) -> str:
        """Markdown of the last version, a person's edit included."""
        return self.versions[-1].text

    def __str__(self) -> str:
        return self.text

    def json(self) -> dict[str, Any]:
        """The document as plain data; see docs for the keys."""
        import json

        return dict(json.loads(render(self.document, "json", self.layout)))

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the minutes in the form that the suffix names: .md, .json, .html, .ics or .csv."""
        target = Path(path)
        form = target.suffix.lstrip(".").lower()
        if form not in FORMS:
            raise InputError(f"{target.name}: no such form; use one of {', '.join('.' + known for known in FORMS)}")
        _write_whole(target, self.render(form))
        return target

    def render(self, form: str) -> str:
        """The minutes in a form by name; Markdown is the last version's text, a person's edit included."""
        return self.text if form == "md" else render(self.document, form, self.layout, self.consent)

    def brief(self, words: int = 200) -> str:
        """The minutes in at most `words` words, as running text."""
        return brief(self.document, self.transcript, words)

    def accept(self) -> None:
        self._tell("accept")
        self.verdict = "accepted"

    def discard(self) -> None:
        self._tell("discard")
        self.verdict = "discarded"

    def thumb(self, up: bool) -> None:
        """A verdict in one bit."""
        self._tell("thumb_up" if up else "thumb_down")

    def edit(self, text: str) -> None:
        """Put a person's text in place of the last version's."""
        if not text.strip():
            raise InputError("an edit needs text; to drop the minutes use discard()")
        if self.trace:
            self.trace.edit(shown_lines(self.text, self.trace.shown), "\n".join(plain_lines(text)))
        self.versions.append(Version("human_edit", text, self.document))
        self.verdict = "open"

    def regenerate(self, *, on_progress: OnProgress | None = None, cancel: Event | None = None) -> None:
        """Make the minutes again from the same transcript and wishes, as a new version: another try of the model's."""
        if self.versions:
            self._tell("regenerate")
        self._make("model", self.transcript, len(self.versions), on_progress, cancel)

    def correct(
        self, turn: int, text: str, *, on_progress: OnProgress | None = None, cancel: Event | None = None
    ) -> None:
        """Correct what a turn says and make the minutes again, as a new version; on an error all stays as it was."""
        if not 0 <= turn < len(self.transcript.turns):
            raise InputError(f"turn {turn}: there are turns 0 to {len(self.transcript.turns) - 1}")
        self._make("ai_edit", self.transcript.correct(turn, text), 0, on_progress, cancel)

    def ask(self, question: str) -> CitedAnswer:
        trace = self.trace.another("ask") if self.trace else None
        return ask(self.transcript, question, engine=self.engine, trace=trace)

    @forgetting()
    def _make(
        self, source: Source, transcript: Transcript, seed: int, on_progress: OnProgress | None, cancel: Event | None
    ) -> None:
        document = draft(transcript, self.engine, self.request, seed=seed, on_progress=on_progress, cancel=cancel)
        self.transcript = transcript
        if self.trace:
            self.consent = self._capture(document, self.trace)
        self.versions.append(Version(source, render(document, "md", self.layout, self.consent), document))
        self.verdict = "open"

    def _tell(self, kind: str) -> None:
        if self.trace:
            self.trace.feedback(kind)

    def _capture(self, document: MinutesDocument, trace: Trace) -> str:
        """The consent line. With an instruct model the user's own notes and wishes stood in every prompt."""
        guidance = self.request.guidance
        wishes = (guidance.notes, guidance.instructions, " ".join(guidance.glossary))
        said = [text for text in wishes if text] if self.engine.info.dialect == "instruct" else []
        about = {"template": self.layout.name, "model": document.model, "adapter": document.adapter}
        counts = document.grounding
        statements = {
            "statements_kept": counts.kept,
            "statements_quoted": counts.quoted,
            "statements_dropped": counts.dropped,
        }
        return trace.capture(self.transcript, document.calls, about, said, statements)


def _write_whole(target: Path, text: str) -> None:
    """All of the text or, on an error, what was there before. Raises InputError where the place cannot be written."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise InputError(f"{target.name}: cannot write the minutes: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _language(tag: str | None) -> str | None:
    if tag and not code(tag):
        raise InputError(f"language {tag!r}: not a language code; use one such as en, de or pt-BR")
    return code(tag)


def summarize(
    source: str | PathLike[str] | Transcript,
    *,
    model: str | None = None,
    engine: Engine | None = None,
    template: str = "general",
    language: str | None = None,
    instructions: str | None = None,
    glossary: Sequence[str] = (),
    notes: str | None = None,
    format: str | None = None,
    on_progress: OnProgress | None = None,
    cancel: Event | None = None,
    trace: Trace | None = None,
) -> Minutes:
    """Minutes of a meeting: local use, nothing is stored, unless an Assistant hands in the `trace` to its store.

    `source` is a file or a transcript; `model` a name `assent models` lists, a hub id or a folder (or pass an
    `engine`); `template` a meeting template's name or a file of your own; `language` an ISO 639-1 code. Raises
    TranscriptError, TemplateError, ModelError, GenerationError when the model failed on everything, Cancelled when
    `cancel` was set.
    """
    transcript = source if isinstance(source, Transcript) else read(source, format)
    if not transcript.turns:
        raise TranscriptError(transcript.source or "transcript", 0, "no turns", "at least one turn")
    layout = load_layout(template)
    guidance = Guidance(_language(language), instructions, tuple(glossary), notes)
    running = engine or load(model or "assent-mini")
    minutes = Minutes(transcript, running, Request(layout.name, guidance), layout, trace=trace)
    minutes.regenerate(on_progress=on_progress, cancel=cancel)
    return minutes
