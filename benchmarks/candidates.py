"""Which architecture makes the better embedded model in the same time on the same core?

    python benchmarks/candidates.py llama|cross --corpora FOLDER --compose FOLDER [--minutes 24] [--encoder FOLDER]

`llama` is what ships: a decoder that reads the prompt as slot text. `cross` is a decoder that attends to the frozen
all-MiniLM-L6-v2 (from `--encoder`, a folder that transformers loads), whose outputs are computed once for each text and
kept: what it attends to is, for each token of the prompt, the encoder's output for that word, projected, plus the
token's own embedding, so that it copies slots as the other does. Same items in the same order, vocabulary, optimizers
and schedule; the rate falls by the clock, and the encoder's time counts. Both are then asked for items that neither was
trained on, greedily, with the prompt's slots alone allowed. Start the two at once, each on a core of its own
(`taskset -c 0`, `OMP_NUM_THREADS=1`).
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import nn
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer, PreTrainedTokenizerFast

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from assent.features.prompts import tagged  # noqa: E402
from assent.models.slots import SLOT_TOKENS, SlotCodec, SlotTable  # noqa: E402
from assent.models.slots.codec import LABEL  # noqa: E402
from assent.training.pretrain.encode import CONTEXT_WEIGHT, Encoder  # noqa: E402
from assent.training.pretrain.items import NONE, Item  # noqa: E402
from assent.training.pretrain.mixture import Mixture  # noqa: E402
from assent.training.pretrain.quality import UNSEEN, wilson  # noqa: E402
from assent.training.pretrain.recipe import Recipe, build_model, optimizers  # noqa: E402
from assent.training.pretrain.run import HIDDEN  # noqa: E402

SHIPPED = ROOT / "assent" / "models" / "assent_mini"
BATCH, MICROBATCH, WARMUP, DECAY = 48, 12, 40, 0.4
MOST_NEW = 100
SEED, ASKED = 77, 200


@dataclass(frozen=True, slots=True)
class Example:
    """`words` are the pieces of text behind the prompt, `spans` which of them each token of the prompt stands for."""

    prompt: list[int]
    answer: list[int]
    words: tuple[str, ...]
    spans: list[tuple[int, int]]
    task: str


class Tracing(SlotCodec):
    """A codec that keeps which pieces of text each token of a prompt stands for."""

    def __init__(self, vocabulary: frozenset[str]) -> None:
        super().__init__(vocabulary)
        self.words: list[str] = []
        self.spans: list[tuple[int, int]] = []

    def _note(self, tokens: str, pieces: Sequence[str]) -> None:
        start = len(self.words)
        self.words += pieces
        self.spans += [(start, len(self.words))] * len(tokens.split())

    def _next(self, pieces: list[str], index: int, starts: bool, table: SlotTable) -> tuple[str, int]:
        token, length = super()._next(pieces, index, starts, table)
        self._note(token, pieces[index : index + length])
        return token, length

    def _line(self, line: str, table: SlotTable) -> str:
        if self.spans:
            self._note("<nl>", ())
        match = LABEL.match(line)
        before = len(self.spans)
        text = super()._line(line, table)
        missing = len(text.split()) - (len(self.spans) - before)
        if match and missing:  # the label's slot and its colon, which are not encoded as running text
            at = self.spans[before][0] if len(self.spans) > before else len(self.words)
            self.words[at:at] = [match[1], ":"]
            moved = [(first + 2, last + 2) for first, last in self.spans[before:]]
            self.spans[before:] = [(at, at + 1), (at + 1, at + 2), *moved]
        return text


class Examples(Encoder):
    """Items as examples, words hidden as in training."""

    def example(self, item: Item, rng: random.Random) -> Example | None:
        codec, table = Tracing(self._codec_for(item, rng).vocabulary), SlotTable(rng)
        system, user = tagged(item.task, item.lines, item.style)
        style = self._codec.encode(system.content, table).split()
        text = codec.encode_lines(user.content, table).split()
        words, spans = tuple(codec.words), [(0, 0)] * (len(style) + 2) + list(codec.spans) + [(0, 0)]
        answer = codec.encode_answer(item.target, table)
        tokens = ["<task>", *style, "<ctx>", *text, "<out>"]
        if answer is None or len(tokens) + len(answer.split()) >= self._context:
            return None
        ids = self._ids(tokens)
        assert len(spans) == len(ids), (len(spans), len(ids))
        return Example(ids, self._ids([*answer.split(), "</s>"]), words, spans, item.task)

    def _ids(self, tokens: Sequence[str]) -> list[int]:
        return [self._vocabulary.get(token, self._vocabulary["<unk>"]) for token in tokens]


class Candidate(Protocol):
    module: nn.Module

    def losses(self, batch: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
        """Summed loss to learn from, and summed loss of the answers alone."""
        ...

    def answers(self, batch: Sequence[Example], allowed: torch.Tensor) -> list[list[int]]:
        """Greedy answers; `allowed` is (batch, vocabulary)."""
        ...


def right_padded(rows: Sequence[Sequence[float]], value: int = 0) -> torch.Tensor:
    return nn.utils.rnn.pad_sequence([torch.tensor(row) for row in rows], batch_first=True, padding_value=value)


class Llama:
    def __init__(self, tokenizer: PreTrainedTokenizerFast) -> None:
        self.module = build_model(Recipe(), tokenizer)
        self.module.set_attn_implementation("eager")

    def losses(self, batch: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
        ids = right_padded([[*one.prompt, *one.answer] for one in batch])
        weights = right_padded([[CONTEXT_WEIGHT] * len(one.prompt) + [1.0] * len(one.answer) for one in batch])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.module(input_ids=ids[:, :-1]).logits
        each = functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        flat = weights[:, 1:].flatten()
        return (each * flat).sum(), (each.detach() * (flat == 1)).sum()

    def answers(self, batch: Sequence[Example], allowed: torch.Tensor) -> list[list[int]]:
        found = []
        for one, mask in zip(batch, allowed, strict=True):
            ids, cache = torch.tensor([one.prompt]), None
            written: list[int] = []
            while len(written) < MOST_NEW:
                out = self.module(input_ids=ids, past_key_values=cache, use_cache=True)
                cache, token = out.past_key_values, int(out.logits[0, -1].masked_fill(~mask, -1e9).argmax())
                if token == self.module.config.eos_token_id:
                    break
                written.append(token)
                ids = torch.tensor([[token]])
            found.append(written)
        return found


class Sentences:
    """The frozen encoder: (words, 384) for the words of a text, computed once."""

    def __init__(self, folder: Path) -> None:
        self._model, self._tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
        self.width = self._model.config.hidden_size
        self._kept: dict[tuple[str, ...], torch.Tensor] = {}

    @torch.no_grad()
    def __call__(self, texts: Sequence[tuple[str, ...]]) -> list[torch.Tensor]:
        missing = sorted({text for text in texts if text not in self._kept}, key=len)
        for start in range(0, len(missing), 16):
            self._encode(missing[start : start + 16])
        return [self._kept[text].float() for text in texts]

    def _encode(self, texts: Sequence[tuple[str, ...]]) -> None:
        given = self._tokenizer(
            [list(text) for text in texts], is_split_into_words=True, padding=True, truncation=True, return_tensors="pt"
        )
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self._model(**given).last_hidden_state
        for row, text in enumerate(texts):
            places = [-1 if word is None else word for word in given.word_ids(row)]
            index = torch.tensor(places) + 1
            summed = torch.zeros(len(text) + 1, self.width).index_add_(0, index, states[row].float())
            counts = torch.zeros(len(text) + 1).index_add_(0, index, torch.ones(len(places)))
            self._kept[text] = (summed / counts.clamp(min=1)[:, None])[1:].to(torch.bfloat16)


class CrossDecoder(nn.Module):
    """A pre-norm transformer decoder with tied embeddings over memories of encoder outputs and token embeddings."""

    def __init__(self, size: int, seen: int, recipe: Recipe, layers: int) -> None:
        super().__init__()
        width = recipe.width
        self.embed = nn.Embedding(size, width)
        self.embed_places = nn.Embedding(recipe.context, width)
        self.seen, self.project, self.memory = nn.LayerNorm(seen), nn.Linear(seen, width), nn.LayerNorm(width)
        for weight, std in (
            (self.embed.weight, 1.0),
            (self.embed_places.weight, 1.0),
            (self.project.weight, seen**-0.5),
        ):
            nn.init.normal_(weight, std=0.02 * std)  # words, places and slots weigh the same in the memory at first
        layer = nn.TransformerDecoderLayer(
            width,
            recipe.heads,
            3 * recipe.hidden // 2,
            dropout=0.0,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerDecoder(layer, layers, nn.LayerNorm(width))

    def remember(self, ids: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        return self.memory(self.embed(ids) + self.project(self.seen(seen)) + self.embed_places.weight[: ids.shape[1]])

    def forward(self, ids: torch.Tensor, memory: torch.Tensor, padding: torch.Tensor) -> torch.Tensor:
        length = ids.shape[1]
        causal = torch.ones(length, length, dtype=torch.bool).triu(1)
        states = self.embed(ids) + self.embed_places.weight[:length]
        states = self.layers(states, memory, tgt_mask=causal, memory_key_padding_mask=padding)
        return states @ self.embed.weight.T


class Cross:
    LAYERS = 5
    """As many weights as the other has, about."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, encoder: Path) -> None:
        torch.manual_seed(Recipe().seed)
        self._sentences = Sentences(encoder)
        self.module = CrossDecoder(len(tokenizer), self._sentences.width, Recipe(), self.LAYERS)
        self._start, self._end = tokenizer.convert_tokens_to_ids(["<out>", "</s>"])

    def _memory(self, batch: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
        rows = []
        for one, states in zip(batch, self._sentences([one.words for one in batch]), strict=True):
            empty = torch.zeros(self._sentences.width)
            rows.append(torch.stack([states[a:b].mean(0) if b > a else empty for a, b in one.spans]))
        ids, padding = (
            right_padded([one.prompt for one in batch]),
            right_padded([[0] * len(one.prompt) for one in batch], 1),
        )
        return self.module.remember(ids, nn.utils.rnn.pad_sequence(rows, batch_first=True)), padding == 1

    def losses(self, batch: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
        ids = right_padded([[self._start, *one.answer] for one in batch])
        weights = right_padded([[1.0] * len(one.answer) for one in batch])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            memory, padding = self._memory(batch)
            logits = self.module(ids[:, :-1], memory, padding)
        each = functional.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        total = (each * weights.flatten()).sum()
        return total, total.detach()

    def answers(self, batch: Sequence[Example], allowed: torch.Tensor) -> list[list[int]]:
        memory, padding = self._memory(batch)
        ids = torch.full((len(batch), 1), self._start)
        while ids.shape[1] <= MOST_NEW and not (ids == self._end).any(1).all():
            logits = self.module(ids, memory, padding)[:, -1].masked_fill(~allowed, -1e9)
            ids = torch.cat([ids, logits.argmax(-1, keepdim=True)], 1)
        rows = [row.tolist()[1:] for row in ids]
        return [row[: row.index(self._end)] if self._end in row else row for row in rows]


def train(candidate: Candidate, examples: Examples, mixture: Mixture, seconds: float) -> dict[str, Any]:
    """Steps until the time is up; the rate falls over its last part."""
    recipe, started, step, tokens = Recipe(), time.monotonic(), 0, 0
    tuned = optimizers(recipe, candidate.module)  # type: ignore[arg-type]
    while (spent := time.monotonic() - started) < seconds:
        left = (1 - spent / seconds) / DECAY
        for group in (group for one in tuned for group in one.param_groups):
            group["lr"] = recipe.rate * min(1.0, (step + 1) / WARMUP, left)
        items, rng = mixture.batch(step, BATCH)
        batch = sorted((one for item in items if (one := examples.example(item, rng))), key=lambda one: len(one.prompt))
        answers, shown = sum(len(one.answer) for one in batch), 0.0
        for start in range(0, len(batch), MICROBATCH):
            loss, alone = candidate.losses(batch[start : start + MICROBATCH])
            (loss / answers).backward()
            shown += float(alone)
        nn.utils.clip_grad_norm_(candidate.module.parameters(), 1.0)
        for one in tuned:
            one.step()
            one.zero_grad(set_to_none=True)
        step, tokens = step + 1, tokens + sum(len(one.prompt) + len(one.answer) for one in batch)
        if step % 20 == 0:
            print(f"step {step} tokens {tokens} loss {shown / answers:.3f} {spent:.0f} s", file=sys.stderr, flush=True)
    return {"steps": step, "tokens": tokens, "seconds": round(time.monotonic() - started)}


@torch.no_grad()
def measure(
    candidate: Candidate, examples: Examples, mixture: Mixture, tokenizer: PreTrainedTokenizerFast
) -> Iterator[dict[str, Any]]:
    """For each kind of unseen items: loss an answer token, and the share with the target's slots, all and no other."""
    slots = set(tokenizer.convert_tokens_to_ids(list(SLOT_TOKENS)))
    kinds = {kind: [item for item in made(SEED, ASKED) if item.target != NONE] for kind, made in UNSEEN.items()}
    natural = [item for item in mixture.development if item.target != NONE]
    kinds["natural statements"] = [item for item in natural if item.style == ()]
    kinds["natural messages"] = [item for item in natural if item.style != ()]
    for kind, items in kinds.items():
        rng = random.Random(SEED)
        chosen = [one for item in items if (one := examples.example(item, rng))][:ASKED]
        losses = [float(candidate.losses([one])[1]) for one in chosen]
        allowed = torch.ones(len(chosen), len(tokenizer), dtype=torch.bool)
        for row, one in enumerate(chosen):
            allowed[row, sorted(slots - set(one.prompt))] = False
        said = [
            answer
            for start in range(0, len(chosen), 25)
            for answer in candidate.answers(chosen[start : start + 25], allowed[start : start + 25])
        ]
        right = [set(answer) & slots == set(one.answer) & slots for answer, one in zip(said, chosen, strict=True)]
        low, high = wilson(sum(right), len(right))
        tokens = sum(len(one.answer) for one in chosen)
        yield {
            "kind": kind,
            "items": len(chosen),
            "loss": round(sum(losses) / tokens, 3),
            "facts": round(sum(right) / len(right), 3),
            "interval": [round(low, 3), round(high, 3)],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candidate", choices=("llama", "cross"))
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--compose", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, help="a folder of all-MiniLM-L6-v2")
    parser.add_argument("--minutes", type=float, default=24)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    if asked.candidate == "cross" and not asked.encoder:
        parser.error("cross needs --encoder, a folder of all-MiniLM-L6-v2")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(SHIPPED)
    torch.manual_seed(Recipe().seed)
    candidate: Candidate = Llama(tokenizer) if asked.candidate == "llama" else Cross(tokenizer, asked.encoder)
    mixture = Mixture.load(asked.corpora, asked.compose, Recipe().seed)
    run = train(candidate, Examples(tokenizer, Recipe().context, HIDDEN), mixture, asked.minutes * 60)
    run["weights"] = sum(one.numel() for one in candidate.module.parameters())
    rows = []
    for row in measure(candidate, Examples(tokenizer, Recipe().context), mixture, tokenizer):
        rows.append(row)
        print(json.dumps(row), flush=True)
    print(json.dumps(run))
    if asked.out:
        asked.out.write_text(json.dumps({"candidate": asked.candidate, **run, "scores": rows}, indent=2) + "\n")


if __name__ == "__main__":
    main()
