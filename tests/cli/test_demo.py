"""The demo ends with the loop: what is signed for is learned, and a withdrawal reaches log, keys and adapter."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from assent.cli import loop, main
from assent.errors import MissingExtra


@pytest.fixture(scope="module")
def shown() -> str:
    ran = CliRunner().invoke(main, ["demo"])
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.mark.slow
def test_the_one_who_objects_keeps_calls_out_of_the_log(shown: str) -> None:
    [(logged, made)] = re.findall(r"logged (\d+) of (\d+) calls; not logged: 1 speaker objected", shown)
    assert 0 < int(logged) < int(made)


@pytest.mark.slow
def test_it_trains_and_uses_what_it_trained(shown: str) -> None:
    assert re.search(r"step (\d+) of \1: loss \d", shown)
    [name] = re.findall(r"Adapter ([0-9a-f]{12}): verified; \d+ rows", shown)
    assert f"Model: assent-mini with {name}." in shown


@pytest.mark.slow
def test_the_withdrawal_takes_rows_key_and_adapter(shown: str) -> None:
    [(before, after, keys)] = re.findall(r"Log: (\d+) calls before, (\d+) after; (\d+) keys? destroyed", shown)
    assert int(after) < int(before)
    assert int(keys) >= 1
    gone = re.findall(r"Adapter [0-9a-f]{12}: refused, row \d+ .*: withdrawn \(event \d+\); (\w+)/.* is deleted", shown)
    assert gone == ["adapters", "runs"]
    assert "Served now: the base alone." in shown


def test_without_the_extra_the_loop_says_so_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.training.finetune.program.find_spec", lambda name: None)
    with pytest.raises(MissingExtra, match=r"assent\[train\]"):
        loop.loop()
