"""Random lives of accounts, members and guests against the reference model, then every seeded fault.

    python benchmarks/soak.py [--runs 2000] [--database sqlite|postgresql|both] [--faults-only]

A run is one example of the stateful test: actions in any order, and after each of them the rows that open, for every
purpose, must be exactly those that the reference model allows. A fault is a rule of the real code broken on purpose;
the same test must then fail, or, where the lives seldom come upon it, the tests of its room.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402
from hypothesis import Phase  # noqa: E402

from assent.data.store import Database  # noqa: E402
from tests.consent.faults import FAULTS, RARE  # noqa: E402
from tests.consent.test_stateful import Databases, Files, live, profile  # noqa: E402
from tests.data.conftest import PostgresServer  # noqa: E402

RUNS = 2_000
FAULT_RUNS = 400
"""Examples a fault may take to be found; what is found is not shrunk."""


@contextmanager
def sqlite() -> Iterator[Databases]:
    with tempfile.TemporaryDirectory(prefix="assent-soak-") as folder:
        template = Path(folder) / "template.db"
        Database(f"sqlite:///{template}").close()
        yield Files(template)


@contextmanager
def postgresql() -> Iterator[Databases]:
    with tempfile.TemporaryDirectory(prefix="assent-pg-") as folder:
        server = PostgresServer(Path(folder))
        try:
            server.migrate()
            yield server
        finally:
            server.stop()


KINDS = {"sqlite": sqlite, "postgresql": postgresql}


def soak(kind: str, runs: int) -> bool:
    started = time.monotonic()
    with KINDS[kind]() as databases:
        try:
            live(databases, profile(runs))
        except BaseExceptionGroup as found:
            print(f"{kind}: DIFFERENT: {found.exceptions[0]}")
            return False
        except AssertionError as found:
            print(f"{kind}: DIFFERENT: {found}")
            return False
    print(f"{kind}: {runs} runs, no difference, {time.monotonic() - started:.0f} s", flush=True)
    return True


def faults() -> bool:
    print(f"\n{'fault':46} found")
    missed = 0
    for name, seeded in FAULTS.items():
        with seeded():
            found = by_tests(RARE[name]) if name in RARE else by_lives()
        missed += not found
        print(f"{name:46} {found or 'NOT FOUND'}", flush=True)
    print(f"{len(FAULTS) - missed} of {len(FAULTS)} faults found")
    return missed == 0


def by_lives() -> str | None:
    """The first difference that random lives show."""
    with sqlite() as databases:
        try:
            live(databases, profile(FAULT_RUNS, print_blob=False, phases=[Phase.generate]))
        except (Exception, BaseExceptionGroup) as found:  # noqa: BLE001  any failure of the test is the finding
            first = found.exceptions[0] if isinstance(found, BaseExceptionGroup) else found
            return f"{type(first).__name__}: {str(first).splitlines()[0][:60] if str(first) else ''}"
    return None


def by_tests(path: str) -> str | None:
    """The first test of that file that fails."""
    failed = Failed()
    options = [
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
    ]
    with redirect_stdout(StringIO()):
        pytest.main([*options, str(ROOT / path)], plugins=[failed])
    return failed.name


class Failed:
    """Notes the name of the test that fails."""

    name: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.name is None:
            self.name = report.nodeid


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--runs", type=int, default=RUNS, help="examples on each database")
    options.add_argument("--database", choices=[*KINDS, "both"], default="both")
    options.add_argument("--faults-only", action="store_true")
    chosen = options.parse_args()
    kinds = [] if chosen.faults_only else list(KINDS) if chosen.database == "both" else [chosen.database]
    results = [soak(kind, chosen.runs) for kind in kinds]
    return 0 if all([*results, faults()]) else 1


if __name__ == "__main__":
    sys.exit(main())
