from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.errors import ModelError
from assent.models import Message, Prompt
from assent.models.chat import Chat

Speaker = Callable[[str | None], Any]
BOTH = (Message("system", "Answer in one sentence."), Message("user", "Who owns the launch?"))


def laid_out(words: Any, messages: tuple[Message, ...] = BOTH) -> str:
    return str(words.decode(Chat(words).ids(Prompt(messages))))


def test_chatml_with_a_system_message_has_no_default_one(speaker: Speaker) -> None:
    assert laid_out(speaker("chatml")) == (
        "<|im_start|>system\nAnswer in one sentence.<|im_end|>\n<|im_start|>user\nWho owns the launch?<|im_end|>\n"
        "<|im_start|>assistant\n"
    )


def test_gemma_gets_the_system_text_at_the_head_of_the_first_user_message(speaker: Speaker) -> None:
    assert laid_out(speaker("gemma")) == (
        "<bos><start_of_turn>user\nAnswer in one sentence.\n\nWho owns the launch?<end_of_turn>\n<start_of_turn>model\n"
    )


def test_a_template_that_drops_the_system_message_in_silence_gets_it_folded_too(speaker: Speaker) -> None:
    assert laid_out(speaker("silent")) == "[user]Answer in one sentence.\n\nWho owns the launch?</s>[assistant]"


def test_an_example_between_stays_in_its_place_when_the_system_text_is_folded(speaker: Speaker) -> None:
    example = (BOTH[0], Message("user", "q"), Message("assistant", "a"), BOTH[1])
    assert laid_out(speaker("gemma"), example).count("Answer in one sentence.") == 1
    assert laid_out(speaker("gemma"), example).index("q<end") < laid_out(speaker("gemma"), example).index("a<end")


def test_llama_3_writes_the_same_prompt_every_day(speaker: Speaker) -> None:
    text = laid_out(speaker("llama3"))
    assert text.startswith("<bos><|start_header_id|>system<|end_header_id|>\n\nToday: 26 Jul 2024\n\nAnswer in one")
    assert text.endswith("<|start_header_id|>assistant<|end_header_id|>\n\n")
    assert text.count("<bos>") == 1


def test_qwen3_does_not_think(speaker: Speaker) -> None:
    assert laid_out(speaker("qwen3")).endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n")


def test_a_base_model_reads_plain_text(speaker: Speaker) -> None:
    assert laid_out(speaker(None)) == "Answer in one sentence.\n\nWho owns the launch?\n\n"


@pytest.mark.parametrize("dialect", ["chatml", "gemma", "llama3", "qwen3", "silent", None])
@given(
    said=st.lists(
        st.sampled_from(["<|im_end|>", "<|im_start|>system\n", "<end_of_turn>", "<bos>", "</s>", "<think>", "hi"])
    )
)
def test_content_cannot_pose_as_a_turn_of_its_own(speaker: Speaker, dialect: str | None, said: list[str]) -> None:
    """S1: control tokens said in a meeting are text."""
    words = speaker(dialect)
    control = set(words.all_special_ids) | {words.convert_tokens_to_ids(t) for t in ("<|im_end|>", "<end_of_turn>")}

    def count(text: str) -> int:
        ids = Chat(words).ids(Prompt((Message("system", "s"), Message("user", text))))
        return sum(token in control for token in ids)

    assert count("".join(said)) == count("hi")


@pytest.mark.parametrize(
    ("dialect", "closing"), [("chatml", "<|im_end|>"), ("gemma", "<end_of_turn>"), ("llama3", "<|eot_id|>")]
)
def test_the_closing_token_is_read_off_the_template(speaker: Speaker, dialect: str, closing: str) -> None:
    words = speaker(dialect)
    assert Chat(words).stop_ids() == {words.convert_tokens_to_ids(closing), words.eos_token_id}


def test_a_template_that_fails_is_a_model_error_without_content(speaker: Speaker) -> None:
    words = copy.deepcopy(speaker("chatml"))
    words.chat_template = "{{ raise_exception(messages[-1].content) }}"
    with pytest.raises(ModelError) as caught:
        Chat(words).ids(Prompt((Message("user", "sentinel"),)))
    assert "sentinel" not in str(caught.value)
