"""Drafts of messages: who wrote them, what they hold, and their life until a person accepts one."""

from __future__ import annotations

from threading import Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.errors import Cancelled, InputError
from assent.features.compose import LENGTHS, MARK, TONES, compose, reply, rewrite
from assent.models import ModelInfo, Prompt, ScriptedEngine

SLOTS = ModelInfo("assent-mini", "embedded", context=512, dialect="slots")


def silent() -> ScriptedEngine:
    """A model that says nothing, so that the rules write."""
    return ScriptedEngine(lambda _: "", info=SLOTS)


def saying(text: str) -> ScriptedEngine:
    return ScriptedEngine(lambda _: text, info=SLOTS)


ASK = "tell priya the demo moves to thu 3 pm"


def test_a_sound_model_draft_is_the_models() -> None:
    drafts = compose(ASK, tone="friendly", engine=saying("Hi Priya, the demo moves to Thursday at 3 pm."))
    assert drafts.drafts[0].written_by == "model"
    assert drafts.drafts[0].text == "Hi Priya, the demo moves to Thursday at 3 pm."


@pytest.mark.parametrize(
    "invention",
    [
        "Hi Priya, the demo moves to Friday at 3 pm.",
        "Hi Priya, the demo moves to Thursday at 4 pm.",
        "Hi Priya, Omar says the demo moves to Thursday at 3 pm.",
        "Hi Priya, the demo moves to Thursday at 3 pm. I'll book the room.",
        "Hi Priya, the demo moves soon.",
    ],
)
def test_a_draft_that_invents_or_loses_something_is_replaced_by_rules(invention: str) -> None:
    """F12: no commitment, name, number or date that neither instruction nor thread holds."""
    drafts = compose(ASK, engine=saying(invention))
    assert [draft.written_by for draft in drafts.drafts] == ["rules"]
    assert drafts.drafts[0].text == "Hi Priya, the demo moves to Thursday 3 pm."


def test_a_draft_in_the_wrong_tone_is_put_right_by_courtesies() -> None:
    drafts = compose(ASK, tone="formal", engine=saying("Hi Priya, it's the demo: it moves to Thursday at 3 pm!"))
    assert drafts.drafts[0].written_by == "model"
    assert drafts.drafts[0].text == "Dear Priya, it is the demo: it moves to Thursday at 3 pm."


def test_the_json_has_exactly_the_promised_keys() -> None:
    data = compose(ASK, engine=silent()).json()
    assert set(data) == {"drafts", "model", "adapter"}
    assert [set(draft) for draft in data["drafts"]] == [{"text", "written_by", "slots"}]
    assert data["drafts"][0]["slots"] == {"name1": "Priya", "day1": "Thursday", "number1": "3"}


def test_the_printed_draft_is_marked_as_written_by_ai() -> None:
    """F12: marked as AI-written."""
    drafts = compose(ASK, engine=silent())
    assert MARK in str(drafts) and drafts.drafts[0].ai_marked


def test_the_embedded_model_gets_a_tag_and_the_lines_and_nothing_else() -> None:
    engine = silent()
    compose("say yes", thread=[("Omar", "Can you take notes?")], me="Lena", tone="direct", engine=engine)
    system, user = engine.prompts[0].messages
    assert system.content == "reply direct short"
    assert user.content == "Omar: Can you take notes?\nme: Lena\ninstruction: say yes"


def test_an_instruct_model_gets_rules_one_example_and_the_lines() -> None:
    engine = ScriptedEngine(lambda _: "")
    compose("tell Omar the van is back", engine=engine)
    roles = [message.role for message in engine.prompts[0].messages]
    assert roles == ["system", "user", "assistant", "user"]
    assert engine.prompts[0].messages[-1].content == "instruction: tell Omar the van is back"


def test_a_model_that_may_only_quote_is_not_asked() -> None:
    engine = ScriptedEngine(lambda _: "x", info=ModelInfo("weak", "1", context=512, writing_mode="quotes"))
    assert compose(ASK, engine=engine).drafts[0].written_by == "rules"
    assert engine.prompts == []


