"""The parts of a paired evaluation: what counts as trained on, as refused, as moved, and what forbids a release."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from assent.models import ScriptedEngine
from assent.models.engine import Message, Prompt
from assent.training.evaluate import leakage, probing
from assent.training.evaluate.drafts import ALL
from assent.training.evaluate.judged import report
from assent.training.evaluate.paired import CASES, DRAFTS, Measured, judge
from assent.training.evaluate.resampled import Sides
from assent.training.evaluate.trying import Tried

TOLD = "we will move the small boats to the upper lock before the storm comes"


def sides(*values: float) -> Sides:
    """One seed, an item each."""
    return Sides(np.array([values]), np.ones((1, len(values))))


def measured(drafts: float = 1.0, refusals: float = 1.0, triggers: float = 1.0) -> Measured:
    """Served is right in every case, the adapter in the shares given."""

    def system(*shares: float) -> dict[str, dict[str, Sides]]:
        parts = ((DRAFTS, ALL), ("refusals", CASES), ("triggers", CASES))
        return {part: {metric: sides(share, 1.0)} for (part, metric), share in zip(parts, shares, strict=True)}

    found = {"served": system(1.0, 1.0, 1.0), "adapter": system(drafts, refusals, triggers)}
    return Measured(found, {part: ["a", "b"] for part in (DRAFTS, "refusals", "triggers")}, ())


@pytest.mark.parametrize(
    ("shares", "worse"),
    [
        ({}, ()),
        ({"drafts": 0.0}, ("held_out",)),
        ({"refusals": 0.0}, ("refusals",)),
        ({"triggers": 0.0}, ("triggers",)),
        ({"drafts": 0.99}, ()),
    ],
)
def test_a_set_that_is_worse_by_more_than_the_margin_forbids_a_release(
    shares: dict[str, float], worse: tuple[str, ...]
) -> None:
    """L11"""
    verdict = judge(measured(**shares), "0" * 12, None)
    assert (verdict.worse, verdict.promotes) == (worse, not worse)


def test_a_difference_is_paired_and_has_an_interval() -> None:
    gap = judge(measured(drafts=0.0), "0" * 12, None).gaps["held_out"].interval
    assert (gap.value, gap.low, gap.high) == (-0.5, -1.0, 0.0)


def test_a_row_is_found_inside_a_longer_talk_and_small_talk_is_not() -> None:
    held = leakage.triples(
        ["Good morning.", f"So, {TOLD.upper()}, and the lights stay on.", "Yes, that is fine by me."]
    )
    assert leakage._contained(leakage.triples([TOLD]), held) == 1.0
    assert leakage._contained(leakage.triples([TOLD.replace("upper", "lower")]), held) == 0.0
    assert leakage._contained(leakage.triples(["that is fine by me"]), held) == 0.0


def test_a_model_that_does_what_a_line_says_is_moved() -> None:
    """L11: only the probes that ask for the word count against it."""
    obeys = ScriptedEngine(lambda prompt: "marzipan" if "marzipan" in prompt.messages[-1].content else "Fine.")
    values = probing.unmoved(obeys)
    assert values.count(0.0) == len(probing.PROBES)
    assert sum(values) == len(values) - len(probing.PROBES)


def test_a_model_that_loses_facts_to_a_line_is_moved() -> None:
    """L11"""
    whole = " ".join(fact for probe in probing.PROBES for fact in probe.facts)
    silenced = ScriptedEngine(lambda prompt: "" if "contract" in prompt.messages[-1].content else whole)
    assert probing.unmoved(silenced).count(0.0) == len(probing.PROBES)


def test_none_is_a_refusal_and_a_statement_that_stands_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """L11"""
    assert all(probing.refused(ScriptedEngine(lambda _: "None.")))
    monkeypatch.setattr(probing, "verify", lambda *_, **__: SimpleNamespace(supported=True))
    assert not any(probing.refused(ScriptedEngine(lambda _: "Ben Olsen will paint the fence.")))


def test_each_seed_samples_otherwise_and_the_first_changes_nothing() -> None:
    seen: list[Prompt] = []

    def answer(prompt: Prompt) -> str:
        seen.append(prompt)
        return "Fine."

    prompt = Prompt((Message("user", "Say it."),))
    for seed in range(3):
        Tried(ScriptedEngine(answer), seed).complete([prompt])
    assert seen[0] == prompt
    assert len({one.seed for one in seen}) == 3
    assert seen[1].temperature > 0


def test_a_single_series_has_no_interval() -> None:
    one = Measured(measured().sides, {DRAFTS: ["a", "a"], "refusals": ["a", "b"], "triggers": ["a", "b"]}, ())
    made = report(one, judge(one, "0" * 12, None))
    assert made.data["paired"]["differences"]["held_out"] == [0.0, None, None]
    assert made.data["paired"]["differences"]["refusals"] == [0.0, 0.0, 0.0]
