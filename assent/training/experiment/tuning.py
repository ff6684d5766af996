"""One arm's adapter: the code that tunes on a snapshot, given examples at hand; and what the tuned model then writes.

It knows no store: whether a row may train was asked before. Nothing of it is kept.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from assent.features.prompts import STATEMENT_TOKENS
from assent.models import Prompt, find
from assent.models.engine import Engine, ModelInfo
from assent.models.local import TransformersEngine
from assent.models.slots import SlotEngine
from assent.training.finetune import Recipe, collator, schedule
from assent.training.finetune.base import Base, open_base
from assent.training.snapshot import Example, messages

PASS_ROWS = 32
"""Rows of a forward pass that learns nothing."""


class AtHand(list[Example]):
    """Examples as the collator asks a snapshot for them."""

    def __getitems__(self, places: list[int]) -> list[Example | None]:
        return [self[at] for at in places]


class Tuned:
    """A base with a new adapter: it learns, it scores, and in the end it writes, for which the two become one."""

    def __init__(self, recipe: Recipe) -> None:
        self.base: Base = open_base(recipe)
        self._recipe = recipe
        self._encoder = collator.Encoder(self.base)
        self.learned = 0
        """Rows that were learned; this model cannot write every word of the others."""

    def can_write(self, example: Example) -> bool:
        """Whether the target has only words that this model knows or finds in the lines."""
        return not isinstance(self._encoder.encode(example), str)

    def learn(self, examples: Sequence[Example]) -> None:
        """The run's own batches, loss and schedule; no checkpoints."""
        from assent.training.finetune.trainer import Passes, WeightedTrainer

        rows = AtHand(examples)
        measured = collator.measure(rows, self._encoder)
        self.learned = measured.usable
        recipe, ids = self._recipe, [row.row for row in rows]
        plan = schedule.schedule(
            ids, measured.lengths, seed=recipe.seed, epochs=recipe.epochs, batch=recipe.batch, passes=recipe.passes
        )
        with tempfile.TemporaryDirectory() as folder:
            trainer = WeightedTrainer(
                model=self.base.model,
                args=_arguments(recipe, Path(folder), plan.steps),
                data_collator=collator.Collator(rows, self._encoder),
                train_dataset=Passes(plan.passes),
                run={},
                unseen=[],
                unseen_batch=collator.Collator(rows, self._encoder),
            )
            _silent(trainer)
            trainer.train()

    @torch.no_grad()
    def surprise(self, examples: Sequence[Example]) -> list[tuple[float, int]]:
        """(nats, tokens) of each answer; (0, 0) where this model cannot write it."""
        self.base.model.eval()
        encoded = [self._encoder.encode(example) for example in examples]
        found = []
        for example, made in zip(examples, encoded, strict=True):
            if isinstance(made, str):
                found.append((0.0, 0))
                continue
            batch = collator.Collator(AtHand([example]), self._encoder)([[0]])
            batch["weights"] = torch.ones(1)
            found.append((float(self.base.model(**batch)), len(made.ids) - made.prompt))
        return found

    def writer(self) -> Engine:
        """The engine of the merged model."""
        model: Any = self.base.model.merge_and_unload().eval()
        model.__dict__.pop("forward", None)  # the loss that `open_base` put in the place of the logits
        model.config.use_cache = True
        entry = find(self._recipe.base)
        info = ModelInfo(
            name=entry.name,
            revision="experiment",
            context=self.base.context,
            dialect="slots" if self.base.codec else "instruct",
            writing_mode="writes",
        )
        engine = TransformersEngine(model, self.base.tokenizer, info, self.base.chat)
        return SlotEngine(engine, self.base.codec) if self.base.codec else engine


def write(engine: Engine, examples: Sequence[Example]) -> list[str]:
    """What the model writes in the place of each target: greedy, before any guard."""
    prompts = [Prompt(messages(one, engine.info.dialect), max_new_tokens=STATEMENT_TOKENS) for one in examples]
    return [completion.text.strip() for completion in engine.complete(prompts)]


def _arguments(recipe: Recipe, folder: Path, steps: int) -> Any:
    from transformers import TrainingArguments

    return TrainingArguments(
        output_dir=str(folder),
        max_steps=steps,
        per_device_train_batch_size=1,
        gradient_accumulation_steps=recipe.passes,
        learning_rate=recipe.rate,
        lr_scheduler_type="cosine",
        warmup_steps=round(recipe.warmup * steps),
        weight_decay=recipe.weight_decay,
        max_grad_norm=recipe.clip,
        seed=recipe.seed,
        train_sampling_strategy="sequential",
        save_strategy="no",
        logging_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=not torch.cuda.is_available(),
        remove_unused_columns=False,
        label_names=["labels"],
        dataloader_pin_memory=False,
    )


def _silent(trainer: Any) -> None:
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
