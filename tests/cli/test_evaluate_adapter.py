"""`assent evaluate PATHS... --adapter` on a real store: measured, refused where trained on, and promoted with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.called import found, refused, run
from tests.models.adapters.conftest import two_adapters
from tests.training.evaluate.conftest import MEETING, held_out, write
from tests.training.finetune.conftest import said

__all__ = ["held_out", "two_adapters"]


@pytest.fixture
def trained(home: Path, two_adapters: Path) -> tuple[str, Path]:
    """The name of an adapter that was added, and its folder in its run."""
    shutil.copytree(two_adapters / "home", home)
    folder = two_adapters / "run1" / "adapter"
    return run("adapter", "add", str(folder)).stdout.strip(), folder


@pytest.mark.slow
def test_what_is_measured_is_what_a_promotion_reads(
    trained: tuple[str, Path], held_out: list[Path], tmp_path: Path
) -> None:
    """L11"""
    name, folder = trained
    out = tmp_path / "out"
    done = run("evaluate", *map(str, held_out), "--adapter", str(folder), "--seeds", "2", "--out", str(out))
    assert done.exit_code == 0, done.output
    assert "instruction verbatim" in done.stdout and "cue words" in done.stdout and "textrank" in done.stdout
    assert {path.name for path in out.iterdir()} == {
        *("comparison.json", "plot.png", "report.html", "report.json", "report.md")
    }
    assert "data:image/png" in (out / "report.html").read_text(encoding="utf-8")
    promotes = json.loads((out / "report.json").read_text(encoding="utf-8"))["paired"]["promotes"]
    words = ("adapter", "promote", name, "--report", str(out / "comparison.json"))
    if promotes:
        assert found(*words)["by"] is None
    else:
        assert "only a named person" in refused(3, *words)


def test_material_that_was_trained_on_is_refused(trained: tuple[str, Path], tmp_path: Path) -> None:
    """A held-out turn that was a row is named by the row's commitment, and nothing of it is told."""
    seen = MEETING | {"turns": [*MEETING["turns"], {"speaker": "Dana", "text": said(3)}]}
    path = write(tmp_path, "seen.jsonl", MEETING, seen)
    line = refused(3, "evaluate", str(path), "--adapter", str(trained[1]))
    rows = json.loads((trained[1] / "manifest.json").read_bytes())["rows"]
    assert f"{path}:2" in line and any(row["commitment"] in line for row in rows)
    assert "We think" not in line


def test_without_its_snapshot_nothing_is_measured(trained: tuple[str, Path], held_out: list[Path]) -> None:
    assert "snapshot" in refused(3, "evaluate", str(held_out[0]), "--adapter", trained[0])


def test_a_file_without_anything_to_measure_by_is_refused(trained: tuple[str, Path], tmp_path: Path) -> None:
    path = tmp_path / "talk.vtt"
    path.write_text("WEBVTT\n", encoding="utf-8")
    assert "nothing to measure by" in refused(3, "evaluate", "--adapter", str(trained[1]), str(path))
