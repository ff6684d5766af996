"""The engine that answers a store's users: the newest release that verifies, or the base alone. It knows no feature.

Each adapter has a copy of its base's weights to itself, both added up, so that requests to several share nothing that
could mix; no prompt is cached. With many adapters, or a large base, let a server hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING

from assent.data.clock import SECOND
from assent.models import load
from assent.models.adapters.registry import Registry
from assent.models.adapters.verify import Verified
from assent.models.catalog import find
from assent.models.engine import Completion, Engine, ModelInfo, OnText, Prompt

if TYPE_CHECKING:
    from assent.data.facade import Store

RECHECKED = 60 * SECOND
"""Without any new decision, the time after which all is checked again: a grant may have run out."""


class Serving:
    """An Engine that is, at each call, the one to use then; one of them serves any number of users.

    A decision that takes the release out, or releases another, shows at the next call. `model` as `load` knows it;
    adapters of other bases, and those of a server, are not served here.
    """

    def __init__(self, store: Store, model: str = "assent-mini") -> None:
        self._store, self._registry = store, Registry(store)
        self._load = partial(load, model)
        self._base = None if model.startswith(("http://", "https://")) else find(model).name
        self._engines: dict[str | None, Engine] = {}
        self._checked: tuple[int, int] | None = None
        self._current: Verified | None = None
        self._lock = Lock()

    @property
    def info(self) -> ModelInfo:
        return self.current().info

    def count_tokens(self, prompt: Prompt) -> int:
        return self.current().count_tokens(prompt)

    def complete(
        self, prompts: Sequence[Prompt], *, on_text: OnText | None = None, cancel: Event | None = None
    ) -> list[Completion]:
        return self.current().complete(prompts, on_text=on_text, cancel=cancel)

    def current(self) -> Engine:
        """The engine to use now. Others wait while one is loaded.

        Raises what `load` raises; an adapter that does not verify is no error, as what stands before it is served.
        """
        with self._lock:
            now = (self._store.ledger.head().position, self._store.clock() // RECHECKED)
            if now != self._checked:
                self._current, self._checked = self._registry.current(self._base) if self._base else None, now
                self._engines = {name: engine for name, engine in self._engines.items() if name in (None, self._name)}
            if self._name not in self._engines:
                self._engines[self._name] = self._load(adapter=self._current)
            return self._engines[self._name]

    @property
    def _name(self) -> str | None:
        return self._current.name if self._current else None
