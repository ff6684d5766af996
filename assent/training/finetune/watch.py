"""The ledger's eye on a run: its head is read before every optimizer step. It knows no model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from transformers import TrainerCallback

from assent.data.ledger import Event
from assent.errors import AssentError

if TYPE_CHECKING:
    from accelerate import PartialState

    from assent.data.facade import Store
    from assent.training.snapshot import Snapshot

Value = TypeVar("Value")


class Touched(Exception):
    """A row of the snapshot may no longer train; `event` is the position of the decision."""

    def __init__(self, event: int) -> None:
        super().__init__(f"event {event}")
        self.event = event


class Watch:
    """Looks at each event once."""

    def __init__(self, store: Store, snapshot: Snapshot) -> None:
        self._store, self._snapshot, self._seen = store, snapshot, snapshot.index

    def look(self) -> None:
        """Raises Touched."""
        head = self._store.ledger.head().position
        if head == self._seen:
            return
        event = next(filter(self._snapshot.touched_by, self._store.ledger.events(self._seen, head)), None)
        if event:
            raise Touched(_position(event))
        self._seen = head


def _position(event: Event) -> int:
    return event.position


class BeforeEachStep(TrainerCallback):
    """One process looks and all hear of it: none may wait for another that has stopped."""

    def __init__(self, watch: Watch, state: PartialState) -> None:
        self._watch, self._state = watch, state

    def on_pre_optimizer_step(self, *_: Any, **__: Any) -> None:
        together(self._state, self._watch.look)


def together(state: PartialState, work: Callable[[], Value]) -> Value:
    """What `work` gives or raises in the first process, given or raised in each."""
    if state.num_processes == 1:
        return work()
    from accelerate.utils import broadcast_object_list

    found: list[Any] = [None, None]
    if state.is_main_process:
        try:
            found[0] = work()
        except (AssentError, Touched) as error:
            found[1] = error
    broadcast_object_list(found)
    if found[1] is not None:
        raise found[1]
    value: Value = found[0]
    return value
