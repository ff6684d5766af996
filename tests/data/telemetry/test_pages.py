"""The page about telemetry, and what it says of OpenTelemetry."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from assent.data import telemetry
from assent.data.telemetry import shipped
from assent.data.telemetry.pages import page

ROOT = Path(__file__).parents[3]
REASONS = "expired failed opted_out store unknown_account unknown_interaction unknown_key unknown_value".split()


def test_the_page_is_fresh() -> None:
    """T4."""
    written = (ROOT / "docs" / "telemetry.md").read_text(encoding="utf-8")
    assert written == page(shipped()), "python -m assent.data.telemetry > docs/telemetry.md"


def test_the_command_prints_the_page() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assent.data.telemetry"], capture_output=True, check=True, encoding="utf-8"
    )
    assert done.stdout == page(shipped())


def test_the_page_tells_the_bits_of_every_field_and_their_sum() -> None:
    """T4."""
    rows = re.findall(r"^\| (\w+) \| \w+ \| [^|]+ \| (\d+) \| (\d+)-(\d+) \|", page(shipped()), re.MULTILINE)
    assert [name for name, *_ in rows] == [field.name for field in shipped().fields]
    at = 0
    for _, bits, first, last in rows:
        assert (int(first), int(last)) == (at, at + int(bits) - 1)
        at += int(bits)
    assert f"| **sum** |  |  | **{at}** |" in page(shipped())


def test_the_page_names_every_reason_for_a_drop() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "assent/data/telemetry").glob("*.py"))
    said = set(re.findall(r"(?:TelemetryError|_dropped)\(\"(\w+)\"\)", source))
    assert said == set(REASONS)
    assert all(reason in page(shipped()) for reason in REASONS)


def test_no_module_of_assent_imports_opentelemetry() -> None:
    """T6: there is no such instrumentation, so no setting makes it export content."""
    paths = list((ROOT / "assent").rglob("*.py"))
    names = {
        name
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert "sqlalchemy" in names
    assert not [name for name in names if re.match(r"opentelemetry|logfire|ddtrace|openinference|traceloop", name)]


def test_the_public_names_are_sorted_and_there() -> None:
    assert telemetry.__all__ == sorted(telemetry.__all__)
    assert all(hasattr(telemetry, name) for name in telemetry.__all__)
