"""docs/requirements.md: every test it names exists and carries the number it proves; every number is listed once."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parent / "docs" / "requirements.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([A-Z]\d+) \| (.+) \| (.+) \|$", re.MULTILINE)
ROOMS = "data|models|features|training|cli|benchmarks"
MUSTS = {
    "F": {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13},
    "C": {*range(1, 14), 15},
    "M": {*range(1, 8), 10},
    "W": {1, 2, 3, 5, 6, 7, 9, 10},
    "L": {*range(1, 8), 10, 11},
    "T": {*range(1, 8), 10},
    "S": {1, 2, 3, 5, 6, 7, 8, 9, 10},
    "R": {1, 2, 4, 6, 7},
}
"""The numbers of what a release must do; what it should do is not listed."""


@cache
def _docstrings(file: str) -> dict[str, str]:
    """What each test of a file says of itself: its name, its docstring and that of the file."""
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    of_all = ast.get_docstring(tree) or ""
    return {
        node.name: f"{node.name} {ast.get_docstring(node) or ''} {of_all}"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


def _faults(page: str) -> list[str]:
    found = []
    for number, _, proof in ROW.findall(page):
        named = re.findall(r"`([\w/.]+)::(\w+)`", proof)
        if not named and not re.search(rf"not yet: ({ROOMS})\b", proof):
            found.append(f"{number}: neither a test nor where it belongs")
        for file, name in named:
            said = _docstrings(file).get(name) if (TESTS / file).is_file() else None
            if said is None:
                found.append(f"{number}: no test {file}::{name}")
            elif not re.search(rf"\b{number}\b", said):
                found.append(f"{number}: {file}::{name} does not say that it proves it")
    return found


def test_every_test_named_exists_and_carries_its_number() -> None:
    assert _faults(PAGE) == []


def test_every_must_is_listed_once() -> None:
    listed = [number for number, _, _ in ROW.findall(PAGE)]
    assert sorted(listed) == sorted(f"{letter}{number}" for letter, numbers in MUSTS.items() for number in numbers)


@pytest.mark.parametrize(
    "row",
    [
        "| F1 | read | `features/test_no_such.py::test_x` |",
        "| F1 | read | `cli/test_main.py::test_no_such` |",
        "| F1 | read | `cli/test_main.py::test_python_dash_m_runs_the_command_line` |",
        "| F1 | read | surely |",
    ],
)
def test_a_row_without_proof_is_seen(row: str) -> None:
    assert len(_faults(row)) == 1
