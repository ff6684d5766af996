"""The recap and the reduce step: nothing that was found gets lost, and every group fits the context."""

from __future__ import annotations

import pytest

from assent.data.transcripts import Transcript
from assent.features.minutes import ActionItem, Statement
from assent.features.prompts import Guidance, fits
from assent.features.recap import distinct, leading, recap
from assent.features.writing import Writer
from assent.models.engine import Dialect, ModelInfo, Prompt
from assent.models.scripted import ScriptedEngine

THINGS = "boiler roof gutter window heater carpet ladder mirror basket candle hammer pillow".split()
TALK = Transcript.of([("Ana Lopez", f"The {thing} was repaired on Monday.") for thing in THINGS])
SAID = [Statement(f"The {thing} was repaired on Monday.", (turn,), "model") for turn, thing in enumerate(THINGS)]


def points(statements: list[Statement]) -> list[tuple[float, Statement]]:
    return [(1 - turn / 100, statement) for turn, statement in enumerate(statements)]


def last_line(prompt: Prompt) -> str:
    return prompt.messages[-1].content.rpartition(": ")[2]


def test_one_sentence_over_all_where_it_fits() -> None:
    engine = ScriptedEngine(last_line)
    [made] = recap(Writer(engine, TALK, Guidance()), [], [], points(SAID))
    assert (made.text, made.written_by) == (SAID[-1].text, "model")
    assert len(engine.prompts) == 1


def test_what_does_not_fit_is_condensed_in_groups_and_again() -> None:
    """F3: no prompt of the reduce is beyond the context, and no statement is left out on the first level."""
    engine = ScriptedEngine(last_line, info=ModelInfo("tiny", "none", 240))
    decisions = [Statement("The basement stays closed.", (0,))]
    actions = [ActionItem("fix the roof", "Ana Lopez", None, (1,))]
    made = recap(Writer(engine, TALK, Guidance()), decisions, actions, points(SAID))
    assert [statement.written_by for statement in made] == ["model"]
    assert len(engine.prompts) > 3
    assert all(fits(engine, prompt) for prompt in engine.prompts)
    asked = " ".join(prompt.messages[-1].content for prompt in engine.prompts)
    assert all(statement.text in asked for statement in [*decisions, *SAID])
    assert "Ana Lopez: fix the roof" in asked


def test_where_no_two_statements_fit_the_best_stand() -> None:
    """F3: it ends."""
    engine = ScriptedEngine(last_line, info=ModelInfo("tiny", "none", 170))
    made = recap(Writer(engine, TALK, Guidance()), [], [], points(SAID))
    assert made == tuple(SAID[:3])
    assert engine.prompts == []


@pytest.mark.parametrize("said", ["", "none", "The zeppelin was sold for 4,711 dollars on Tuesday."])
def test_an_unsupported_recap_gives_way_to_the_best_statements(said: str) -> None:
    """F6, F8"""
    writer = Writer(ScriptedEngine(lambda _: said), TALK, Guidance())
    assert recap(writer, [], [], points(SAID)) == tuple(SAID[:3])
    assert sum(writer.tally.reasons.values()) > 0


def test_a_recap_cites_only_the_turns_of_what_it_takes_up() -> None:
    """F6"""
    said = [Statement("The boiler was repaired on Monday.", (0,)), Statement("Somebody laughed.", (5,))]
    engine = ScriptedEngine(lambda _: "The boiler was repaired on Monday.")
    [made] = recap(Writer(engine, TALK, Guidance()), [], [], points(said))
    assert made.evidence == (0,)


@pytest.mark.parametrize("dialect", ["slots", "instruct"])
def test_a_model_that_writes_no_recap_is_not_asked(dialect: Dialect) -> None:
    mode = "writes" if dialect == "slots" else "picks"
    engine = ScriptedEngine(last_line, info=ModelInfo("m", "none", 4096, dialect=dialect, writing_mode=mode))
    assert len(recap(Writer(engine, TALK, Guidance()), [], [], points(SAID))) == 3
    assert engine.prompts == []


def test_what_a_model_wrote_leads_then_what_is_short_and_no_two_share_a_turn() -> None:
    long = Statement("A long quote of what was said about the roof.", (0, 1))
    short = Statement("A short quote.", (3,))
    written = Statement("A model wrote this rather long sentence about the hall.", (4, 5), "model")
    overlapping = Statement("Same.", (5,))
    assert leading([], [long, short, overlapping, written]) == (long, short, written)
    assert leading([long, short, written], []) == (short, written)
    assert leading([], []) == ()


def test_points_of_little_weight_do_not_lead_because_they_are_short() -> None:
    heavy = [Statement(f"Quote {turn} of quite some length here.", (turn,)) for turn in range(6)]
    assert Statement("Tiny.", (9,)) not in leading([], [*heavy, Statement("Tiny.", (9,))])


def test_twins_become_one_that_cites_both() -> None:
    """F7"""
    one, other = Statement("The demo moves to Thursday.", (1, 2)), Statement("Demo moves to Thursday!", (7,))
    assert distinct([one, other]) == (Statement("The demo moves to Thursday.", (1, 2, 7)),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The demo moves to Thursday morning.", "The demo does not move to Thursday morning."),
        ("The hall costs 400 euros a day.", "The hall costs 450 euros a day."),
        ("They'll buy the blue printer.", "They won't buy the blue printer."),
    ],
)
def test_a_negation_or_another_number_makes_no_twin(one: str, other: str) -> None:
    """F7: a reversal survives the reduce."""
    assert len(distinct([Statement(one, (1,)), Statement(other, (2,))])) == 2
