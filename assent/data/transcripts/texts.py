"""Transcripts and chats written as text: stamped lines, headed paragraphs, `Name: text`, prose. It knows no JSON.

Times are kept as they stand: a chat gives clock times, which become seconds since midnight, and are not shifted to the
first message. A Meet export stamps only a section: the first turn under the stamp gets it, the others have no time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from assent.data.transcripts.clock import STAMP, seconds
from assent.data.transcripts.labels import MAX_LABEL, Line, known_labels, split
from assent.data.transcripts.source import Source

_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_BRACKETED = re.compile(rf"(?a)\s*(?:\[({_DATE},?\s)?\s?({STAMP})\]|\(({_DATE},?\s)?({STAMP})\))[ \t:-]*")
_BARE = re.compile(rf"(?a)\s*({_DATE}[,T]?\s?)?({STAMP})(?:\s+-\s+|[ \t:]+|$)")
_HEAD = re.compile(rf"(?a)({STAMP})\)?:?")
_CAPTION_HEAD = re.compile(rf"(?a)\[([^\[\]]{{1,{MAX_LABEL}}})\]\s+({STAMP})")
_ASIDE = re.compile(
    r"(?i)transcribed by https?://otter\.ai.*|.{1,80} (?:started|stopped) transcription\.?|"
    r"this editable transcript was computer generated.*|(?:meeting|transcription) ended after.*"
)
TRANSCRIPT = re.compile(r"(?i)\W*transcript\W*")


def stamped(text: str) -> tuple[float | None, str]:
    """(seconds, the rest) of a line that opens with a time."""
    if match := _BRACKETED.match(text):
        return _moment(match[1] or match[3], match[2] or match[4]), text[match.end() :]
    if match := _BARE.match(text):
        return _moment(match[1], match[2]), text[match.end() :]
    return None, text


def _moment(date: str | None, stamp: str) -> float | None:
    """Beside a date, two numbers are hours and minutes."""
    return seconds(f"{stamp}:00" if date and re.fullmatch(r"(?a)\d+:\d+", stamp) else stamp)


def chat_head(text: str) -> Line | None:
    """A line of a chat: `time From X to Y: text`, `time From X : text`, or `time<tab>X:<tab>text`."""
    start, rest = stamped(text)
    if start is None:
        return None
    rest = rest.strip()
    if rest[:5].casefold().strip() == "from" and rest[4:5].isspace():
        head, colon, said = rest[5:].partition(":")
        name = re.split(r"\s+to\s+", head.strip(), maxsplit=1, flags=re.IGNORECASE)[0].strip()
        return Line(said.strip(), start, None, name) if colon and 0 < len(name) <= MAX_LABEL else None
    name, tab, said = rest.partition(":\t")
    return Line(said.strip(), start, None, name.strip()) if tab and 0 < len(name.strip()) <= MAX_LABEL else None


def read_chat(source: Source) -> Iterator[Line]:
    """Messages; a line without a head goes on with the message above it."""
    begun = False
    for text in source.lines():
        if line := chat_head(text):
            begun = True
            yield line
        elif text.strip() and begun:
            yield Line(text.strip(), opens=False, speaker="")
        elif text.strip():
            raise source.error("a line before the first message", "hh:mm:ss From Name to Everyone: text")


def head(text: str, after_blank: bool) -> Line | None:
    """`Name  0:03`, `Name (0:03):`, `[Name] 10:02:11`: the line above a paragraph. One blank before the time is enough
    only where the line above is blank, for a sentence may end in a time."""
    text = text.strip()
    if len(text) > MAX_LABEL + 20 or ":" not in text:
        return None
    if match := _CAPTION_HEAD.fullmatch(text):
        return Line("", seconds(match[2]), None, match[1].strip())
    for match in re.finditer(r"\t\s*|\s{2,}\(?|\s\(" + (r"|\s" if after_blank else ""), text):
        found = _HEAD.fullmatch(text, match.end())
        name = text[: match.start()].strip()
        if found and (start := seconds(found[1])) is not None and split(f"{name}: x")[0] == name:
            return Line("", start, None, name)
    return None


def read_headed(source: Source) -> Iterator[Line]:
    """Paragraphs under their heads. What stands before the first head is no speech."""
    blank, begun = True, False
    for text in source.lines():
        if not text.strip():
            blank = True
            continue
        if line := head(text, blank):
            begun = True
            yield line
        elif begun and not _ASIDE.fullmatch(text.strip()):
            yield Line(text.strip(), opens=False, speaker="")
        blank = False


def read_labelled(source: Source) -> list[Line]:
    """`Name: text`, stamped or not; a stamp on a line of its own belongs to the next turn."""
    lines: list[Line] = []
    start: float | None = None
    stamps = 0
    for text in source.lines():
        found, said = stamped(text)
        start = found if found is not None else start
        if said.strip() and not _ASIDE.fullmatch(said.strip()):
            stamps += found is not None
            lines.append(Line(said.strip(), start, opens=found is not None or split(said)[0] is not None))
            start = None
    return _settle(lines, all_stamped=stamps > 1)


def _settle(lines: list[Line], all_stamped: bool) -> list[Line]:
    """Without a stamp on each, only a label opens a turn; any other line goes on with the turn above."""
    known = known_labels(lines)
    for line in lines:
        line.opens = line.start is not None if all_stamped else split(line.text)[0] in known
    return lines


def read_meet(source: Source) -> list[Line]:
    """`Name: text` under the heading *Transcript*; title and attendees above it are no speech."""
    lines = read_labelled(source)
    below = (at + 1 for at, line in enumerate(lines) if TRANSCRIPT.fullmatch(line.text))
    return lines[next(below, 0) :]


def read_plain(source: Source) -> Iterator[Line]:
    """A turn for each paragraph, or for each line where no blank line parts them."""
    lines = [text.strip() for text in source.lines()]
    paragraphs = "" in "\n".join(lines).strip().split("\n")
    opens = True
    for text in lines:
        if text:
            yield Line(text, opens=opens, speaker="")
        opens = not paragraphs or not text
