"""Trains the embedded model, with checkpoints and exact resume, on CPU or CUDA.

It knows the recipe and the mixture; what an item means is the grammar's business.
"""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict
from pathlib import Path

import torch
from torch.nn import functional
from torch.utils.data import DataLoader, Dataset
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.utils.logging import disable_progress_bar

from assent.errors import ConfigError
from assent.training.pretrain.encode import CONTEXT_WEIGHT, Encoded, Encoder
from assent.training.pretrain.grammar import meeting_items
from assent.training.pretrain.items import Item
from assent.training.pretrain.messages import message_items
from assent.training.pretrain.mixture import FIRST, LAST, Mixture
from assent.training.pretrain.recipe import Recipe, build_model, optimizers
from assent.training.pretrain.vocabulary import build_tokenizer, frequent_words

MICROBATCHES = 4
"""Each step is cut into this many, by length, so that little is padded."""
SAVE_EVERY = 100
"""Steps between checkpoints."""
LOG_EVERY = 20
"""Steps between lines of progress."""
STATE = "state.pt"
"""Where a run goes on from, in its folder."""
SHAPE = (
    "hidden_size",
    "intermediate_size",
    "num_hidden_layers",
    "num_attention_heads",
    "max_position_embeddings",
)
"""What of a model's config must be the recipe's; the vocabulary is the model's own."""
HIDDEN = 0.4
"""Up to this share of an item's words is made rare: copying is learned from all that is said, no item by heart."""
VOCABULARY_SAMPLE = 20_000
"""Generated items of each kind that the word counts rest on."""


def prepare(
    recipe: Recipe, mixture: Mixture, folder: Path, start: Path | None
) -> tuple[LlamaForCausalLM, PreTrainedTokenizerFast]:
    """The model and its tokenizer: of the model folder `start`, else untrained with the words of the mixture.

    A run that goes on has its own tokenizer, and its weights are still to be read.
    """
    begins = start if start and not (folder / STATE).exists() else None
    if begins:
        tokenizer = PreTrainedTokenizerFast.from_pretrained(begins)
    elif (folder / "tokenizer.json").exists():
        tokenizer = PreTrainedTokenizerFast.from_pretrained(folder)
    else:
        tokenizer = build_tokenizer(_words(recipe, mixture), recipe.context)
    torch.manual_seed(recipe.seed)
    model = build_model(recipe, tokenizer)
    if begins:
        _take(model, begins)
    tokenizer.save_pretrained(folder)
    return model, tokenizer


def _take(model: LlamaForCausalLM, start: Path) -> None:
    """Give the model the weights of a folder. Raises ConfigError where its shape is another."""
    begun = LlamaForCausalLM.from_pretrained(start, dtype=torch.float32)
    pairs = [(name, getattr(begun.config, name), getattr(model.config, name)) for name in SHAPE]
    faults = [f"{start} has {name} {theirs}, the recipe {ours}" for name, theirs, ours in pairs if theirs != ours]
    if faults:
        raise ConfigError([*faults, "a run begins with a model of the recipe's shape: --set it"])
    model.load_state_dict(begun.state_dict())


