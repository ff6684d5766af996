"""A vocabulary written here is enough for the codec, a scripted engine for its wrapper: neither looks at weights."""

from __future__ import annotations

import random
import unicodedata
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.models import Completion, Message, Prompt, ScriptedEngine
from assent.models.engine import OnText
from assent.models.slots import FORMS, SLOT_TOKENS, SPECIAL, SlotCodec, SlotEngine, SlotTable, inflection, words
from assent.models.slots.codec import SLOTS
from assent.models.slots.words import number_length

WORDS = "we will send the draft to you by then and they agreed on a plan for it i do n't 's 'll one".split()
CODEC = SlotCodec([*SPECIAL, *SLOT_TOKENS, *FORMS, *WORDS, *".,?!:"])
inflection.apart("badges")  # reads its dictionary, once
PLAIN = [word for word in WORDS if word.isalpha() and word not in ("i", "n't")]
NAMES = ["Ana", "Priya Shah", "Bo", "Kowalczyk"]
NUMBERS = ["3", "4:30", "€1,200", "forty-two", "two hundred and twelve", "one point five"]
DAYS = ["Monday", "tomorrow", "noon"]
RARE = ["badge", "badges", "laminated", "laminating"]
text = st.text(max_size=200)
# A name beside a name is one name; a word keeps names, numbers and days apart.
sentence = st.lists(
    st.tuples(st.sampled_from(PLAIN), st.sampled_from([*NAMES, *NUMBERS, *DAYS, *RARE, *PLAIN])), min_size=1, max_size=8
).map(lambda pairs: " ".join(f"{word} {other}" for word, other in pairs))


def capitalised(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


@given(st.lists(st.tuples(sentence, st.sampled_from([".", "?", "!"])), min_size=1, max_size=3))
def test_decoding_gives_an_encoded_text_back(sentences: list[tuple[str, str]]) -> None:
    plain = " ".join(capitalised(words) + end for words, end in sentences)
    table = SlotTable()
    assert CODEC.decode(CODEC.encode(plain, table), table) == plain


@given(sentence, st.integers())
def test_the_order_of_slot_numbers_does_not_change_the_text(plain: str, seed: int) -> None:
    table = SlotTable(random.Random(seed))
    assert CODEC.decode(CODEC.encode(plain, table), table) == capitalised(plain)


@given(text)
def test_a_slot_restores_nothing_that_the_prompt_does_not_hold(prompt: str) -> None:
    """The model cannot invent a name: whatever slot it emits becomes a piece of the prompt or nothing."""
    table = SlotTable()
    CODEC.encode_lines(prompt, table)
    restored = [CODEC.decode(f", {slot}", table).removeprefix(",") for slot in (*SLOT_TOKENS, *SPECIAL, *FORMS)]
    plain = {inflection.apart(piece.lower())[0] for piece in words.split(prompt)}
    assert not [one for one in restored if squashed(one) not in squashed(prompt) and one.strip() not in plain]


def squashed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().replace("’", "'").split())


@given(text, st.booleans())
def test_any_text_is_encoded_to_known_tokens_and_decoded(anything: str, by_line: bool) -> None:
    table = SlotTable()
    encoded = CODEC.encode_lines(anything, table) if by_line else CODEC.encode(anything, table)
    assert set(encoded.split()) <= CODEC.vocabulary
    CODEC.decode(encoded, table)
    CODEC.decode(anything, table)


def test_any_form_of_a_rare_word_can_be_written_from_any_other() -> None:
    table = SlotTable()
    assert CODEC.encode("then laminating the badges", table) == "then <w0> +ing the <w1> +s"
    assert CODEC.encode("we laminated a badge", table) == "we <w0> +ed a <w1>"
    CODEC.encode("we chase", table)
    forms = " ".join(f"<w2> +{ending}" for ending in inflection.ENDINGS)
    assert CODEC.decode(f"<w2> {forms}", table) == "Chase chases chased chasing"


def test_what_a_label_has_in_brackets_is_not_written() -> None:
    table = SlotTable()
    encoded = CODEC.encode_lines("Ana Costa (Sales): we agreed\nBo: Ana will send it, Ana Costa?", table)
    assert encoded == "<p0> : we agreed <nl> <p1> : <p0> will send it , <p0> ?"
    assert CODEC.decode("<p0> agreed", table) == "Ana Costa agreed"
    CODEC.encode_lines("Guest (1): we agreed\nGuest (2): we agreed", table := SlotTable())
    assert CODEC.decode("<p0> and <p1>", table) == "Guest (1) and Guest (2)"


def test_a_role_is_its_label_only_behind_an_article() -> None:
    encoded = CODEC.encode_lines("Depot engineer: we agreed\nBo: the depot engineer will send it", SlotTable())
    assert encoded.endswith("<p1> : the <p0> will send it")
    assert CODEC.encode_lines("Will Send: we will send it", SlotTable()) == "<p0> : we will send it"


