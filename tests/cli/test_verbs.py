"""What each verb passes on and prints; the features behind them are fakes (see conftest)."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assent.cli import main


def run(*args: str) -> Any:
    return CliRunner().invoke(main, list(args))


def test_summarize_passes_on_every_wish(features: Any, meeting: Path, tmp_path: Path) -> None:
    """F9, F10"""
    notes, glossary = tmp_path / "notes.txt", tmp_path / "glossary.txt"
    notes.write_text("mind the water")
    glossary.write_text("Ifeoma\n\n  standpipe \n")
    wishes = ["--template", "lecture", "--language", "de", "--model", "m", "--instructions", "be brief"]
    done = run("summarize", str(meeting), *wishes, "--notes", str(notes), "--glossary", str(glossary))
    assert done.exit_code == 0, done.output
    [(_, (transcript,), passed)] = features.calls
    assert [turn.speaker for turn in transcript.turns] == ["Marta", "Tomasz", "Marta"]
    del passed["on_progress"]
    assert features.made == [{"store": None, "user": None, "roster": None, "model": "m"}]
    assert passed == {
        "meeting": None,
        "template": "lecture",
        "language": "de",
        "instructions": "be brief",
        "glossary": ("Ifeoma", "standpipe"),
        "notes": "mind the water",
    }


@pytest.mark.parametrize(
    ("form", "start"),
    [("md", "# Fair"), ("json", "{"), ("html", "<!doctype html>"), ("ics", "BEGIN"), ("csv", "task,")],
)
def test_summarize_prints_each_form(features: Any, meeting: Path, form: str, start: str) -> None:
    """F16"""
    done = run("summarize", str(meeting), "--format", form)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(start)


def test_summarize_writes_to_a_file(features: Any, meeting: Path, tmp_path: Path) -> None:
    out = tmp_path / "items.csv"
    done = run("summarize", str(meeting), "--format", "csv", "--out", str(out))
    assert done.stdout == ""
    assert next(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))["owner"] == "Tomasz"
    assert run("summarize", str(meeting), "--out", str(tmp_path / "no" / "such")).exit_code == 3


@pytest.mark.parametrize(
    "args",
    [
        ["no-such-file.vtt"],
        ["{meeting}", "--notes", "no-such-file.txt"],
        ["{meeting}", "--glossary", "{binary}"],
        ["{meeting}", "--roster", "{meeting}"],
        ["{meeting}", "--from", "tape"],
        ["{empty}"],
    ],
)
def test_bad_input_is_one_line_and_exit_code_3(features: Any, meeting: Path, tmp_path: Path, args: list[str]) -> None:
    """F2"""
    files = {"meeting": str(meeting), "binary": str(tmp_path / "binary"), "empty": str(tmp_path / "empty.vtt")}
    Path(files["binary"]).write_bytes(b"\xff\xfe\x00")
    Path(files["empty"]).write_text("")
    done = run("summarize", *[arg.format(**files) for arg in args])
    assert done.exit_code == 3, done.output
    assert len(done.stderr.splitlines()) == 1
    assert "Marta" not in done.stderr


def test_ask_passes_the_question_on(features: Any, meeting: Path) -> None:
    """F14"""
    done = run("ask", str(meeting), "Who sends the form?", "--model", "m")
    assert done.stdout == "Hello Priya.\n"
    [(name, (transcript, question), passed)] = features.calls
    assert (name, len(transcript.turns), question, passed) == ("ask", 3, "Who sends the form?", {})
    assert features.made[0]["model"] == "m"


def test_compose_passes_on_what_was_said(features: Any, tmp_path: Path) -> None:
    """F12"""
    thread = tmp_path / "thread.json"
    thread.write_text(json.dumps([{"speaker": "Priya", "text": "When is the demo?"}]))
    assert run("compose", "say Thursday").stdout == "Hello Priya.\n"
    run(
        "compose",
        "say Thursday",
        "--thread",
        str(thread),
        "--tone",
        "formal",
        "--length",
        "short",
        "-n",
        "3",
        "--me",
        "Dana",
    )
    bare, full = (passed for _, _, passed in features.calls)
    assert bare == {"n": 1, "thread": None, "tone": None, "length": None}
    assert [turn.text for turn in full.pop("thread").turns] == ["When is the demo?"]
    assert full == {"n": 3, "tone": "formal", "length": "short"}
    assert [made["user"] for made in features.made] == [None, "Dana"]


def test_rewrite_takes_a_wish_in_free_words(features: Any) -> None:
    """F12"""
    done = run("rewrite", "hi all", "--how", "less breathless", "--format", "json")
    assert json.loads(done.stdout)["drafts"][0]["text"] == "Hello Priya."
    assert features.calls[0][1] == ("hi all", "less breathless")
    assert run("rewrite", "hi all").exit_code == 2


def test_models_lists_the_catalogue() -> None:
    shown = run("models").stdout
    assert shown.startswith("assent-mini")
    assert "CC-BY-4.0" in shown
    assert "smollm2-135m" in shown
