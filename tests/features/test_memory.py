"""Nothing of a meeting stays in the caches of the checks once a result is made, or failed to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from assent.data.transcripts import Transcript
from assent.data.transcripts.turns import Turn
from assent.errors import GenerationError
from assent.features.ask import ask
from assent.features.compose import compose
from assent.features.grounding import forgetting, verify
from assent.features.grounding.memory import READ
from assent.features.summarize import Minutes, summarize
from assent.models.scripted import ScriptedEngine

TALK = Transcript.of(
    [("Tom Reyes", "I'll call the repair shop by Friday, that's sixteen-fifty, not 1,700."), ("Mira Okafor", "Thanks.")]
)


def engine() -> ScriptedEngine:
    return ScriptedEngine(lambda _: "Tom Reyes will call the repair shop by Friday.")


def kept() -> int:
    return sum(read.cache_info().currsize for read in READ)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    for read in READ:
        read.cache_clear()
    yield
    for read in READ:
        read.cache_clear()


def judge() -> None:
    turns = [Turn("Tom Reyes", "I'll call the repair shop by Friday, that's sixteen-fifty, not 1,700.")]
    assert verify("Tom Reyes will call the repair shop by Friday.", turns, kind="action", participants=()).supported


def made() -> Minutes:
    return summarize(TALK, engine=engine())


def test_while_it_judges_it_keeps_what_it_read() -> None:
    """The control: there is something to forget."""
    judge()
    assert kept() > 4


@pytest.mark.parametrize(
    "use",
    [
        made,
        lambda: made().regenerate(),
        lambda: made().correct(1, "Thanks a lot."),
        lambda: made().ask("Who calls the repair shop?"),
        lambda: ask(TALK, "Who calls the repair shop?", engine=engine()),
        lambda: compose("tell Tom the repair shop opens on Friday at 16:50", engine=engine()),
    ],
)
def test_a_result_leaves_nothing_in_the_caches(use: Callable[[], object]) -> None:
    use()
    assert kept() == 0


def test_neither_does_a_failure() -> None:
    def failing(_: object) -> str:
        judge()
        raise GenerationError("no answer")

    with pytest.raises(GenerationError):
        summarize(TALK, engine=ScriptedEngine(failing))
    assert kept() == 0


def test_every_cache_of_the_checks_is_among_them() -> None:
    """A new cache that is not forgotten turns this red."""
    import importlib
    import pkgutil

    from assent.features import grounding

    names = [f"{grounding.__name__}.{module.name}" for module in pkgutil.iter_modules(grounding.__path__)]
    modules = [importlib.import_module(name) for name in names]
    holders = [holder for module in modules for holder in (module, *filter(_is_class, vars(module).values()))]
    caches = [getattr(holder, name) for holder in holders for name in vars(holder)]
    found = {
        id(cache.__wrapped__) for cache in caches if hasattr(cache, "cache_info") and hasattr(cache, "__wrapped__")
    }
    assert found
    assert found <= {id(read.__wrapped__) for read in READ}


def _is_class(value: object) -> bool:
    return isinstance(value, type) and value.__module__.startswith("assent.features.grounding")


def test_forgetting_ends_with_the_block() -> None:
    with forgetting():
        judge()
        assert kept()
    assert kept() == 0
