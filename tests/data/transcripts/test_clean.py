from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.transcripts import read, safe_name
from assent.data.transcripts.clean import MAX_NAME, clean
from assent.errors import InputError

HIDDEN = (
    "\x00\x07\x1b\x7f\x9b\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff\ufffb"
    "\U000e0001\U000e0041\U000e007f\U000e0100\ud800"
)


@pytest.mark.parametrize("char", HIDDEN)
def test_hidden_characters_are_removed_from_text_and_labels_and_counted(char: str) -> None:
    """S2."""
    transcript = read(io.StringIO(json.dumps([{"speaker": f"A{char}nn", "text": f"p{char} q"}])))
    assert (transcript.turns[0].speaker, transcript.turns[0].text) == ("Ann", "p q")
    assert transcript.cleaned == 2


def test_escape_sequences_go_with_what_they_carry() -> None:
    """S2."""
    transcript = read(io.StringIO("Ann: \x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x1b\\\n"))
    assert transcript.turns[0].text == "red link" and transcript.cleaned == 9 + 14 + 7


def test_entities_cannot_bring_hidden_characters_back() -> None:
    """S2."""
    transcript = read(io.StringIO("WEBVTT\n\n00:01.000 --> 00:02.000\n<v A&rlm;nn>a&#x202e;b\n"))
    assert (transcript.turns[0].speaker, transcript.turns[0].text, transcript.cleaned) == ("Ann", "ab", 2)


def test_joiners_that_are_spelling_stay() -> None:
    assert clean("می\u200cخواهم 👩\u200d💻") == "می\u200cخواهم 👩\u200d💻"


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(
    st.text()
    | st.sampled_from(["../x", "/etc/passwd", "C:\\x", "a\0b", "NUL", "con.txt", "..", "a/../../b", "x" * 999])
)
def test_a_safe_name_is_one_plain_file_name(name: str) -> None:
    """S10."""
    try:
        safe = safe_name(name)
    except InputError:
        return
    assert 0 < len(safe) <= MAX_NAME + 1 and not set(safe) & set('/\\:*?"<>|\0\n') and not safe.startswith(".")
    assert safe.split(".")[0].casefold() not in {"con", "nul", "prn", "aux", "com1", "lpt1"}
