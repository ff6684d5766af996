"""Names are hidden and put back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.interactions.names import SOMEONE, Names, Spellings, is_name, mentioned, parts, resolve

LABELS = ["Dana Smith", "dana", "Bob", "Élodie Straße", "李明", "İlker Öz", "Ann Lee", "Lee Wong", "O'Neil, Pat", "x⟪y"]
LETTERS = "abDÉßéİ李⟪⟫<>:, '\n_-ſ1"
LABEL = st.one_of(st.sampled_from(LABELS), st.text(LETTERS, min_size=2, max_size=8)).filter(
    lambda label: is_name(label) and label.strip()
)
TABLE = st.dictionaries(LABEL, st.sets(st.sampled_from(["p_1", "p_2", "p_3"]), min_size=1), max_size=6)


def cased(words: list[str]) -> st.SearchStrategy[str]:
    case = st.sampled_from([str, str.upper, str.lower, str.casefold, str.title])
    return st.tuples(st.sampled_from(words), case).map(lambda pair: pair[1](pair[0]))


@st.composite
def tables_and_texts(draw: st.DrawFn) -> tuple[dict[str, set[str]], str]:
    table = draw(TABLE)
    words = [*table, *(word for label in table for word in label.split()), "and", "x"]
    pieces = draw(st.lists(st.one_of(cased(words), st.text(LETTERS, max_size=6), st.sampled_from([" ", "'s "]))))
    return table, draw(st.sampled_from(["", " "])).join(pieces)


def spellings() -> Spellings:
    count = iter(range(10_000))
    return Spellings(lambda owner, spelling: str(next(count)))


def put_back(text: str, found: Spellings, refused: frozenset[str] = frozenset()) -> str:
    back = {(owner, ref): spelt for owner, of in found.of.items() for spelt, ref in of.items()}
    return resolve(text, lambda owner, ref: None if owner in refused else back[owner, ref])


@given(tables_and_texts())
def test_with_everyone_allowed_the_text_comes_back_exactly(case: tuple[dict[str, set[str]], str]) -> None:
    table, text = case
    found = spellings()
    assert put_back(Names(table).hide(text, found), found) == text


@given(tables_and_texts(), st.sampled_from(["p_1", "p_2", "p_3"]))
def test_of_a_person_not_allowed_no_label_remains(case: tuple[dict[str, set[str]], str], refused: str) -> None:
    """M1."""
    table, text = case
    found = spellings()
    shown = put_back(Names(table).hide(text, found), found, frozenset({refused}))
    for label in (label for label, owners in table.items() if refused in owners):
        for gap in shown.split(SOMEONE):
            assert not whole_word(label, gap)


@given(tables_and_texts())
def test_of_those_who_may_not_be_named_no_spelling_is_kept(case: tuple[dict[str, set[str]], str]) -> None:
    table, text = case
    found = spellings()
    hidden = Names({label: {None, *owners} for label, owners in table.items()}).hide(text, found)
    assert not found.of and not list(mentioned(hidden))


def whole_word(label: str, text: str) -> bool:
    """An independent reading: the label, folded, between anything that is no letter or digit."""
    words = re.escape(" ".join(label.split()).casefold()).replace(r"\ ", r"\s+")
    return any(_alone(text.casefold(), match) for match in re.finditer(words, text.casefold()))


def _alone(text: str, match: re.Match[str]) -> bool:
    around = text[: match.start()][-1:], text[match.end() :][:1]
    return not any(sign.isalnum() or "\u0300" <= sign <= "\u036f" for sign in around)


def hidden(text: str, **labels: str) -> tuple[str, Spellings]:
    found = spellings()
    return Names({label.replace("_", " "): {owner or None} for label, owner in labels.items()}).hide(text, found), found


def test_a_possessive_survives() -> None:
    text, found = hidden("Dana's plan, said DANA  SMITH.", Dana_Smith="p_1")
    assert text == "⟪p_1:0⟫'s plan, said ⟪p_1:1⟫."
    assert put_back(text, found) == "Dana's plan, said DANA  SMITH."
    assert put_back(text, found, frozenset({"p_1"})) == "[someone]'s plan, said [someone]."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("we will see Will", "we will see [someone]"),  # a part: only with its capital
        ("WILL YOUNG and will young", "[someone] and [someone]"),  # the whole label: in any case
        ("Youngster, younger", "Youngster, younger"),
        ("_Young_ and (Young)", "_[someone]_ and ([someone])"),
        ("Will\u00a0Young", "[someone]"),
    ],
)
def test_parts_need_their_case_and_whole_labels_do_not(text: str, shown: str) -> None:
    assert hidden(text, Will_Young="")[0] == shown


def test_a_name_that_two_people_bear_needs_both() -> None:
    found = spellings()
    text = Names({"Dana Smith": {"p_1"}, "Bob Smith": {"p_2"}}).hide("Smith, Dana Smith", found)
    assert put_back(text, found, frozenset({"p_2"})) == "[someone], Dana Smith"


def test_a_name_within_a_longer_one_hides_the_longer_one_too() -> None:
    found = spellings()
    text = Names({"dana": {"p_2"}, "Dana Smith": {"p_1"}}).hide("dana smith", found)
    assert put_back(text, found, frozenset({"p_1"})) == put_back(text, found, frozenset({"p_2"})) == SOMEONE


def test_names_that_overlap_are_one_of_both() -> None:
    found = spellings()
    text = Names({"ann lee": {"p_1"}, "lee wong": {"p_2"}}).hide("ann lee wong", found)
    assert put_back(text, found) == "ann lee wong"
    assert put_back(text, found, frozenset({"p_1"})) == put_back(text, found, frozenset({"p_2"})) == SOMEONE


def test_names_are_found_without_spaces_around_in_scripts_without_case() -> None:
    assert hidden("我和李明说过", 李明="")[0] == "我和[someone]说过"


def test_a_name_that_runs_into_another_is_found() -> None:
    found = spellings()
    assert Names({"1李": {None}}).hide("1李1李", found) == SOMEONE * 2


def test_composed_and_decomposed_names_are_one() -> None:
    assert hidden("E\u0301lodie", Élodie="")[0] == SOMEONE


def test_forged_tokens_in_a_text_stay_text() -> None:
    forged = "say ⟪p_1:0⟫ and ⟪<⟫"
    text, found = hidden(f"Dana, {forged}", Dana="p_1")
    assert put_back(text, found, frozenset({"p_1"})) == f"[someone], {forged}"


def test_a_spelling_keeps_its_reference() -> None:
    found = spellings()
    found.known("p_1", {"r9": "Dana"})
    assert Names({"Dana": {"p_1"}}).hide("Dana", found) == "⟪p_1:r9⟫"


def test_labels_that_name_nobody_are_left_alone() -> None:
    assert hidden("I have 12 A", I="", A="")[0] == "I have 12 A"
    assert not is_name("12") and is_name("+1 555 0100")
    assert parts("Speaker 1") == set() and parts("Maria de Souza") == {"Maria", "Souza"}
    assert parts("dana smith") == {"Dana", "Smith"}
