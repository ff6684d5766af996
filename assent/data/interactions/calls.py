"""What a capture is given: the calls of one use of a feature and the material they read. It knows no storage."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from assent.data.transcripts.roster import Roster
from assent.data.transcripts.turns import Transcript
from assent.errors import InputError

_ENUM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,99}")
"""A name of a task, model or template; nothing that could be a sentence."""


@dataclass(frozen=True, slots=True)
class Call:
    """One prompt to the model and what came of it: the unit of log and training.

    `turns` are the indexes of the material that the prompt showed; `text` is what the user was shown for it and
    `written_by` who wrote that (model, quote, rules). `parents` are the indexes, among the calls of the interaction,
    of those whose text went into the prompt: their contributors are inherited. `about` holds closed enums only.
    """

    task: str
    turns: tuple[int, ...]
    text: str
    written_by: str
    parents: tuple[int, ...] = ()
    about: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Interaction:
    """One use of a feature by `user`, a person of the account `account` (names of the host, both).

    `material` is everything the prompts were made from, each turn attributed by a roster: the transcript of a
    meeting, or a thread with the user's instruction as its last turn. `meeting` and `request` are the host's own
    names of the meeting and of this use: the same request captured twice is one interaction. `about` holds closed
    enums and counts: model, adapter, template, tone, length. `roster` adds names to hide: of people who did not speak.
    """

    account: str
    user: str
    feature: str
    material: Transcript
    calls: tuple[Call, ...]
    meeting: str | None = None
    request: str | None = None
    about: dict[str, str] = field(default_factory=dict)
    roster: Roster | None = None


def check(interaction: Interaction) -> None:
    """Raises InputError for what is no capture, and for a setting that could hold content; it names no value."""
    _enums("feature", (interaction.feature, *interaction.about, *interaction.about.values()))
    for at, call in enumerate(interaction.calls):
        _enums(f"call {at}", (call.task, call.written_by, *call.about, *call.about.values()))
        if not all(0 <= turn < len(interaction.material.turns) for turn in call.turns):
            raise InputError(f"call {at}: a turn that the material does not have")
        if not all(0 <= parent < at for parent in call.parents):
            raise InputError(f"call {at}: a parent that does not come before it")


def _enums(where: str, values: Iterable[object]) -> None:
    for value in values:
        if not (isinstance(value, int) or (isinstance(value, str) and _ENUM.fullmatch(value))):
            raise InputError(
                f"{where}: a setting that is no name or number; what is logged in the clear is closed words"
            )
