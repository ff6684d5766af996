"""Any bytes, and mutated samples: a transcript or a TranscriptError, soon, and nothing in it that the file has not."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.transcripts import FORMATS, Transcript, Turn, read
from assent.data.transcripts.clean import clean
from assent.errors import TranscriptError

HERE = Path(__file__).parent
FILES = [path.read_bytes()[:1500] for path in sorted([*HERE.glob("samples/*"), *HERE.parent.glob("meetings/*")])]
PIECES = [
    b"\n",
    b"\r\n",
    b"-->",
    b"<v ",
    b">",
    b":",
    b"{",
    b"]",
    b'"',
    b"\x00",
    b"\x1b[",
    b"\xe2\x80\xae",
    b"\xff",
    b"00:01",
    b"NOTE\n",
]


def read_or_refuse(data: bytes, format: str | None = None) -> Transcript | None:
    try:
        return read(io.BytesIO(data), format)
    except TranscriptError:
        return None


@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode), st.sampled_from([None, *FORMATS]))
def test_any_bytes_are_read_or_refused(data: bytes, format: str | None) -> None:
    """F1, F2."""
    read_or_refuse(data, format)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_mutated_samples_invent_no_name_and_no_time(data: st.DataObject) -> None:
    """F1."""
    content = bytearray(data.draw(st.sampled_from(FILES)))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(content)))
        content[start : start + data.draw(st.integers(0, 40))] = data.draw(
            st.sampled_from(PIECES) | st.binary(max_size=4)
        )
    transcript = read_or_refuse(bytes(content), data.draw(st.sampled_from([None, None, None, *FORMATS])))
    if transcript is not None:
        assert_from_file(bytes(content), transcript)


def assert_from_file(content: bytes, transcript: Transcript) -> None:
    raw = (
        content.decode("utf-8", "ignore")
        if content.decode("utf-8", "ignore").encode() == content
        else content.decode("cp1252", "ignore")
    )
    flat = "".join(clean(raw).split()).replace("&amp;", "&")
    times = stamps(flat)
    for turn in transcript.turns:
        assert turn.text
        if transcript.format in ("json", "jsonl"):
            continue
        assert "".join((turn.speaker or "").split()) in flat
        for moment in (turn.start, turn.end):
            assert moment is None or moment in times


def stamps(flat: str) -> set[float]:
    """Every reading of every run of digits, colons and points as a time."""
    found = set()
    for match in re.finditer(r"(?=((?:\d{1,3}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,9})?))", flat):
        for end in range(match.start(1), match.end(1) + 1):
            parts = flat[match.start(1) : end].replace(",", ".").split(":")
            if all(re.fullmatch(r"\d+(\.\d+)?", part) for part in parts) and len(parts) > 1:
                total = 0.0
                for part in parts:
                    total = total * 60 + float(part)
                found |= {
                    round(total, 9),
                    round(total + 43200, 9),
                    round(total * 60, 9),
                    round(total * 60 + 43200, 9),
                    round(total - 43200, 9),
                }
    return found


HOSTILE = {
    "voices": b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v " * 300_000,
    "tags": b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<c." * 300_000,
    "digits": b"1" * 900_000,
    "stamps": b"1\n00:00:01,000 --> 00:00:02,000\n" + b"1\n\n" * 100_000,
    "escapes": b"Ann: " + b"\x1b]" * 400_000 + b"\nAnn: hi",
    "csi": b"Ann: " + b"\x1b[0;" * 200_000 + b"\nAnn: hi",
    "froms": b"10:00:00 From " + b" to " * 200_000 + b": x",
    "labels": b"".join(b"Name %d: x\n" % n for n in range(50_000)),
    "spaces": b"Ann" + b" " * 900_000 + b"0:03\nhi",
    "colons": b"a:" * 400_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_end_soon(name: str) -> None:
    """F1: no expression here needs more than linear time. The bound is loose; quadratic would be minutes."""
    begun = time.process_time()
    for format in (None, "webvtt", "zoom-chat", "otter", "labelled"):
        read_or_refuse(HOSTILE[name], format)
    assert time.process_time() - begun < 10


def test_the_invention_check_sees_an_invented_name_and_time() -> None:
    for turn in (Turn("Bo", "hi"), Turn("Ann", "hi", 3.0)):
        with pytest.raises(AssertionError):
            assert_from_file(b"Ann: hi 0:04", Transcript((turn,)))
