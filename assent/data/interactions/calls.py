"""What a capture is given: the calls of one use of a feature and the material they read. It knows no storage."""

from __future__ import annotations

from dataclasses import dataclass, field

from assent.data.transcripts.turns import Transcript


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
    enums and counts: model, adapter, template, tone, length.
    """

    account: str
    user: str
    feature: str
    material: Transcript
    calls: tuple[Call, ...]
    meeting: str | None = None
    request: str | None = None
    about: dict[str, str] = field(default_factory=dict)
