"""The model card from a tiny model folder and hand-written figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assent.training.pretrain.card import main, scores, systems_of
from assent.training.pretrain.quality import Score, report
from assent.training.pretrain.recipe import Recipe, build_model
from assent.training.pretrain.vocabulary import build_tokenizer

HALF = {"value": 0.5, "low": 0.25, "high": 0.75, "groups": 9, "over": "series"}
REPORT = {
    "command": "assent evaluate summarize --data /home/someone/corpora/ami/heldout.jsonl.gz --out /home/someone/out",
    "summaries": {
        "meetings": {"ami": 12},
        "scores": {
            "ami": {"assent": {"rouge1": HALF, "words": None}, "longest turns": {"rouge1": HALF, "words": HALF}}
        },
        "gaps": {"ami": {"longest turns": {"rouge1": HALF}}},
    },
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tokenizer = build_tokenizer(["we", "agreed"], 64)
    build_model(Recipe(width=16, layers=1, heads=2, hidden=16, context=64), tokenizer).save_pretrained(
        tmp_path / "mini"
    )
    tokenizer.save_pretrained(tmp_path / "mini")
    return tmp_path / "mini"


def test_the_card_states_data_licences_compute_scores_and_limits(folder: Path, tmp_path: Path) -> None:
    line = {"step": 20, "tokens": 1200, "loss": 0.5, "seconds": 1800.0}
    (tmp_path / "progress.jsonl").write_text(json.dumps(line) + "\n" + json.dumps(line | {"step": 40}) + "\n")
    figures = report(folder, 10, [Score("meetings", 9, 0.8, 0.5, 0.9, 0.6, 0.1)])
    (tmp_path / "figures.json").write_text(json.dumps(figures))
    (tmp_path / "report.json").write_text(json.dumps(REPORT))
    files = [str(tmp_path / name) for name in ("figures.json", "report.json")]
    done = CliRunner().invoke(main, [str(folder), "--run", str(tmp_path), *files], catch_exceptions=False)
    assert done.exit_code == 0
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert text.startswith("---\nlicense: cc-by-4.0\nlanguage: en\n")
    for part in ("AMI", "ICSI", "CC0 1.0", "CC BY 4.0", "40 steps, 1,200 tokens, 1.0 hours", "## Limits"):
        assert part in text
    assert "| meetings | 9 | 80.0% | 50.0% to 90.0% | 60.0% | 10.0% |" in text
    assert figures["weights_sha256"] in text and "$" not in text
    assert "/home" not in text and str(tmp_path) not in text


def test_a_report_becomes_a_table_of_systems_beside_baselines() -> None:
    shown = scores(REPORT)
    assert "**summaries / ami**" in shown and "--data ami/heldout.jsonl.gz" in shown
    assert "| assent | 0.50 (0.25 to 0.75) |  |" in shown
    assert [title for title, _ in systems_of(REPORT)] == ["summaries / ami"]


def test_rates_over_all_meetings_stand_in_the_card_and_their_gaps_do_not() -> None:
    figures = {
        "command": "assent evaluate summarize --meetings meetings",
        "meetings": {"assent": {"overall": {"actions f1": HALF}, "meetings": [{"meeting": "one.vtt"}]}},
        "meetings gaps": {"cue words": {"actions f1": HALF}},
    }
    shown = scores(figures)
    assert "| assent | 0.50 (0.25 to 0.75) |" in shown and "cue words" not in shown
