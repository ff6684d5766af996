"""What can be said of minutes without a reference: their text at a length, and the counts of their statements.

It knows no engine; the verifier is handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from assent.data.transcripts.turns import Transcript, Turn
from assent.features.minutes import ActionItem, MinutesDocument
from assent.training.evaluate.claims import Kind
from assent.training.evaluate.verifier import Verifier
from assent.training.evaluate.words import content_stems, tokens

COPY = 0.6
"""A statement with more than this share of its content stems in one cited turn is a copy of that turn."""


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of the minutes, of any list."""

    kind: Kind
    text: str
    evidence: tuple[int, ...]
    written_by: str
    owner: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of one document. `own_words` are the model's statements that are no copy of one turn."""

    statements: int
    citing_existing: int
    owners: int
    owners_outside: int
    turns: int
    unread: int
    kept: int
    quoted: int
    dropped: int
    by_model: int
    own_words: int
    own_words_supported: int
    supported: int


SHARES: dict[str, tuple[str, str]] = {
    "citing existing turns": ("citing_existing", "statements"),
    "owners outside participants and evidence": ("owners_outside", "owners"),
    "turns unread": ("unread", "turns"),
    "written by the model": ("by_model", "statements"),
    "model's, not over 60 % one turn's words": ("own_words", "statements"),
    "of those, supported (verifier)": ("own_words_supported", "own_words"),
    "all statements, supported (verifier)": ("supported", "statements"),
    "sentences kept": ("kept", "tried"),
    "sentences replaced by a quote": ("quoted", "tried"),
    "sentences dropped": ("dropped", "tried"),
}


def sides(counts: Counts) -> dict[str, tuple[int, int]]:
    """(count, of how many) of each share."""
    held = asdict(counts) | {"tried": counts.kept + counts.quoted + counts.dropped}
    return {name: (held[top], held[bottom]) for name, (top, bottom) in SHARES.items()}


def every_line(minutes: MinutesDocument) -> Iterator[Line]:
    """All statements: recap, decisions, tasks, questions, points."""
    for said in minutes.recap:
        yield Line("point", said.text, said.evidence, said.written_by)
    for said in minutes.decisions:
        yield Line("decision", said.text, said.evidence, said.written_by)
    for item in minutes.action_items:
        yield Line("action", item.task, item.evidence, item.written_by, item.owner, item.due)
    for said in minutes.open_questions:
        yield Line("question", said.text, said.evidence, said.written_by)
    for topic in minutes.topics:
        for said in topic.points:
            yield Line("point", said.text, said.evidence, said.written_by)


def cited_turns(minutes: MinutesDocument) -> set[int]:
    return {index for line in every_line(minutes) for index in line.evidence}


def count(minutes: MinutesDocument, transcript: Transcript, verify: Verifier) -> Counts:
    lines = list(every_line(minutes))
    model = [line for line in lines if line.written_by == "model"]
    own = [line for line in model if not _is_copy(line, transcript)]
    return Counts(
        statements=len(lines),
        citing_existing=sum(_cites(line, transcript) for line in lines),
        owners=sum(item.owner is not None for item in minutes.action_items),
        owners_outside=sum(_outside(item, transcript) for item in minutes.action_items),
        turns=len(transcript.turns),
        unread=len(transcript.turns) - minutes.coverage.read,
        kept=minutes.grounding.kept,
        quoted=minutes.grounding.quoted,
        dropped=minutes.grounding.dropped,
        by_model=len(model),
        own_words=len(own),
        own_words_supported=sum(_supported(line, transcript, verify) for line in own),
        supported=sum(_supported(line, transcript, verify) for line in lines),
    )


def _cites(line: Line, transcript: Transcript) -> bool:
    return bool(line.evidence) and all(0 <= index < len(transcript.turns) for index in line.evidence)


def _evidence(indexes: Sequence[int], transcript: Transcript) -> list[Turn]:
    return [transcript.turns[index] for index in indexes if 0 <= index < len(transcript.turns)]


def _outside(item: ActionItem, transcript: Transcript) -> bool:
    if not item.owner or item.owner in transcript.participants:
        return False
    heard = {word for turn in _evidence(item.evidence, transcript) for word in tokens(f"{turn.speaker} {turn.text}")}
    return not set(tokens(item.owner)) <= heard


def _is_copy(line: Line, transcript: Transcript) -> bool:
    own = content_stems(line.text)
    shares = (len(own & content_stems(turn.text)) for turn in _evidence(line.evidence, transcript))
    return max(shares, default=0) > COPY * len(own)


def _supported(line: Line, transcript: Transcript, verify: Verifier) -> bool:
    verdict = verify(
        line.text,
        _evidence(line.evidence, transcript),
        kind=line.kind,
        participants=transcript.participants,
        owner=line.owner,
        due=line.due,
    )
    return verdict.supported
