"""`assent adapter` on a real store with two adapters trained in it: released, taken back, refused and deleted."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.called import found, refused, run
from tests.models.adapters.conftest import two_adapters

__all__ = ["two_adapters"]

NONE_WORSE = {one: {"adapter": 0.9, "served": 0.9} for one in ("held_out", "refusals", "triggers")}


@pytest.fixture
def added(home: Path, two_adapters: Path) -> list[str]:
    """The adapter of dana and tom, and that of dana alone."""
    shutil.copytree(two_adapters / "home", home)
    return [run("adapter", "add", str(two_adapters / run_ / "adapter")).stdout.strip() for run_ in ("run0", "run1")]


def states() -> dict[str, tuple[str, bool]]:
    return {one["adapter"]: (one["state"], one["served"]) for one in found("adapter", "list")}


def comparison(folder: Path, adapter: str, worse: float = 0.0) -> str:
    sets = NONE_WORSE | {"held_out": {"adapter": 0.9 - worse, "served": 0.9}}
    file = folder / "comparison.json"
    file.write_text(json.dumps({"adapter": adapter, "served": None, "sets": sets}))
    return str(file)


def test_without_adapters_the_list_says_how_one_comes_in(published: Path) -> None:
    assert "assent adapter add FOLDER" in run("adapter", "list").stdout


def test_an_adapter_is_promoted_served_and_rolled_back(added: list[str]) -> None:
    """L11"""
    first, second = added
    for name in added:
        run("adapter", "promote", name, "--by", "dana")
    assert states() == {second: ("released", True), first: ("released", False)}
    assert found("adapter", "rollback", "--by", "dana") == {"served": first}
    assert found("adapter", "rollback", "--by", "dana") == {"served": None}
    assert states() == {second: ("retired", False), first: ("retired", False)}


def test_only_a_comparison_or_a_named_person_releases(added: list[str], tmp_path: Path) -> None:
    """L11"""
    name = added[0]
    assert "a comparison with what is served, or a person" in refused(3, "adapter", "promote", name)
    worse = comparison(tmp_path, name, worse=0.05)
    assert "held_out" in refused(3, "adapter", "promote", name, "--report", worse)
    assert found("adapter", "promote", name, "--report", worse, "--margin", "0.1")["by"] is None
    assert "by comparison" in run("adapter", "list").stdout


def test_a_withdrawal_names_the_adapter_it_takes_out_of_use(added: list[str]) -> None:
    """W5, W9"""
    run("adapter", "promote", added[1], "--by", "dana")
    run("adapter", "promote", added[0], "--by", "dana")
    told = run("consent", "withdraw", "--person", "tom", "--purpose", "train_content").stderr
    assert f"adapter {added[0]}" in told
    assert "files are deleted from" in told
    assert f"adapter {added[1]}" not in told
    assert states() == {added[0]: ("released", False), added[1]: ("released", True)}
    assert "may not train any more" in refused(3, "adapter", "verify", added[0])


def test_a_sweep_deletes_what_is_past_its_deadline(added: list[str], home: Path) -> None:
    """W5"""
    run("adapter", "promote", added[0], "--by", "dana")
    run("consent", "withdraw", "--person", "tom", "--purpose", "train_content")
    assert found("consent", "sweep") == []
    [deleted] = found("consent", "sweep", "--adapter-deadline", "0")
    assert (deleted["type"], deleted["adapter"]) == ("adapter_deleted", added[0])
    assert not (home / "adapters" / added[0]).exists()
    assert "deleted" in run("adapter", "list").stdout


def test_a_changed_file_ends_with_exit_code_4(added: list[str], home: Path) -> None:
    assert "all may train" in run("adapter", "verify", added[0]).stdout
    file = home / "adapters" / added[0] / "adapter_config.json"
    file.write_bytes(file.read_bytes() + b" ")
    assert "adapter_config.json" in refused(4, "adapter", "verify", added[0])


def test_a_person_is_told_which_adapters_used_their_rows(added: list[str]) -> None:
    """W5"""
    assert found("consent", "status", "--person", "tom")["adapters"] == [added[0]]
