"""Candidates in, grounded statements out: the model writes, the verifier decides, a cleaned quote stands in.

It knows no windows and no layout. A prompt that fails is tried again smaller; what fails twice is told to the caller.
The verifier reads English. Where the talk or the minutes are in another language its verdict counts for nothing, and no
sentence of a model goes in: an instruct model picks the lines to quote, the embedded one is not asked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TypedDict, cast

from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import AssentError, Cancelled, GenerationError
from assent.features.answers import Answer, clean
from assent.features.evidence import Candidate, Kind
from assent.features.grounding import repair, verify
from assent.features.language import detect
from assent.features.minutes import Grounding, Statement
from assent.features.prompts import (
    Guidance,
    Line,
    held,
    pick_prompt,
    shorten,
    speaker_label,
    statement_prompt,
    with_seed,
)
from assent.features.quoting import quote
from assent.features.words import content_stems
from assent.models.engine import Completion, Engine, Prompt, WritingMode

BATCH = 32
"""Prompts given to the engine at once: between two batches progress is told and a cancel is seen."""
MIN_CONFIDENCE = 0.85
MIN_CONFIDENCE_OF = {"action": 0.9, "decision": 0.9}
"""An answer of the embedded model that it was less sure of is not used: on turns unlike those it was trained on its
sentences are fluent and wrong. Who does what, and what was decided, is the costlier error."""
NARROWED: tuple[Kind, ...] = ("point", "question")
"""What is asked again of its focus alone where the sentence of all its turns is not supported."""
MIN_LANGUAGE_WORDS = 6
"""A shorter answer is too short to tell its language by."""
ENGLISH = ("en", "und")
"""Languages that the verifier is trusted in; "und": too little was said to tell."""
RETRY_TEMPERATURE = 0.4
"""Of another try at the same minutes: low, since a statement leaves little to choose."""
NUMBER = re.compile(r"\d+")
CANCELLED = "the summary was cancelled; nothing was written"


class _Checks(TypedDict):
    kind: Kind
    participants: Sequence[str]


NOTHING: Mapping[str, str | None] = {}
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
        spoken: str = "en",
        seed: int = 0,
        on_progress: OnProgress | None = None,
        cancel: Event | None = None,
    ) -> None:
        self.engine, self.transcript, self.guidance = engine, transcript, guidance
        self.mode = writing_mode(engine, spoken, guidance.language)
        self.tally = Tally()
        self._seed, self._on_progress, self._cancel = seed, on_progress, cancel
        self._read: set[int] = set()

    def answers(self, jobs: Sequence[Job]) -> list[Answer]:
        """One answer a job, in order. Raises GenerationError when every prompt failed, Cancelled when told to stop."""
        self._stop_if_cancelled()
        if self.mode != "writes":
            return [Answer("", "not_asked")] * len(jobs)
        answers: list[Answer] = []
        for start in range(0, len(jobs), BATCH):
            answers += self._batch(jobs[start : start + BATCH])
            self._tell(len(answers), len(jobs))
        self._count_failed(jobs, answers)
        return answers

    def picked(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The candidates, each with the focus that a model in mode "picks" names; a bad number leaves its own."""
        self._stop_if_cancelled()
        if self.mode != "picks":
            return list(candidates)
        answers: list[Answer] = []
        for start in range(0, len(candidates), BATCH):
            answers += self._pick(candidates[start : start + BATCH])
            self._tell(len(answers), len(candidates))
        self._count_failed([Job("pick", one.evidence, one.focus) for one in candidates], answers)
        return [replace(one, focus=chosen(answer.text, one)) for one, answer in zip(candidates, answers, strict=True)]

    def _pick(self, candidates: Sequence[Candidate]) -> list[Answer]:
        """What is said of each; where there is one line, or too many for the context, nothing is asked."""
        prompts = [
            pick_prompt(self.engine, one.kind, self.lines(one.evidence), self.guidance) if one.evidence[1:] else None
            for one in candidates
        ]
        said = iter(self._complete([prompt for prompt in prompts if prompt]))
        answers = [_as_said(next(said)) if prompt else Answer("", "not_asked") for prompt in prompts]
        for one, answer in zip(candidates, answers, strict=True):
            self._read.update(one.evidence if answer.flaw != "failed" else ())
        return answers

    def _tell(self, done: int, of_all: int) -> None:
        if self._on_progress:
            self._on_progress(done, of_all)

    def _count_failed(self, jobs: Sequence[Job], answers: Sequence[Answer]) -> None:
        asked = [(job, answer) for job, answer in zip(jobs, answers, strict=True) if answer.flaw != "not_asked"]
        failed = [job for job, answer in asked if answer.flaw == "failed"]
        if failed and len(failed) == len(asked):
            raise GenerationError(f"{self.engine.info.name}: every prompt failed, also when tried smaller")
        self.tally.failed.update({turn for job, _ in asked for turn in job.evidence} - self._read)

    def _batch(self, jobs: Sequence[Job]) -> list[Answer]:
        answers = self._asked(jobs, [self.lines(job.evidence) for job in jobs])
        for place, (job, answer) in enumerate(zip(jobs, answers, strict=True)):
            if answer.flaw in ("failed", "cut"):
                smaller = replace(job, evidence=(job.focus,))
                answers[place] = self._asked([smaller], [self._fewer_lines(job)])[0]
        if self.engine.info.dialect == "slots":
            self._narrowed(jobs, answers)
        return answers

    def _asked(self, jobs: Sequence[Job], lines: Sequence[list[Line]]) -> list[Answer]:
        """The answers, with note of the turns that a prompt held and that came through."""
        prompts = [self._prompt(job.task, shown) for job, shown in zip(jobs, lines, strict=True)]
        answers = self._answered(prompts)
        for job, prompt, answer in zip(jobs, prompts, answers, strict=True):
            if answer.flaw != "failed":
                self._read.update(job.evidence[-held(prompt) :])
        return answers

    def _narrowed(self, jobs: Sequence[Job], answers: list[Answer]) -> None:
        """Asks the embedded model again, of less, where its turns do not support what it said."""
        places = [
            place
            for place, (job, answer) in enumerate(zip(jobs, answers, strict=True))
            if job.task in NARROWED and job.evidence[1:] and not (is_none(answer.text) or self._stands(job, answer))
        ]
        smaller = [replace(jobs[place], evidence=(jobs[place].focus,)) for place in places]
        again = self._asked(smaller, [self.lines(job.evidence) for job in smaller])
        for place, job, answer in zip(places, smaller, again, strict=True):
            if self._stands(job, answer):
                answers[place] = answer

    def _stands(self, job: Job, answer: Answer) -> bool:
        """Whether the turns support the answer, mended if need be."""
        if answer.flaw or is_none(answer.text):
            return False
        turns = [self.transcript.turns[index] for index in job.evidence]
        checks: _Checks = {"kind": cast(Kind, job.task), "participants": self.transcript.participants}
        return as_supported(answer.text, turns, checks)[0] is not None

    def _fewer_lines(self, job: Job) -> list[Line]:
        """The focus alone; where there was nothing else, the end of it."""
        [(label, text)] = self.lines((job.focus,))
        return [(label, text if len(job.evidence) > 1 else shorten(text, max(1, len(text.split()) // 2)))]

    def _prompt(self, task: str, lines: Sequence[Line]) -> Prompt:
        prompt = statement_prompt(self.engine, task, lines, self.guidance)
        return with_seed(prompt, self._seed, RETRY_TEMPERATURE) if self._seed else prompt

    def lines(self, evidence: Sequence[int]) -> list[Line]:
        turns = (self.transcript.turns[index] for index in evidence)
        return [(speaker_label(turn.speaker), turn.text) for turn in turns]

    def _answered(self, prompts: Sequence[Prompt]) -> list[Answer]:
        return [
            self._checked(completion, prompt) if completion else Answer("", "failed")
            for prompt, completion in zip(prompts, self._complete(prompts), strict=True)
        ]

    def _complete(self, prompts: Sequence[Prompt]) -> list[Completion | None]:
        """The batch's completions; when the batch fails, each prompt alone, None where that fails as well."""
        if not prompts:
            return []
        self._stop_if_cancelled()
        try:
            completions = self.engine.complete(prompts, cancel=self._cancel)
        except Cancelled:
            raise
        except (AssentError, OSError, RuntimeError, ValueError):
            if len(prompts) == 1:
                return [None]
            return [self._complete([prompt])[0] for prompt in prompts]
        if any(completion.stop_reason == "cancelled" for completion in completions):
            raise Cancelled(CANCELLED)
        return list(completions)

    def _stop_if_cancelled(self) -> None:
        if self._cancel and self._cancel.is_set():
            raise Cancelled(CANCELLED)

    def _checked(self, completion: Completion, prompt: Prompt) -> Answer:
        if self.engine.info.dialect == "slots" and self._doubtful(completion, prompt.messages[0].content):
            return Answer("", "unsure")
        answer = clean(completion, prompt.messages[-1].content)
        if len(answer.text.split()) >= MIN_LANGUAGE_WORDS and detect(answer.text) != "en":
            return Answer("", "language")
        return answer

    def _doubtful(self, completion: Completion, task: str) -> bool:
        """Whether the model was not sure, or its sentence speaks of one person twice, which is seldom right."""
        named = (rf"(?<!\w){re.escape(name)}(?!\w)" for name in self.transcript.participants)
        twice = any(len(re.findall(one, completion.text)) > 1 for one in named)
        return twice or completion.unsure(MIN_CONFIDENCE_OF.get(task, MIN_CONFIDENCE))

    def condense(self, group: Sequence[tuple[str, Statement]]) -> Statement | None:
        """One sentence of the model over labelled statements, if the turns of those it takes up support it."""
        prompt = self._prompt("recap", [(label, statement.text) for label, statement in group])
        answer = self._answered([prompt])[0]
        stems = set(content_stems(answer.text))
        used = [statement for _, statement in group if stems & set(content_stems(statement.text))]
        evidence = tuple(sorted({turn for statement in used for turn in statement.evidence}))
        if answer.flaw or not evidence:
            self.tally.reasons[answer.flaw or "none"] += 1
            return None
        candidate = Candidate("point", evidence, evidence[0], 1.0)
        text = self.supported(candidate, answer, [self.transcript.turns[turn] for turn in evidence])
        return Statement(text, evidence, "model") if text else None

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
        if answer.flaw or is_none(answer.text):
            self.tally.reasons.update([answer.flaw or "none"] if answer.flaw != "not_asked" else [])
            return None
        checks: _Checks = {"kind": candidate.kind, "participants": self.transcript.participants}
        text, reasons = as_supported(answer.text, turns, checks, {"owner": candidate.owner, "due": candidate.due})
        self.tally.reasons.update(reasons)
        return text


def as_supported(
    text: str, turns: Sequence[Turn], checks: _Checks, resolved: Mapping[str, str | None] = NOTHING
) -> tuple[str | None, Sequence[str]]:
    """The sentence, repaired if need be, or None where the turns do not support it; and the reasons against it."""
    verdict = verify(text, turns, **checks, **resolved)
    if verdict.supported:
        return text, ()
    mended = repair(text, verdict, turns, **checks)
    stands = mended and verify(mended, turns, **checks, **resolved).supported
    return mended if stands else None, verdict.reasons


def writing_mode(engine: Engine, spoken: str, wanted: str | None) -> WritingMode:
    """What the engine may do for minutes in `wanted` of a talk in `spoken`: it writes only what can be verified.

    An instruct model asked for English may write of a talk in any language: the verifier then refuses all that it
    cannot find in the talk's own words.
    """
    mode = engine.info.writing_mode
    slots = engine.info.dialect == "slots"
    readable = (wanted or spoken) in ENGLISH and (spoken in ENGLISH or not slots)
    if mode == "writes" and not readable:
        return "quotes" if slots else "picks"
    return mode


def is_none(text: str) -> bool:
    """Whether the model says that its lines hold nothing of the kind asked for."""
    return text.rstrip(".").lower() == "none"


def chosen(answer: str, candidate: Candidate) -> int:
    """The turn whose line number (from 1) the answer names first; the candidate's own focus where it names none."""
    found = NUMBER.search(answer)
    number = int(found[0][:4]) if found else 0
    return candidate.evidence[number - 1] if 1 <= number <= len(candidate.evidence) else candidate.focus


def _as_said(completion: Completion | None) -> Answer:
    return Answer(completion.text) if completion else Answer("", "failed")
