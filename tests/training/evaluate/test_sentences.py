"""Sentences of given turns, by a scripted engine: what is right scores, and each baseline reads what it may."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assent.cli import main
from assent.errors import InputError
from assent.models import Prompt, ScriptedEngine
from assent.training.evaluate import linked, sentences
from assent.training.evaluate.linked import Item

THINGS = ("kettle", "lantern", "ladder", "bucket", "blanket", "hammer")


OTHERS = tuple(f"{first}{last}" for first in ("tin", "oak", "wool", "glass") for last in ("box", "pot", "mat", "rod"))
"""Enough of them that none of THINGS is in a tenth of the references."""


def item(number: int, series: str) -> Item:
    thing = (*THINGS, *OTHERS)[number]
    turns = (("Ada", f"I will bring the {thing} on Friday."), ("Ben", "Fine, thanks."))
    target = f"Ada will bring the {thing} on Friday."
    return Item(f"{series}-{number}", series, f"{series}-m", "action", turns, 0, target, 1.0)


ITEMS = [item(number, f"ami-{number % 3}") for number in range(6)]
REFERENCES = [item(number, "ami-base") for number in range(len(THINGS) + len(OTHERS))]


def echo(prompt: Prompt) -> str:
    thing = next(thing for thing in THINGS if thing in prompt.messages[-1].content)
    return f"Ada will bring the {thing} on Friday."


def value(found: sentences.Measured, system: str, metric: str) -> float:
    sides = found.sides[system][metric]
    return float(sides.top.sum() / sides.bottom.sum())


def test_a_right_sentence_has_all_and_silence_has_nothing() -> None:
    right = sentences.evaluate(ITEMS, REFERENCES, ScriptedEngine(echo))
    for metric in ("specific recall", "passes the verifier", "fact-exact"):
        assert value(right, "model", metric) == value(right, "people", metric) == 1.0
    silent = sentences.evaluate(ITEMS, REFERENCES, ScriptedEngine(lambda prompt: "none"))
    for metric in ("specific recall", "passes the verifier", "fact-exact"):
        assert value(silent, "model", metric) == 0.0


def test_the_baselines_read_what_their_names_say() -> None:
    assert len(set(sentences.constant(ITEMS, REFERENCES))) == 1
    assert sentences.nearest(ITEMS, REFERENCES) == [one.target for one in ITEMS]
    glued = sentences.glued(ITEMS)
    assert glued[0] == "The group discussed that I will bring the kettle on Friday."


def test_a_constant_is_told_from_the_model() -> None:
    found = sentences.evaluate(ITEMS, REFERENCES, ScriptedEngine(echo))
    shown = sentences.report(found)
    gap = next(row for row in shown.tables[1].rows if row[0] == "model minus constant")
    assert gap[1].startswith("0.833")  # the constant is right about one of six


def test_without_a_supported_sentence_there_is_nothing_to_measure() -> None:
    with pytest.raises(InputError, match="nothing to measure"):
        sentences.evaluate([], REFERENCES, ScriptedEngine(echo))


def test_the_command_measures_the_linked_sentences_of_a_folder(tmp_path: Path) -> None:
    row = {
        "id": "ami-ES1a",
        "series": "ES1",
        "turns": [{"speaker": "Ada", "text": "I will send the plan to the mill on Friday."}],
        "summary_links": [{"section": "actions", "sentence": 0, "turns": [0]}],
        "action_items": ["Ada will send the plan to the mill on Friday."],
    }
    for role in ("base", "heldout"):
        (tmp_path / "ami").mkdir(exist_ok=True)
        with gzip.open(tmp_path / "ami" / f"{role}.jsonl.gz", "wt") as file:
            file.write(json.dumps(row) + "\n")
    assert len(linked.load(tmp_path, "heldout")) == 1
    ran = CliRunner().invoke(main, ["evaluate", "sentences", str(tmp_path)], catch_exceptions=False)
    assert ran.exit_code == 0
    assert "1 sentences of 1 series" in ran.stdout and "model minus glue and longest turn" in ran.stdout