def test_several_drafts_differ() -> None:
    texts = iter(["Hi Priya, the demo moves to Thursday at 3 pm.", "Priya, the demo is moving to Thursday, 3 pm."] * 9)
    drafts = compose(ASK, n=2, engine=ScriptedEngine(lambda _: next(texts), info=SLOTS)).drafts
    assert len({draft.text for draft in drafts}) == 2


def test_missing_drafts_are_filled_by_rules_and_say_so() -> None:
    answers = iter(["Hi Priya, the demo moves to Thursday at 3 pm."])
    engine = ScriptedEngine(lambda _: next(answers, ""), info=SLOTS)
    assert [draft.written_by for draft in compose(ASK, n=2, engine=engine).drafts] == ["model", "rules"]


def test_a_reply_names_what_it_answers() -> None:
    thread = [("Renske", "Is the label printer in bay 2 fixed?")]
    text = reply("no, still waiting on parts", thread, me="Milo", engine=silent()).drafts[0].text
    assert "Renske" in text and "bay 2" in text and "parts" in text


def test_a_bare_yes_takes_up_what_was_asked() -> None:
    thread = [("Omar", "Can you send me your slides?")]
    text = reply("yes", thread, me="Lena", tone="direct", engine=silent()).drafts[0].text
    assert "yes, I can send you my slides" in text


def test_a_reply_without_a_thread_is_refused() -> None:
    with pytest.raises(InputError, match="thread"):
        reply("say yes", [], engine=silent())


def test_what_must_not_be_mentioned_is_not_mentioned() -> None:
    text = compose("tell Ana the launch is on 4 May, don't mention the budget", engine=silent()).drafts[0].text
    assert "4 May" in text and "budget" not in text


def test_a_model_draft_that_mentions_the_forbidden_is_dropped() -> None:
    engine = saying("Hi Ana, the launch is on 4 May and the budget is fine.")
    drafts = compose("tell Ana the launch is on 4 May, don't mention the budget", engine=engine)
    assert drafts.drafts[0].written_by == "rules"


def test_a_question_is_turned_round() -> None:
    text = compose("ask Ben whether he can bring his badge", engine=silent()).drafts[0].text
    assert text == "Hi Ben, can you bring your badge?"


def test_accept_edit_and_undo_keep_every_state() -> None:
    """F12: preview, accept, undo; F11: versions with their source."""
    drafts = compose(ASK, engine=silent())
    first = drafts.drafts[0]
    drafts.edit("Priya, Thursday 3 pm it is.")
    assert drafts.drafts[0].written_by == "human" and drafts.drafts[0].ai_marked
    assert drafts.accept(0) == drafts.drafts[0]
    assert [drafts.accepted] == [0]
    drafts.undo()
    assert [drafts.accepted, drafts.drafts[0].written_by] == [None, "human"]
    drafts.undo()
    assert drafts.drafts == (first,)
    with pytest.raises(InputError, match="nothing to undo"):
        drafts.undo()


def test_text_streams_and_a_cancelled_compose_raises() -> None:
    """F13: streams, and can be cancelled."""
    pieces: list[str] = []
    engine = saying("Hi Priya, the demo moves to Thursday at 3 pm.")
    compose(ASK, engine=engine, on_text=lambda _, piece: pieces.append(piece))
    assert "".join(pieces) == "Hi Priya, the demo moves to Thursday at 3 pm."
    cancel = Event()
    cancel.set()
    with pytest.raises(Cancelled):
        compose(ASK, engine=engine, cancel=cancel)


