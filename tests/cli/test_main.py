"""The command line as a whole: what it loads, how it fails, and its help pages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from assent.cli import EXIT_CODES, VERBS, main
from assent.cli.pages import pages
from assent.errors import AssentError, Cancelled, ConsentRequired, GenerationError, TemplateError, UnknownModel

ROOT = Path(__file__).parents[2]
HEAVY = ("torch", "transformers", "sklearn", "numpy", "jinja2", "pydantic")


def run(*args: str) -> Any:
    return CliRunner().invoke(main, list(args))


def test_help_loads_no_heavy_library() -> None:
    """Help answers at once because nothing heavy is imported, not because a machine is fast."""
    program = (
        "import sys; from assent.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        f"sys.exit(' '.join(set(sys.modules) & set({HEAVY!r})) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert all(verb in done.stdout for verb in VERBS)


def test_help_lists_the_exit_codes() -> None:
    shown = run("--help").output
    for code, meaning in EXIT_CODES.items():
        assert str(code) in shown
        assert meaning.split()[0] in shown


def test_every_error_has_a_documented_exit_code() -> None:
    kinds = [AssentError]
    for kind in kinds:
        kinds += kind.__subclasses__()
        assert kind.exit_code in EXIT_CODES


def test_the_help_pages_are_those_of_the_commands() -> None:
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == pages(), "python -m assent.cli.pages > docs/cli.md"


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_every_verb_explains_itself(verb: str) -> None:
    done = run(verb, "--help")
    assert done.exit_code == 0
    assert done.output.startswith("Usage:")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (TemplateError("x"), 3),
        (UnknownModel("x"), 4),
        (GenerationError("x"), 5),
        (ConsentRequired("x"), 6),
        (Cancelled("x"), 130),
        (KeyboardInterrupt(), 130),
    ],
)
def test_an_error_is_one_line_and_an_exit_code(features: Any, meeting: Path, error: BaseException, code: int) -> None:
    features.error = error
    done = run("summarize", str(meeting))
    assert done.exit_code == code
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_an_unexpected_error_shows_no_content(features: Any, meeting: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """T3"""
    features.error = KeyError("SENTINEL of the meeting")
    done = run("summarize", str(meeting))
    assert done.exit_code == 1
    assert "SENTINEL" not in done.output
    assert "KeyError" in done.stderr
    assert "ASSENT_DEBUG=1" in done.stderr
    monkeypatch.setenv("ASSENT_DEBUG", "1")
    assert isinstance(run("summarize", str(meeting)).exception, KeyError)


def test_an_unknown_verb_is_a_usage_error() -> None:
    assert run("sumarize", "x").exit_code == 2


def test_python_dash_m_runs_the_command_line() -> None:
    done = subprocess.run([sys.executable, "-m", "assent", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["assent", "0.1.0"]
