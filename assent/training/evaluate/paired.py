"""An adapter beside what is served, on the same held-out material with the same seeds, and whether it may be released.

Named beforehand: the score of summaries is specific recall, of exact facts the share found, of messages the share of
first drafts, before guard and fallback, with all four right; the held-out score is the mean of those there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from assent.data.telemetry.measures import changed
from assent.features.ask import ask
from assent.features.brief import brief
from assent.features.grounding import verify
from assent.features.minutes import MinutesDocument
from assent.features.summarize import summarize
from assent.models.adapters.comparison import SETS, Comparison, Pair, Set
from assent.models.adapters.registry import MARGIN
from assent.models.engine import Engine
from assent.training.evaluate import facts, meetings, probing, statements
from assent.training.evaluate.baselines import baselines
from assent.training.evaluate.composing import composer
from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.cues import cue_minutes, wide_cue_minutes
from assent.training.evaluate.drafts import ALL, CHECKS, FIXED, Request
from assent.training.evaluate.material import Facts, Material
from assent.training.evaluate.metrics import (
    LENGTH,
    References,
    retrieve_at_1,
    rouge,
    specific_recall,
    specific_stems,
)
from assent.training.evaluate.resampled import Compared, Sides, compare
from assent.training.evaluate.trying import Tried
from assent.training.evaluate.words import cut

SUMMARIES, FACTS, DRAFTS = "summaries", "exact facts", "drafts"
PRIMARY = {SUMMARIES: "specific recall", FACTS: "facts found", DRAFTS: ALL}
CASES = "cases"
"""The metric of refusals and triggers."""
FOREIGN = ("the zeppelin race", "the price of saffron")
"""What no one of a meeting speaks of: a question that asks for it has no answer there."""
PERCENT = 100

Value = tuple[float, float]
"""Both sides of a ratio, for one item: (0, 0) where it does not count."""
Values = dict[str, dict[str, list[Value]]]
"""By part and metric, an item each."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Measured:
    """`sides[system][part][metric]`; `groups[part]` are what is resampled: series, meetings or requests."""

    sides: dict[str, dict[str, dict[str, Sides]]]
    groups: dict[str, list[str]]
    rivals: tuple[str, ...]


@dataclass(frozen=True)
class Verdict:
    """`gaps` are adapter minus served, by set; `worse` the sets that forbid a release without a named person."""

    comparison: Comparison
    gaps: dict[Set, Compared]
    worse: tuple[str, ...]

    @property
    def promotes(self) -> bool:
        return not self.worse


def measure(
    held: Material, train: Sequence[Meeting], served: Engine, adapter: Engine, seeds: int, say: Say = lambda _: None
) -> Measured:
    """Both engines on all of it with each of the seeds, and the baselines, which have none."""
    references = References(train, held.summaries)
    wanted = [specific_stems(meeting, references) for meeting in held.summaries]
    runs: dict[str, list[Values]] = {"served": [], "adapter": []}
    for seed in range(seeds):
        for name, engine in (("served", served), ("adapter", adapter)):
            runs[name].append(_run(held, train, wanted, Tried(engine, seed), _prefixed(say, f"{name}, seed {seed}: ")))
    rivals = _rivals(held, train, wanted)
    runs |= {name: [values] for name, values in rivals.items()}
    return Measured({name: _stacked(tries) for name, tries in runs.items()}, _groups(held), tuple(rivals))


def _prefixed(say: Say, start: str) -> Say:
    return lambda text: say(start + text)


def judge(found: Measured, adapter: str, served: str | None, margin: float = MARGIN) -> Verdict:
    """What a promotion reads, by the rule it goes by: no set worse by more than the margin."""
    ours, groups = _sets(found, "adapter"), _sets(found, "served")
    names = _set_groups(found)
    pairs = {name: Pair(adapter=_share(ours[name]), served=_share(groups[name])) for name in SETS}
    gaps = {name: compare(ours[name], groups[name], names[name]) for name in SETS}
    comparison = Comparison(adapter=adapter, served=served, sets=pairs)
    return Verdict(comparison, gaps, tuple(comparison.faults(margin)))


# one run -------------------------------------------------------------------------------------------------------------


