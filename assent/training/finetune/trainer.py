"""transformers' Trainer for these batches: weighted loss over all processes, exact held-out loss, whole checkpoints.

It knows tensors; where they come from is the collator's business.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from assent.errors import StoreError, TrainingError
from assent.training.finetune import checkpoints
from assent.training.finetune.loss import mass


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. Losses are means over the weighted tokens of answers."""

    step: int
    steps: int
    loss: float | None = None
    held_out: float | None = None
    note: str = ""


OnProgress = Callable[[Progress], None]


class Passes(torch.utils.data.Dataset[list[int]]):
    """The forward passes of a run in order, each as the places of its rows."""

    def __init__(self, passes: list[list[int]]) -> None:
        self._passes = passes

    def __len__(self) -> int:
        return len(self._passes)

    def __getitem__(self, at: int) -> list[int]:
        return self._passes[at]


class WeightedTrainer(Trainer):
    """`run` identifies the run in its checkpoints; `unseen` are the held-out passes, `unseen_batch` makes one."""

    def __init__(
        self,
        *args: Any,
        run: dict[str, Any],
        unseen: list[list[int]],
        unseen_batch: Callable[[list[list[int]]], dict[str, Tensor]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._run, self._unseen, self._unseen_batch = run, unseen, unseen_batch
        self.model_accepts_loss_kwargs = True  # the loss is divided over the whole step here, not pass by pass

    def get_batch_samples(
        self, epoch_iterator: Iterator[dict[str, Tensor]], num_batches: int, device: torch.device
    ) -> tuple[list[dict[str, Tensor]], Tensor]:
        """The passes of one step, and the weight of all their answers in all processes."""
        batches, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        total = sum((mass(batch["labels"], batch["weights"]) for batch in batches), torch.zeros(()))
        return batches, self._summed(total.to(device))

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Tensor:
        # Gradients are averaged over the processes, and each has only its part of the step.
        processes = self.accelerator.num_processes
        loss: Tensor = model(**inputs) * processes / num_items_in_batch.clamp_min(torch.finfo(torch.float32).tiny)
        if not torch.isfinite(loss):
            raise TrainingError(
                f"the loss of step {self.state.global_step + 1} is no number: lower the rate, or set dtype=float32;"
                " the last checkpoint stands, and nothing was made of it"
            )
        return loss

    @torch.no_grad()
    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """Mean loss over the held-out rows, each process taking its share of the passes."""
        model: Any = self.model
        model.eval()
        sums = torch.zeros(2, device=self.args.device)
        for at in range(self.args.process_index, len(self._unseen), self.args.world_size):
            batch = self._prepare_inputs(self._unseen_batch([self._unseen[at]]))
            sums += torch.stack([model(**batch).float(), mass(batch["labels"], batch["weights"])])
        loss, weight = self._summed(sums).tolist()
        metrics = {"eval_loss": loss / weight if weight else math.nan}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def _summed(self, values: Tensor) -> Tensor:
        if self.accelerator.num_processes == 1:
            return values
        summed: Tensor = self.accelerator.reduce(values, reduction="sum")
        return summed

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        folder = Path(str(self.args.output_dir)) / f"{checkpoints.PREFIX}{self.state.global_step}"
        try:
            super()._save_checkpoint(model, trial)
            self.accelerator.wait_for_everyone()
            if self.is_world_process_zero():
                checkpoints.keep(folder, self._run)
        except (OSError, RuntimeError, SafetensorError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            raise StoreError(
                f"{folder}: the checkpoint cannot be written ({why}): make room and go on with --resume;"
                " the last whole checkpoint stands, and nothing was made of it"
            ) from error


class Reports(TrainerCallback):
    """Passes on losses as they come, and ends the run after the step in which it is cancelled, with a checkpoint."""

    def __init__(self, on_progress: OnProgress | None, cancel: Event | None) -> None:
        self._on_progress, self._cancel = on_progress, cancel

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if self._cancel and self._cancel.is_set():
            control.should_save = control.should_training_stop = True

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **said: Any) -> None:
        loss, held_out = said["logs"].get("loss"), said["logs"].get("eval_loss")
        if self._on_progress and state.is_world_process_zero and (loss is not None or held_out is not None):
            self._on_progress(Progress(state.global_step, state.max_steps, loss, held_out))
