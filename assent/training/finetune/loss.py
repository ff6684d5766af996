"""The loss of a run: weighted cross entropy over the answers alone, a few hundred tokens at a time.

The head is frozen, so the gradient of the hidden states is made in the forward pass and no logits are kept: memory is
one chunk of (tokens, vocabulary) instead of all of them, and prompt tokens never reach the head (after Cut Your Losses,
Wijmans et al. 2024, https://arxiv.org/abs/2411.09009, and PyTorch's chunked losses). It knows no model and no row.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

CHUNK = 512
"""Tokens whose logits exist at once."""
IGNORED = -100
"""Label of a token that is not to be predicted."""


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, hidden: Tensor, head: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        total = torch.zeros((), dtype=torch.float32, device=hidden.device)
        gradient = torch.empty_like(hidden)
        for start in range(0, len(hidden), CHUNK):
            part = slice(start, start + CHUNK)
            logits = (hidden[part] @ head.T).float()
            wanted = targets[part, None]
            logits -= logits.logsumexp(-1, keepdim=True)
            total -= (logits.gather(1, wanted).squeeze(1) * weights[part]).sum()
            logits.exp_().scatter_add_(1, wanted, torch.full_like(wanted, -1, dtype=logits.dtype))
            gradient[part] = logits.mul_(weights[part, None]).to(head.dtype) @ head
        ctx.save_for_backward(gradient)
        return total

    @staticmethod
    def backward(ctx: Any, *outputs: Tensor) -> tuple[Tensor, None, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient * outputs[0].to(gradient.dtype), None, None, None


def cross_entropy(hidden: Tensor, head: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
    """Sum of weight times -log p(target): hidden (N, D), head (V, D) frozen, targets (N,), weights (N,)."""
    return _CrossEntropy.apply(hidden, head, targets, weights)  # type: ignore[no-any-return,no-untyped-call]


def answers(labels: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """(places, targets, weights), each (N,), of the tokens to predict: labels (B, T), weights (B,).

    A place is where in the flattened (B, T) hidden states the token before stands.
    """
    rows, columns = (labels[:, 1:] != IGNORED).nonzero(as_tuple=True)
    return rows * labels.shape[1] + columns, labels[rows, columns + 1], weights[rows]


def mass(labels: Tensor, weights: Tensor) -> Tensor:
    """Sum of the weights of all tokens to predict: what the loss is divided by."""
    return ((labels[:, 1:] != IGNORED).sum(1) * weights).sum()
