from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import torch

from assent.errors import ContextOverflow
from assent.models import Completion, Message, Prompt
from assent.models.local import TransformersEngine

Save = Callable[..., Path]
QUESTIONS = [
    "Who owns the launch?",
    "Ana: I will send the draft to Bo by Friday. Bo: thanks, that works for me.",
    "We decided to move the demo.",
    "thanks",
    "Bo: the demo is on Thursday at 3 pm, and Ana will send the draft by Friday to all of us, thanks.",
]
ARCHITECTURES = [
    ("llama", "chatml"),
    ("llama", "llama3"),
    ("llama", None),
    ("qwen3", "qwen3"),
    ("gemma3", "gemma"),
    ("t5", None),
    ("bart", None),
]


def engine(folder: Path, **settings: Any) -> TransformersEngine:
    return TransformersEngine.open(folder, name="tiny", revision="local", device="cpu", **settings)


def ask(text: str, **settings: Any) -> Prompt:
    return Prompt((Message("system", "Answer."), Message("user", text)), **{"max_new_tokens": 12, **settings})


@pytest.mark.parametrize(("architecture", "dialect"), ARCHITECTURES)
def test_a_batch_gives_what_each_prompt_gives_alone(save: Save, architecture: str, dialect: str | None) -> None:
    tiny = engine(save(architecture, dialect))
    prompts = [ask(text, max_new_tokens=6 + 3 * place) for place, text in enumerate(QUESTIONS)]
    together = tiny.complete(prompts)
    assert together == [tiny.complete([prompt])[0] for prompt in prompts]
    assert len({completion.text for completion in together}) > 1, "a model that says one thing proves nothing"
    assert [completion.prompt_tokens for completion in together] == [tiny.count_tokens(prompt) for prompt in prompts]


def test_greedy_answers_are_those_of_plain_generate(save: Save) -> None:
    tiny = engine(save("llama", "chatml"))
    prompt = ask(QUESTIONS[1])
    ids = torch.tensor([tiny._chat.ids(prompt)])
    plain = tiny._model.generate(input_ids=ids, attention_mask=torch.ones_like(ids), max_new_tokens=12)
    new = plain[0, ids.shape[1] :].tolist()
    assert tiny.complete([prompt])[0].text == tiny._tokenizer.decode(new, skip_special_tokens=True)


