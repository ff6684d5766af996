"""How well a verifier tells supported statements from minimally corrupted ones. It knows no particular verifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from assent.data.transcripts.turns import Turn
from assent.errors import InputError
from assent.training.evaluate import intervals
from assent.training.evaluate.claims import AnnotatedMeeting, Claim, Kind, annotated, stable
from assent.training.evaluate.corruption import CLASSES, Corruption, corruptions
from assent.training.evaluate.intervals import Interval

PER_CLASS = 180
"""At most so many corruptions of one class: six full classes give more than a thousand."""


class Judgement(Protocol):
    """What a verifier answers."""

    @property
    def supported(self) -> bool: ...

    @property
    def reasons(self) -> tuple[str, ...]: ...


class Verifier(Protocol):
    def __call__(
        self,
        text: str,
        evidence: Sequence[Turn],
        *,
        kind: Kind,
        participants: Sequence[str],
        owner: str | None = None,
        due: str | None = None,
    ) -> Judgement: ...


@dataclass(frozen=True, slots=True)
class Benchmark:
    """The statements of one run: `supported` as annotated, `corrupted` made of them."""

    supported: tuple[Claim, ...]
    corrupted: tuple[Corruption, ...]


@dataclass(frozen=True, slots=True)
class VerifierReport:
    """`kept` by kind of statement and "all"; `caught` by class of corruption and "all"; `wrong` are errors to read."""

    counts: dict[str, int]
    kept: dict[str, Interval]
    caught: dict[str, Interval]
    reasons: dict[str, dict[str, int]] = field(default_factory=dict)
    wrong: tuple[tuple[str, str, str], ...] = ()


def benchmark(rows: Iterable[Mapping[str, Any]], per_class: int = PER_CLASS) -> Benchmark:
    """All supported statements of the annotated meetings, and of each class the first `per_class` in a stable order."""
    try:
        meetings = [annotated(row) for row in rows]
    except KeyError as error:
        raise InputError(f"a row lacks {error}; expected meetings annotated with their statements") from error
    return Benchmark(tuple(_claims(meetings)), tuple(_sample(list(corruptions(meetings)), per_class)))


def _claims(meetings: Sequence[AnnotatedMeeting]) -> list[Claim]:
    return [claim for meeting in meetings for claim in meeting.claims]


def _sample(made: Sequence[Corruption], per_class: int) -> list[Corruption]:
    chosen = []
    for name in CLASSES:
        ranked = sorted(
            (item for item in made if item.made_by == name),
            key=lambda item: stable("rank", name, item.claim.meeting, item.claim.text),
        )
        chosen += ranked[:per_class]
    return chosen


def measure(statements: Benchmark, verify: Verifier) -> VerifierReport:
    kept = [(claim.kind, claim, _ask(verify, claim)) for claim in statements.supported]
    caught = [(item.made_by, item.claim, _ask(verify, item.claim)) for item in statements.corrupted]
    return VerifierReport(
        counts={**Counter(name for name, _, _ in caught), **Counter(name for name, _, _ in kept)},
        kept=_rates(kept, lambda verdict: verdict.supported),
        caught=_rates(caught, lambda verdict: not verdict.supported),
        reasons={"supported": _reasons(kept)} | {name: _reasons(c for c in caught if c[0] == name) for name in CLASSES},
        wrong=tuple(
            [("kept not: " + ", ".join(v.reasons), name, claim.text) for name, claim, v in kept if not v.supported]
            + [("caught not", name, claim.text) for name, claim, v in caught if v.supported]
        ),
    )


Judged = tuple[str, Claim, Judgement]


def _ask(verify: Verifier, claim: Claim) -> Judgement:
    return verify(
        claim.text,
        claim.evidence,
        kind=claim.kind,
        participants=claim.participants,
        owner=claim.owner,
        due=claim.due,
    )


def _rates(judged: Sequence[Judged], good: Callable[[Judgement], bool]) -> dict[str, Interval]:
    """The share judged well, by name and over all."""
    groups = {"all": judged} | {
        name: [j for j in judged if j[0] == name] for name in dict.fromkeys(j[0] for j in judged)
    }
    return {
        name: intervals.mean([float(good(verdict)) for _, _, verdict in rows], [claim.series for _, claim, _ in rows])
        for name, rows in groups.items()
        if rows
    }


def _reasons(judged: Iterable[Judged]) -> dict[str, int]:
    return dict(Counter(reason for _, _, verdict in judged for reason in verdict.reasons))


def lookup(text: str, evidence: Sequence[Turn], **_: Any) -> Judgement:
    """The baseline: a statement stands where half of its content stems occur in its evidence."""
    from assent.training.evaluate.words import content_stems

    wanted = content_stems(text)
    heard = content_stems(" ".join(f"{turn.speaker} {turn.text}" for turn in evidence))
    return _Plain(2 * len(wanted & heard) >= len(wanted))


@dataclass(frozen=True, slots=True)
class _Plain:
    supported: bool
    reasons: tuple[str, ...] = ()
