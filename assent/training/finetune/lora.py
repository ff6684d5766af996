"""peft's LoRA layers with a linear that keeps only its input and the low-rank product for the backward pass.

Beside a frozen base in bfloat16, peft itself would turn each input to float32 and keep it too. Same parameters, same
files; a layer with dropout or another variant of LoRA is left as peft has it. It knows no model.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class _LowRank(torch.autograd.Function):
    """y = x W' + b + s (x A') B', with W and b frozen: x (N, I), W (O, I), A (R, I), B (O, R)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, a: Tensor, b: Tensor, scale: float) -> Tensor:
        a, b = a.to(x.dtype), b.to(x.dtype)
        low = x @ a.T
        ctx.save_for_backward(x, weight, a, b, low)
        ctx.scale = scale
        return functional.linear(x, weight, bias).addmm_(low, b.T, alpha=scale)

    @staticmethod
    def backward(ctx: Any, *outputs: Tensor) -> tuple[Tensor | None, None, None, Tensor, Tensor, None]:
        x, weight, a, b, low = ctx.saved_tensors
        (grad,) = outputs
        low_grad = (grad @ b).mul_(ctx.scale)
        back = (grad @ weight).addmm_(low_grad, a) if ctx.needs_input_grad[0] else None
        return back, None, None, (low_grad.T @ x).float(), (grad.T @ low).float().mul_(ctx.scale), None


def _forward(x: Tensor, *, layer: Any, name: str) -> Tensor:
    """The layer's parts are looked up at each call: loading a checkpoint puts new ones there."""
    flat, base = x.reshape(-1, x.shape[-1]), layer.base_layer
    a, b, scale = layer.lora_A[name].weight, layer.lora_B[name].weight, float(layer.scaling[name])
    out: Tensor = _LowRank.apply(flat, base.weight, base.bias, a, b, scale)  # type: ignore[no-untyped-call]
    return out.reshape(*x.shape[:-1], -1)


def quicken(model: nn.Module) -> int:
    """Gives every plain LoRA layer of a peft model the linear above; how many there were."""
    from peft.tuners.lora import Linear

    plain: list[Any] = [layer for layer in model.modules() if type(layer) is Linear and _plain(layer)]
    for layer in plain:
        layer.forward = partial(_forward, layer=layer, name=layer.active_adapters[0])
    return len(plain)


def _plain(layer: Any) -> bool:
    names = layer.active_adapters
    return (
        type(layer.base_layer) is nn.Linear
        and len(names) == 1
        and not layer.merged
        and names[0] not in layer.lora_variant
        and isinstance(layer.lora_dropout[names[0]], nn.Identity)
        and layer.lora_B[names[0]].bias is None
    )
