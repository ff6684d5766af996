"""What is released, what is served, and what a withdrawal takes out of use."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.clock import DAY
from assent.errors import ConfigError, ConsentError, InputError, UnsafeModel
from assent.models.adapters import Registry
from assent.models.adapters.comparison import SETS, Comparison, Pair
from assent.models.adapters.folder import CARD
from tests.models.adapters.conftest import Shop, child


def compared(adapter: str, served: str | None = None, **shares: float) -> Comparison:
    """As good as what is served, but for the shares named."""
    return Comparison(
        adapter=adapter,
        served=served,
        sets={name: Pair(adapter=shares.get(name, 0.9), served=0.9) for name in SETS},
    )


def current(registry: Registry) -> str | None:
    found = registry.current()
    return found.name if found else None


def states(registry: Registry) -> dict[str, str]:
    return {one.adapter: one.state for one in registry.adapters()}


def test_an_added_adapter_is_a_candidate_and_is_not_served(shop: Shop) -> None:
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    assert states(registry) == {name: "candidate"}
    assert current(registry) is None
    assert registry.add(shop.first).name == name


def test_neither_a_comparison_nor_a_person_releases_nothing(shop: Shop) -> None:
    """L11"""
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    with pytest.raises(ConsentError, match="a comparison with what is served, or a person"):
        registry.promote(name)
    with pytest.raises(InputError, match="a person must be named"):
        registry.promote(name, by=" ")
    assert current(registry) is None


@pytest.mark.parametrize("worse", SETS)
def test_an_adapter_worse_on_any_set_needs_a_named_person(shop: Shop, worse: str) -> None:
    """L11"""
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    found = compared(name, **{worse: 0.88})
    with pytest.raises(ConsentError, match=worse):
        registry.promote(name, comparison=found)
    event = registry.promote(name, by="dana", comparison=found)
    assert event.fields["report_sha256"] == found.sha256
    assert event.fields["by"] == shop.store.consent.subject("person", "dana") != "dana"  # the ledger names nobody
    assert [one.by for one in registry.adapters() if one.adapter == name] == ["dana"]
    assert current(registry) == name


def test_a_set_that_was_not_measured_counts_as_worse(shop: Shop) -> None:
    """L11"""
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    found = compared(name)
    part = found.model_copy(update={"sets": {"held_out": found.sets["held_out"]}})
    with pytest.raises(ConsentError, match="refusals, triggers"):
        registry.promote(name, comparison=part)


def test_within_the_margin_a_comparison_is_enough(shop: Shop) -> None:
    """L11"""
    registry = Registry(shop.store, margin=0.05)
    name = registry.add(shop.first).name
    assert registry.promote(name, comparison=compared(name, held_out=0.86)).fields["by"] is None
    assert current(registry) == name


def test_a_comparison_with_something_else_than_what_is_served_is_refused(shop: Shop) -> None:
    """L11"""
    registry = Registry(shop.store)
    first, second = registry.add(shop.first).name, registry.add(shop.second).name
    with pytest.raises(InputError, match="beside the base"):
        registry.promote(first, comparison=compared(first, served=second))
    registry.promote(first, by="dana")
    with pytest.raises(InputError, match=f"not of {second} beside {first}"):
        registry.promote(second, comparison=compared(second))
    registry.promote(second, comparison=compared(second, served=first))
    assert current(registry) == second


def test_rolling_back_serves_the_release_before_and_then_the_base(shop: Shop) -> None:
    registry = Registry(shop.store)
    first, second = registry.add(shop.first).name, registry.add(shop.second).name
    for name in (first, second):
        registry.promote(name, by="dana")
    back = registry.rollback(by="dana")
    assert back and back.name == first
    assert states(registry) == {second: "retired", first: "released"}
    assert registry.rollback(by="dana") is None
    with pytest.raises(InputError, match="nothing to roll back"):
        registry.rollback(by="dana")


def test_a_retired_adapter_can_be_released_again(shop: Shop) -> None:
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    registry.promote(name, by="dana")
    registry.retire(name, by="dana")
    assert current(registry) is None
    with pytest.raises(InputError, match="is not released"):
        registry.retire(name, by="dana")
    registry.promote(name, by="dana")
    assert current(registry) == name


def test_releases_stand_in_the_ledger_and_outlive_the_process(shop: Shop) -> None:
    registry = Registry(shop.store)
    registry.promote(registry.add(shop.first).name, by="dana")
    assert [event.type for event in shop.store.ledger.events()][-1] == "adapter_released"
    assert shop.store.ledger.verify().ok
    assert current(Registry(shop.store)) == current(registry)


def test_a_changed_file_is_not_served(shop: Shop) -> None:
    registry = Registry(shop.store)
    first, second = registry.add(shop.first).name, registry.add(shop.second)
    for name in (first, second.name):
        registry.promote(name, by="dana")
    (second.folder / CARD).write_text("another")
    assert current(registry) == first
    with pytest.raises(UnsafeModel, match=CARD):
        registry.verify(second.name)


def test_an_adapter_under_another_ones_name_is_refused(shop: Shop) -> None:
    registry = Registry(shop.store)
    found = registry.add(shop.first)
    found.folder.rename(found.folder.with_name("0" * 12))
    with pytest.raises(UnsafeModel, match=f"holds adapter {found.name}"):
        registry.verify("0" * 12)


@pytest.mark.parametrize("name", ["0" * 12, "..", "../home", ""])
def test_a_name_that_is_none_here_is_refused(shop: Shop, name: str) -> None:
    with pytest.raises(InputError, match="no adapter"):
        Registry(shop.store).verify(name)


def test_an_adapter_stays_usable_when_the_operators_key_is_replaced(shop: Shop) -> None:
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    registry.promote(name, by="dana")
    shop.store.ledger.rotate()
    assert current(registry) == name


def test_a_withdrawal_between_training_and_release_refuses_the_release(shop: Shop) -> None:
    """W5"""
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    event = shop.withdraw("tom")
    with pytest.raises(ConsentError, match=rf"row \d+ may not train any more: withdrawn \(event {event}\)"):
        registry.promote(name, by="dana")
    assert states(registry) == {name: "candidate"}


def test_a_withdrawal_while_it_is_released_refuses_the_release(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """W5: the gate is asked once more when nobody else can decide."""
    registry = Registry(shop.store)
    name = registry.add(shop.first).name
    verified = registry.verify(name)
    shop.withdraw("tom")
    monkeypatch.setattr(registry, "verify", lambda _name: verified)
    with pytest.raises(ConsentError, match="withdrawn"):
        registry.promote(name, by="dana")


def test_a_withdrawal_falls_back_to_the_last_clean_release_and_then_to_the_base(shop: Shop) -> None:
    """W5"""
    registry = Registry(shop.store)
    clean, both = registry.add(shop.second).name, registry.add(shop.first).name
    for name in (clean, both):
        registry.promote(name, by="dana")
    assert current(registry) == both
    shop.withdraw("tom")
    assert current(registry) == clean
    shop.withdraw("dana")
    assert current(registry) is None


def test_a_tainted_adapter_is_told_with_row_reason_event_and_deadline(shop: Shop) -> None:
    """W5"""
    registry = Registry(shop.store, deadline=3)
    name = registry.add(shop.first).name
    registry.add(shop.second)
    assert registry.tainted() == []
    event = shop.withdraw("tom")
    [found] = registry.tainted()
    time = next(one.time for one in shop.store.ledger.events() if one.position == event)
    assert (found.adapter, found.reason, found.event, found.due) == (name, "withdrawn", event, time + 3 * DAY)
    assert found.row is not None


def test_what_came_of_a_tainted_adapter_is_tainted(shop: Shop, tmp_path: Path) -> None:
    """W9: the child and its child, whose own rows all may train."""
    registry = Registry(shop.store)
    parent = registry.add(shop.first).name
    one = registry.add(child(shop, parent, tmp_path / "one")).name
    other = registry.add(child(shop, one + "0" * 52, tmp_path / "other")).name
    clean = registry.add(shop.second).name
    for name in (parent, one, other):
        registry.promote(name, by="dana")
    event = shop.withdraw("tom")
    found = {taint.adapter: (taint.parent, taint.event) for taint in registry.tainted()}
    assert found == {parent: (None, event), one: (parent, event), other: (parent, event)}
    with pytest.raises(ConsentError, match=f"row .* of {parent}, which it was trained from"):
        registry.verify(other)
    assert current(registry) is None
    assert registry.verify(clean)


def test_an_adapter_whose_parent_is_not_here_is_refused(shop: Shop, tmp_path: Path) -> None:
    """W9: nobody can say what it was made of."""
    with pytest.raises(ConsentError, match="cannot be looked up"):
        Registry(shop.store).add(child(shop, "f" * 64, tmp_path / "one"))


def test_past_the_deadline_a_tainted_adapter_and_what_came_of_it_are_deleted(shop: Shop, tmp_path: Path) -> None:
    """W5, W9: the copy that the run left too."""
    import shutil

    registry = Registry(shop.store)
    clean, parent = registry.add(shop.second).name, registry.add(shop.first).name
    one = registry.add(child(shop, parent, tmp_path / "one")).name
    registry.promote(parent, by="dana")
    left = Path(shutil.copytree(shop.first, shop.store.home / "runs" / "1" / "adapter"))
    shop.withdraw("tom")
    shop.clock.ahead = 7 * DAY - DAY // 2
    assert registry.sweep() == []
    shop.clock.ahead = 7 * DAY
    assert {found.adapter for found in registry.sweep()} == {parent, one}
    assert not left.exists()
    assert [path.name for path in (shop.store.home / "adapters").iterdir()] == [clean]
    assert {one.adapter: (one.state, one.kept) for one in registry.adapters()} == {
        parent: ("retired", False),
        clean: ("candidate", True),
    }
    assert registry.sweep() == []
    assert shop.store.ledger.verify().ok


def test_a_store_that_cannot_tell_serves_and_deletes_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """C15"""
    from assent.data.consent.gate import DENY_ALL

    registry = Registry(shop.store)
    registry.promote(registry.add(shop.first).name, by="dana")
    monkeypatch.setattr(shop.store.consent, "at", lambda: DENY_ALL)
    assert current(registry) is None
    assert [found.due for found in registry.tainted()] == [None]
    assert registry.sweep() == []


def test_a_person_is_told_which_adapters_used_their_rows(shop: Shop) -> None:
    registry = Registry(shop.store)
    both, one = registry.add(shop.first).name, registry.add(shop.second).name
    subjects = [shop.store.consent.subject("person", person) for person in ("dana", "tom")]
    assert [registry.used(str(subject)) for subject in subjects] == [sorted([both, one]), [both]]


@pytest.mark.parametrize("settings", [{"deadline": 31}, {"deadline": -1}, {"margin": 1.0}, {"margin": -0.1}])
def test_a_deadline_or_margin_out_of_bounds_is_refused(shop: Shop, settings: dict[str, float]) -> None:
    """W5: 30 days are the most."""
    with pytest.raises(ConfigError, match=next(iter(settings))):
        Registry(shop.store, **settings)  # type: ignore[arg-type]
