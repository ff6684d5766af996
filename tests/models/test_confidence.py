"""How sure a model was of its answer."""

from __future__ import annotations

from math import sqrt

import pytest
import torch

from assent.models.decoding import Confidence

CHANCES = torch.tensor([[[0.5, 0.3, 0.2]], [[0.1, 0.7, 0.2]], [[0.6, 0.2, 0.2]]])
"""Of three steps, one row, three tokens."""


def after(*tokens: int) -> Confidence:
    """As generate calls it: before each step with the tokens so far."""
    confidence = Confidence()
    ids = [9]
    for chances, token in zip(CHANCES, tokens, strict=False):
        confidence(torch.tensor([ids]), chances.log())  # type: ignore[arg-type]
        ids.append(token)
    return confidence


def test_confidence_is_the_geometric_mean_of_the_tokens_taken_likely_or_not() -> None:
    assert after(0, 1).of(0, [0, 1]) == pytest.approx(sqrt(0.5 * 0.7))
    assert after(0, 2).of(0, [0, 2]) == pytest.approx(sqrt(0.5 * 0.2))


def test_what_came_after_an_answer_does_not_count() -> None:
    assert after(0, 2, 0).of(0, [0, 2]) == pytest.approx(sqrt(0.5 * 0.2))


def test_an_answer_without_tokens_has_no_confidence() -> None:
    assert Confidence().of(0, []) is None
