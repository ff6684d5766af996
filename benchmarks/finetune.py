"""Tokens a second of LoRA, beside plain Trainer + peft in float32 and trl's SFTTrainer: same rows, same model, one run.

`python benchmarks/finetune.py [--steps N] [--repeats N] [--threads N] [--width N] [--layers N]`. The model is a
Llama with random weights (15 million by default), the rows are random ids with lengths like those of prompts and
answers. Tokens are those of the rows; padding does not count. Each way runs `--repeats` times, in turn, and its best
time counts, because other work on the machine only ever slows one down. trl is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from transformers import LlamaConfig, LlamaForCausalLM, PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from assent.training.finetune import resolve
from assent.training.finetune.base import adapted
from assent.training.finetune.collator import Collator, Encoded
from assent.training.finetune.schedule import schedule
from assent.training.finetune.trainer import Passes, WeightedTrainer
from assent.training.snapshot import Example

VOCABULARY = 16_384
BATCH, PASSES = 16, 2
LONGEST = 512


class Timed(TrainerCallback):
    """Seconds from the end of the first step, which warms up, to the end of the last."""

    def __init__(self) -> None:
        self.ends: list[float] = []

    def on_step_end(self, *_: Any, **__: Any) -> None:
        self.ends.append(time.perf_counter())

    @property
    def seconds(self) -> float:
        return self.ends[-1] - self.ends[0]


class Rows(list[Any]):
    """What stands in for a snapshot: rows in the clear, already ids."""

    def __getitems__(self, places: list[int]) -> list[Any]:
        return [self[at] for at in places]


class Row:
    def __init__(self, made: Encoded) -> None:
        self.made, self.weight = made, 1.0


class Ready:
    """An encoder with nothing to do."""

    def encode(self, example: Example) -> Encoded:
        return example.made  # type: ignore[attr-defined,no-any-return]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=4, help=f"optimizer steps of {BATCH} rows that are timed")
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--width", type=int, default=320)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    warnings.simplefilter("ignore")
    rows = made(random.Random(wanted.seed), BATCH * (wanted.steps + 1))
    ways: dict[str, Callable[..., float]] = {"Trainer + peft, float32": plain, "assent": ours}
    if find_spec("trl"):
        ways |= {"trl SFTTrainer, bfloat16": trl, "trl SFTTrainer, float32": trl_float32}
    else:
        print("trl is not installed: its column is left out")
    best = dict.fromkeys(ways, 0.0)
    for _ in range(wanted.repeats):
        for name, way in ways.items():
            rate = way(rows, wanted)
            best[name] = max(best[name], rate)
            print(f"  {name}: {rate:.0f} tokens/s", flush=True)
    report(best, rows, wanted)


def report(best: dict[str, float], rows: list[Encoded], wanted: Any) -> None:
    ours_ = best["assent"]
    size = sum(one.numel() for one in model(wanted).parameters()) / 1e6
    print(f"\n{size:.0f} million weights, {len(rows)} rows, {wanted.threads} threads, load {os.getloadavg()[0]:.1f}")
    for name, rate in best.items():
        print(f"{name:<26} {rate:8.0f} tokens/s   assent is {ours_ / rate:.2f} times that")


def made(rng: random.Random, count: int) -> list[Encoded]:
    """Prompts of 60 to 450 tokens, answers of 20 to 60: about what a statement's prompt and sentence take."""
    rows = []
    for _ in range(count):
        prompt, answer = round(rng.triangular(60, 450, 300)), rng.randint(20, 60)
        rows.append(Encoded([rng.randrange(VOCABULARY) for _ in range(prompt + answer)], prompt))
    return rows


def model(wanted: Any, dtype: torch.dtype = torch.float32) -> Any:
    torch.manual_seed(wanted.seed)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=wanted.width,
        intermediate_size=3 * wanted.width,
        num_hidden_layers=wanted.layers,
        num_attention_heads=wanted.width // 64,
        num_key_value_heads=wanted.width // 64,
        max_position_embeddings=LONGEST,
        tie_word_embeddings=True,
    )
    return LlamaForCausalLM(config).to(dtype)


def arguments(kind: Any, folder: str, wanted: Any, rows: int, passes: int, **more: Any) -> Any:
    return kind(
        output_dir=folder,
        max_steps=wanted.steps + 1,
        per_device_train_batch_size=rows,
        gradient_accumulation_steps=passes,
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        use_cpu=True,
        logging_strategy="no",
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        **more,
    )


