"""Requests are answered by the release that stands at that moment, and never by two adapters at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from assent.data.transcripts import Transcript
from assent.errors import UnknownModel
from assent.features.summarize import summarize
from assent.models import Engine, Message, Prompt, load
from assent.models.adapters import Registry, Serving
from assent.models.adapters import serving as room
from tests.models.adapters.conftest import Shop

REQUESTS = 1_000
LINES = tuple(f"<point> Dana : we open the {what} on day {at}" for what in ("bridge", "boat") for at in range(6))


def asked(line: str) -> Prompt:
    return Prompt((Message("user", line),), max_new_tokens=6)


def answer(engine: Engine, line: str) -> tuple[str, float | None]:
    [found] = engine.complete([asked(line)])
    return found.text, found.confidence


@pytest.fixture
def released(shop: Shop) -> Iterator[tuple[Shop, Registry, str, str]]:
    """The second adapter, of dana alone, and after it the first, of dana and tom."""
    registry = Registry(shop.store)
    clean, both = registry.add(shop.second).name, registry.add(shop.first).name
    for name in (clean, both):
        registry.promote(name, by="dana")
    yield shop, registry, clean, both


@pytest.mark.slow
def test_a_thousand_requests_to_two_adapters_and_the_base_each_equal_their_solo_run(
    released: tuple[Shop, Registry, str, str],
) -> None:
    """S7: text and the probabilities behind it, from eight threads in any order."""
    _, registry, *names = released
    engines = [load(), *(load(adapter=registry.verify(name)) for name in names)]
    solo = {(at, line): answer(engine, line) for at, engine in enumerate(engines) for line in LINES}
    for line in LINES:
        assert len({solo[at, line][1] for at in range(3)}) == 3, "the three must be told apart"
    draw = Random(7)
    requests = [(draw.randrange(3), draw.choice(LINES)) for _ in range(REQUESTS)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: answer(engines[one[0]], one[1]), requests))
    assert [solo[request] for request in requests] == answers


def test_each_use_is_answered_by_the_release_of_that_moment(released: tuple[Shop, Registry, str, str]) -> None:
    """W5: a withdrawal, a retirement and a new release show at the next use, without a restart."""
    shop, registry, clean, both = released
    serving = Serving(shop.store)
    assert serving.current().info.adapter == both
    assert serving.current() is serving.current()
    shop.withdraw("tom")
    assert serving.current().info.adapter == clean
    registry.retire(clean, by="dana")
    assert serving.current().info.adapter is None
    registry.promote(clean, by="dana")
    assert serving.current().info.adapter == clean


def test_a_result_made_before_a_withdrawal_is_made_again_without_the_adapter(
    released: tuple[Shop, Registry, str, str],
) -> None:
    """W5: whoever still holds the engine asks the one of the moment, from any thread."""
    shop, _, clean, both = released
    serving = Serving(shop.store)
    minutes = summarize(Transcript.of([("Dana", "We open the bridge on day 3.")]), engine=serving)
    assert minutes.document.adapter == both
    shop.withdraw("tom")
    minutes.regenerate()
    assert minutes.document.adapter == clean
    with ThreadPoolExecutor(4) as pool:
        found = {info.adapter for info in pool.map(lambda _: serving.info, range(40))}
    assert found == {clean}


def test_an_adapter_that_is_not_served_any_more_leaves_the_memory(released: tuple[Shop, Registry, str, str]) -> None:
    """W5"""
    import gc
    import weakref

    shop, *_ = released
    serving = Serving(shop.store)
    gone = weakref.ref(serving.current())
    shop.withdraw("tom")
    serving.current()
    gc.collect()
    assert gone() is None


def test_without_any_decision_all_is_checked_again_after_a_while(released: tuple[Shop, Registry, str, str]) -> None:
    """C10: a grant runs out by itself. Here a file is spoilt, of which the ledger tells nothing either."""
    shop, registry, clean, both = released
    serving = Serving(shop.store)
    assert serving.current().info.adapter == both
    (registry.verify(both).folder / "README.md").write_text("another")
    assert serving.current().info.adapter == both
    shop.clock.ahead = room.RECHECKED
    assert serving.current().info.adapter == clean


def test_an_adapter_of_another_base_is_not_served(
    released: tuple[Shop, Registry, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, *_ = released
    asked_for: list[object] = []
    monkeypatch.setattr(room, "load", lambda name, adapter: asked_for.append((name, adapter)))
    for model in ("smollm2-135m", "http://localhost:1/v1#m"):
        Serving(shop.store, model).current()
    assert asked_for == [("smollm2-135m", None), ("http://localhost:1/v1#m", None)]


def test_an_unknown_model_is_said_at_once(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel):
        Serving(shop.store, str(tmp_path / "none"))