def _words(recipe: Recipe, mixture: Mixture) -> list[str]:
    """Words of the natural items count as often as the generated ones, which are many times more."""
    generated = [*meeting_items(recipe.seed, VOCABULARY_SAMPLE), *message_items(recipe.seed, VOCABULARY_SAMPLE)]
    natural = mixture.natural()
    return frequent_words([*generated, *natural * (len(generated) // max(1, len(natural)))], recipe.vocabulary)


Batch = tuple[list[Encoded], int]
"""The items of one step, shortest first, and how many answer tokens they have."""


class Batches(Dataset[Batch]):
    """By place, the batch of each step from `first` on."""

    def __init__(self, recipe: Recipe, mixture: Mixture, encoder: Encoder, first: int) -> None:
        self._recipe, self._mixture, self._encoder, self._first = recipe, mixture, encoder, first

    def __len__(self) -> int:
        return max(0, self._recipe.steps - self._first)

    def __getitem__(self, place: int) -> Batch:
        step = self._first + place
        shares = LAST if step > self._recipe.falls_from else FIRST
        return encoded_items(self._encoder, *self._mixture.batch(step, self._recipe.batch, shares))


class Trainer:
    """One training run in one folder. `train` goes on from the last checkpoint there, or begins with the model `start`.

    `compiled` steps are faster after a minute's compilation, which needs a C++ compiler (on CUDA, Triton). `workers` is
    the number of processes that make batches beside the training; with 0 it makes them itself.
    """

    def __init__(
        self,
        recipe: Recipe,
        mixture: Mixture,
        folder: Path,
        *,
        start: Path | None = None,
        compiled: bool = False,
        workers: int = 0,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        disable_progress_bar()  # type: ignore[no-untyped-call]
        self.recipe, self.mixture, self.folder, self.workers = recipe, mixture, folder, workers
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        model, self.tokenizer = prepare(recipe, mixture, folder, start)
        self.model = model.to(self.device)  # type: ignore[arg-type]
        if self.device == "cpu":
            self.model.set_attn_implementation("eager")  # short rows: faster than the fused kernel's backward
        self._forward = torch.compile(self.model, dynamic=True) if compiled else self.model
        self.optimizers = optimizers(recipe, self.model)
        self.encoder = Encoder(self.tokenizer, recipe.context, hidden=HIDDEN)
        self.step = self.tokens = 0
        self._resume()

    def train(self) -> None:
        started, losses = time.monotonic(), []
        for encoded, answers in self._batches():
            losses.append(self._step(encoded, answers))
            self.step += 1
            if self.step % LOG_EVERY == 0:
                self._report(sum(losses) / len(losses), time.monotonic() - started)
                started, losses = time.monotonic(), []
            if self.step % SAVE_EVERY == 0 or self.step == self.recipe.steps:
                self.save()

    def _batches(self) -> Iterator[Batch]:
        """The batches of the steps that remain."""
        made = Batches(self.recipe, self.mixture, self.encoder, self.step)
        yield from DataLoader(made, batch_size=None, num_workers=self.workers)

    def _step(self, encoded: Sequence[Encoded], answers: int) -> float:
        """One optimizer step; the mean loss per answer token."""
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = self.recipe.rate_at(self.step)
        total = 0.0
        size = -(-len(encoded) // MICROBATCHES)
        for start in range(0, len(encoded), size):
            loss, shown = self._loss(encoded[start : start + size], answers)
            loss.backward()  # type: ignore[no-untyped-call]
            total += shown
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        self.tokens += sum(len(one.ids) for one in encoded)
        return total

    def _loss(self, batch: Sequence[Encoded], answers: int) -> tuple[torch.Tensor, float]:
        """Weighted loss of a right-padded batch, divided by the step's answer tokens; and the answers' part alone.

        Right padding needs no attention mask: under causal attention no real token sees it, and its loss is zero.
        """
        ids, weights = (tensor.to(self.device) for tensor in pad(batch))
        with torch.autocast(self.device, dtype=torch.bfloat16):
            logits = self._forward(input_ids=ids[:, :-1]).logits
        losses = functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        flat = weights[:, 1:].flatten()
        return (losses * flat).sum() / answers, float((losses.detach() * (flat == 1)).sum() / answers)

    @torch.no_grad()
    def evaluate(self, items: Sequence[Item]) -> float:
        """Mean loss per answer token."""
        plain = Encoder(self.tokenizer, self.recipe.context)
        encoded, answers = encoded_items(plain, items, random.Random(self.recipe.seed))
        batches = (encoded[start : start + 32] for start in range(0, len(encoded), 32))
        return sum(self._loss(batch, answers)[1] for batch in batches)

    def _report(self, loss: float, seconds: float) -> None:
        line = {"step": self.step, "tokens": self.tokens, "loss": round(loss, 4), "seconds": round(seconds, 1)}
        if self.step % SAVE_EVERY == 0:
            line["held_out_patterns"] = round(self.evaluate(list(meeting_items(1, 96, held_out=True))), 4)
            line["natural"] = round(self.evaluate(self.mixture.development), 4)
        with (self.folder / "progress.jsonl").open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def save(self) -> None:
        """The model folder, in bfloat16 as it is shipped, and the training state, each replaced whole.

        The state comes last and alone decides where a run goes on: whatever a kill leaves of the model folder, the
        resumed run writes it again.
        """
        aside = self.folder / "model.tmp"
        shutil.rmtree(aside, ignore_errors=True)
        deepcopy(self.model).to(torch.bfloat16).save_pretrained(aside)
        self.tokenizer.save_pretrained(aside)
        # safetensors makes its files private to the user; a model is for whoever may read its folder.
        (aside / "model.safetensors").chmod((aside / "config.json").stat().st_mode)
        replace_folder(aside, self.folder / "model")
        state = {"optimizers": [one.state_dict() for one in self.optimizers], "model": self.model.state_dict()}
        state |= {"step": self.step, "tokens": self.tokens, "recipe": asdict(self.recipe)}
        torch.save(state, self.folder / "state.tmp")
        (self.folder / "state.tmp").replace(self.folder / STATE)

    def _resume(self) -> None:
        path = self.folder / STATE
        if not path.exists():
            return
        state = torch.load(path, map_location=self.device, weights_only=True)
        was, now = state["recipe"], asdict(self.recipe)
        changed = [name for name in now if name != "steps" and was[name] != now[name]]
        if changed:
            faults = [f"{name} was {was[name]}, is {now[name]}" for name in changed]
            raise ConfigError([*faults, f"{self.folder} holds a run: --set its own recipe, or give another --out"])
        self.model.load_state_dict(state["model"])
        for optimizer, kept in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(kept)
        self.step, self.tokens = state["step"], state["tokens"]


def encoded_items(encoder: Encoder, items: Sequence[Item], rng: random.Random) -> Batch:
    """The items that can be learned, shortest first, and how many answer tokens they have."""
    encoded = [one for item in items if (one := encoder.encode(item, rng))]
    encoded.sort(key=lambda one: len(one.ids))
    return encoded, sum(len(one.ids) - one.prompt for one in encoded)


def replace_folder(new: Path, target: Path) -> None:
    """Put `new` in the place of `target`; no moment shows a mixture of both."""
    old = target.with_name(f"{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.replace(old)
    new.replace(target)
    shutil.rmtree(old, ignore_errors=True)


def pad(batch: Sequence[Encoded]) -> tuple[torch.Tensor, torch.Tensor]:
    """(ids, loss weights), both of shape (batch, longest), padded on the right with id 0 and weight 0."""
    longest = max(len(one.ids) for one in batch)
    ids = torch.zeros((len(batch), longest), dtype=torch.long)
    weights = torch.zeros((len(batch), longest))
    for row, one in enumerate(batch):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        weights[row, : one.prompt] = CONTEXT_WEIGHT
        weights[row, one.prompt : len(one.ids)] = 1.0
    return ids, weights
