"""A whole run over three tiny meetings: figures beside baselines, the saved files, and the counts of statements."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assent.data.transcripts.turns import Transcript, Turn
from assent.features.minutes import ActionItem, Coverage, Grounding, MinutesDocument, Statement, Topic
from assent.training.evaluate import corpora, reports, statements, summaries, tables
from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.verifier import lookup

TURNS = (
    Turn("Ana", "The harbour crane needs a new cable, says Piet."),
    Turn("Ben", "I'll order the cable by Friday."),
    Turn("Cem", "What a heron that was, standing there on one leg for the whole of our long lunch by the water."),
    Turn("Ana", "Okay."),
)


def minutes_of(transcript: Transcript) -> MinutesDocument:
    """Minutes right by construction: the first two turns are told, one by the model and one as a quote."""
    return MinutesDocument(
        title="Crane",
        recap=(Statement("The crane gets a cable.", (0,), "model"),),
        topics=(Topic("Crane", 0, 3, (Statement("The harbour crane needs a new cable.", (0,), "model"),)),),
        decisions=(),
        action_items=(ActionItem("order the cable", "Ben", "by Friday", (0, 1)),),
        open_questions=(),
        participants=transcript.participants,
        language="en",
        coverage=Coverage(len(transcript.turns), len(transcript.turns)),
        grounding=Grounding(kept=2, quoted=1, dropped=1),
        model="scripted",
        adapter=None,
        template="general",
    )


def meeting(series: str, reference: str) -> Meeting:
    turns = [{"speaker": turn.speaker, "text": turn.text} for turn in TURNS]
    row = {"id": f"ami-{series}a", "series": series, "turns": turns, "summary": reference, "extractive": [0, 1]}
    return corpora.meeting(row)


DATA = [meeting("ES1001", "The crane gets a cable."), meeting("ES1002", "A heron."), meeting("ES1003", "Piet pays.")]
TRAIN = [meeting("ES2001", "The crane."), meeting("ES2002", "The team met.")]
TRANSCRIPT = DATA[0].transcript


def test_statements_are_counted() -> None:
    counts = statements.count(minutes_of(TRANSCRIPT), TRANSCRIPT, lookup)
    assert (counts.statements, counts.citing_existing, counts.owners_outside, counts.unread) == (3, 3, 0, 0)
    assert (counts.by_model, counts.own_words) == (2, 0), "both of the model's are over 60 % one turn's words"
    assert statements.sides(counts)["sentences kept"] == (2, 4)


def test_a_statement_of_two_turns_is_the_models_own_words() -> None:
    own = Statement("Ben orders the cable for the harbour crane by Friday for lunch.", (0, 1, 2), "model")
    document = replace(minutes_of(TRANSCRIPT), recap=(own,), topics=())
    counts = statements.count(document, TRANSCRIPT, lookup)
    assert (counts.own_words, counts.own_words_supported) == (1, 1)


@pytest.mark.parametrize(("owner", "outside"), [("Ben", 0), ("Piet", 0), ("Zoe", 1), (None, 0)])
def test_an_owner_is_a_participant_or_named_in_the_evidence(owner: str | None, outside: int) -> None:
    document = replace(minutes_of(TRANSCRIPT), action_items=(ActionItem("order it", owner, None, (0, 1)),))
    assert statements.count(document, TRANSCRIPT, lookup).owners_outside == outside


@pytest.mark.parametrize("evidence", [(), (4,), (0, 99)])
def test_a_statement_that_cites_nothing_or_an_absent_turn_is_counted(evidence: tuple[int, ...]) -> None:
    document = replace(minutes_of(TRANSCRIPT), recap=(Statement("A crane.", evidence),))
    assert statements.count(document, TRANSCRIPT, lookup).citing_existing == 2


def test_a_run_gives_every_figure_beside_its_baselines(tmp_path: Path) -> None:
    found = summaries.evaluate(DATA, TRAIN, minutes_of, lookup)
    systems = found.scores["ami"]
    assert set(systems) == {
        "assent", "longest turns", "textrank", "constant", "nearest-train", "supervised extract", "extract + glue",
        "chance",
    }  # fmt: skip
    assert set(found.gaps["ami"]) == set(systems) - {"assent", "chance"}
    ours, fixed = (systems[name]["rouge1"].value for name in ("assent", "constant"))
    assert ours is not None and fixed is not None
    assert found.gaps["ami"]["constant"]["rouge1"].value == pytest.approx(ours - fixed)
    assert found.extracts["ami"]["assent"]["precision"].value == 1.0
    assert found.extracts["ami"]["random"]["precision"].value == pytest.approx(0.5)
    assert found.extracts["ami"]["longest turns"]["recall"].value == pytest.approx(0.5)
    assert found.statements["ami"]["turns unread"].value == 0.0
    report = reports.join([reports.of_summaries(found)])
    files = tables.save(report, tmp_path / "out", "assent evaluate summarize")
    assert [path.name for path in files] == ["report.json", "report.md", "plot.png"]
    held = json.loads(files[0].read_text(encoding="utf-8"))
    assert held["summaries"]["scores"]["ami"]["assent"]["words"]["value"] == pytest.approx(17.0)
    assert "## Summaries: ami" in files[1].read_text(encoding="utf-8")
    assert files[2].read_bytes().startswith(b"\x89PNG")


def test_without_train_the_report_says_what_is_left_out() -> None:
    found = summaries.evaluate(DATA, [], minutes_of, lookup)
    assert "constant" in found.left_out
    assert "Left out for want of --train: constant" in tables.text(reports.of_summaries(found).tables)


def test_a_table_keeps_its_columns_in_text_and_markdown() -> None:
    table = tables.Table("T", ("a", "b"), (("long cell", "1|2"),), "note")
    assert tables.text([table]) == "T\nnote\na          b\nlong cell  1|2"
    assert "| long cell | 1\\|2 |" in tables.markdown([table], "cmd")
