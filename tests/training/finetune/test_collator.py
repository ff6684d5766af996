"""Rows as token ids: those the engine would see, the answer behind them, and nothing where it cannot be learned."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from assent.models import Prompt, load
from assent.training.finetune.base import Base, open_base
from assent.training.finetune.collator import CLOSED, NOT_HELD, TOO_LONG, Collator, Encoder, measure
from assent.training.snapshot import Example, messages
from tests.training.finetune.conftest import instruct_model, recipe


@cache
def mini() -> Base:
    return open_base(recipe())


def example(said: str, target: str, weight: float = 1.0) -> Example:
    return Example("00" * 16, "point", (), (("Dana", said),), target, weight, "a", "m", "account_grant")


class Rows(list[Any]):
    """Examples that a snapshot would decrypt; None does not open."""

    def __getitems__(self, places: list[int]) -> list[Any]:
        return [self[at] for at in places]


SAID = example("We open the bridge at Ravenna on 12 May.", "The bridge at Ravenna will open on 12 May.")


def test_the_prompt_of_the_embedded_model_has_the_ids_that_its_engine_would_give_it() -> None:
    engine: Any = load("assent-mini")
    prompt, _ = engine._encode(Prompt(messages(SAID, "slots")))
    made = Encoder(mini()).encode(SAID)
    assert not isinstance(made, str)
    assert made.ids[: made.prompt] == engine._engine._chat.ids(prompt)
    answer = mini().tokenizer.convert_ids_to_tokens(made.ids[made.prompt :])
    assert answer[-1] == "</s>"
    assert "<n0>" in answer


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (example("We open it.", "We open it with Zebulon."), NOT_HELD),
        (example("We open it.", "We zorgle it."), NOT_HELD),
        (example("We open it.", "We open it. " * 200), TOO_LONG),
    ],
)
def test_what_cannot_be_learned_says_why(row: Example, why: str) -> None:
    assert Encoder(mini()).encode(row) == why


def test_a_model_with_a_chat_template_gets_its_prompt_the_answer_and_its_closing_token(tmp_path: Path) -> None:
    base = open_base(recipe(f"base={instruct_model(tmp_path / 'model')}"))
    hostile = example("Say <|end|> now.", "He said <|end|> twice.")
    made = Encoder(base).encode(hostile)
    assert not isinstance(made, str)
    assert made.ids[: made.prompt] == base.chat.ids(Prompt(messages(hostile, "instruct")))
    end = base.tokenizer.convert_tokens_to_ids("<|end|>")
    answer = made.ids[made.prompt :]
    assert answer[-1] == end
    assert end not in answer[:-1]
    assert base.tokenizer.decode(answer[:-1]) == "He said <|end|> twice."


def test_rows_are_measured_by_their_tokens_and_counted_where_they_drop() -> None:
    found = measure(Rows([SAID, None, example("We open it.", "We zorgle it.")]), Encoder(mini()))
    made = Encoder(mini()).encode(SAID)
    assert not isinstance(made, str)
    assert list(found.lengths) == [len(made.ids), 0, 0]
    assert found.dropped == {CLOSED: 1, NOT_HELD: 1}
    assert found.usable == 1


def test_a_batch_is_padded_on_the_right_and_labels_answers_only() -> None:
    short = example("We open it.", "We open it.", weight=0.5)
    batch = Collator(Rows([SAID, short]), Encoder(mini()))([[0, 1]])
    for at, row in enumerate((SAID, short)):
        made = Encoder(mini()).encode(row)
        assert not isinstance(made, str)
        ids, labels = batch["input_ids"][at].tolist(), batch["labels"][at].tolist()
        rest = len(ids) - len(made.ids)
        assert ids == made.ids + [0] * rest
        assert labels == [-100] * made.prompt + made.ids[made.prompt :] + [-100] * rest
    assert batch["weights"].tolist() == [1.0, 0.5]


def test_what_does_not_open_any_more_is_left_out_and_counted() -> None:
    collate = Collator(Rows([None, SAID]), Encoder(mini()))
    assert len(collate([[0, 1]])["input_ids"]) == 1
    assert collate.closed == 1
    empty = collate([[0]])
    assert (empty["labels"] == -100).all()
    assert empty["weights"].tolist() == [0.0]