def run(trainer: Any) -> None:
    trainer.remove_callback(PrinterCallback)
    trainer.train()


def ours(rows: list[Encoded], wanted: Any) -> float:
    from assent.training.finetune.base import dtype

    recipe = resolve(None, ["rank=16"]).recipe
    lengths = [len(row.ids) for row in rows]
    plan = schedule([f"{at:032x}" for at in range(len(rows))], lengths, seed=0, epochs=1, batch=BATCH, passes=PASSES)
    timed, collate = Timed(), Collator(Rows(map(Row, rows)), Ready())  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        trainer = WeightedTrainer(
            model=adapted(model(wanted, dtype(recipe)), recipe),
            args=arguments(TrainingArguments, folder, wanted, 1, PASSES, train_sampling_strategy="sequential"),
            data_collator=collate,
            train_dataset=Passes(plan.passes),
            callbacks=[timed],
            run={},
            unseen=[],
            unseen_batch=collate,
        )
        run(trainer)
    shown = [at for one in plan.passes[PASSES:] for at in one]
    return sum(lengths[at] for at in shown) / timed.seconds


def plain(rows: list[Encoded], wanted: Any) -> float:
    """As the documentation of peft has it: rows as they come, padded to the longest of their pass."""
    timed = Timed()
    items = [{"input_ids": row.ids, "attention_mask": [1] * len(row.ids), "labels": labels(row)} for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        args = arguments(
            TrainingArguments, folder, wanted, BATCH // PASSES, PASSES, train_sampling_strategy="sequential"
        )
        run(Trainer(model=theirs(wanted), args=args, train_dataset=items, data_collator=padded, callbacks=[timed]))
    return sum(len(row.ids) for row in rows[BATCH:]) / timed.seconds


def trl(rows: list[Encoded], wanted: Any, dtype: torch.dtype = torch.bfloat16) -> float:
    """No checkpointing, the loss on the answers, rows grouped by length: as fast as it goes on a CPU.

    Packing and padding-free batches need a kernel of a GPU. Which rows the first step took is the sampler's business,
    so the tokens of the timed steps are their share of all.
    """
    from datasets import Dataset
    from trl import SFTConfig, SFTTrainer

    timed = Timed()
    data = Dataset.from_dict({"input_ids": [row.ids for row in rows], "labels": [labels(row) for row in rows]})
    with tempfile.TemporaryDirectory() as folder:
        args = arguments(
            SFTConfig,
            folder,
            wanted,
            BATCH // PASSES,
            PASSES,
            bf16=dtype == torch.bfloat16,
            gradient_checkpointing=False,
            max_length=LONGEST,
            train_sampling_strategy="group_by_length",
            dataset_kwargs={"skip_prepare_dataset": True},
        )
        trainer = SFTTrainer(
            model=model(wanted, dtype),
            args=args,
            train_dataset=data,
            processing_class=tokenizer(Path(folder)),
            peft_config=lora_config(),
            callbacks=[timed],
        )
        run(trainer)
    return sum(len(row.ids) for row in rows) * wanted.steps / (wanted.steps + 1) / timed.seconds


def trl_float32(rows: list[Encoded], wanted: Any) -> float:
    return trl(rows, wanted, torch.float32)


def theirs(wanted: Any) -> Any:
    import peft

    return peft.get_peft_model(model(wanted), lora_config())


def lora_config() -> Any:
    import peft

    return peft.LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")


def labels(row: Encoded) -> list[int]:
    return [-100] * row.prompt + row.ids[row.prompt :]


def padded(items: list[dict[str, Any]]) -> dict[str, torch.Tensor]:
    longest = max(len(one["input_ids"]) for one in items)
    blank = {"input_ids": 0, "attention_mask": 0, "labels": -100}
    return {
        name: torch.tensor([one[name] + [value] * (longest - len(one[name])) for one in items])
        for name, value in blank.items()
    }


def tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = {"<pad>": 0, "</s>": 1} | {f"w{at}": at for at in range(2, VOCABULARY)}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(words, "<pad>")), pad_token="<pad>", eos_token="</s>"
    )


if __name__ == "__main__":
    main()
