"""How long does a 60-minute meeting (10,000 words) take, beside plain one-by-one generate on the same prompts?

`make bench`, or `python benchmarks/summarize.py [--model NAME]`. The meeting is the invented test meetings in a row.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from assent.data.transcripts import Transcript, read
from assent.features.summarize import summarize
from assent.models import find, load
from assent.models.engine import Completion, Engine, ModelInfo, OnText, Prompt
from assent.models.slots import SlotCodec, SlotTable

MEETINGS = Path(__file__).parent.parent / "tests" / "data" / "meetings"
WORDS = 10_000


class Recorder:
    """An engine that passes prompts on and keeps them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.prompts: list[Prompt] = []

    @property
    def info(self) -> ModelInfo:
        return self._engine.info

    def count_tokens(self, prompt: Prompt) -> int:
        return self._engine.count_tokens(prompt)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        self.prompts += prompts
        return self._engine.complete(prompts, on_text=on_text, cancel=cancel)


def hour() -> Transcript:
    """The test meetings end to end, cut at 10,000 words."""
    turns, words = [], 0
    for path in sorted(MEETINGS.iterdir()):
        for turn in read(path).turns if path.name != "gold.json" else ():
            words += len(turn.text.split())
            if words <= WORDS:
                turns.append(turn)
    return Transcript(tuple(turns), title="An hour")


def plain(prompts: Sequence[Prompt], folder: Path) -> float:
    """Seconds that `generate` takes, fp32, one prompt after the other."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    codec = SlotCodec.load(folder)
    started = time.perf_counter()
    for prompt in prompts:
        table = SlotTable()
        messages = [{"role": m.role, "content": codec.encode_lines(m.content, table)} for m in prompt.messages]
        ids = tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_tensors="pt", return_dict=True)
        with torch.inference_mode():
            model.generate(**ids, max_new_tokens=prompt.max_new_tokens, do_sample=False)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="assent-mini")
    name = parser.parse_args().model
    engine, meeting = Recorder(load(name)), hour()
    summarize(Transcript(meeting.turns[:40]), engine=engine)  # warm up
    engine.prompts.clear()
    started = time.perf_counter()
    summarize(meeting, engine=engine)
    ours = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    folder = find(name).folder
    beside = plain(engine.prompts, folder) if folder else float("nan")
    print(f"{meeting.words} words, {len(meeting.turns)} turns, {len(engine.prompts)} prompts")
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}")
    print(f"assent summarize, everything included: {ours:.1f} s, peak memory {peak:.2f} GB")
    print(f"plain generate fp32, the same prompts one by one: {beside:.1f} s ({beside / ours:.2f} times as long)")


if __name__ == "__main__":
    main()
