"""`assent telemetry`: the registry, what is recorded, what was released."""

from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.clock import DAY
from assent.data.facade import Store
from assent.data.telemetry import Releases, shipped
from tests.cli.called import found, refused, run, sign

NOW = 20_780 * DAY


@pytest.mark.usefixtures("home")
def test_the_registry_is_printed_whole_without_a_store(home: Path) -> None:
    """T4: with the bits of an event."""
    registry = found("telemetry", "registry")
    assert [field["name"] for field in registry["fields"]] == [field.name for field in shipped().fields]
    assert sum(field["bits"] for field in registry["fields"]) == registry["bits"] <= 64
    said = run("telemetry", "registry").stdout
    assert all(field["why"] in said for field in registry["fields"])
    assert f"{registry['bits']} bits" in said
    assert not home.exists()


def test_an_account_sees_every_record_of_it(published: Path) -> None:
    sign("use_feature")
    with Store(published) as store:
        acme = store.consent.subject("account", "acme")
        assert acme
        assert store.telemetry.emit(acme, {"feature": "summarize", "accepted": True})
    [event] = found("telemetry", "show", "--account", "acme")["events"]
    assert event["values"] == {"feature": "summarize", "accepted": True}
    assert "feature summarize, accepted True" in run("telemetry", "show", "--account", "acme").stdout
    assert "no account 'zoe'" in refused(3, "telemetry", "show", "--account", "zoe")


def test_releases_are_told_by_period(published: Path) -> None:
    """T7"""
    assert run("telemetry", "show").stdout == "Nothing was released yet.\n"
    with Store(published) as store:
        accounts = [store.consent.serve("bela", f"account {number}", "acme").fields["account"] for number in range(20)]
        for account in accounts:
            store.telemetry.emit(account, {"feature": "summarize", "accepted": True})
        late = Releases(store.database, clock=lambda: store.clock() + 28 * DAY, effective=lambda: 0)
        for period in late.due():
            late.make(period)
    [release] = found("telemetry", "show")
    assert release["accounts"] == {"minutes kept as they were": 20}
    assert "20  minutes kept as they were" in run("telemetry", "show").stdout


def test_an_account_opts_out_and_in_again(published: Path) -> None:
    """T9"""
    sign("use_feature")
    with Store(published) as store:
        acme = store.consent.subject("account", "acme")
        assert acme
        assert store.telemetry.emit(acme, {"feature": "summarize"})
    assert found("telemetry", "off", "--account", "acme") == {"account": "acme", "recorded": False}
    assert "nothing is recorded" in run("telemetry", "show", "--account", "acme").stdout
    with Store(published) as store:
        assert not store.telemetry.emit(acme, {"feature": "summarize"})
    assert "is recorded from now on" in run("telemetry", "on", "--account", "acme").stdout
    with Store(published) as store:
        assert store.telemetry.emit(acme, {"feature": "summarize"})
    assert "no account 'zoe'" in refused(3, "telemetry", "off", "--account", "zoe")