def test_a_word_is_not_the_name_that_is_spelled_like_it() -> None:
    text = "We bartered it with Barter. Then Barter agreed."
    table = SlotTable()
    assert CODEC.decode(CODEC.encode(text, table), table) == text
    assert "<p0> +" not in CODEC.encode_lines("Rob: they robbed it", SlotTable())


def test_a_form_of_a_known_word_is_that_word() -> None:
    assert CODEC.encode("Sending it, we planned the plans", SlotTable()) == "send +ing it , we plan +ed the plan +s"


@pytest.mark.parametrize(
    ("written", "text"),
    [("+s", ""), ("+s we", "We"), ("<w70> +s", ""), ("<p0> +ed", "Bo"), (". +s", "."), ("<w0> +s +s", "Saws")],
)
def test_an_ending_stands_on_a_word_or_is_nothing(written: str, text: str) -> None:
    table = SlotTable()
    CODEC.encode_lines("Bo: we saw a badge", table)
    assert CODEC.decode(written, table) == text


@pytest.mark.parametrize("written", ["<p0> <unk> </s>", "see <n3> there"])
def test_a_token_written_by_a_person_is_no_token(written: str) -> None:
    """A turn cannot smuggle a slot in."""
    encoded = CODEC.encode(written, SlotTable()).split()
    assert not set(encoded) & {"<p0>", "<n3>", "</s>"}


@pytest.mark.parametrize("kind", SLOTS)
def test_a_full_table_gives_the_unknown_token(kind: str) -> None:
    table = SlotTable()
    given_out = [table.slot(kind, f"text{number}") for number in range(SLOTS[kind] + 2)]
    assert given_out[-2:] == ["<unk>", "<unk>"]
    assert len(set(given_out)) == SLOTS[kind] + 1
    assert table.slot(kind, "TEXT0") == given_out[0]


def test_more_speakers_than_slots_do_not_stop_the_encoding() -> None:
    lines = "\n".join(f"Speaker{chr(65 + n)}: we agreed" for n in range(SLOTS["p"] + 1))
    encoded = CODEC.encode_lines(lines, SlotTable()).split(" <nl> ")
    assert encoded[0] == "<p0> : we agreed" and encoded[-1] == "<unk> : we agreed"


def test_a_first_name_means_its_full_label() -> None:
    table = SlotTable()
    encoded = CODEC.encode_lines("Priya Shah: we agreed\nBo: will Priya send it, Priya Shah?", table)
    assert encoded == "<p0> : we agreed <nl> <p1> : will <p0> send it , <p0> ?"
    assert CODEC.decode("<p0> agreed", table) == "Priya Shah agreed"


def test_a_first_name_of_two_labels_means_neither() -> None:
    encoded = CODEC.encode_lines("Ana Reed: we agreed\nAna Holm: will Ana send it?", SlotTable())
    assert encoded == "<p0> : we agreed <nl> <p1> : will <n0> send it ?"


def test_an_answer_may_write_large_what_its_prompt_writes_small() -> None:
    table = SlotTable()
    CODEC.encode("send it to vera and dr pell", table)
    assert CODEC.encode_answer("Vera, we will send it to Dr Pell", table) == "<w0> , we will send it to <w1> <w2>"
    assert CODEC.decode("hi <w0> , we agreed", table) == "Hi Vera, we agreed"
    assert CODEC.decode("we agreed to <w0>", table) == "We agreed to vera"


@pytest.mark.parametrize(
    "answer", ["We will send it to Priya", "We agreed on Monday", "We will send 4", "We laminated it"]
)
def test_an_answer_cannot_hold_what_its_prompt_lacks(answer: str) -> None:
    table = SlotTable()
    CODEC.encode("Bo will send the 3 badges by Friday", table)
    assert CODEC.encode_answer(answer, table) is None


def test_an_answer_may_run_together_what_its_prompt_holds_apart() -> None:
    table = SlotTable()
    CODEC.encode("we agreed on Ana, on Bo, on three, on hundred", table)
    assert CODEC.encode_answer("we agreed on Ana Bo", table) == "we agreed on <n0> <n1>"
    assert CODEC.encode_answer("we agreed on three hundred", table) is None


def test_a_title_has_a_dot_or_none() -> None:
    table = SlotTable()
    CODEC.encode_lines("Mr. Ed Pell (Leeds): we agreed\nAna Holm: will Mr Ed Pell send it, Mr. Ed Pell?", table)
    assert CODEC.encode("Mr Ed Pell agreed. Mr. Ed Pell will.", table) == "<p0> agreed . <p0> will ."
    assert CODEC.encode("We agreed on Ana. Holm will.", table) == "we agreed on <p1> . <n0> will ."


