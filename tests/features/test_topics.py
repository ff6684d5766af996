"""Topics: every turn in one, a boundary where the words change."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.transcripts.turns import Turn
from assent.features.topics import MAX_TOPICS, MIN_TURNS, keywords, segments

HALL = [
    Turn("Ana", f"The hall has {n} chairs and the stage in the hall needs paint for the concert.") for n in range(14)
]
VAN = [Turn("Bo", f"The van drove {n} miles, its engine needs oil, the garage saw to the gearbox.") for n in range(14)]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30) | st.sampled_from(["Next, the van.", "word " * 60]), max_size=60))
def test_every_turn_stands_in_one_topic(texts: list[str]) -> None:
    """F3"""
    turns = [Turn("Ana", text) for text in texts]
    spans = segments(turns)
    assert [turn for first, last in spans for turn in range(first, last + 1)] == list(range(len(turns)))
    assert len(spans) <= MAX_TOPICS
    assert all(last - first + 1 >= min(MIN_TURNS, len(turns)) for first, last in spans)


def test_a_topic_ends_where_the_words_change() -> None:
    assert segments([*HALL, *VAN]) == [(0, 13), (14, 27)]


def test_an_announced_topic_moves_the_boundary() -> None:
    turns = [*HALL[:12], Turn("Ana", "Fine."), Turn("Ana", "Next, the transport."), *VAN]
    assert (13, 27) in segments(turns)


def test_keywords_tell_a_topic_from_the_rest_and_name_nobody() -> None:
    found = keywords(VAN, [*HALL, *VAN])
    assert set(found) <= {"van", "drove", "miles", "engine", "oil", "garage", "gearbox"}
    assert found
    assert keywords([Turn("Ana", "Ana, Ana, Ana twelve")], [Turn("Ana", "Ana twelve")]) == []
