"""What telemetry is told of one use of a feature: sizes, times and verdicts, each a number or a word of a closed set.

It knows no content and no person beyond the account's random id; an event that does not fit is dropped by telemetry.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from assent.data.telemetry.measures import changed, error_class
from assent.models.catalog import CATALOG, HUB_ID
from assent.models.engine import Completion, Engine, ModelInfo, OnText, Prompt

if TYPE_CHECKING:
    from assent.data.facade import Store

VERDICTS: dict[str, dict[str, object]] = {
    "accept": {"accepted": True},
    "discard": {"discarded": True},
    "regenerate": {"regenerated": True},
    "thumb_up": {"thumb": "up"},
    "thumb_down": {"thumb": "down"},
}
SHIPPED_TEMPLATES = frozenset(
    ("general", "interview", "lecture", "one-to-one", "retrospective", "sales-call", "stand-up")
)


STOPS = ("end", "stop", "length", "cancelled")
"""Why an answer ended; of several in one use, the one furthest to the right is told."""


@dataclass(frozen=True, slots=True)
class Listening:
    """An engine, and a note in `heard` of why each of its answers ended."""

    engine: Engine
    heard: set[str]

    @property
    def info(self) -> ModelInfo:
        return self.engine.info

    def count_tokens(self, prompt: Prompt) -> int:
        return self.engine.count_tokens(prompt)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        completions = self.engine.complete(prompts, on_text=on_text, cancel=cancel)
        self.heard.update(completion.stop_reason for completion in completions)
        return completions


@dataclass(slots=True)
class Usage:
    """One use. Times are taken by this process's own clock, from when the use, and then its result, began to be."""

    store: Store
    account: str
    feature: str
    since: float = field(default_factory=time.monotonic)
    change: int | None = None
    """Percent of the words that edits have changed; an accept after them says so."""
    heard: set[str] = field(default_factory=set)
    """Why the answers of the model ended, since a result was last told."""

    def made(self, about: Mapping[str, str], measured: Mapping[str, int], interaction: str | None) -> None:
        """A result stands, unedited; `interaction` joins the event to its rows, where they are logged."""
        self.change = None
        self._emit({**about, **measured, **self._stopped(), "latency": self._since(), "error": "none"}, interaction)

    def decided(self, kind: str, interaction: str | None) -> None:
        change = {"edited": self.change} if kind == "accept" and self.change is not None else {}
        self._emit({**VERDICTS[kind], **change, "time_to_decision": self._since(restart=False)}, interaction)

    def edited(self, before: str, after: str, interaction: str | None) -> None:
        self.change = changed(before, after)
        self._emit({"edited": self.change, "time_to_decision": self._since(restart=False)}, interaction)

    def failed(self, error: BaseException) -> None:
        self._emit({"error": error_class(error), **self._stopped(), "latency": self._since()}, None)

    def _stopped(self) -> dict[str, object]:
        """The stop reason, if a model answered at all; the next result begins anew."""
        worst = max(self.heard, key=STOPS.index, default=None)
        self.heard.clear()
        return {} if worst is None else {"stop_reason": worst}

    def _since(self, *, restart: bool = True) -> int:
        now = time.monotonic()
        passed = int((now - self.since) * 1000)
        if restart:
            self.since = now
        return passed

    def _emit(self, values: Mapping[str, object], interaction: str | None) -> None:
        subject = self.store.consent.subject("account", self.account)
        if subject:
            self.store.telemetry.emit(subject, {"feature": self.feature, **values}, interaction)


def closed(about: Mapping[str, str | None]) -> dict[str, str]:
    """The settings of a use as words of closed sets: a user's own template is "own", a model is only its class."""
    words = {name: value for name, value in about.items() if value is not None}
    if words.get("template", "general") not in SHIPPED_TEMPLATES:
        words["template"] = "own"
    words["model"] = model_class(words.get("model", ""))
    words["adapter"] = "other" if words.get("adapter") else "none"
    return words


def model_class(name: str) -> str:
    if name == "assent-mini":
        return "embedded"
    if name in {entry.name for entry in CATALOG}:
        return "listed"
    if name.startswith(("http://", "https://")):
        return "remote"
    return "hub" if HUB_ID.fullmatch(name) else "folder"
