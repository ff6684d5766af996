"""The whole store under SIGKILL at statements, commits, fsyncs and renames, on both databases.

Here at every eleventh fault point; `python -m tests.consent.killing HOME URL 1` takes them all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STRIDE = "11"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_killed_anywhere_nothing_stays_without_a_yes_and_nothing_acknowledged_is_lost(
    tmp_path: Path, database_url: str
) -> None:
    """R2: unfinished erasures finish at the next opening, and the chain verifies."""
    command = [sys.executable, "-m", "tests.consent.killing", str(tmp_path), database_url, STRIDE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=590, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["faults"] == {}
    assert found["status"] == 0
    assert found["points"] > 100
