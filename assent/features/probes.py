"""Eight small probes that tell what a model may do on this machine: write statements, pick turns to quote, or neither.

It knows no model by name. The probes are the very prompts that a summary uses, on lines written for this purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from assent.data.transcripts.turns import Turn
from assent.features.answers import clean
from assent.features.evidence import Kind
from assent.features.grounding import verify
from assent.features.prompts import Guidance, Line, statement_prompt
from assent.models import find, load, locks
from assent.models.engine import Engine, WritingMode

WRITES, PICKS = 6, 3
"""Probes passed, of eight, from which a model may write, and from which it may pick."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A right answer holds every one of `facts` (any case), none of `wrong`, and passes the verifier."""

    name: str
    task: Kind
    lines: tuple[Line, ...]
    facts: tuple[str, ...]
    wrong: tuple[str, ...] = ()


PROBES = (
    Probe(
        "commitment",
        "action",
        (("Mira Okafor", "I'll send the floor plan to the printer by Friday."),),
        ("Mira", "floor plan", "Friday"),
    ),
    Probe(
        "request and acceptance",
        "action",
        (("Tom Reyes", "Lena, could you book the hall for the ninth?"), ("Lena Fischer", "Yes, I'll do it.")),
        ("Lena", "hall", "ninth"),
        ("Tom Reyes will", "Tom will"),
    ),
    Probe(
        "hand-over",
        "action",
        (
            ("Tom Reyes", "I was going to call the plumber."),
            ("Mira Okafor", "Leave that to me, I'll call the plumber today."),
        ),
        ("Mira", "plumber"),
        ("Tom Reyes will", "Tom will"),
    ),
    Probe(
        "number changed",
        "decision",
        (
            ("Lena Fischer", "So forty chairs."),
            ("Tom Reyes", "No, fifty-two chairs."),
            ("Lena Fischer", "Fifty-two chairs, agreed."),
        ),
        ("fifty-two", "chairs"),
        ("will be forty", "forty chairs"),
    ),
    Probe(
        "refusal",
        "decision",
        (
            ("Mira Okafor", "Should we move the market indoors?"),
            ("Lena Fischer", "No. We are not moving the market indoors."),
        ),
        ("not", "market"),
    ),
    Probe(
        "open question",
        "question",
        (("Tom Reyes", "Who has the key to the boathouse?"), ("Mira Okafor", "I don't know. We'll have to find out.")),
        ("key", "boathouse"),
    ),
    Probe(
        "report",
        "point",
        (("Lena Fischer", "Um, so the heater broke down on Tuesday, the heater in the annex."),),
        ("heater", "Tuesday"),
    ),
    Probe(
        "who asked whom",
        "point",
        (("Mira Okafor", "Tom, did the permit arrive?"), ("Tom Reyes", "The permit arrived on Monday.")),
        ("permit", "Monday"),
    ),
)


@dataclass(frozen=True, slots=True)
class Result:
    probe: str
    passed: bool
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """Every probe's result and the writing mode that follows."""

    model: str
    results: tuple[Result, ...]
    mode: WritingMode

    def __str__(self) -> str:
        passed = sum(result.passed for result in self.results)
        lines = [f"{'pass' if result.passed else 'FAIL'}  {result.probe:<24}{result.why}" for result in self.results]
        return "\n".join([*lines, f"{self.model}: {passed} of {len(self.results)} passed; writing mode: {self.mode}"])


def check(name: str, *, notice: Callable[[str], None] | None = None) -> Report:
    """Run the probes on a model by name and keep the mode beside its lock. Raises what loading it raises."""
    report = probe(load(name, notice=notice))
    if not name.startswith(("http://", "https://")):
        locks.set_writing_mode(find(name).key, report.mode)
    return report


def probe(engine: Engine) -> Report:
    results = tuple(_run(engine, one) for one in PROBES)
    passed = sum(result.passed for result in results)
    mode: WritingMode = "writes" if passed >= WRITES else "picks" if passed >= PICKS else "quotes"
    return Report(engine.info.name, results, mode)


def _run(engine: Engine, one: Probe) -> Result:
    prompt = statement_prompt(engine, one.task, one.lines, Guidance())
    answer = clean(engine.complete([prompt])[0], prompt.messages[-1].content)
    if answer.flaw:
        return Result(one.name, False, answer.flaw)
    lower = answer.text.lower()
    missing = [fact for fact in one.facts if fact.lower() not in lower]
    if missing:
        return Result(one.name, False, "lost " + ", ".join(missing))
    if any(phrase.lower() in lower for phrase in one.wrong):
        return Result(one.name, False, "said what was withdrawn")
    turns = [Turn(speaker, text) for speaker, text in one.lines]
    verdict = verify(answer.text, turns, kind=one.task, participants=[speaker for speaker, _ in one.lines])
    return Result(one.name, verdict.supported, ", ".join(verdict.reasons))