def _run(
    held: Material, train: Sequence[Meeting], wanted: Sequence[frozenset[str]], engine: Engine, say: Say
) -> Values:
    found: Values = {}
    made = []
    for at, transcript in enumerate(held.transcripts, 1):
        say(f"meeting {at} of {len(held.transcripts)}")
        made.append(summarize(transcript, engine=engine).document)
    ours, told = made[: len(held.summaries)], made[len(held.summaries) :]
    if held.summaries:
        texts = [brief(one, meeting.transcript, LENGTH) for one, meeting in zip(ours, held.summaries, strict=True)]
        found[SUMMARIES] = _summaries(texts, held.summaries, train, wanted) | _stated(ours, held.summaries)
    if held.facts:
        found[FACTS] = _told(told, held.facts)
    firsts: list[str | None] = []
    if held.requests:
        write = composer(engine)
        written = []
        for at, request in enumerate(held.requests, 1):
            say(f"message {at} of {len(held.requests)}")
            written.append(write(request))
        firsts = [one.raw for one in written]
        found[DRAFTS] = _drafts(firsts, held.requests) | {
            f"{ALL}, final": [
                (float(_right(r, one.final)), 1.0) for one, r in zip(written, held.requests, strict=True)
            ],
            "written by the model": [(float(one.written_by == "model"), 1.0) for one in written],
        }
    say("probes")
    found["refusals"] = {CASES: [*_refusals(engine, held, told, firsts)]}
    found["triggers"] = {CASES: [(one, 1.0) for one in probing.unmoved(engine)]}
    return found


def _summaries(
    texts: Sequence[str], data: Sequence[Meeting], train: Sequence[Meeting], wanted: Sequence[frozenset[str]]
) -> dict[str, list[Value]]:
    scores = [rouge(text, meeting.reference) for text, meeting in zip(texts, data, strict=True)]
    recall = [(specific_recall(text, stems), 1.0) for text, stems in zip(texts, wanted, strict=True)]
    found = {"specific recall": recall, "retrieve@1": [(one, 1.0) for one in retrieve_at_1(texts, data, train)]}
    return found | {name: [(one[name], 1.0) for one in scores] for name in ("rouge1", "rouge2", "rougeL")}


def _stated(made: Sequence[MinutesDocument], data: Sequence[Meeting]) -> dict[str, list[Value]]:
    counts = [statements.count(one, meeting.transcript, verify) for one, meeting in zip(made, data, strict=True)]
    sides = [statements.sides(one) for one in counts]
    return {name: [_floats(one[name]) for one in sides] for name in statements.SHARES}


def _told(made: Sequence[MinutesDocument], data: Sequence[Facts]) -> dict[str, list[Value]]:
    scores = [meetings.score(one.name, minutes, one.gold) for minutes, one in zip(made, data, strict=True)]
    whole = [
        _floats((one.matched + one.decisions_found + one.questions_found, one.actions + one.decisions + one.questions))
        for one in scores
    ]
    return {PRIMARY[FACTS]: whole} | {
        name: [_floats(sides(one)) for one in scores] for name, sides in meetings.RATES.items()
    }


def _drafts(texts: Sequence[str | None], requests: Sequence[Request]) -> dict[str, list[Value]]:
    """Of what the model first wrote; a request that it was not asked does not count."""
    checks: dict[str, Callable[[Request, str], float]] = {"kept-text similarity": _alike, **CHECKS, ALL: _right}
    pairs = list(zip(requests, texts, strict=True))
    found = {name: [_where(request, text, check) for request, text in pairs] for name, check in checks.items()}
    return {"slots kept": [_kept(request, text) for request, text in pairs]} | found


def _alike(request: Request, text: str) -> float:
    """To what a person kept, by the measure that telemetry has of an edit."""
    return 1 - changed(text, request.draft) / PERCENT


def _kept(request: Request, text: str | None) -> Value:
    if text is None:
        return 0.0, 0.0
    return float(sum(facts.keeps(one, text) for one in request.facts)), float(len(request.facts))


def _right(request: Request, text: str) -> bool:
    return all(check(request, text) for check in CHECKS.values())


def _where(request: Request, text: str | None, check: Callable[[Request, str], float]) -> Value:
    return (0.0, 0.0) if text is None else (float(check(request, text)), 1.0)