def test_ok_is_a_word() -> None:
    codec = SlotCodec([*CODEC.vocabulary, "ok"])
    table = SlotTable()
    assert codec.encode("Send it OK, I agreed", table) == "send it ok , i agreed"
    assert codec.decode("it will do ok , i agreed", table) == "It will do OK, I agreed"


def test_the_parts_of_a_prompt_are_no_people() -> None:
    assert CODEC.encode_lines("instruction: send it", SlotTable()).count("<p") == 0


@pytest.mark.parametrize(("label", "slot"), [("  ", "<unk>"), ("  (x)", "<p0>"), ("...", "<p0>")])
def test_any_label_can_be_read_and_a_blank_one_is_no_person(label: str, slot: str) -> None:
    assert CODEC.encode_lines(f"{label}: we agreed", SlotTable()) == f"{slot} : we agreed"


@pytest.mark.parametrize(
    ("pieces", "length"),
    [
        ("two hundred and twelve people", 4),
        ("one point five", 3),
        ("twenty and thirty", 1),
        ("3 4", 1),
        ("two 4", 2),
        ("and two", 0),
        ("-", 0),
        ("five - six", 1),
        ("hundred and", 1),
        ("point five", 0),
        ("people", 0),
    ],
)
def test_a_number_takes_its_pieces(pieces: str, length: int) -> None:
    assert number_length(pieces.split(), 0) == length


@pytest.mark.parametrize(
    ("slot_text", "plain"),
    [
        ("we agreed . they do n't .", "We agreed. They don't."),
        ("i agreed", "I agreed"),
        ('we agreed on " a plan " .', 'We agreed on "a plan".'),
        ("we <nl> they", "We\nThey"),
        ("<n0> <unk> agreed", "Agreed"),
    ],
)
def test_spaces_and_capitals_are_set(slot_text: str, plain: str) -> None:
    assert CODEC.decode(slot_text, SlotTable()) == plain


def ask(content: str, **settings: object) -> Prompt:
    return Prompt((Message("system", "send"), Message("user", content)), **settings)  # type: ignore[arg-type]


def test_the_engine_inside_sees_slots_and_the_caller_sees_words() -> None:
    inside = ScriptedEngine(["<p0> will send the <w0> by <t0> ."])
    [completion] = SlotEngine(inside, CODEC).complete([ask("Priya: I will send the badge by Monday.", stop=("Mon",))])
    assert inside.prompts[0].messages[1].content == "<p0> : i will send the <w0> by <t0> ."
    assert inside.prompts[0].stop == ()
    assert (completion.text, completion.stop_reason) == ("Priya will send the badge by ", "stop")


def test_each_prompt_has_a_table_of_its_own() -> None:
    inside = ScriptedEngine(["<p0> agreed .", "<p0> agreed ."])
    completions = SlotEngine(inside, CODEC).complete([ask("Ana: we agreed"), ask("Bo: we agreed")])
    assert [completion.text for completion in completions] == ["Ana agreed.", "Bo agreed."]


class Letters(ScriptedEngine):
    """Streams letter by letter, as a server may: half a slot token has no text yet."""

    def complete(
        self, prompts: object, *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        completions = super().complete(prompts, cancel=cancel)  # type: ignore[arg-type]
        for index, completion in enumerate(completions):
            for letter in completion.text if on_text else "":
                on_text(index, letter)  # type: ignore[misc]
        return completions


@pytest.mark.parametrize("inside", [ScriptedEngine, Letters])
@pytest.mark.parametrize("stop", [(), ("it.",), ("badge", "by")])
def test_streamed_pieces_joined_are_the_text(inside: type[ScriptedEngine], stop: tuple[str, ...]) -> None:
    answers = ['<p0> will send " the <w0> +s " by <t0> . <p1> do n\'t plan +s it .', "<nl> we <nl> <nl> agreed"]
    pieces = ["", ""]

    def on_text(index: int, piece: str) -> None:
        assert piece
        pieces[index] += piece

    prompts = [ask("Priya: I will send the badge to Bo by Monday.\nBo: Agreed.", stop=stop), ask("Ana: we agreed")]
    completions = SlotEngine(inside(answers), CODEC).complete(prompts, on_text=on_text)
    assert pieces == [completion.text for completion in completions]
    assert completions[0].text.startswith('Priya will send "the ')
    assert completions[1].text == "We\nAgreed"


def test_text_streams_before_the_answer_is_whole() -> None:
    seen: list[str] = []
    SlotEngine(ScriptedEngine(["<p0> will send it to you ."]), CODEC).complete(
        [ask("Ana: we agreed")], on_text=lambda _, piece: seen.append(piece)
    )
    assert len(seen) > 3


def test_tokens_are_counted_in_slots() -> None:
    """Ten words of a name are one token."""
    engine = SlotEngine(ScriptedEngine(), CODEC)
    assert engine.count_tokens(ask("Ana: Kowalczyk Priya Shah Bo agreed")) == len("send <p0> : <n0> agreed".split())
    assert engine.info.name == "scripted"
