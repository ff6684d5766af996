"""Candidates in, grounded statements out: the model writes, the verifier decides, a cleaned quote stands in.

It knows no windows and no layout. A prompt that fails is tried again smaller; what fails twice is told to the caller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TypedDict

from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import AssentError, Cancelled, GenerationError
from assent.features.answers import Answer, clean
from assent.features.evidence import Candidate, Kind
from assent.features.grounding import repair, verify
from assent.features.language import detect
from assent.features.minutes import Grounding, Statement
from assent.features.prompts import Guidance, Line, statement_prompt
from assent.features.quoting import quote
from assent.models.engine import Completion, Engine, Prompt

BATCH = 32
"""Prompts given to the engine at once: between two batches progress is told and a cancel is seen."""
MIN_LANGUAGE_WORDS = 6
"""A shorter answer is too short to tell its language by."""

class _Checks(TypedDict):
    kind: Kind
    participants: Sequence[str]


OnProgress = Callable[[int, int], None]
"""Called with (prompts done, prompts in all)."""


@dataclass(slots=True)
class Tally:
    """What became of the statements of one summary."""

    kept: int = 0
    quoted: int = 0
    dropped: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    failed: set[int] = field(default_factory=set)
    """Turns that only a failed prompt would have read."""

    def grounding(self) -> Grounding:
        return Grounding(self.kept, self.quoted, self.dropped, dict(sorted(self.reasons.items())))


@dataclass(frozen=True, slots=True)
class Job:
    """One prompt: a task and the turns it may read; `focus` is the turn that remains when it must be smaller."""

    task: str
    evidence: tuple[int, ...]
    focus: int


class Writer:
    """Asks one engine about one transcript and keeps the tally."""

    def __init__(
        self,
        engine: Engine,
        transcript: Transcript,
        guidance: Guidance,
        *,
        on_progress: OnProgress | None = None,
        cancel: Event | None = None,
    ) -> None:
        self.engine, self.transcript, self.guidance = engine, transcript, guidance
        self.tally = Tally()
        self._on_progress, self._cancel = on_progress, cancel

    def answers(self, jobs: Sequence[Job]) -> list[Answer]:
        """One answer a job, in order. Raises GenerationError when every prompt failed, Cancelled when told to stop."""
        if self.engine.info.writing_mode != "writes" or not self._speaks():
            return [Answer("", "empty")] * len(jobs)
        answers: list[Answer] = []
        failures = 0
        for start in range(0, len(jobs), BATCH):
            for job, answer in zip(jobs[start:], self._batch(jobs[start : start + BATCH]), strict=False):
                failures += answer is None
                if answer is None:
                    self.tally.failed.update(job.evidence)
                answers.append(answer or Answer("", "empty"))
            if self._on_progress:
                self._on_progress(len(answers), len(jobs))
        if jobs and failures == len(jobs):
            raise GenerationError(f"{self.engine.info.name}: every prompt failed, also when tried smaller; see the log")
        return answers

    def _speaks(self) -> bool:
        """The embedded model writes English only; in another language its minutes are quotes."""
        return self.engine.info.dialect != "slots" or (self.guidance.language or "en") in ("en", "und")

    def _batch(self, jobs: Sequence[Job]) -> list[Answer | None]:
        prompts = [self._prompt(job.task, job.evidence) for job in jobs]
        completions = self._complete(prompts)
        answers: list[Answer | None] = []
        for job, prompt, completion in zip(jobs, prompts, completions, strict=True):
            answer = self._checked(completion, prompt) if completion else None
            if answer is None or answer.flaw == "cut":
                smaller = self._prompt(job.task, (job.focus,))
                retried = self._complete([smaller])[0]
                answer = self._checked(retried, smaller) if retried else None
            answers.append(answer)
        return answers

    def _prompt(self, task: str, evidence: Sequence[int]) -> Prompt:
        return statement_prompt(self.engine, task, self.lines(evidence), self.guidance)

    def lines(self, evidence: Sequence[int]) -> list[Line]:
        turns = (self.transcript.turns[index] for index in evidence)
        return [(turn.speaker or "Someone", turn.text) for turn in turns]

    def _complete(self, prompts: Sequence[Prompt]) -> list[Completion | None]:
        """The batch's completions; when the batch fails, each prompt alone, None where that fails as well."""
        if self._cancel and self._cancel.is_set():
            raise Cancelled("the summary was cancelled; nothing was written")
        try:
            completions = self.engine.complete(prompts, cancel=self._cancel)
        except (AssentError, OSError, RuntimeError, ValueError):
            if len(prompts) == 1:
                return [None]
            return [self._complete([prompt])[0] for prompt in prompts]
        if any(completion.stop_reason == "cancelled" for completion in completions):
            raise Cancelled("the summary was cancelled; nothing was written")
        return list(completions)

    def _checked(self, completion: Completion, prompt: Prompt) -> Answer:
        answer = clean(completion, prompt.messages[-1].content)
        wanted = self.guidance.language or "en"
        if len(answer.text.split()) >= MIN_LANGUAGE_WORDS and wanted != "und" and detect(answer.text) != wanted:
            return Answer("", "language")
        return answer

    def statement(self, candidate: Candidate, answer: Answer) -> Statement | None:
        """The model's sentence where the evidence supports it, else a cleaned quote; None where neither stands."""
        turns = [self.transcript.turns[index] for index in candidate.evidence]
        text = self.supported(candidate, answer, turns)
        if text:
            self.tally.kept += 1
            return Statement(text, candidate.evidence, "model")
        text = quote(candidate, self.transcript)
        if not text:
            self.tally.dropped += 1
            return None
        self.tally.quoted += 1
        return Statement(text, candidate.evidence, "quote")

    def supported(self, candidate: Candidate, answer: Answer, turns: Sequence[Turn]) -> str | None:
        """The answer, repaired if need be, if the verifier passes it; the reasons against it are counted."""
        if answer.flaw or not answer.text or answer.text.rstrip(".").lower() == "none":
            self.tally.reasons[answer.flaw or "none"] += 1
            return None
        checks: _Checks = {"kind": candidate.kind, "participants": self.transcript.participants}
        resolved = {"owner": candidate.owner, "due": candidate.due}
        verdict = verify(answer.text, turns, **checks, **resolved)
        if verdict.supported:
            return answer.text
        self.tally.reasons.update(verdict.reasons)
        mended = repair(answer.text, verdict, turns, **checks)
        return mended if mended and verify(mended, turns, **checks, **resolved).supported else None
