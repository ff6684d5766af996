"""The metrics of summaries on cases computed by hand, and the baselines on a meeting of five turns."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assent.data.transcripts.turns import Transcript
from assent.errors import InputError
from assent.training.evaluate import baselines, corpora, metrics
from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.words import content_stems, cut

TURNS = (
    ("Ana", "Right."),
    ("Ben", "The harbour crane needs a new cable before winter."),
    ("Ana", "The crane cable costs nine thousand and the harbour pays."),
    ("Ben", "Yeah."),
    (
        "Cem",
        "I saw a heron this morning, standing on one leg in the rain, and I took a photo of it for my aunt in Izmir.",
    ),
)


def meeting(
    name: str = "x-ES2003a", series: str = "ES2003", reference: str = "The harbour pays for the crane.", **more: object
) -> Meeting:
    row = {"id": name, "series": series, "turns": [{"speaker": s, "text": t} for s, t in TURNS], "summary": reference}
    return corpora.meeting(row | more)


def test_specific_stems_are_in_the_transcript_and_rare_in_train_references() -> None:
    here = meeting(reference="The meeting discussed the harbour crane and the budget.")
    train = [meeting(f"x-m{i}", f"s{i}", "The meeting discussed the harbour.") for i in range(10)]
    wanted = metrics.specific_stems(here, metrics.References(train, [here]))
    assert wanted == content_stems("crane"), "budget is not in the transcript, harbour and meeting are house style"


def test_without_train_references_those_of_other_series_are_counted() -> None:
    here = meeting(reference="The harbour crane.")
    sibling = meeting("x-ES2003b", "ES2003", "The crane.")
    other = meeting("x-IS1008a", "IS1008", "The harbour.")
    wanted = metrics.specific_stems(here, metrics.References([], [here, sibling, other]))
    assert wanted == content_stems("crane")


def test_specific_recall_is_the_share_of_wanted_stems_found() -> None:
    wanted = content_stems("crane cable harbour winter")
    assert metrics.specific_recall("Cranes and cables.", wanted) == 0.5
    assert metrics.specific_recall("Nothing.", wanted) == 0.0
    assert metrics.specific_recall("Nothing.", frozenset()) == 0.0


def test_retrieval_counts_the_own_reference_first_among_the_same_phase() -> None:
    """The output of the first meeting is nearest to the b meeting, which is of another phase and no rival."""
    data = [
        meeting("ami-ES2003a", "ES2003", "crane cable"),
        meeting("ami-ES2003b", "ES2003", "heron photo rain"),
        meeting("ami-IS1008a", "IS1008", "budget minutes"),
    ]
    assert metrics.retrieve_at_1(["heron photo crane", "heron", "crane"], data) == [1.0, 1.0, 0.0]


def test_an_output_that_tells_nothing_retrieves_as_chance_does() -> None:
    data = [meeting(f"ami-{series}a", series, text) for series, text in (("ES2003", "crane"), ("IS1008", "heron"))]
    assert metrics.retrieve_at_1(["", ""], data) == metrics.chance(data) == [0.5, 0.5]


def test_rouge_is_one_for_the_reference_itself() -> None:
    assert metrics.rouge("The crane is old.", "The crane is old.") == pytest.approx(dict.fromkeys(metrics.ROUGE, 1.0))


def test_cited_turns_are_counted_once_against_the_extract() -> None:
    assert metrics.cited([1, 1, 4], meeting(extractive=[1, 2])) == (1, 2, 2)


def test_an_output_is_cut_at_words() -> None:
    assert cut("one two\nthree  four", 3) == "one two three"


def test_longest_turns_fill_the_length_in_the_order_of_the_meeting() -> None:
    here = meeting()
    assert baselines.longest(here)[0] == 4
    assert baselines.filling(here, [4, 2, 1], words=26) == [2, 4]


def test_textrank_prefers_the_turns_that_share_words() -> None:
    ranked = baselines.textrank(meeting())
    assert set(ranked[:2]) == {1, 2}
    assert 0 not in ranked, "a turn of one word links nothing"


def test_the_constant_is_one_train_summary_for_every_meeting() -> None:
    texts = ["a heron", "a crane", "a crane and a cable", "a cable"]
    fixed = baselines.constant([meeting(f"x-m{place}", f"s{place}", text) for place, text in enumerate(texts)])
    assert fixed["x"] == fixed[""] == "a crane and a cable"


def test_nearest_train_prints_the_summary_of_the_most_similar_transcript() -> None:
    near = meeting("x-m1", "s1", "near")
    far = Meeting("x-m2", "x", "s2", "", Transcript.of([("Ana", "Soup and bread tonight.")]), "far")
    assert baselines.Nearest([far, near])(meeting()) == "near"


def test_the_supervised_extract_learns_what_people_picked() -> None:
    train = [meeting(f"x-m{i}", f"s{i}", extractive=[1, 2]) for i in range(6)]
    ranked = baselines.Supervised(train).ranked(meeting())
    assert set(ranked[:2]) == {1, 2}
    assert baselines.glued(meeting(), ranked).startswith(f"{baselines.GLUE} ")


def test_without_train_only_the_untrained_baselines_run() -> None:
    assert [rival.name for rival in baselines.baselines([])] == ["longest turns", "textrank"]


def test_rows_are_read_plain_and_packed(tmp_path: Path) -> None:
    row = {"id": "ami-ES2003a", "series": "ES2003", "turns": [{"speaker": "A", "text": "Hi."}], "summary": "A hello."}
    without = row | {"id": "ami-ES2003b", "summary": None}
    lines = "\n".join(json.dumps(item) for item in (row, without))
    packed, plain = tmp_path / "a.jsonl.gz", tmp_path / "a.jsonl"
    packed.write_bytes(gzip.compress(lines.encode()))
    plain.write_text(lines, encoding="utf-8")
    for path in (packed, plain):
        (found,) = corpora.meetings([path])
        assert (found.corpus, found.phase, found.reference) == ("ami", "a", "A hello.")


@pytest.mark.parametrize("content", [b"not json\n", b"[1]\n", b'{"id": "x", "summary": "s", "turns": [{}]}\n'])
def test_a_file_of_something_else_is_one_clear_error(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "wrong.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"wrong\.jsonl"):
        corpora.meetings([path])


def test_a_cut_archive_is_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"id": "x"}\n' * 50)[:20])
    with pytest.raises(InputError, match=r"cut\.jsonl\.gz"):
        corpora.meetings([path])
