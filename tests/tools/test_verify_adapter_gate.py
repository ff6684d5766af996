"""R4: an auditor's program says of every contribution what the gate says, though it shares no code with it."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.data.consent import new_key
from assent.data.consent.book import PURPOSES, READERS
from assent.data.consent.gate import Contribution
from assent.data.consent.signing import GrantRequest, grant_fields, public_key_id, signed, written
from assent.data.ledger import Signer
from assent.models.adapters.folder import merkle_root
from assent.training.snapshot.grounds import ground
from tests.data.consent import worlds
from tests.data.consent.chain import TRAIN, Chain
from tests.tools.conftest import program, write_ledger

KEY, PUBLIC = new_key()


class Signed(Chain):
    """With accounts that are open and sign what they grant."""

    def __init__(self) -> None:
        super().__init__()
        for account in worlds.ACCOUNTS:
            self.add("account", account=account, key_id=public_key_id(PUBLIC), public_key=PUBLIC, admins=["p_admin"])

    def grant(
        self, account: str = "a_acme", purposes: Any = PURPOSES, *, person: str | None = None, sha256: str = "form-1"
    ) -> int:
        if person is not None:
            return super().grant(account, purposes, person=person, sha256=sha256)
        request = GrantRequest(account, public_key_id(PUBLIC), "nonce", list(purposes), sha256, "p_admin")
        return self.add("grant", **grant_fields(request, signed(KEY, written(request))))


def play(taken: list[tuple[Any, ...]]) -> Chain:
    with patch.object(worlds, "Chain", Signed):
        return worlds.play(taken)


ACME, ANA = "a_acme", worlds.CONTRIBUTORS[0]
LOG = ["log_content"]
TOLD = [("served", who, "members") for who in worlds.CONTRIBUTORS]
"""Everyone is told, and both accounts agree from the start: what most histories begin with."""
HISTORIES: dict[str, list[tuple[Any, ...]]] = {
    "nothing": [],
    "told in one place": [("served", ANA, "members")],
    "told twice": [*TOLD, ("served", ANA, "guests")],
    "withdrawn and given again": [*TOLD, ("withdraw account", ACME, PURPOSES), ("grant", ACME, PURPOSES, "endless")],
    "another purpose withdrawn": [*TOLD, ("withdraw account", ACME, LOG), ("withdraw person", "p_ana", LOG)],
    "another purpose given": [*TOLD, ("grant", ACME, LOG, "separate"), ("own", ANA, LOG, "separate")],
    "withdrawn by a person": [*TOLD, ("withdraw person", "p_ana", [TRAIN])],
    "objected": [*TOLD, ("objection", "p_ana", None, PURPOSES), ("own", ANA, PURPOSES, "endless")],
    "objected at one host": [*TOLD, ("objection", "p_ana", ACME, PURPOSES)],
    "left and told again": [*TOLD, ("left", ANA), ("served", ANA, "members")],
    "closed": [*TOLD, ("closed", ACME), ("grant", ACME, PURPOSES, "endless")],
    "expired": [*TOLD, ("expired", 0)],
    "run out": [*TOLD, ("grant", ACME, PURPOSES, "separate"), ("wait", 20), ("wait", 9), ("policy", False, True)],
    "kept no longer": [*TOLD, ("retention", ACME, 2), ("retention", ACME, 6)],
    "a new form": [*TOLD, ("grant", ACME, PURPOSES, "separate"), ("form", "separate", True)],
    "a new form, and the old one signed": [
        *[*TOLD, ("grant", ACME, PURPOSES, "separate"), ("form", "separate", True)],
        *[("grant on the first form", ACME, PURPOSES, "separate"), ("grant", ACME, PURPOSES, "separate")],
    ],
    "reworded": [*TOLD, ("form", "endless", False), ("notice", "members", False)],
    "a new notice": [*TOLD, ("notice", "members", True), ("served", ANA, "members")],
    "bundled": [
        *[*TOLD, ("grant", ACME, PURPOSES, "bundled"), ("policy", False, False)],
        *[("policy", False, True), ("policy", False, False)],
    ],
    "everyone": [
        *[*TOLD, ("policy", True, True), ("own", ANA, PURPOSES, "endless"), ("own", ANA, PURPOSES, "bundled")],
        *[("policy", True, False), ("policy", False, False), ("withdraw person", "p_ana", LOG)],
    ],
    "everyone, and their form is new or has run out": [
        *[*TOLD, ("policy", True, True), ("own", ANA, PURPOSES, "separate"), ("form", "separate", True)],
        *[("own", ANA, PURPOSES, "separate"), ("wait", 20), ("wait", 20), ("own", ANA, PURPOSES, "endless")],
    ],
}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer(tmp_path_factory.mktemp("operator") / "operator.key")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export") / "ledger.jsonl"


def exported(chain: Chain, path: Path, operator: Signer) -> Any:
    """The chain as the program reads it."""
    entries = [(event.type, event.fields) for event in chain.events]
    write_ledger(path, entries, [event.time for event in chain.events], operator)
    return program.Ledger(path, operator.public_key)


def compare(chain: Chain, ledger: Any, index: int) -> int:
    """Holds the program against the gate, at `index`, for everyone and whatever they can have given by then; how many
    may train."""
    view, allowed = chain.view(index), 0
    for who, captured in product(worlds.CONTRIBUTORS, range(index + 1)):
        found = ground(view, Contribution(who, "channel", captured))
        judge = program.Contribution(ledger, index, who._asdict() | {"attribution": "channel"}, captured)
        if found:
            allowed += 1
            assert judge.basis(list(found.events)) == found.basis
            continue
        with pytest.raises(program.Fault) as fault:
            judge.basis([])
        assert "not those that decide" not in str(fault.value)
    return allowed


@pytest.mark.parametrize("name", HISTORIES)
def test_it_judges_a_history_as_the_gate_does(operator: Signer, export: Path, name: str) -> None:
    """R4: any capture, any snapshot; the basis and the events that decide too."""
    chain = play(HISTORIES[name])
    ledger = exported(chain, export, operator)
    allowed = [compare(chain, ledger, index) for index in range(len(chain.events))]
    assert any(allowed) == (name != "nothing")


def test_a_notice_of_another_purpose_tells_nothing(operator: Signer, export: Path) -> None:
    """R4"""
    chain = Signed()
    chain.form()
    for name, purposes in (("notice-1", LOG), ("notice-2", PURPOSES)):
        chain.notice(name, purposes=purposes, family=name)
    chain.grant()
    for name in ("notice-1", "notice-2", "notice-1"):
        chain.served(ANA, name)
    ledger = exported(chain, export, operator)
    assert [compare(chain, ledger, index) for index in range(len(chain.events))] == [0] * 7 + [1, 2]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(begun=st.sampled_from([TOLD, TOLD, []]), taken=st.lists(worlds.steps, max_size=24), data=st.data())
def test_it_judges_every_contribution_as_the_gate_does(
    operator: Signer, export: Path, begun: list[Any], taken: list[Any], data: st.DataObject
) -> None:
    """R4: any history of any events."""
    chain = play([*begun, *taken])
    compare(chain, exported(chain, export, operator), data.draw(st.integers(0, len(chain.events) - 1)))


@given(leaves=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True), data=st.data())
def test_any_one_row_beyond_the_merkle_root_is_found_and_all_behind(leaves: list[bytes], data: st.DataObject) -> None:
    """R4"""
    rows = [leaf.hex() for leaf in leaves]
    root = merkle_root(rows)
    assert program.added(rows, len(rows), root) == []
    at, more = data.draw(st.integers(0, len(rows))), data.draw(st.integers(0, 2))
    longer = [*rows[:at], "ab" * 32, *rows[at:], *["cd" * 32] * more]
    behind = [len(rows) + 1 + one for one in range(more)]
    assert program.added(longer, len(rows), root) == [at, *behind]


def test_it_knows_every_kind_of_event_that_the_book_knows() -> None:
    """R4: one that it does not know fails the ledger."""
    assert set(READERS) == program.DECIDING | program.OTHER
    assert set(PURPOSES) == program.PURPOSES
