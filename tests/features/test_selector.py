"""The heads: what they return for every transcript, and that they know a promise from small talk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.transcripts.turns import Transcript
from assent.features.selector import ALL_HEADS, HEADS, Selector, shifted

SPEAKERS = st.sampled_from(["Ana Lopez", "Bo", "Dr. K", None])
TRANSCRIPTS = st.lists(st.tuples(SPEAKERS, st.text(max_size=40)), max_size=12).map(Transcript.of)
MEETING = Transcript.of(
    [
        ("Ana Lopez", "Morning. Did anybody see the match?"),
        ("Bo Reyes", "I saw the second half. It rained."),
        ("Ana Lopez", "The boiler contract. Can somebody ring the supplier about the price?"),
        ("Bo Reyes", "I'll ring them tomorrow and get the price in writing."),
        ("Ana Lopez", "Thank you. And the new logo, do we want it this year?"),
        ("Cleo Marsh", "We don't know yet. The board hasn't said."),
        ("Ana Lopez", "Then it stays open until they do."),
    ]
)


@settings(max_examples=40, deadline=None)
@given(TRANSCRIPTS)
def test_every_head_gives_every_turn_a_probability(transcript: Transcript) -> None:
    scores = Selector.default().score(transcript)
    assert set(HEADS) <= set(scores) == set(ALL_HEADS)
    for values in scores.values():
        assert values.shape == (len(transcript.turns),)
        assert np.all((values >= 0) & (values <= 1))


def test_a_promise_scores_as_an_action_above_small_talk() -> None:
    action = Selector.default().score(MEETING)["action"]
    assert action[3] == action.max()
    assert action[3] > action[1] + 0.3


def test_a_question_left_open_scores_as_a_question_above_a_promise() -> None:
    question = Selector.default().score(MEETING)["question"]
    assert min(question[4], question[5]) > question[3]


def test_the_same_transcript_scores_the_same_twice() -> None:
    one, other = (Selector.default().score(MEETING) for _ in range(2))
    assert all(np.array_equal(one[head], other[head]) for head in ALL_HEADS)


def test_the_weights_stay_small() -> None:
    weights = Selector.default()
    assert len(weights.vocabulary) < 20_000
    assert weights.grams.shape[1] == len(weights.vocabulary) == len(weights.idf)


@pytest.mark.parametrize("offset", [-2, -1, 0, 1, 2])
def test_a_shifted_row_is_the_row_at_that_offset(offset: int) -> None:
    rows = np.arange(10.0).reshape(5, 2)
    moved = shifted(rows, (offset, 2))[:, :2]
    for turn in range(5):
        inside = 0 <= turn + offset < 5
        assert np.array_equal(moved[turn], rows[turn + offset] if inside else np.zeros(2))
