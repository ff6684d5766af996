"""Turns written as JSON or JSON Lines, in the shapes that services use. It knows no text format.

Only names and times that stand under a key for them are taken. A time that is no number of seconds and no stamp is left
out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assent.data.transcripts.clock import number
from assent.data.transcripts.labels import MAX_LABEL
from assent.data.transcripts.source import Source
from assent.data.transcripts.turns import Turn

_LISTS = ("turns", "segments", "utterances", "transcript", "results", "sentences", "entries", "messages", "captions",
          "dialogue", "conversation", "items", "data")  # fmt: skip
_TEXT = ("text", "transcript", "content", "message", "sentence", "utterance", "caption", "body", "spokenText", "value")
_SPEAKER = ("speaker_name", "speakerName", "speaker", "name", "display_name", "displayName", "author", "sender", "from",
            "participant", "user", "username", "speaker_label", "speakerLabel", "role")  # fmt: skip
_ID = ("participant_id", "participantId", "speaker_id", "speakerId", "user_id", "userId", "id")
_START = ("start", "start_time", "startTime", "begin", "start_seconds", "timestamp", "time", "ts", "offset")
_END = ("end", "end_time", "endTime", "stop", "end_seconds")
_START_MS = ("start_ms", "startMs", "start_time_ms", "offset_ms", "offsetMs")
_END_MS = ("end_ms", "endMs", "end_time_ms")
_MAX_DEPTH = 4
_WANTED = "turns: a list of objects with `text` and, where known, `speaker`, `start` and `end` in seconds"


@dataclass(frozen=True, slots=True)
class Document:
    """What a JSON file holds of a transcript, before cleaning."""

    turns: list[Turn]
    title: str | None = None
    date: str | None = None
    language: str | None = None


def read_json(source: Source) -> Document:
    document = _decode(source, source.text(), 0)
    items = _turn_list(document, 0)
    if items is None and isinstance(document, Mapping) and _text(document) is not None:
        items = [document]
    if items is None:
        raise source.error("JSON without turns", _WANTED, 0)
    return _document(document if isinstance(document, Mapping) else {}, _turns(source, items))


def read_json_lines(source: Source) -> Document:
    """A turn on each line, or one line with a whole dialogue."""
    rows: list[tuple[int, Any]] = []
    for row, line in enumerate(source.text().split("\n"), 1):
        if line.strip():
            rows.append((row, _decode(source, line, row)))
    if len(rows) == 1 and (items := _turn_list(rows[0][1], 0)) is not None:
        return _document(rows[0][1], _turns(source, items))
    return Document([_turn(source, row, line) for line, row in rows])


def _decode(source: Source, text: str, line: int) -> Any:
    try:
        return json.loads(text, strict=False)
    except RecursionError:
        raise source.error("JSON nested too deeply", _WANTED, line) from None
    except json.JSONDecodeError as error:
        raise source.error("broken JSON", _WANTED, line or error.lineno) from None
    except ValueError:
        raise source.error("a JSON number out of bounds", _WANTED, line) from None


def _turn_list(value: Any, depth: int) -> list[Any] | None:
    """The first list of turns, looked for under the keys that services use."""
    if isinstance(value, list):
        return (
            value
            if value and all(isinstance(item, Mapping) for item in value) and _text(value[0]) is not None
            else None
        )
    if not isinstance(value, Mapping) or depth >= _MAX_DEPTH:
        return None
    found = (_turn_list(value[key], depth + 1) for key in _LISTS if isinstance(value.get(key), list | Mapping))
    return next((items for items in found if items is not None), None)


def _turns(source: Source, items: Iterable[Any]) -> list[Turn]:
    return [_turn(source, item, 0, index) for index, item in enumerate(items)]


def _turn(source: Source, item: Any, line: int, index: int | None = None) -> Turn:
    text = _text(item) if isinstance(item, Mapping) else None
    if text is None:
        where = "" if index is None else f" at turn {index}"
        raise source.error(f"no text{where}", "one turn an object, with `text`", line)
    speaker, identity = _speaker(item)
    return Turn(speaker, text, _time(item, _START, _START_MS), _time(item, _END, _END_MS), identity)


def _text(item: Mapping[str, Any]) -> str | None:
    return next((item[key] for key in _TEXT if isinstance(item.get(key), str)), None)


def _speaker(item: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """(label, the host's id of the speaker); the id of a turn is not one of a speaker."""
    value = next((item[key] for key in _SPEAKER if item.get(key) not in (None, "")), None)
    if isinstance(value, Mapping):
        return next(_labels(value, _SPEAKER), None), next(_labels(value, _ID), None)
    return _label(value), next(_labels(item, _ID[:-1]), None)


def _labels(item: Mapping[str, Any], keys: Iterable[str]) -> Iterator[str]:
    return (label for key in keys if (label := _label(item.get(key))) is not None)


def _label(value: Any) -> str | None:
    """A name, or the number that a service gives a voice."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).strip()[:MAX_LABEL] or None


def _time(item: Mapping[str, Any], keys: Iterable[str], in_milliseconds: Iterable[str]) -> float | None:
    found = next((time for key in keys if (time := number(item.get(key))) is not None), None)
    if found is not None:
        return found
    return next((time / 1000 for key in in_milliseconds if (time := number(item.get(key))) is not None), None)


def _document(head: Mapping[str, Any], turns: list[Turn]) -> Document:
    title, date, language = (
        value if isinstance(value := head.get(key), str) else None for key in ("title", "date", "language")
    )
    return Document(turns, title, date, language)
