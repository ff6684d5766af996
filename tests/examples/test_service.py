"""examples/service.py: the real app, asked over ASGI, with a store of its own and the embedded model."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import httpx
import pytest

from assent.data.consent import new_key, shipped

EXAMPLE = Path(__file__).parents[2] / "examples" / "service.py"
PLACES = dict.fromkeys(("operator", "operator_type", "address", "contact", "jurisdiction", "storage"), "Example")
TURNS = [
    {"id": "dana", "name": "Dana", "text": "Shall we move the launch to the 14th of May?"},
    {"id": "bela", "name": "Bela", "text": "Yes, agreed, we move the launch to the 14th of May."},
    {"id": "dana", "name": "Dana", "text": "I'll tell the printer by Friday."},
]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The example, as it is imported by a server that starts."""
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path))
    monkeypatch.delenv("ASSENT_DATABASE", raising=False)
    spec = spec_from_file_location("service", EXAMPLE)
    assert spec and spec.loader
    module = module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "service", module)
    spec.loader.exec_module(module)
    with module.store as store:
        for name in ("separate", "notice"):
            store.consent.publish(shipped(name, **PLACES))
        yield module


def sign(service: Any) -> None:
    private, public = new_key()
    store = service.store
    store.consent.open_account("acme", ["dana"], public)
    store.consent.serve("dana", "acme", "acme", "separate")
    store.consent.sign("acme", "separate", ["use_feature", "log_content"], "dana", private)


def post(service: Any, path: str, user: str, body: Any = None) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(service.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
            return await client.post(path, headers={"X-User": user}, json=body)

    return asyncio.run(asked())


def meet(service: Any) -> None:
    for user in ("dana@acme", "bela@acme"):
        assert "You can say no" in post(service, "/acme/launch/join", user).json()["notice"]


def test_before_anybody_signed_the_service_says_what_would_enable_it(service: Any) -> None:
    meet(service)
    answer = post(service, "/acme/launch/summary", "dana@acme", TURNS)
    assert answer.status_code == 403
    assert "assent consent sign --account acme" in answer.json()["error"]


def test_what_a_meeting_leaves_rests_on_the_notice_its_people_were_served(service: Any) -> None:
    """M10"""
    sign(service)
    meet(service)
    answer = post(service, "/acme/launch/summary", "dana@acme", TURNS).json()
    assert answer["minutes"]["decisions"]
    held = service.store.log.person("bela")["turns"]
    assert [turn["text"] for turn in held] == [TURNS[1]["text"]]
    assert "logged" in answer["stored"]


def test_a_guest_who_did_not_join_is_nobody_and_is_not_kept(service: Any) -> None:
    sign(service)
    meet(service)
    stranger = {"id": "zoe", "name": "Zoe", "text": TURNS[2]["text"]}
    answer = post(service, "/acme/launch/summary", "dana@acme", [*TURNS[:2], stranger]).json()
    assert "1 of 3 speakers unknown" in answer["stored"]
    assert not any("printer" in turn.text for row in service.store.log.rows("acme") for turn in row.turns)


def test_a_no_is_acknowledged_and_costs_nobody_the_minutes(service: Any) -> None:
    """C8"""
    sign(service)
    meet(service)
    before = post(service, "/acme/launch/summary", "dana@acme", TURNS).json()["minutes"]
    receipt = post(service, "/acme/object", "bela@acme").json()
    assert receipt["event"]["event_state"] == "ConsentRefused"
    assert service.store.log.person("bela")["turns"] == []
    assert post(service, "/acme/launch/summary", "dana@acme", TURNS).json()["minutes"] == before


@pytest.mark.parametrize(("user", "code"), [("nobody", 401), ("bela@globex", 403), ("eve@acme", 403)])
def test_only_who_takes_part_for_the_host_gets_its_minutes(service: Any, user: str, code: int) -> None:
    sign(service)
    meet(service)
    assert post(service, "/acme/launch/summary", user, TURNS).status_code == code