@pytest.mark.parametrize("wrong", [{"tone": "sarcastic"}, {"length": "epic"}, {"n": 0}, {"n": 99}])
def test_a_wish_out_of_range_is_one_clear_error(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        compose(ASK, engine=silent(), **wrong)  # type: ignore[arg-type]


def test_empty_input_is_refused() -> None:
    with pytest.raises(InputError, match="instruction is empty"):
        compose(" ", engine=silent())
    with pytest.raises(InputError, match="text is empty"):
        rewrite("", "formal", engine=silent())


def test_only_the_selection_is_rewritten() -> None:
    """F12: rewrite of a whole message or a selection."""
    text = "Hello Ana. i cant come on fri. Yours, Max"
    drafts = rewrite(text, "fix spelling", selection=slice(11, 30), engine=silent())
    assert drafts.drafts[0].text == "Hello Ana. I can't come on Friday. Yours, Max"


def test_an_empty_selection_is_refused() -> None:
    with pytest.raises(InputError, match="selection"):
        rewrite("Hello", "formal", selection=slice(3, 3), engine=silent())


@pytest.mark.parametrize(
    ("how", "text", "expected"),
    [
        ("fix spelling", "Pleas send the adress befor Wensday", "Please send the address before Wednesday."),
        ("formal", "hey, can't make it, it's too late", "Hello, cannot make it, it is too late."),
        ("simplify", "Please utilise the form prior to Monday.", "Please use the form before Monday."),
        ("direct", "Could you maybe close the door?", "Please close the door."),
    ],
)
def test_each_how_has_its_rules(how: str, text: str, expected: str) -> None:
    assert rewrite(text, how, engine=silent()).drafts[0].text == expected


def test_a_shortened_text_is_shorter_and_keeps_its_numbers() -> None:
    text = "I just wanted to let you know that, as you may know, the key to room 12 is basically with Mona."
    short = rewrite(text, "shorten", engine=silent()).drafts[0].text
    assert len(short) < len(text) and "12" in short and "Mona" in short


def test_the_rewriting_model_is_held_to_the_facts_of_the_text() -> None:
    engine = saying("Dear Ana, the invoice of 310 euros is due on Friday.")
    drafts = rewrite("hey Ana, invoice of 301 euros due fri", "formal", engine=engine)
    assert drafts.drafts[0].written_by == "rules" and "301" in drafts.drafts[0].text


def test_a_too_long_thread_leaves_the_writing_to_the_rules() -> None:
    thread = [("Omar", "word " * 600 + "Can you help?")]
    assert reply("say yes", thread, me="Lena", engine=saying("Yes, I can help.")).drafts[0].written_by == "rules"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=80)


@settings(max_examples=80, deadline=None)
@given(WORDS, WORDS, st.sampled_from(TONES), st.sampled_from(LENGTHS))
def test_any_instruction_gives_a_draft_or_a_clear_error(text: str, said: str, tone: str, length: str) -> None:
    try:
        drafts = compose(text, thread=[("Omar", said)], me="Lena", tone=tone, length=length, engine=silent())
    except InputError:
        assert not text.strip()
        return
    assert drafts.drafts[0].text.strip()


@settings(max_examples=60, deadline=None)
@given(WORDS, st.sampled_from(["improve", "shorten", "elaborate", "simplify", "formal", "friendly", "direct", "nicer"]))
def test_any_text_can_be_rewritten(text: str, how: str) -> None:
    try:
        assert rewrite(text, how, engine=silent()).drafts[0].text.strip()
    except InputError:
        assert not text.strip()


@given(st.integers(2, 999), st.sampled_from(["Monday", "Friday"]), st.sampled_from(TONES), st.sampled_from(LENGTHS))
@settings(max_examples=60, deadline=None)
def test_numbers_names_and_days_survive_the_rules(number: int, day: str, tone: str, length: str) -> None:
    ask = f"tell Kofi that {number} chairs arrive on {day} and ask him to bring the list"
    text = compose(ask, tone=tone, length=length, engine=silent()).drafts[0].text
    assert "Kofi" in text and str(number) in text and day in text and "list" in text


def test_prompts_differ_in_seed_only_after_the_greedy_try() -> None:
    engine = silent()
    compose(ASK, engine=engine)
    seeds: list[Prompt] = engine.prompts
    assert [prompt.temperature > 0 for prompt in seeds] == [False, True, True, True]
    assert len({prompt.seed for prompt in seeds}) == len(seeds)


def test_a_space_before_a_mark_is_no_part_of_a_rewrite() -> None:
    text = rewrite("hi all , pls send me ur numbers till friday", "formal", engine=silent()).drafts[0].text
    assert text == "Dear all, please send me your numbers until Friday."
