"""A row as a training example: the prompt that the feature would show, and what the user kept. It asks no gate.

The lines are those the features show, under the labels they use; the prompt is rendered by the features' own functions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from assent.data.interactions.names import SOMEONE
from assent.data.ledger import canonical
from assent.data.telemetry.measures import changed
from assent.features import candidates
from assent.features.drafting import spell_out
from assent.features.drafting.rewriting import HOWS
from assent.features.guard import Source
from assent.features.prompts import Guidance, Line, instructed, shorten, signed, speaker_label, tagged
from assent.models.engine import Dialect, Message
from assent.training.signals import Meaning, meaning
from assent.training.snapshot.injection import flagged

STATEMENTS = frozenset({"action", "decision", "question", "point", "heading"})
MESSAGES = frozenset({"compose", "reply", "rewrite"})
PERCENT = 100


@dataclass(frozen=True, slots=True)
class Example:
    """One prompt and its answer. `row`, `account`, `meeting` are ids of the log; `basis` is the row's weakest."""

    row: str
    task: str
    style: tuple[str, ...]
    lines: tuple[Line, ...]
    target: str
    weight: float
    account: str
    meeting: str
    basis: str

    @property
    def content(self) -> bytes:
        """SHA-256 of all that reaches the model."""
        whole = [self.task, list(self.style), [list(line) for line in self.lines], self.target]
        return hashlib.sha256(canonical(whole)).digest()


class Read(NamedTuple):
    """A row as read: its example, None where it is not to be used, with the reason; what the user's verdict meant."""

    example: Example | None
    reason: str
    edited: float | None = None


WEAKEST_FIRST = ("bundled_grant", "account_grant", "own_consent")


def read(row: Mapping[str, Any], about: Mapping[str, Any], reviewed: frozenset[str] = frozenset()) -> Read:
    """`row` as the dataset gives it; `about` is what the log keeps of its interaction. `reviewed` rows are not held."""
    edited = None if row["kept"] is None else changed(row["text"], row["kept"]) / PERCENT
    said = meaning(row["feedback"], edited)
    reason = _unused(row, about, said)
    if reason:
        return Read(None, reason, edited)
    settings = about.get("about", {})
    lines = shown(row["task"], [(turn["speaker"], turn["text"]) for turn in row["turns"]])
    example = Example(
        row=row["id"],
        task=row["task"],
        style=_style(row["task"], settings, lines),
        lines=lines,
        target=(row["text"] if row["kept"] is None else row["kept"]).strip(),
        weight=said.weight,
        account=row["account"],
        meeting=row["meeting"],
        basis=_weakest(row["contributors"]),
    )
    if row["id"] not in reviewed and flagged([example.target, *(text for line in lines for text in line)]):
        return Read(None, "injection", edited)
    return Read(example, said.signal, edited)


def _unused(row: Mapping[str, Any], about: Mapping[str, Any], said: Meaning) -> str | None:
    task, target = row["task"], row["text"] if row["kept"] is None else row["kept"]
    if task not in STATEMENTS | MESSAGES | {"answer"}:
        return "unknown_task"
    if not said.use:
        return said.signal
    if not target.strip():
        return "struck_out"
    if SOMEONE in target:
        return "redacted"
    if row["parents"]:  # the prompt held texts of other calls; without them it is another prompt
        return "from_other_calls"
    if task in MESSAGES and row["kept"] is None and about.get("made", 1) > 1:
        return "one_of_several"  # which draft was accepted is not told
    least = 2 if task in ("rewrite", "answer") else 1
    return None if len(row["turns"]) >= least else "incomplete"


def shown(task: str, turns: Sequence[tuple[str | None, str]]) -> tuple[Line, ...]:
    """The lines of the prompt. What the user gave beside the material stands behind it, labelled if signed."""
    labelled = [(speaker_label(speaker), text) for speaker, text in turns]
    if task == "rewrite":
        return *signed(turns[0][0]), ("instruction", turns[0][1]), ("text", spell_out(turns[1][1]))
    if task in MESSAGES:
        *thread, (_, wish) = labelled
        asked = spell_out(wish, [part for line in thread for part in line])
        return *thread, *signed(turns[-1][0]), ("instruction", asked)
    if task == "answer":
        return *_shortened(labelled[:-1]), ("question", turns[-1][1])
    material = list(turns)
    while len(material) > 1 and material[-1][0] is None:
        material.pop()  # notes and wishes: guidance, and no line
    return _shortened(labelled[: len(material)])


def messages(example: Example, dialect: Dialect, language: str | None = None) -> tuple[Message, ...]:
    """The prompt as the feature renders it for a model of that dialect."""
    if example.task in MESSAGES:
        return _message(example, dialect)
    if dialect == "slots":
        stated = example.task != "answer"
        return tagged(example.task if stated else "point", example.lines if stated else example.lines[:-1])
    return instructed(example.task, example.lines, Guidance(language=language))


def _message(example: Example, dialect: Dialect) -> tuple[Message, ...]:
    if dialect == "slots":
        return tagged(example.task, example.lines, example.style)
    tone, length = example.style if len(example.style) > 1 else (None, None)
    ask = candidates.Ask(example.task, example.lines, example.style, Source("", "", ()), tone, length)
    return candidates.instructed(ask)


def _style(task: str, settings: Mapping[str, Any], lines: Sequence[Line]) -> tuple[str, ...]:
    if task == "rewrite":
        wanted = dict(lines)["instruction"].strip().lower()
        return (wanted if wanted in HOWS else "improve",)
    if task in MESSAGES:
        return settings.get("tone", "neutral"), settings.get("length", "short")
    return ()


def _shortened(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple((label, shorten(text)) for label, text in lines)


def _weakest(contributors: Sequence[Mapping[str, str]]) -> str:
    bases = {one["basis"] for one in contributors}
    return next(basis for basis in WEAKEST_FIRST if basis in bases)
