"""How sure a model was of its answer."""

from __future__ import annotations

from math import log, sqrt

import pytest
import torch

from assent.models.decoding import Confidence


def test_confidence_is_the_geometric_mean_of_the_likeliest_tokens() -> None:
    confidence = Confidence()
    for likeliest in (0.5, 0.32, 0.9):
        rest = (1 - likeliest) / 4
        confidence(torch.zeros(1, 1), torch.tensor([[log(likeliest), *[log(rest)] * 4]]))  # type: ignore[arg-type]
    assert confidence.of(0, 2) == pytest.approx(sqrt(0.5 * 0.32))


def test_an_answer_without_tokens_has_no_confidence() -> None:
    assert Confidence().of(0, 0) is None
