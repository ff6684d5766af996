"""Progress lines, with a clock that is set by hand."""

from __future__ import annotations

import pytest

from assent.cli.progress import Progress


@pytest.mark.parametrize(
    ("live", "seconds", "shown"),
    [
        (False, 1.0, ""),
        (False, 3.0, "Summarizing: 2 of 9 windows\n"),
        (True, 0.1, "\rSummarizing: 2 of 9 windows\n"),
    ],
)
def test_progress_is_told_on_a_terminal_or_when_it_takes_long(
    capsys: pytest.CaptureFixture[str], live: bool, seconds: float, shown: str
) -> None:
    """F13"""
    times = iter([0.0, seconds])
    told = Progress("Summarizing", live=live, clock=lambda: next(times))
    told(2, 9)
    told.close()
    captured = capsys.readouterr()
    assert captured.err == shown
    assert captured.out == ""
