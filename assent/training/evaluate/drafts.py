"""Drafts of messages measured by rules: facts kept, nothing invented, tone and length as asked.

It knows no composer: one is any function from a request to what it wrote. Items of one request (ids that share their
number) are one unit of the bootstrap. The rules' acceptance of the human drafts is the ceiling of every figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from assent.errors import InputError
from assent.training.evaluate import corpora, facts, intervals
from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.tones import RULES, has_length, has_tone

FIXED = "Thanks, noted. I will get back to you."
"""What the *fixed text* baseline answers to everything."""


class Message(BaseModel):
    model_config = ConfigDict(frozen=True)

    speaker: str
    text: str


class Request(BaseModel):
    """One item of the compose data: what is asked, and what a right draft holds and does not hold."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Literal["compose", "reply", "rewrite"]
    split: str
    instruction: str
    thread: tuple[Message, ...]
    me: str
    tone: str
    length: str
    draft: str
    facts: tuple[str, ...]
    never: tuple[str, ...]
    text: str | None = None
    how: str | None = None

    @cached_property
    def source(self) -> str:
        """All a draft may draw on."""
        said = [f"{message.speaker}: {message.text}" for message in self.thread]
        return "\n".join(part for part in (self.instruction, self.text, self.how, self.me, *said) if part)

    @property
    def group(self) -> str:
        return self.id[:-1]


@dataclass(frozen=True, slots=True)
class Drafted:
    """What a composer wrote: `raw` straight from the model (None where it was not asked), and the `final` draft."""

    raw: str | None
    final: str
    written_by: str = "rules"


Composer = Callable[[Request], Drafted]
CHECKS: dict[str, Callable[[Request, str], bool]] = {
    "facts kept": lambda request, text: all(facts.keeps(fact, text) for fact in request.facts),
    "nothing invented": lambda request, text: not facts.invented(text, request.source, request.never),
    "tone as asked": lambda request, text: has_tone(text, request.tone),
    "length as asked": lambda request, text: has_length(text, request.length),
}
ALL = "all four"
SENT = "no order repeated"
"""Beside the four: a draft that repeats "tell the team ..." holds every fact and is no message."""


@dataclass(frozen=True, slots=True)
class DraftReport:
    """`scores[system][check]`; `tones[tone]`: how the rule takes human drafts (its own, the others', how many)."""

    requests: int
    scores: dict[str, dict[str, Interval]]
    by_kind: dict[str, dict[str, Interval]]
    written_by_model: dict[str, Interval]
    tones: dict[str, tuple[float, float, int]]
    drafts: tuple[tuple[Request, Drafted], ...]


def load(paths: Sequence[Path]) -> list[Request]:
    return [_request(row, path) for path in paths for row in corpora.rows(path)]


def _request(row: dict[str, object], path: Path) -> Request:
    try:
        request = Request.model_validate(row)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:5])
        raise InputError(f"{path}: an item is wrong at {where}; expected the compose data's keys") from error
    if request.tone not in RULES:
        raise InputError(f"{path}: {request.id} asks for an unknown tone; expected one of {', '.join(RULES)}")
    return request


def evaluate(
    requests: Sequence[Request], composer: Composer, progress: Callable[[str], None] = lambda _: None
) -> DraftReport:
    if not requests:
        raise InputError("no requests to compose; expected at least one item")
    drafts = []
    for number, request in enumerate(requests, 1):
        progress(f"{number}/{len(requests)} {request.id}")
        drafts.append((request, composer(request)))
    raw = [(request, draft.raw) for request, draft in drafts if draft.raw is not None]
    return DraftReport(
        requests=len(requests),
        scores={
            "raw model drafts": _figures(raw),
            "final drafts": _figures([(request, draft.final) for request, draft in drafts]),
            "instruction verbatim": _figures([(request, request.text or request.instruction) for request in requests]),
            "fixed text": _figures([(request, FIXED) for request in requests]),
            "human drafts (ceiling)": _figures([(request, request.draft) for request in requests]),
        },
        by_kind={
            kind: _figures([(request, draft.final) for request, draft in drafts if request.kind == kind])
            for kind in dict.fromkeys(request.kind for request in requests)
        },
        written_by_model=_shares(drafts),
        tones={tone: _acceptance(tone, requests) for tone in RULES},
        drafts=tuple(drafts),
    )


def _figures(pairs: Sequence[tuple[Request, str]]) -> dict[str, Interval]:
    if not pairs:
        return {}
    passed = [{name: check(request, text) for name, check in CHECKS.items()} for request, text in pairs]
    groups = [request.group for request, _ in pairs]
    found = {name: _mean([row[name] for row in passed], groups) for name in CHECKS}
    sent = [request.text is not None or not facts.orders(text, request.instruction) for request, text in pairs]
    return found | {ALL: _mean([all(row.values()) for row in passed], groups), SENT: _mean(sent, groups)}


def _mean(values: Iterable[bool], groups: Sequence[str]) -> Interval:
    return intervals.mean([float(value) for value in values], groups, over="requests")


def _shares(drafts: Sequence[tuple[Request, Drafted]]) -> dict[str, Interval]:
    """The share of final drafts that the model wrote, over all and by kind."""
    kinds = ["all", *dict.fromkeys(request.kind for request, _ in drafts)]
    rows = {kind: [(r, d) for r, d in drafts if kind in ("all", r.kind)] for kind in kinds}
    return {
        kind: _mean([draft.written_by == "model" for _, draft in held], [request.group for request, _ in held])
        for kind, held in rows.items()
    }


def _acceptance(tone: str, requests: Sequence[Request]) -> tuple[float, float, int]:
    """How often the rule accepts human drafts of its own tone and of the others, and how many there are of its own."""
    own = [has_tone(request.draft, tone) for request in requests if request.tone == tone]
    others = [has_tone(request.draft, tone) for request in requests if request.tone != tone]
    return sum(own) / max(1, len(own)), sum(others) / max(1, len(others)), len(own)