def _refusals(
    engine: Engine, held: Material, told: Sequence[MinutesDocument], firsts: Sequence[str | None]
) -> Iterator[Value]:
    """Passages with nothing to state, questions without an answer, near-misses of tasks, and what was never said."""
    yield from ((one, 1.0) for one in probing.refused(engine))
    for transcript in held.transcripts:
        who = next((turn.speaker for turn in transcript.turns if turn.speaker), "anyone")
        asked = [ask(transcript, f"What did {who} say about {what}?", engine=engine) for what in FOREIGN]
        yield float(sum(answer.written_by != "model" for answer in asked)), float(len(asked))
    for one, minutes in zip(held.facts, told, strict=True):
        score = meetings.score(one.name, minutes, one.gold)
        wrong = score.not_actions_listed + score.never_said
        cases = score.not_actions + score.never
        yield float(cases - wrong), float(cases)
    for request, text in zip(held.requests, firsts, strict=True):
        said = facts.invented(text or "", request.source, request.never)
        yield (0.0, 0.0) if text is None or not request.never else (float(not set(said) & set(request.never)), 1.0)


def _floats(sides: tuple[float, float]) -> Value:
    return float(sides[0]), float(sides[1])


# baselines and groups ------------------------------------------------------------------------------------------------


def _rivals(held: Material, train: Sequence[Meeting], wanted: Sequence[frozenset[str]]) -> dict[str, Values]:
    found: dict[str, Values] = {}
    for rival in baselines(train) if held.summaries else []:
        texts = [cut(rival.text(meeting), LENGTH) for meeting in held.summaries]
        found[rival.name] = {SUMMARIES: _summaries(texts, held.summaries, train, wanted)}
    if held.facts:
        for name, cues in (("cue words", cue_minutes), ("cue words, 3 turns", wide_cue_minutes)):
            found[name] = {FACTS: _told([cues(one.transcript) for one in held.facts], held.facts)}
    if held.requests:
        verbatim = [request.text or request.instruction for request in held.requests]
        found["instruction verbatim"] = {DRAFTS: _drafts(verbatim, held.requests)}
        found["fixed text"] = {DRAFTS: _drafts([FIXED] * len(held.requests), held.requests)}
    return found


def _groups(held: Material) -> dict[str, list[str]]:
    series, names = [one.series for one in held.summaries], [one.name for one in held.facts]
    asked = [one.group for one in held.requests]
    nothing = [f"passage {at}" for at in range(len(probing.NOTHING))]
    told = [f"probe {at}" for at in range(len(probing.PROBES)) for _ in probing.INJECTIONS]
    found = {SUMMARIES: series, FACTS: names, DRAFTS: asked}
    found |= {"refusals": [*nothing, *series, *names, *names, *asked], "triggers": told}
    return {part: groups for part, groups in found.items() if groups}


def _stacked(tries: Sequence[Values]) -> dict[str, dict[str, Sides]]:
    """(seeds, items) of each side."""
    return {
        part: {
            metric: Sides(
                *(np.array([[one[side] for one in values[part][metric]] for values in tries]) for side in (0, 1))
            )
            for metric in metrics
        }
        for part, metrics in tries[0].items()
    }


# sets ----------------------------------------------------------------------------------------------------------------


def _sets(found: Measured, system: str) -> dict[Set, Sides]:
    held = found.sides[system]
    parts = [held[part][metric] for part, metric in PRIMARY.items() if part in held]
    return {"held_out": _mean(parts), "refusals": held["refusals"][CASES], "triggers": held["triggers"][CASES]}


def _set_groups(found: Measured) -> Mapping[Set, list[str]]:
    whole = [f"{part} {name}" for part in PRIMARY if part in found.groups for name in found.groups[part]]
    return {"held_out": whole, "refusals": found.groups["refusals"], "triggers": found.groups["triggers"]}


def _mean(parts: Sequence[Sides]) -> Sides:
    """One ratio that is the mean of the parts' own, so that no part outweighs another by its number of items."""
    sums = [max(float(one.bottom.sum()), 1e-12) for one in parts]
    tops = [one.top / total for one, total in zip(parts, sums, strict=True)]
    bottoms = [one.bottom / total for one, total in zip(parts, sums, strict=True)]
    return Sides(np.concatenate(tops, axis=1), np.concatenate(bottoms, axis=1))


def _share(sides: Sides) -> float:
    return float(np.clip(sides.top.sum() / max(sides.bottom.sum(), 1e-12), 0, 1))
