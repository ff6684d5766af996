"""`python -m assent.training.experiment CORPORA`: every arm, trained and measured, and a report of what came out."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.errors import AssentError

if TYPE_CHECKING:
    from assent.training.evaluate.resampled import Compared

AUCS = (0.5, 0.6, 0.7, 0.8, 0.9)


@click.command("experiment")
@click.argument("corpora", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), default="experiment", show_default=True, metavar="DIR")
@click.option("--seeds", type=click.IntRange(1), default=3, show_default=True, help="Worlds and first weights drawn.")
@click.option("--full", is_flag=True, help="Also sweep the users' informativeness (AUC 0.5 to 0.9).")
def main(corpora: Path, out: Path, seeds: int, full: bool) -> None:
    """Learn from consented rows of simulated accounts, in nine arms, and measure each on series never seen.

    CORPORA is read and never written to. Run again with the same DIR to go on after an interruption.
    """
    from assent.training.evaluate import pages, tables
    from assent.training.evaluate.tables import Report
    from assent.training.experiment import report, whole
    from assent.training.experiment.running import Experiment

    began = time.monotonic()
    try:
        experiment = Experiment(corpora, out, say=_say)
        results = experiment.run(range(seeds))
        made = report.report(experiment, results, range(seeds))
        made = Report(made.data, (*made.tables, whole.table(experiment, results, corpora)), made.panels)
        if full:
            swept = report.sweep({auc: _swept(corpora, out, auc, seeds) for auc in AUCS})
            made = Report(made.data, (*made.tables, swept), made.panels)
    except AssentError as error:
        raise click.ClickException(str(error)) from error
    command = "python -m assent.training.experiment CORPORA " + " ".join(sys.argv[2:])
    paths = [*tables.save(made, out, command.strip()), pages.save(made, out, "The experiment", command.strip())]
    click.echo(tables.text(made.tables))
    for path in paths:
        _say(f"wrote {path}")
    _say(f"{time.monotonic() - began:.0f} s")


def _swept(corpora: Path, out: Path, auc: float, seeds: int) -> Compared:
    from assent.training.experiment import report
    from assent.training.experiment.running import Experiment

    _say(f"channel of AUC {auc}")
    experiment = Experiment(corpora, out / f"auc-{auc}", auc=auc, say=_say)
    return report.gain(experiment.run(range(seeds), ("consented", "signals")), experiment.groups)


def _say(text: str) -> None:
    click.echo(text, err=True)


if __name__ == "__main__":
    main()
