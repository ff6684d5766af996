"""Small samples of each format, as their services write them; the meetings beside them are read whole."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from assent.data.transcripts import FORMATS, Transcript, read
from assent.data.transcripts import source as sources
from assent.errors import InputError, TranscriptError

MEETINGS = Path(__file__).parent.parent / "meetings"
FOLDER = Path(__file__).parent / "samples"
GOLD = json.loads((MEETINGS / "gold.json").read_text("utf-8"))


def text(content: str, **options: str) -> Transcript:
    return read(io.BytesIO(content.encode()), **options)


def rows(transcript: Transcript) -> list[tuple[object, ...]]:
    return [(turn.speaker, turn.text, turn.start, turn.end) for turn in transcript.turns]


@pytest.mark.parametrize("name", sorted(GOLD))
def test_every_meeting_is_read_with_its_people_and_times(name: str) -> None:
    """F1."""
    transcript = read(MEETINGS / name)
    starts = {turn.start for turn in transcript.turns}
    facts = [fact for kind in ("actions", "decisions", "questions") for fact in GOLD[name][kind]]
    assert set(transcript.participants) == set(GOLD[name]["participants"])
    assert {at for fact in facts for at in fact["at"]} <= starts
    assert all(turn.speaker and turn.text for turn in transcript.turns) and not transcript.cleaned
    assert transcript.source == name


EXPECTED: dict[str, list[tuple[object, ...]]] = {
    "webvtt": [
        ("Ann Lee", "Fish & chips", 1.0, 3.5),
        ("Bo", "Yes really more", 3.0, 3604.0),
        ("Ann Lee", "One", 5.0, 6.0),
        ("Bo", "Two", 5.0, 6.0),
    ],
    "zoom-vtt": [("Ann Lee", "The plan: ship", 1.0, 2.0), ("Bo", "Fine", 3.0, 4.0)],
    "teams-vtt": [("Ann Lee", "Hello all", 3.394, 9.242)],
    "srt": [
        ("Ann", "Hi, Monday: fine", 1.5, 2.0),
        ("Bo", "Yes indeed", 3.0, 4.0),
        ("Ann", "Bye", 5.0, 6.0),
        ("Bo", "Bye", 5.0, 6.0),
    ],
    "sbv": [("Ann", "Hi", 1.0, 2.0), ("Bo", "Yo", 3.0, 4.0)],
    "zoom-chat": [
        ("Ann Lee", "see http://x.example: a b", 50531.0, None),
        ("Bo", "old", 50532.0, None),
        ("Bo", "new", 50533.0, None),
    ],
    "meet": [("Ann Lee", "Hello", 0.0, None), ("Bo", "Hi", None, None), ("Ann Lee", "Late", 300.0, None)],
    "teams": [("Lee, Ann", "Hello there", 3.0, None), ("Bo", "See you at 10:30", 3727.0, None)],
    "otter": [("Ann Lee", "Hello there", 3.0, None), ("Unknown Speaker", "It is 10:30", 7.0, None)],
    "json": [("0", "Hi", 1.0, 2.5), ("Ann", "Yo", 1.5, None)],
    "jsonl": [("Ann", "Hi", None, None), (None, "Yo", 3.0, None)],
    "labelled": [
        ("Ann Lee", "Hello all of you Note: bring keys", None, None),
        ("Bo", "Fine and so on: it goes", None, None),
        ("Ann Lee", "Bye", None, None),
    ],
    "plain": [
        (None, "We met on Monday and talked. The plan: ship it.", None, None),
        (None, "Then we left at 10:30.", None, None),
    ],
}
SAMPLES = {name: ((FOLDER / f"{name}.txt").read_bytes().decode(), expected) for name, expected in EXPECTED.items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_format_is_told_by_its_content_and_read(name: str) -> None:
    """F1."""
    content, expected = SAMPLES[name]
    transcript = text(content)
    assert (transcript.format, rows(transcript)) == (name, expected)
    assert rows(text(content, format=name)) == expected


def test_every_format_has_a_sample() -> None:
    assert set(SAMPLES) == set(FORMATS)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_common_encodings_are_read(encoding: str) -> None:
    transcript = read(io.BytesIO("Zoë: café\nBo: no\nZoë: déjà\n".encode(encoding)))
    assert transcript.participants == ("Zoë", "Bo")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("[Ann Lee] 10:02:11\nhello\n\n[Bo] 10:02:15\nhi\n", [("Ann Lee", 36131.0), ("Bo", 36135.0)]),
        ("Speaker 1 (00:03):\nhello\n\nSpeaker 2 (00:09):\nhi\n", [("Speaker 1", 3.0), ("Speaker 2", 9.0)]),
        ("00:12:34\tAnn:\thi\n00:12:40\tBo:\tyo\n", [("Ann", 754.0), ("Bo", 760.0)]),
        ("12/05/2026, 10:02 - Ann: hi\n12/05/2026, 10:03 - Bo: yo\n", [("Ann", 36120.0), ("Bo", 36180.0)]),
        ("dana: can you\nsam: yes: today\ndana: thx\n", [("dana", None), ("sam", None), ("dana", None)]),
        ("**Ann:** hi\n**Bo:** yo\n", [("Ann", None), ("Bo", None)]),
        ("田中太郎: おはよう\n鈴木花子: はい\n", [("田中太郎", None), ("鈴木花子", None)]),
    ],
)
def test_near_forms_are_read(content: str, expected: list[tuple[str, float | None]]) -> None:
    assert [(turn.speaker, turn.start) for turn in text(content).turns] == expected


def test_a_sentence_with_a_colon_is_nobody_speaking() -> None:
    """F1."""
    for content in (
        "The plan: ship it\nWe will go.\nAnd then some.\n",
        SAMPLES["srt"][0].replace("Ann:", "so").replace("Bo:", "so"),
    ):
        assert text(content).participants == ()


def test_the_suffix_of_a_file_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(SAMPLES["srt"][0])
    assert read(path).format == "srt"


def test_a_corpus_row_is_one_transcript() -> None:
    row = {"id": "x", "title": "T", "turns": [{"speaker": "Ann", "text": "Hi"}], "summary": "not said"}
    transcript = text(json.dumps(row) + "\n")
    assert (transcript.title, rows(transcript)) == ("T", [("Ann", "Hi", None, None)])


BAD = {
    "empty": b"",
    "blank": b" \n\n",
    "zip": b"PK\x03\x04" + bytes(100),
    "bomb": b"\x1f\x8b\x08" + bytes(100),
    "binary": bytes(range(256)) * 4,
    "no text": b"\x81\x8d\x8f\x90 caf\xe9",
    "markup": b"<!DOCTYPE html><html><p>Ann: hi</p></html>",
    "numbers": b"1,2,3\n4,5,6\n",
    "broken json": b'{"turns": [',
    "deep json": b"[" * 200_000,
    "json without turns": b'{"a": 1}',
    "json without text": b'{"turns": [{"text": "a"}, {"speaker": "Ann"}]}',
    "large number": b'[{"text": "a", "start": ' + b"1" * 5000 + b"}]",
    "header only": b"WEBVTT\n\n",
    "long line": b"Ann: " + b"a" * (sources.MAX_LINE + 1),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_transcript_is_one_clear_error(name: str, tmp_path: Path) -> None:
    """F2."""
    path = tmp_path / "meeting.txt"
    path.write_bytes(BAD[name])
    with pytest.raises(TranscriptError) as caught:
        read(path)
    assert str(caught.value).startswith("meeting.txt") and "; expected " in str(caught.value)


def test_a_bad_timing_line_is_named_by_its_number() -> None:
    """F2."""
    with pytest.raises(TranscriptError) as caught:
        text("WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n\n00:00:03.000 -> 00:00:04.000\nsecret\n")
    assert caught.value.line == 6 and "secret" not in str(caught.value)


def test_a_file_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """F2, S10."""
    monkeypatch.setattr(sources, "MAX_BYTES", 20)
    with pytest.raises(TranscriptError, match="at most 20 bytes"):
        text("Ann: hi\n" * 3)


def test_a_missing_file_is_also_a_file_not_found() -> None:
    """F2."""
    with pytest.raises(FileNotFoundError) as caught:
        read("no/such.vtt")
    assert isinstance(caught.value, TranscriptError) and str(caught.value).startswith("such.vtt: ")


def test_pipes_devices_folders_and_nul_are_refused_at_once(tmp_path: Path) -> None:
    """S10."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    for path in (tmp_path / "pipe", tmp_path / "link", tmp_path, Path("/dev/null"), "a\0b"):
        with pytest.raises(TranscriptError):
            read(path)


def test_an_unknown_format_is_an_input_error() -> None:
    with pytest.raises(InputError, match="webvtt"):
        text("Ann: hi", format="docx")
