"""Timed cues: WebVTT, SRT, SBV. One reader, a line at a time; it knows no other format.

Why not a library. webvtt-py leaves out, silently, a cue whose timing it cannot read, hands the text of a second `<v>`
in a cue to the first speaker, ends a cue at a blank line, keeps entities, and reads a cue out of a NOTE. srt reads
`00:01,000` as one minute, stops at any line before the first cue, and its expression takes seven seconds on a row of a
thousand digits and minutes on two. Both want the whole file as one string. So the block structure is read here: what
stands under a timing line is never lost, and a timing line that cannot be read is an error with its line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from assent.data.transcripts.clock import seconds
from assent.data.transcripts.labels import MAX_LABEL, Line
from assent.data.transcripts.source import Source

_TIME = r"(?:\d{1,3}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,9})?"
TIMING = re.compile(rf"(?a)\s*({_TIME})\s*-->\s*({_TIME})(?:\s.*)?")
SBV_TIMING = re.compile(rf"(?a)({_TIME}),({_TIME})")
_TRIED = re.compile(r"(?a)[\d:.,\s]{3,40}-{1,2}>|-->\s*\d")
_ID = re.compile(r"(?a)\d+|[0-9a-fA-F-]{36}(?:[/-][\w-]*)?")
_SKIPPED = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s.*)?")
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s+([^<>]*)>")
_TAG = re.compile(r"</?(?:[cibuv]|lang|ruby|rt)(?:[.\s][^<>]*)?>|<[\d:.]{5,12}>|</?font[^<>]*>|\{\\an\d\}")
_LANGUAGE = re.compile(r"(?i)language:\s*([\w-]{2,20})\s*")


def read_cues(source: Source) -> tuple[list[Line], str | None]:
    """The lines of all cues, and the language where the header of a WebVTT file names one."""
    lines: list[Line] = []
    language = None
    for block in _blocks(source):
        if not lines and (found := next((m for m in map(_LANGUAGE.fullmatch, (text for _, text in block)) if m), None)):
            language = found[1]
        if not _SKIPPED.fullmatch(block[0][1]):
            _read_block(source, block, lines)
    return lines, language


def _blocks(source: Source) -> Iterator[list[tuple[int, str]]]:
    """Runs of lines without a blank one, each line with its number."""
    block: list[tuple[int, str]] = []
    for line in source.lines():
        if line.strip():
            block.append((source.line, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _read_block(source: Source, block: list[tuple[int, str]], lines: list[Line]) -> None:
    """A block holds one cue, several where blank lines are missing, or the rest of a cue with a blank line in it."""
    cue: tuple[float, float] | None = None
    payload: list[str] = []
    for number, text in block:
        if timing := _timing(source, number, text):
            if payload and _ID.fullmatch(payload[-1].strip()):
                payload.pop()
            _keep(payload, cue, lines)
            cue, payload = timing, []
        else:
            payload.append(text)
    if cue is not None or not _ID.fullmatch(payload[0].strip()) or len(payload) > 1:
        _keep(payload, cue, lines)


def _timing(source: Source, number: int, text: str) -> tuple[float, float] | None:
    if "-->" not in text and "->" not in text and "," not in text:
        return None
    match = TIMING.fullmatch(text) or SBV_TIMING.fullmatch(text.strip())
    if match and (start := seconds(match[1])) is not None and (end := seconds(match[2])) is not None:
        return start, end
    if match or _TRIED.match(text.lstrip()):
        raise source.error("a timing line that cannot be read", "hh:mm:ss.mmm --> hh:mm:ss.mmm", number)
    return None


def _keep(payload: list[str], cue: tuple[float, float] | None, lines: list[Line]) -> None:
    """Adds the lines of a payload. Without a cue it belongs to the cue before; before the first it is a header."""
    if cue is None and not lines:
        return
    start, end = cue or (lines[-1].start, lines[-1].end)
    opens = cue is not None
    for text in payload:
        for speaker, said in _voices(text):
            lines.append(Line(said, start, end, speaker, opens or speaker is not None))
            opens = False


def _voices(text: str) -> Iterator[tuple[str | None, str]]:
    """(speaker, text) for each voice of a line; markup is dropped and entities resolved."""
    if "<" not in text and "&" not in text and "{" not in text:
        yield None, text
        return
    pieces = _VOICE.split(text)
    if before := _plain(pieces[0]):
        yield None, before
    for name, said in zip(pieces[1::2], pieces[2::2], strict=True):
        yield _plain(name)[:MAX_LABEL] or None, _plain(said)


def _plain(text: str) -> str:
    return html.unescape(_TAG.sub("", text)).strip()
