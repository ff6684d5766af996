"""The loss and its gradient against PyTorch's own, and the quick LoRA layer against peft's."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from torch.nn import functional
from transformers import LlamaConfig, LlamaForCausalLM

from assent.training.finetune import lora, loss
from assent.training.finetune.base import adapted
from tests.training.finetune.conftest import recipe


@pytest.mark.parametrize("count", [0, 1, loss.CHUNK, 2 * loss.CHUNK + 3])
def test_loss_and_gradient_are_those_of_the_plain_cross_entropy(count: int) -> None:
    torch.manual_seed(count)
    hidden, head = torch.randn(count, 8, requires_grad=True), torch.randn(50, 8)
    targets, weights = torch.randint(50, (count,)), torch.rand(count)
    ours = loss.cross_entropy(hidden, head, targets, weights)
    [found] = torch.autograd.grad(ours / 7, hidden)
    plain = (functional.cross_entropy(hidden @ head.T, targets, reduction="none") * weights).sum()
    [expected] = torch.autograd.grad(plain / 7, hidden)
    torch.testing.assert_close(ours, plain, rtol=1e-5, atol=1e-4)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_only_answers_are_predicted_each_by_the_token_before_it() -> None:
    labels = torch.tensor([[-100, -100, 5, 6], [-100, 7, -100, -100]])
    weights = torch.tensor([0.5, 2.0])
    places, targets, weighed = loss.answers(labels, weights)
    assert (places.tolist(), targets.tolist(), weighed.tolist()) == ([1, 2, 4], [5, 6, 7], [0.5, 0.5, 2.0])
    assert loss.mass(labels, weights) == 3.0


def tiny(dtype: torch.dtype = torch.float32) -> Any:
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=40,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        num_key_value_heads=1,
        max_position_embeddings=32,
    )
    return LlamaForCausalLM(config).to(dtype)  # type: ignore[arg-type]


def awaken(model: Any) -> None:
    """B is zero at first, and the gradient of A with it."""
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.1)


def gradients(model: Any) -> dict[str, Any]:
    return {name: one.grad for name, one in model.named_parameters() if one.requires_grad}


def test_the_whole_pass_gives_the_loss_and_gradients_of_peft_and_transformers() -> None:
    import peft

    torch.manual_seed(3)
    ids = torch.randint(40, (3, 12))
    labels = ids.clone()
    labels[:, :5] = -100
    ours = adapted(tiny(), recipe())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        theirs = peft.get_peft_model(
            tiny(), peft.LoraConfig(r=4, lora_alpha=8, target_modules="all-linear", task_type="CAUSAL_LM")
        )
    theirs.load_state_dict(ours.state_dict())
    awaken(ours)
    awaken(theirs)
    mine = ours(input_ids=ids, labels=labels, weights=torch.ones(3)) / (3 * 7)
    plain = theirs(input_ids=ids, labels=labels).loss
    mine.backward()
    plain.backward()
    torch.testing.assert_close(mine, plain)
    expected = gradients(theirs)
    assert len(expected) == 2 * 7 * 2
    for name, gradient in gradients(ours).items():
        torch.testing.assert_close(gradient, expected[name], rtol=1e-4, atol=1e-6)


def test_a_layer_with_dropout_is_left_as_peft_has_it() -> None:
    model = adapted(tiny(), recipe("dropout=0.1"))
    assert lora.quicken(model) == 0


def test_beside_a_base_in_bfloat16_the_adapter_and_its_gradient_stay_in_float32() -> None:
    model = adapted(tiny(torch.bfloat16), recipe())
    ids = torch.randint(40, (2, 8))
    model(input_ids=ids, labels=ids, weights=torch.ones(2)).backward()
    assert {gradient.dtype for gradient in gradients(model).values()} == {torch.float32}


def test_what_stands_right_of_a_row_changes_nothing() -> None:
    """Padding needs no mask."""
    model = adapted(tiny(), recipe())
    ids = torch.randint(40, (1, 8))
    padded = torch.cat([ids, torch.zeros(1, 4, dtype=torch.long)], 1)
    labels = torch.cat([ids, torch.full((1, 4), -100)], 1)
    short = model(input_ids=ids, labels=ids, weights=torch.ones(1))
    torch.testing.assert_close(model(input_ids=padded, labels=labels, weights=torch.ones(1)), short)


def test_a_model_that_scales_its_logits_is_asked_for_them() -> None:
    model = tiny()
    model.config.final_logit_softcapping = 30.0
    ids = torch.randint(40, (2, 8))
    through = adapted(model, recipe())(input_ids=ids, labels=ids, weights=torch.ones(2))
    torch.testing.assert_close(through, adapted(tiny(), recipe())(input_ids=ids, labels=ids, weights=torch.ones(2)))
