"""A run as a person starts it: settings said, progress told, the first Ctrl-C taken as a wish to stop and keep.

Both `assent train` and `python -m assent.training.finetune` are this. It knows no command line.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import TYPE_CHECKING, Any

from assent.errors import MissingExtra
from assent.training.finetune.recipe import resolve

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.training.finetune.trainer import Progress

NEEDED = ("peft", "accelerate", "datasets", "datasketch", "pyarrow")
"""Packages of the extra `train`."""
RUNS = "runs"
"""Folder under the store's home for runs without a folder of their own."""


def program(
    store: Store,
    say: Callable[[str], None],
    *,
    path: Path | None = None,
    overrides: Sequence[str] = (),
    out: Path | None = None,
    resume: bool = False,
) -> Path:
    """The folder of the sealed adapter. Raises what `run` raises, and ConfigError with all faults of the settings."""
    require()
    from assent.training.finetune.job import begin, is_first, run
    from assent.training.snapshot.taking import yield_text

    resolved = resolve(path, overrides)
    tell = say if is_first() else _silent
    tell(str(resolved))
    folder = out or _place(store, resume)
    snapshot = begin(store, resolved.recipe, folder, resume=resume)
    tell(yield_text(snapshot.manifest["yield"]))
    with interrupted() as cancel:
        return run(store, snapshot, resolved.recipe, folder, lambda done: tell(line(done)), cancel)


def require() -> None:
    """Raises MissingExtra where a package of the extra `train` is not there."""
    if not all(map(find_spec, NEEDED)):
        raise MissingExtra("train", "training")


def line(done: Progress) -> str:
    if done.note:
        return done.note
    what, value = ("held-out loss", done.held_out) if done.loss is None else ("loss", done.loss)
    return f"step {done.step} of {done.steps}: {what} {value:.4f}"


@contextmanager
def interrupted() -> Iterator[Event]:
    """Set by the first Ctrl-C; the second one interrupts as ever."""
    cancel = Event()
    if current_thread() is not main_thread():  # only there may a signal be heard
        yield cancel
        return
    former = signal.getsignal(signal.SIGINT)

    def heard(*_: Any) -> None:
        cancel.set()
        signal.signal(signal.SIGINT, former)

    signal.signal(signal.SIGINT, heard)
    try:
        yield cancel
    finally:
        signal.signal(signal.SIGINT, former)


def _place(store: Store, resume: bool) -> Path:
    """The newest run under the store's home; for a new run, the next one."""
    numbers = [int(one.name) for one in (store.home / RUNS).glob("*") if one.name.isdecimal()]
    return store.home / RUNS / str(max(numbers, default=1 if resume else 0) + (0 if resume else 1))


def _silent(_: str) -> None:
    """Of several processes one speaks."""
