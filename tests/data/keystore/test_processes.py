"""The key store under SIGKILL, in several processes and across a fork: real processes, real files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("processes.py")
DEAD = {"(('p_0', 'a_1', 'a_1'), 1)", "(('p_1', 'a_1', 'a_1'), 1)"}
BORN = "(('p_0', 'a_1', 'a_1'), 2)"


def run(*arguments):
    done = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=["follow", "rewrap"])
def killed(request, tmp_path_factory):
    return run("kill", tmp_path_factory.mktemp("kill"), request.param)


def test_the_points_reached_are_many_and_the_last_run_came_through(killed):
    statuses = [left["status"] for left in killed["left"]]
    assert len(statuses) > 40
    assert set(statuses[:-1]) == {-signal.SIGKILL}
    assert statuses[-1] == 0


def test_killed_anywhere_the_store_opens_with_all_or_nothing_done(killed):
    """R2."""
    before = killed["before"]["keys"]
    for left in killed["left"]:
        living = {name: key for name, key in left["keys"].items() if name != BORN}
        if left["seen"] == 1:
            assert left["keys"] == before
        else:
            assert living == {name: key for name, key in before.items() if name not in DEAD}
            assert BORN in left["keys"]


def test_killed_anywhere_the_opening_finishes_the_epoch_key(killed):
    """R2: no replacement half done, none still due, and after a destruction never the key from before it."""
    for left in killed["left"]:
        assert left["candidates"] == 1
        assert left["due"] is None
        assert set(left["files"]) <= {"epoch.key", "epoch.key.lock", "keys.db"}
        if left["seen"] == 2:
            assert left["epoch"] != killed["before"]["epoch"]


def test_killed_anywhere_the_same_step_done_again_comes_to_the_same_end(killed):
    for left in killed["left"]:
        assert left["finished"]["seen"] == 2
        assert set(left["finished"]["keys"]) == set(killed["before"]["keys"]) - DEAD | {BORN}


def test_killed_while_it_is_made_the_store_opens(tmp_path):
    left = run("kill", tmp_path, "create")["left"]
    assert len(left) > 40
    assert all(each["seen"] == -1 and each["candidates"] == 1 for each in left)
    assert all(list(each["finished"]["keys"]) == [BORN] for each in left)


def test_several_processes_follow_one_ledger_and_miss_nothing(tmp_path):
    end = run("together", tmp_path)
    assert end["statuses"] == [0] * 5
    assert end["seen"] == 30
    assert sorted(end["keys"]) == [f"(('p_{n}', 'a', 'a'), {n})" for n in (28, 29, 30)]
    assert (end["candidates"], end["due"]) == (1, None)


def test_a_child_that_inherits_the_store_uses_it_and_harms_nothing(tmp_path):
    assert run("fork", tmp_path) == {"amid": 0, "status": 0, "dead": True, "seen": 2}
