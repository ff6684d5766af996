"""Drafts measured by rules: what counts as kept, as invented, as a tone; and that verbatim copies do not win."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assent.errors import InputError
from assent.models import ScriptedEngine
from assent.training.evaluate import composing, drafts, facts, tones
from assent.training.evaluate.drafts import Drafted, Request

ITEM = {
    "id": "compose-b-001a",
    "kind": "compose",
    "split": "base",
    "instruction": "tell Priya the demo moves to thu 3pm, 12 people come, ask if she can",
    "thread": [],
    "me": "Dana",
    "tone": "friendly",
    "length": "short",
    "draft": "Hi Priya, the demo moves to Thursday 3 pm and twelve people are coming. Can you make it?",
    "facts": ["Priya", "Thursday", "3 pm"],
    "never": ["room 4"],
}
REQUEST = Request.model_validate(ITEM)


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("Thursday", "See you on Thu."),
        ("3 pm", "at 3pm sharp"),
        ("two boxes", "The 2 boxes came."),
        ("Mr Castellanos", "mr Castellanos's seat"),
        ("1,400", "all 1400 of them"),
        ("twelve guests", "Twelve guest rooms"),
    ],
)
def test_a_fact_is_kept_however_it_is_written(fact: str, text: str) -> None:
    assert facts.keeps(fact, text)


@pytest.mark.parametrize(("fact", "text"), [("14", "all 140"), ("pen 4", "pens 9 and 4"), ("Thursday", "Tuesday")])
def test_a_fact_is_lost_when_it_is_another(fact: str, text: str) -> None:
    assert not facts.keeps(fact, text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hi Priya, the demo is on Thursday at 3 pm for twelve.", []),
        ("The demo is in room 4.", ["room 4", "4"]),
        ("Hi Priya, the demo is on Friday.", ["friday"]),
        ("The demo is for fourteen.", ["fourteen"]),
        ("Hi, so Marcus moves the demo.", ["marcus"]),
        ("Both demos, so two of them.", []),
    ],
)
def test_what_the_request_does_not_give_is_invented(text: str, found: list[str]) -> None:
    assert facts.invented(text, REQUEST.source, REQUEST.never) == found


def test_a_misspelt_day_or_number_word_was_given() -> None:
    assert facts.invented("On Wednesday, for twelve.", "on Wensday for twelf") == []
    assert facts.invented("On Monday.", "on Sunday") == ["monday"]
    assert facts.invented("On Tuesday.", "on Thursday") == ["tuesday"], "alike, and another day"


def test_an_order_to_the_writer_is_no_message() -> None:
    assert facts.orders(REQUEST.instruction, REQUEST.instruction) == ["tell priya the", "ask if she"]
    assert facts.orders(REQUEST.draft, REQUEST.instruction) == []


@pytest.mark.parametrize(
    ("tone", "text", "other"),
    [
        ("formal", "Dear Dr. Osei, may I ask for the results?", "Hey, got the results?"),
        ("direct", "Send the report by noon.", "I was wondering if perhaps you might send the report by noon."),
        ("apologetic", "I'm sorry, the part is late.", "The part is late."),
        ("enthusiastic", "We did it, what a day!", "We did it."),
        ("friendly", "Hi Sam, thanks for the cake!", "The cake must be paid for."),
        ("neutral", "The cake is in the kitchen.", "The cake is here!! Eat!!"),
    ],
)
def test_a_tone_rule_accepts_its_own_and_refuses_another(tone: str, text: str, other: str) -> None:
    assert tones.has_tone(text, tone)
    assert not tones.has_tone(other, tone)


def test_the_bands_of_length_are_in_words() -> None:
    assert tones.has_length("one two three", "short") and not tones.has_length("one two", "short")
    assert tones.has_length(" ".join(["word"] * 60), "medium") and tones.has_length(" ".join(["word"] * 60), "long")


def test_final_and_raw_drafts_are_scored_beside_their_baselines() -> None:
    sibling = REQUEST.model_copy(update={"id": "compose-b-001b", "tone": "apologetic"})

    def composer(request: Request) -> Drafted:
        return Drafted("The demo is in room 4.", request.draft, "model" if request is REQUEST else "rules")

    found = drafts.evaluate([REQUEST, sibling], composer)
    assert found.scores["final drafts"]["facts kept"].value == 1.0
    assert found.scores["final drafts"]["tone as asked"].value == 0.5
    assert found.scores["final drafts"][drafts.ALL].value == 0.5
    assert found.scores["final drafts"][drafts.ALL].groups == 1, "two tones of one request are one unit"
    assert found.scores["raw model drafts"]["nothing invented"].value == 0.0
    assert found.scores["instruction verbatim"][drafts.SENT].value == 0.0
    assert found.scores["fixed text"]["facts kept"].value == 0.0
    assert found.written_by_model["all"].value == 0.5
    assert found.tones["friendly"] == (1.0, 1.0, 1)


def test_no_raw_figure_where_no_model_was_asked() -> None:
    found = drafts.evaluate([REQUEST], lambda request: Drafted(None, request.draft))
    assert found.scores["raw model drafts"] == {}


def test_our_composer_tells_what_the_model_first_wrote() -> None:
    write = composing.composer(ScriptedEngine(lambda _: "Nonsense of room 77."))
    first = write(REQUEST)
    assert first.raw == "Nonsense of room 77."
    assert "77" not in first.final and first.written_by == "rules"
    changed = {"kind": "rewrite", "text": "the demo is thu 3pm", "how": "improve"}
    assert write(REQUEST.model_copy(update=changed)).final


@pytest.mark.parametrize("change", [{"facts": None}, {"tone": "angry"}, {"kind": "poem"}])
def test_a_broken_item_is_one_clear_error(change: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(json.dumps(ITEM | change) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"items\.jsonl"):
        drafts.load([path])


def test_no_requests_is_an_error() -> None:
    with pytest.raises(InputError, match="no requests"):
        drafts.evaluate([], lambda request: Drafted(None, ""))
