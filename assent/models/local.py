"""Models run in this process by transformers, causal and sequence-to-sequence alike. It knows no hub and no feature."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    GenerationConfig,
    LogitsProcessorList,
    StoppingCriteriaList,
)
from transformers.utils import logging

from assent.errors import ContextOverflow, GenerationError, ModelError
from assent.models import safety
from assent.models.chat import Chat
from assent.models.decoding import Answers, Confidence, OnlyHeldSlots, SeededSampling
from assent.models.engine import Completion, Dialect, ModelInfo, OnText, Prompt, WritingMode

if TYPE_CHECKING:
    from assent.models.adapters import Verified

DType = Literal["auto", "float32", "bfloat16"]
BATCH_ROWS = 32
BATCH_TOKENS = 16_384
"""Prompt and answer tokens of a batch, padding included: bounds its memory."""
FALLBACK_CONTEXT = 2048
"""Where neither config nor tokenizer says."""


@dataclass(frozen=True, slots=True)
class _Job:
    index: int
    prompt: Prompt
    ids: list[int]


class TransformersEngine:
    """Runs a model folder. Greedy unless a prompt has a temperature; each prompt's samples come from its own seed."""

    def __init__(self, model: Any, tokenizer: Any, info: ModelInfo, chat: Chat) -> None:
        self._model, self._tokenizer, self._info, self._chat = model, tokenizer, info, chat
        self._stop_ids = _stop_ids(model, chat)
        self._pad_id = _pad_id(tokenizer, self._stop_ids)
        model.generation_config = _plain_config(model, self._stop_ids, self._pad_id)

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        name: str,
        revision: str,
        context: int | None = None,
        writing_mode: WritingMode = "writes",
        device: str | None = None,
        dtype: DType = "auto",
        adapter: Verified | None = None,
    ) -> TransformersEngine:
        """Load a folder of safetensors. Raises UnsafeModel before any of it is interpreted, ModelError if broken."""
        safety.check_folder(folder)
        where = device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            config = AutoConfig.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
            tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
            with _quietly():
                model = _weights(folder, config, _dtype(dtype, where)).to(where).eval()
        except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
            raise ModelError(f"{folder} cannot be loaded by transformers ({type(error).__name__})") from error
        if adapter:
            from assent.models.adapters.merging import merged

            model = merged(model, adapter)
        chat = Chat(tokenizer)
        info = ModelInfo(
            name=name,
            revision=revision,
            context=_context(config, tokenizer, context),
            dialect=_dialect(config),
            writing_mode=writing_mode,
            template_hash=safety.sha256(chat.template) if chat.template else None,
            adapter=adapter.name if adapter else None,
        )
        return cls(model, tokenizer, info, chat)

    @property
    def info(self) -> ModelInfo:
        return self._info

    def count_tokens(self, prompt: Prompt) -> int:
        return len(self._chat.ids(prompt))

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        jobs = [_Job(index, prompt, self._chat.ids(prompt)) for index, prompt in enumerate(prompts)]
        for job in jobs:
            self._check_fits(job)
        done: dict[int, Completion] = {}
        for batch in _batches(jobs):
            done.update(self._run(batch, on_text, cancel))
        return [done[job.index] for job in jobs]

    def _check_fits(self, job: _Job) -> None:
        needed = len(job.ids) + job.prompt.max_new_tokens
        if needed > self._info.context:
            raise ContextOverflow(
                f"prompt {job.index} needs {len(job.ids)} tokens and {job.prompt.max_new_tokens} for its answer;"
                f" {self._info.name} holds {self._info.context}: make the window smaller"
            )

    def _run(self, batch: list[_Job], on_text: OnText | None, cancel: Event | None) -> dict[int, Completion]:
        """One batch through the model."""
        ids, mask = self._padded([job.ids for job in batch])
        answers = Answers(
            self._tokenizer,
            [job.prompt for job in batch],
            [job.index for job in batch],
            stop_ids=self._stop_ids,
            on_text=on_text,
            cancel=cancel,
        )
        confidence = Confidence()
        if cancel is None or not cancel.is_set():
            self._generate(batch, ids, mask, answers, confidence)
        counts = [len(job.ids) for job in batch]
        return {job.index: c for job, c in zip(batch, answers.completions(counts, confidence), strict=True)}

    def _padded(self, rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, each (rows, longest row).

        A decoder goes on where its prompt ends, so padding stands before it; an encoder counts from its start.
        """
        longest = max(len(ids) for ids in rows)
        ids, mask = [], []
        for row in rows:
            padding, zeros, ones = [self._pad_id] * (longest - len(row)), [0] * (longest - len(row)), [1] * len(row)
            ids.append(row + padding if self._seq2seq else padding + row)
            mask.append(ones + zeros if self._seq2seq else zeros + ones)
        return torch.tensor(ids), torch.tensor(mask)

    def _generate(
        self, batch: list[_Job], ids: torch.Tensor, mask: torch.Tensor, answers: Answers, confidence: Confidence
    ) -> None:
        device = self._model.device
        try:
            with torch.inference_mode():
                self._model.generate(
                    input_ids=ids.to(device),
                    attention_mask=mask.to(device),
                    max_new_tokens=max(job.prompt.max_new_tokens for job in batch),
                    logits_processor=self._processors(batch, confidence),
                    stopping_criteria=StoppingCriteriaList([answers]),
                )
        except torch.OutOfMemoryError as error:
            raise GenerationError(f"{self._info.name} ran out of memory: use smaller windows") from error

    def _processors(self, batch: list[_Job], confidence: Confidence) -> LogitsProcessorList:
        processors = LogitsProcessorList()
        slots = getattr(self._model.config, "assent_slot_tokens", None)
        if slots:
            processors.append(OnlyHeldSlots(slots, [job.ids for job in batch]))
        processors.append(confidence)
        if any(job.prompt.temperature > 0 for job in batch):
            processors.append(SeededSampling([job.prompt for job in batch]))
        return processors

    @property
    def _seq2seq(self) -> bool:
        return bool(self._model.config.is_encoder_decoder)


@contextmanager
def _quietly() -> Iterator[None]:
    """No progress bar of weights: stderr belongs to the caller's progress."""
    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()  # type: ignore[no-untyped-call]


def _weights(folder: Path, config: Any, dtype: torch.dtype) -> Any:
    auto = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
    return auto.from_pretrained(
        folder,
        config=config,
        dtype=dtype,
        attn_implementation="sdpa",
        use_safetensors=True,
        trust_remote_code=False,
        local_files_only=True,
    )


def _dtype(wanted: DType, device: str) -> torch.dtype:
    """On a CPU batched decoding in bf16 is slower than in fp32 (0.9 times, measured); on a GPU it is the faster."""
    if wanted == "auto":
        return torch.bfloat16 if device.startswith("cuda") else torch.float32
    return torch.bfloat16 if wanted == "bfloat16" else torch.float32


def _dialect(config: Any) -> Dialect:
    return "slots" if getattr(config, "assent_slot_tokens", None) else "instruct"


def _context(config: Any, tokenizer: Any, wanted: int | None) -> int:
    """The smallest of what config, tokenizer and caller say. A tokenizer without a bound says 10 to the 30."""
    text = config.get_text_config()
    bounds = [getattr(text, key, None) for key in ("max_position_embeddings", "n_positions")]
    bounds += [tokenizer.model_max_length, wanted]
    known = [int(bound) for bound in bounds if bound and bound < 10**8]
    return min(known, default=FALLBACK_CONTEXT)


def _stop_ids(model: Any, chat: Chat) -> frozenset[int]:
    ids = chat.stop_ids()
    for config in (model.generation_config, model.config):
        eos = getattr(config, "eos_token_id", None)
        ids |= set(eos if isinstance(eos, list) else [eos]) - {None}
    return frozenset(ids)


def _pad_id(tokenizer: Any, stop_ids: frozenset[int]) -> int:
    return int(tokenizer.pad_token_id if tokenizer.pad_token_id is not None else min(stop_ids, default=0))


def _plain_config(model: Any, stop_ids: frozenset[int], pad_id: int) -> GenerationConfig:
    """Greedy, whatever temperature or beams the folder's own generation config asks for."""
    own = model.generation_config
    return GenerationConfig(  # type: ignore[no-untyped-call]
        do_sample=False,
        num_beams=1,
        eos_token_id=sorted(stop_ids) or None,
        pad_token_id=pad_id,
        bos_token_id=own.bos_token_id,
        decoder_start_token_id=own.decoder_start_token_id or getattr(model.config, "decoder_start_token_id", None),
        forced_bos_token_id=own.forced_bos_token_id,
    )


def _batches(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """Jobs of like length together, so that little is padding; each batch bounded by rows and by tokens."""
    batch: list[_Job] = []
    width = 0
    for job in sorted(jobs, key=lambda job: (len(job.ids) + job.prompt.max_new_tokens, job.index)):
        width = max(width, len(job.ids) + job.prompt.max_new_tokens)
        if batch and (len(batch) == BATCH_ROWS or width * (len(batch) + 1) > BATCH_TOKENS):
            yield batch
            batch, width = [], len(job.ids) + job.prompt.max_new_tokens
        batch.append(job)
    if batch:
        yield batch
