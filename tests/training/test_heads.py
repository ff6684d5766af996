"""The heads' recipe on two tiny meetings: labels, fit, and weights that load as they were saved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from assent.features.selector import ALL_HEADS, Selector
from assent.training import heads


def meeting(series: str, place: str) -> dict[str, Any]:
    turns = [
        ("Ana", f"Can somebody ring the {place}?"),
        ("Bo", f"I'll ring the {place} on Monday."),
        ("Ana", "Do we paint the door? I don't know."),
        ("Bo", "We leave the gate open, then."),
        ("Ana", "I sent the form already."),
        ("Bo", "Monday, gate open, door unknown."),
        ("Ana", "It rains."),
    ]
    return {
        "series": series,
        "turns": [{"speaker": speaker, "text": text} for speaker, text in turns],
        "actions": [{"owner": "Bo", "due": "Monday", "turns": [0, 1, 5]}],
        "decisions": [{"turns": [3, 5]}],
        "questions": [{"turns": [2, 5]}],
        "not_actions": [{"why": "already done", "turns": [4]}],
        "topics": [{"points": [{"turns": [2]}]}],
    }


ROWS = [meeting("one", "bank"), meeting("two", "school")]


def test_a_turn_that_reads_three_items_back_is_no_focus() -> None:
    labels = heads.labelled(ROWS[0]).labels
    assert np.flatnonzero(labels["commit"]).tolist() == [1]
    assert np.flatnonzero(labels["decide"]).tolist() == [3]
    assert np.flatnonzero(labels["ask"]).tolist() == [2]
    assert np.flatnonzero(labels["action"]).tolist() == [0, 1, 5]
    assert np.flatnonzero(labels["done"]).tolist() == [4]


def test_an_extract_labels_salience_alone_within_its_slice() -> None:
    row = {**ROWS[0], "extractive": [0, 2, 5]}
    assert heads.extracted(row, 1, 4).labels["salience"].tolist() == [0.0, 1.0, 0.0]


def test_saved_weights_score_as_the_fitted_ones_do(tmp_path: Path) -> None:
    fitted = heads.fit([heads.labelled(row) for row in ROWS])
    heads.save(fitted, tmp_path / "selector")
    loaded = Selector.load(tmp_path / "selector")
    transcript = heads.transcript_of(ROWS[1])
    one, other = fitted.score(transcript), loaded.score(transcript)
    assert all(np.allclose(one[head], other[head], atol=0.01) for head in ALL_HEADS)
    assert int(one["commit"].argmax()) == 1
