"""Cleaned quotes: what is taken out, what is kept, and that nothing is added."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.transcripts.turns import Transcript
from assent.features.evidence import Candidate
from assent.features.quoting import MAX_WORDS, quote, sentences, tidy

TALK = Transcript.of(
    [
        ("Ana Lopez", "Um, the rollback test, so, who can write the rollback test for the flag?"),
        ("Bo Reyes", "Yeah, so, I'll do that by Friday."),
        ("Cleo Marsh", "No, not the flowers."),
    ]
)
TEXTS = st.lists(
    st.sampled_from("um so I'll I'll send the the report Friday, no. Well, ? … — three 3.5".split(" ")), max_size=60
)


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w']+", text.lower()))


@pytest.mark.parametrize(
    ("said", "clean"),
    [
        ("Um, I'll, er, send it on Friday", "I'll send it on Friday."),
        ("Okay, so we go with Leeds.", "We go with Leeds."),
        ("It costs, it costs four hundred.", "It costs four hundred."),
        ("I had had enough.", "I had had enough."),
        ("Not on Monday.", "Not on Monday."),
    ],
)
def test_fillers_openers_and_stutters_go_and_the_rest_stays(said: str, clean: str) -> None:
    assert tidy(said) == clean


def test_a_number_and_a_title_do_not_end_a_sentence() -> None:
    assert sentences("It is 3.5 percent. Ask Dr. Hale.") == ["It is 3.5 percent.", "Ask Dr. Hale."]


def test_a_promise_that_points_back_is_quoted_with_what_it_points_to() -> None:
    text = quote(Candidate("action", (0, 1), 1, 0.9, "Bo Reyes", "by Friday"), TALK)
    assert text.startswith("Ana Lopez: ")
    assert "rollback test" in text
    assert text.endswith("Bo Reyes: I'll do that by Friday.")


def test_one_turn_is_quoted_without_a_name() -> None:
    assert quote(Candidate("decision", (2,), 2, 0.9), TALK) == "Not the flowers."


def test_what_was_refused_beside_a_task_is_not_quoted_as_part_of_it() -> None:
    assert "flowers" not in quote(Candidate("action", (0, 1, 2), 1, 0.9), TALK)


@given(
    st.lists(TEXTS.map(" ".join), min_size=1, max_size=4), st.sampled_from(["action", "decision", "question", "point"])
)
def test_no_word_is_added_and_the_length_is_bounded(texts: list[str], kind: str) -> None:
    """F6: a quote holds the evidence's words and the speakers' labels, nothing else."""
    transcript = Transcript.of(("Ana" if i % 2 else "Bo", text) for i, text in enumerate(texts))
    candidate = Candidate(kind, tuple(range(len(texts))), 0, 0.5)  # type: ignore[arg-type]
    text = quote(candidate, transcript)
    assert words(text) <= words(" ".join(texts)) | {"ana", "bo"}
    longest = max((len(part.split()) for part in sentences(texts[0])), default=len(texts[0].split()))
    assert len(text.split()) <= max(*MAX_WORDS.values(), longest) + len(texts)
