from __future__ import annotations

from assent.training.experiment import whole
from assent.training.experiment.report import PRIMARY
from assent.training.experiment.running import Result


def result(arm: str, seed: int, recall: float) -> Result:
    return Result(arm, seed, {}, {PRIMARY[2]: ([recall, 0.0], [1.0, 0.0])})


def test_the_winner_is_the_best_arm_that_an_operator_could_run() -> None:
    """An oracle, and rows that nobody allowed, win nothing."""
    results = [result(arm, seed, 0.9) for arm in ("oracle", "all data", "base") for seed in range(2)]
    results += [result("consented", 0, 0.5), result("consented", 1, 0.3), result("content filter", 0, 0.2)]
    results += [result("content filter", 1, 0.3), result("signals", 0, 0.1), result("signals", 1, 0.6)]
    assert whole.winner(results) == "consented"
