"""Supported statements with the turns they rest on, read from annotated meetings. It knows no verifier."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from assent.data.transcripts.turns import Turn

Kind = Literal["decision", "action", "question", "point"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement to verify. `evidence` are the cited turns, `participants` everyone who speaks in the meeting."""

    text: str
    kind: Kind
    evidence: tuple[Turn, ...]
    participants: tuple[str, ...]
    owner: str | None = None
    due: str | None = None
    meeting: str = ""
    series: str = ""

    @property
    def heard(self) -> str:
        """The evidence as one text, speakers included."""
        return "\n".join(f"{turn.speaker}: {turn.text}" for turn in self.evidence)

    @property
    def speakers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(turn.speaker for turn in self.evidence if turn.speaker))


@dataclass(frozen=True, slots=True)
class NearMiss:
    """Something talked about that never became a task: `text` as annotated, `why` it did not."""

    text: str
    why: str
    claim: Claim


@dataclass(frozen=True, slots=True)
class AnnotatedMeeting:
    """The claims of one meeting, and what it left undone."""

    id: str
    claims: tuple[Claim, ...]
    near_misses: tuple[NearMiss, ...]


def annotated(row: Mapping[str, Any]) -> AnnotatedMeeting:
    return AnnotatedMeeting(row["id"], tuple(_claims(row)), tuple(_near_misses(row)))


def _claims(row: Mapping[str, Any]) -> Iterator[Claim]:
    for action in row["actions"]:
        yield _claim(row, "action", action["statement"], action["turns"], action["owner"], action["due"])
    for decision in row["decisions"]:
        yield _claim(row, "decision", decision["statement"], decision["turns"])
    for question in row["questions"]:
        yield _claim(row, "question", question["statement"], question["turns"])
    for topic in row["topics"]:
        for point in topic["points"]:
            yield _claim(row, "point", point["text"], point["turns"])


def _near_misses(row: Mapping[str, Any]) -> Iterator[NearMiss]:
    for item in row["not_actions"]:
        yield NearMiss(item["text"], item["why"], _claim(row, "action", item["text"], item["turns"]))


def _claim(
    row: Mapping[str, Any],
    kind: Kind,
    text: str,
    turns: Iterable[int],
    owner: str | None = None,
    due: str | None = None,
) -> Claim:
    spoken = tuple(Turn(turn["speaker"], turn["text"], turn.get("start")) for turn in row["turns"])
    names = tuple(dict.fromkeys(turn.speaker for turn in spoken if turn.speaker))
    evidence = tuple(spoken[index] for index in sorted(turns))
    return Claim(text, kind, evidence, names, owner, due, row["id"], row["series"])


def stable(*parts: str) -> int:
    """A number that depends on the parts alone, never on position."""
    return int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest()[:8], "big")