def test_batches_are_bounded_and_hold_like_lengths(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.models.local.BATCH_TOKENS", 120)
    tiny = engine(save())
    seen: list[list[int]] = []
    run = tiny._run

    def watched(batch: Any, *more: Any) -> dict[int, Completion]:
        seen.append([len(job.ids) + job.prompt.max_new_tokens for job in batch])
        return run(batch, *more)

    monkeypatch.setattr(tiny, "_run", watched)
    tiny.complete([ask(text) for text in QUESTIONS])
    flat = [size for batch in seen for size in batch]
    assert len(seen) > 1 and flat == sorted(flat)
    assert all(len(batch) == 1 or max(batch) * len(batch) <= 120 for batch in seen)


def test_a_prompt_over_the_context_is_refused_before_any_model_call(
    save: Save, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F3: the prompt and its answer fit the context, by the model's own tokenizer."""
    tiny = engine(save())
    monkeypatch.setattr(tiny._model, "generate", lambda **_: pytest.fail("the model was called"))
    fits = tiny.info.context - tiny.count_tokens(ask(QUESTIONS[0]))
    with pytest.raises(ContextOverflow) as caught:
        tiny.complete([ask("fine"), ask(QUESTIONS[0], max_new_tokens=fits + 1)])
    assert QUESTIONS[0] not in str(caught.value)


def test_a_prompt_that_just_fits_is_answered(save: Save) -> None:
    tiny = engine(save())
    fits = tiny.info.context - tiny.count_tokens(ask(QUESTIONS[0]))
    assert tiny.complete([ask(QUESTIONS[0], max_new_tokens=fits)])[0].completion_tokens <= fits


def test_the_context_is_the_smallest_bound(save: Save) -> None:
    assert engine(save()).info.context == 256
    assert engine(save(), context=100).info.context == 100


def test_an_answer_that_reaches_its_cap_says_length(save: Save) -> None:
    completion = engine(save()).complete([ask(QUESTIONS[0], max_new_tokens=3)])[0]
    assert (completion.stop_reason, completion.completion_tokens) == ("length", 3)


@pytest.mark.parametrize(
    ("dialect", "closing"), [("chatml", "<|im_end|>"), ("gemma", "<end_of_turn>"), ("llama3", "<|eot_id|>")]
)
def test_the_token_that_closes_a_turn_ends_the_answer(save: Save, dialect: str, closing: str) -> None:
    tiny = engine(save("llama", dialect))
    ended = force(tiny, tiny._tokenizer.convert_tokens_to_ids(closing), after=2)
    completion = ended.complete([ask(QUESTIONS[0])])[0]
    assert (completion.stop_reason, completion.completion_tokens) == ("end", 3)
    assert closing not in completion.text


def force(tiny: TransformersEngine, token: int, after: int) -> TransformersEngine:
    """The same engine, whose model says `token` once `after` tokens of an answer stand."""

    def forcing(batch: Any, confidence: Any) -> list[Any]:
        start = max(len(job.ids) for job in batch)

        def push(ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
            if ids.shape[1] == start + after:
                scores = torch.full_like(scores, float("-inf"))
                scores[:, token] = 0.0
            return scores

        return [push]

    tiny._processors = forcing  # type: ignore[method-assign,assignment]
    return tiny


def test_a_stop_string_ends_the_answer_before_it(save: Save) -> None:
    tiny = engine(save())
    whole = tiny.complete([ask(QUESTIONS[1], max_new_tokens=20)])[0].text
    stop = whole[6:9]
    pieces: list[str] = []
    cut = tiny.complete(
        [ask(QUESTIONS[1], max_new_tokens=20, stop=(stop,))], on_text=lambda _, text: pieces.append(text)
    )
    assert cut[0].stop_reason == "stop"
    assert cut[0].text == whole[: whole.index(stop)] == "".join(pieces)


def test_streamed_pieces_of_a_batch_add_up_to_the_answers(save: Save) -> None:
    tiny = engine(save())
    pieces = [""] * len(QUESTIONS)
    calls: list[int] = []

    def take(index: int, piece: str) -> None:
        pieces[index] += piece
        calls.append(index)

    completions = tiny.complete([ask(text) for text in QUESTIONS], on_text=take)
    assert pieces == [completion.text for completion in completions]
    assert completions == tiny.complete([ask(text) for text in QUESTIONS])
    assert len(calls) > 2 * len(QUESTIONS), "whole answers at the end are no stream"


def test_cancel_ends_running_answers_and_starts_no_more(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assent.models.local.BATCH_ROWS", 2)
    tiny = engine(save())
    cancel = Event()
    completions = tiny.complete(
        [ask(text, max_new_tokens=40) for text in QUESTIONS], on_text=lambda *_: cancel.set(), cancel=cancel
    )
    assert {completion.stop_reason for completion in completions} == {"cancelled"}
    tokens = [completion.completion_tokens for completion in completions]
    assert max(tokens) < 20 and tokens.count(0) == 3


def test_samples_come_from_the_prompts_own_seed_whatever_shares_its_batch(save: Save) -> None:
    tiny = engine(save())
    warm = ask(QUESTIONS[0], temperature=3.0, seed=5)
    alone = tiny.complete([warm])[0]
    assert tiny.complete([ask(QUESTIONS[4]), warm, ask(QUESTIONS[2], temperature=3.0, seed=9)])[1] == alone
    others = {tiny.complete([ask(QUESTIONS[0], temperature=3.0, seed=seed)])[0].text for seed in range(4)}
    assert len(others) > 1
    assert tiny.complete([ask(QUESTIONS[4]), warm])[0] == tiny.complete([ask(QUESTIONS[4])])[0]


def test_a_slot_that_the_prompt_does_not_hold_is_never_generated(save: Save) -> None:
    tiny = engine(save("llama", "slots"))
    assert tiny.info.dialect == "slots"
    slots = tiny._model.config.assent_slot_tokens
    with torch.no_grad():
        tiny._model.lm_head.weight[:] = 0.0
        tiny._model.model.norm.weight[:] = 1.0
        tiny._model.lm_head.weight[slots] = torch.randn(len(slots), 32)
    prompts = [ask("<n1> sends it"), ask("<n3> and <n0> meet"), ask("nobody")]
    held = [{"<n1>"}, {"<n3>", "<n0>"}, set()]
    for completion, allowed in zip(tiny.complete(prompts), held, strict=True):
        said = {f"<n{number}>" for number in range(4) if f"<n{number}>" in completion.text}
        assert said <= allowed
    assert any("<n" in completion.text for completion in tiny.complete(prompts)), "the model wants to say slots"


def test_a_folders_own_sampling_settings_do_not_make_greedy_answers_random(save: Save, tmp_path: Path) -> None:
    import json
    import shutil

    folder = tmp_path / "warm"
    shutil.copytree(save(), folder)
    (folder / "generation_config.json").write_text(
        json.dumps({"do_sample": True, "temperature": 5.0, "top_k": 50, "eos_token_id": [2, 4], "num_beams": 2})
    )
    assert engine(folder).complete([ask(QUESTIONS[1])]) == engine(save()).complete([ask(QUESTIONS[1])])


def test_no_prompts_give_no_completions(save: Save) -> None:
    assert engine(save()).complete([]) == []
