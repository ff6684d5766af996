"""`assent evaluate` as a person runs it: several files after one option, tables on stdout, one line on an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assent.cli import main
from assent.cli.evaluate import _repeated

ROW = {
    "id": "invented-mill-1",
    "series": "mill",
    "turns": [
        {"speaker": "Ana Costa", "text": "Ben, order twelve paddles by Friday."},
        {"speaker": "Ben Olsen", "text": "I will."},
    ],
    "actions": [
        {
            "owner": "Ben Olsen",
            "due": "Friday",
            "statement": "Ben Olsen will order twelve paddles by Friday.",
            "turns": [0, 1],
        }
    ],
    "decisions": [],
    "questions": [],
    "topics": [],
    "not_actions": [],
}


def test_an_option_of_files_takes_all_values_up_to_the_next_option() -> None:
    args = ["--data", "a", "b", "--out", "x", "--train", "c", "d"]
    spread = ["--data", "a", "--data", "b", "--out", "x", "--train", "c", "--train", "d"]
    assert _repeated(args, {"--data", "--train"}) == spread


def test_the_verifier_is_measured_and_the_report_written(tmp_path: Path) -> None:
    files = [tmp_path / "one.jsonl", tmp_path / "two.jsonl"]
    for path in files:
        path.write_text(json.dumps(ROW) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    found = CliRunner().invoke(main, ["evaluate", "verifier", "--data", *map(str, files), "--out", str(out)])
    assert found.exit_code == 0, found.output
    assert "corrupted caught: number" in found.stdout
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["verifier"]["supported"] == 2


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["summarize"], "--data"),
        (["summarize", "--verifier", "absent.jsonl"], "absent.jsonl"),
        (["compose", "--data", "absent.jsonl"], "absent.jsonl"),
        (["verifier", "--data", "absent.jsonl"], "absent.jsonl"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_3(args: list[str], says: str) -> None:
    found = CliRunner().invoke(main, ["evaluate", *args])
    assert found.exit_code == 3
    assert says in found.stderr and len(found.stderr.strip().splitlines()) == 1


def test_without_its_extra_the_command_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.cli.evaluate.find_spec", lambda _: None)
    found = CliRunner().invoke(main, ["evaluate", "verifier", "--data", "absent.jsonl"])
    assert found.exit_code == 4
    assert "assent[evaluate]" in found.stderr
