"""From a file to a Transcript: which format it is, told from its content, and the reader for it. It knows no model.

The suffix of a file is never looked at. `format` overrides what the content says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import IO, Any

from assent.data.transcripts import labels, texts
from assent.data.transcripts.cues import SBV_TIMING, TIMING, read_cues
from assent.data.transcripts.objects import Document, read_json, read_json_lines
from assent.data.transcripts.source import Source, open_source
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import InputError

MAX_TURNS = 1_000_000
"""Turns of one file."""
_HEAD = 200
"""Lines looked at to tell the format."""
_GUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}.*")
_MARKUP = re.compile(r"(?i)<(?:!doctype|html|\?xml|tt|svg|body|div|p)\b.*")
_MIN_LETTERS = 0.5
"""Share of letters and blanks that prose has at least."""
_MAX_WORD = 240
"""Characters of one word above which ASCII text is data, not prose."""


def _cues(source: Source) -> Document:
    lines, language = read_cues(source)
    return Document(list(labels.turns(lines)), language=language)


def _lines(reader: Callable[[Source], Iterable[labels.Line]]) -> Callable[[Source], Document]:
    return lambda source: Document(list(labels.turns(list(reader(source)))))


_READERS: dict[str, Callable[[Source], Document]] = {
    "json": read_json,
    "jsonl": read_json_lines,
    "labelled": _lines(texts.read_labelled),
    "meet": _lines(texts.read_meet),
    "otter": _lines(texts.read_headed),
    "plain": _lines(texts.read_plain),
    "sbv": _cues,
    "srt": _cues,
    "teams": _lines(texts.read_headed),
    "teams-vtt": _cues,
    "webvtt": _cues,
    "zoom-chat": _lines(texts.read_chat),
    "zoom-vtt": _cues,
}
FORMATS = tuple(_READERS)


def read(path_or_file: str | os.PathLike[str] | IO[Any], format: str | None = None) -> Transcript:
    """The transcript in a file. Raises TranscriptError, naming file, line and what was expected."""
    if format is not None and format not in _READERS:
        raise InputError(f"unknown transcript format; expected one of {', '.join(FORMATS)}")
    source = open_source(path_or_file)
    chosen = format or sniff(source)
    document = _READERS[chosen](source)
    turns = _cleaned(source, document.turns)
    if not turns:
        raise source.error("no turn with text", f"at least one turn as {chosen}", 0)
    head = {key: source.cleaner(value) if value else None for key, value in
            (("title", document.title), ("date", document.date), ("language", document.language))}  # fmt: skip
    return Transcript(turns, format=chosen, source=source.name, cleaned=source.cleaner.count, **head)


def _cleaned(source: Source, turns: list[Turn]) -> tuple[Turn, ...]:
    """Cleaned once more: JSON and entities write characters that no line shows. White space is one blank."""
    if len(turns) > MAX_TURNS:
        raise source.error("too many turns", f"at most {MAX_TURNS:,}", 0)
    clean = source.cleaner
    found = []
    for turn in turns:
        if text := " ".join(clean(turn.text).split()):
            speaker = " ".join(clean(turn.speaker or "").split()) or None
            identity = clean(turn.participant_id or "").strip() or None
            found.append(replace(turn, text=text, speaker=speaker, participant_id=identity))
    return tuple(found)


def sniff(source: Source) -> str:
    """The format of a file, by its first lines. Raises TranscriptError where it is none."""
    head = source.head(_HEAD)
    if not head:
        raise source.error("an empty file", "a transcript", 0)
    if head[0].startswith("WEBVTT"):
        return _dialect(head)
    if head[0][0] == "{" or re.match(r"\[\s*(?:[\[{\"\]]|$)", head[0]):
        return "jsonl" if len(head) > 1 and all(line[0] == "{" and line[-1] == "}" for line in head) else "json"
    if any(TIMING.fullmatch(line) for line in head[:30]):
        return "srt"
    if SBV_TIMING.fullmatch(head[0]):
        return "sbv"
    if texts.chat_head(head[0]):
        return "zoom-chat"
    return _text_format(source, head)


def _dialect(head: list[str]) -> str:
    if any("<v" in line for line in head):
        return "teams-vtt" if any(_GUID.fullmatch(line) for line in head) else "webvtt"
    said = [labels.Line(line) for line in head[1:] if "-->" not in line and not line.isdigit()]
    return "zoom-vtt" if labels.known_labels(said) else "webvtt"


def _text_format(source: Source, head: list[str]) -> str:
    if _MARKUP.match(head[0]):
        raise source.error("markup", "a transcript as text, WebVTT, SRT or JSON", 1)
    heads = [texts.head(line, after_blank=False) for line in head]
    if sum(line is not None for line in heads) > 1 or texts.head(head[0], after_blank=True):
        asides = any("transcription" in line and ("started" in line or "stopped" in line) for line in head)
        return "teams" if asides else "otter"
    if any(texts.TRANSCRIPT.fullmatch(line) for line in head) and any(line.startswith("Attendees") for line in head):
        return "meet"
    said = [labels.Line(texts.stamped(line)[1]) for line in head]
    if labels.known_labels(said) or sum(texts.stamped(line)[0] is not None for line in head) > len(head) / 2:
        return "labelled"
    if not _prose(head):
        raise source.error(
            "neither turns nor prose", "WebVTT, SRT, a chat or meeting export, JSON turns, or `Name: text`", 1
        )
    return "plain"


def _prose(head: list[str]) -> bool:
    text = " ".join(head)
    letters = sum(char.isalpha() or char.isspace() for char in text)
    return letters >= _MIN_LETTERS * len(text) and not (text.isascii() and max(map(len, text.split())) > _MAX_WORD)
