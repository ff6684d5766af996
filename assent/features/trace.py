"""The thread from a result back to the store: what of it was logged, and what the user then did with it.

It knows no model and no rule of consent: the log asks the gate. A store that fails costs no user a result.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from assent.data.interactions.calls import Call, Interaction
from assent.data.telemetry.measures import words
from assent.data.transcripts import Roster, Transcript, Turn
from assent.errors import AssentError
from assent.features.edited import Shown
from assent.features.usage import Listening, Usage, closed
from assent.models.engine import Engine

if TYPE_CHECKING:
    from assent.data.facade import Store

NOTHING: Mapping[str, int] = {}


@dataclass(slots=True)
class Trace:
    """One use of a feature by `user` of `account`; `meeting` and `request` are names of the host, where it has any."""

    store: Store
    account: str
    user: str
    roster: Roster
    feature: str
    meeting: str | None = None
    request: str | None = None
    interaction: str | None = None
    shown: Shown = field(default_factory=list)
    """The id of each call, None where it was not logged, and its text."""
    rounds: int = 0
    usage: Usage = field(init=False)

    def __post_init__(self) -> None:
        self.usage = Usage(self.store, self.account, self.feature)

    def capture(
        self,
        material: Transcript,
        calls: Sequence[Call],
        about: Mapping[str, str | None],
        said: Sequence[str] = (),
        measured: Mapping[str, int] = NOTHING,
        signed: str | None = None,
    ) -> str:
        """Logs what may be logged, tells telemetry the sizes; the line that tells the user what was logged.

        `said` is what the user gave beside the material (an instruction, notes, a question): every call read it.
        `signed` is the user's name where it was part of that.
        """
        settings = closed(about)
        line = self._log(self._with_user(self.roster.attribute(material), said, signed), calls, settings)
        sizes = {
            "turns": len(material.turns),
            "words_in": material.words + sum(words(text) for text in said),
            "words_out": sum(words(call.text) for call in calls),
            "windows": len(calls),
        }
        self.usage.made(settings, sizes | dict(measured), self.interaction)
        return line

    def _log(self, read: tuple[Transcript, range], calls: Sequence[Call], about: dict[str, str]) -> str:
        request = f"{self.request}#{self.rounds}" if self.request and self.rounds else self.request
        self.rounds += 1
        whole, added = read
        calls = [replace(call, turns=(*call.turns, *added)) for call in calls]
        names = (self.account, self.user, self.feature)
        try:
            use = Interaction(*names, whole, tuple(calls), self.meeting, request, about, self.roster)
            logged = self.store.log.capture(use)
        except AssentError as error:
            self.interaction, self.shown = None, []
            return f"Account {self.account}: nothing was logged, the store gave {type(error).__name__}."
        self.interaction = logged.interaction
        self.shown = [(made, call.text) for made, call in zip(logged.calls, calls, strict=True)]
        return f"Account {self.account}: {logged}."

    def _with_user(self, material: Transcript, said: Sequence[str], signed: str | None) -> tuple[Transcript, range]:
        """The material followed by what the user gave, and the indexes of that."""
        own = (Turn(signed, text, attribution="channel", person=self.user, account=self.account) for text in said)
        turns = (*material.turns, *own)
        return replace(material, turns=turns), range(len(material.turns), len(turns))

    def another(self, feature: str) -> Trace:
        """The trace of another use by the same user, of the same meeting."""
        trace = Trace(self.store, self.account, self.user, self.roster, feature, self.meeting)
        trace.usage.heard = self.usage.heard  # it asks the same engine
        return trace

    def listening(self, engine: Engine) -> Engine:
        """The engine, of which telemetry learns why its answers end."""
        return Listening(engine, self.usage.heard)

    @contextmanager
    def told(self) -> Iterator[Trace]:
        """Telemetry learns the class of an error that comes out of the use; of its message nothing."""
        try:
            yield self
        except (AssentError, KeyboardInterrupt) as error:
            self.usage.failed(error)
            raise

    def feedback(self, kind: str) -> None:
        self.usage.decided(kind, self.interaction)
        if self.interaction:
            self.store.log.feedback(self.interaction, kind, account=self.account, user=self.user)

    def edit(self, shown: Shown, after: str) -> None:
        """What the user put in place of the texts shown; a call keeps its part where the rule on edits allows."""
        self.usage.edited("\n".join(text for _, text in shown), after, self.interaction)
        if self.interaction:
            self.store.log.edit(
                self.interaction, shown, after, account=self.account, user=self.user, roster=self.roster
            )
