"""Endings come off and go on again; the dictionary that settles spellings is the real one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.models.slots.inflection import ENDINGS, _dictionary, apart, together

apart("badges")  # reads its dictionary, once


STEMS = st.text("abdegiknoprstuvy", min_size=1, max_size=6)


@given(STEMS | st.sampled_from(sorted(_dictionary().words())[::40]), st.sampled_from(["", "s", "es", "ed", "ing"]))
def test_any_word_comes_back_letter_for_letter(stem: str, ending: str) -> None:
    assert together(*apart(stem + ending)) == stem + ending


def test_many_words_of_a_dictionary_are_forms_of_others() -> None:
    words = sorted(_dictionary().words())[::40]
    split = [word for word in words if apart(word)[1]]
    assert 0.15 < len(split) / len(words) < 0.6
    assert all(len(apart(word)[0]) < len(word) for word in split)


@given(st.text(max_size=12), st.sampled_from(ENDINGS))
def test_any_text_can_be_given_an_ending(plain: str, ending: str) -> None:
    formed = together(plain, ending)
    assert formed.endswith(ending) and formed.startswith(plain[: max(0, len(plain) - 2)])


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("maps", ("map", "s")),
        ("boxes", ("box", "s")),
        ("tries", ("try", "s")),
        ("moving", ("move", "ing")),
        ("planning", ("plan", "ing")),
        ("agreeing", ("agree", "ing")),
        ("visited", ("visit", "ed")),
        ("referred", ("refer", "ed")),
        ("tidied", ("tidy", "ed")),
        ("hoped", ("hope", "ed")),
        ("hopped", ("hop", "ed")),
        ("process", ("process", "")),
        ("string", ("string", "")),
        ("bus", ("bus", "")),
        ("feed", ("feed", "")),
        ("news", ("news", "")),
    ],
)
def test_a_word_is_its_plain_form_and_an_ending(word: str, parts: tuple[str, str]) -> None:
    assert apart(word) == parts


@pytest.mark.parametrize(
    ("plain", "forms"),
    [
        ("laminate", ["laminates", "laminated", "laminating"]),
        ("fry", ["fries", "fried", "frying"]),
        ("tie", ["ties", "tied", "tying"]),
        ("offer", ["offers", "offered", "offering"]),
        ("map", ["maps", "mapped", "mapping"]),
    ],
)
def test_a_plain_word_takes_each_ending(plain: str, forms: list[str]) -> None:
    assert [together(plain, ending) for ending in ENDINGS] == forms
