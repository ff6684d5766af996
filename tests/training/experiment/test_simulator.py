from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import assent
from assent.training.experiment.simulator import auc, users
from assent.training.signals import meaning

IDS = [f"text {at}" for at in range(4000)]


def test_the_same_seed_gives_the_same_users() -> None:
    known = users()
    kinds = known.kinds(IDS, 3)
    assert kinds == known.kinds(IDS, 3)
    assert known.verdicts(IDS, kinds, 3) == known.verdicts(IDS, kinds, 3)
    assert kinds != known.kinds(IDS, 4)
    assert known.verdicts(IDS, kinds, 3) != known.verdicts(IDS, kinds, 4)


def test_a_text_is_judged_the_same_whatever_other_texts_there_are() -> None:
    known = users()
    kinds = known.kinds(IDS, 0)
    assert known.verdicts(IDS[50:60], kinds[50:60], 0) == known.verdicts(IDS, kinds, 0)[50:60]


@pytest.mark.parametrize("stated", [0.5, 0.6, 0.75, 0.9])
def test_the_channel_has_the_auc_it_states(stated: float) -> None:
    known = users(stated)
    kinds = known.kinds(IDS, 1)
    good = np.array([known.good(kind) for kind in kinds])
    assert auc(known.scores(IDS, kinds, 1), good) == pytest.approx(stated, abs=0.03)


def test_kinds_of_texts_come_in_the_shares_of_the_table() -> None:
    known = users()
    kinds = known.kinds(IDS, 2)
    for name, share in known.table["shares"].items():
        assert kinds.count(name) / len(kinds) == pytest.approx(share, abs=0.03)


def test_every_verdict_means_something_to_training() -> None:
    """L9"""
    lines = {line["verdict"]: meaning([line["verdict"]], None) for line in users().table["verdicts"]}
    assert "silent" not in {one.signal for one in lines.values()}
    assert {name for name, one in lines.items() if one.use} == {"thumb_up", "accept"}


def test_nothing_that_trains_knows_the_simulator() -> None:
    training = Path(assent.__file__).parent / "training"
    rooms = [training / "finetune", training / "snapshot", training / "signals.py", training.parent / "features"]
    files = [file for room in rooms for file in ([room] if room.is_file() else room.rglob("*"))]
    read = [file for file in files if file.suffix in (".py", ".yaml")]
    assert len(read) > 20
    assert not [file for file in read if re.search(r"experiment|simulat", file.read_text(encoding="utf-8"))]
