"""The reference model against cases worked out by hand: it must be right before it may judge anything."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from tests.consent.reference import HOUR, PURPOSES, Reference, Voice

DAY = 24 * HOUR
FORM: dict[str, Any] = {"label": "f1", "family": "separate", "validity": 100 * DAY, "bundled": False}
BUNDLED: dict[str, Any] = {"label": "b1", "family": "bundled", "validity": 100 * DAY, "bundled": True}
NOTICE: dict[str, Any] = {"label": "n1", "family": "notice", "purposes": PURPOSES}
ANA, BO = Voice("ana", "acme"), Voice("bo", "acme")
GUEST = Voice("gil", "globex")
LOG = ("log_content",)


@pytest.fixture
def world() -> Reference:
    """An account that signed for everything, with two members who were told."""
    world = Reference()
    world.act("notice", 0, label="n1", family="notice", material=True)
    world.act("form", 0, label="f1", family="separate", material=True)
    world.act("sign", 0, account="acme", form=FORM, purposes=PURPOSES)
    for voice in (ANA, BO):
        serve(world, voice)
    return world


def serve(world: Reference, voice: Voice, host: str = "acme", notice: dict[str, Any] = NOTICE) -> None:
    world.act("serve", 0, person=voice.person, account=voice.account, host=host, notice=notice)


def refuse(world: Reference, person: str, purposes: tuple[str, ...] = PURPOSES, host: str | None = None) -> None:
    world.act("object", 0, person=person, host=host, purposes=purposes)


def test_it_imports_nothing_of_assent() -> None:
    tree = ast.parse(Path(__file__).with_name("reference.py").read_text(encoding="utf-8"))
    modules = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert modules == {"__future__", "collections.abc", "dataclasses", "typing"}


def test_what_members_who_were_told_said_opens(world: Reference) -> None:
    world.make("call", "acme", [ANA, BO], 0)
    assert all(world.opens(purpose, 0) == {"call"} for purpose in PURPOSES)


def test_nothing_done_is_no() -> None:
    world = Reference()
    world.make("call", "acme", [ANA], 0)
    assert not world.opens("log_content", 0)


@pytest.mark.parametrize(
    "voice",
    [Voice("ana", "acme", "unknown"), Voice(None, None), Voice("ana", None), Voice("new", "acme"), GUEST],
    ids=["unattributed", "nobody", "no account", "not told", "guest"],
)
def test_one_who_may_not_keeps_the_whole_call_out(world: Reference, voice: Voice) -> None:
    world.make("call", "acme", [ANA, voice], 0)
    assert not world.logged("call")
    assert not world.opens("log_content", 0)


def test_a_guest_counts_with_the_grants_of_both_accounts_and_the_notice_of_the_host(world: Reference) -> None:
    serve(world, GUEST, host="globex")
    world.act("sign", 0, account="globex", form=FORM, purposes=LOG)
    world.make("early", "acme", [GUEST], 0)
    serve(world, GUEST)
    world.make("late", "acme", [GUEST, ANA], 0)
    assert world.opens("log_content", 0) == {"late"}
    assert not world.opens("train_content", 0)
    world.act("withdraw_account", 0, account="globex", purposes=LOG)
    assert not world.opens("log_content", 0)


def test_a_withdrawal_is_for_good_and_a_later_grant_covers_only_what_follows(world: Reference) -> None:
    world.make("before", "acme", [ANA], 0)
    world.act("withdraw_account", 0, account="acme", purposes=PURPOSES)
    world.make("between", "acme", [ANA], 0)
    world.act("sign", 0, account="acme", form=FORM, purposes=PURPOSES)
    world.make("after", "acme", [ANA], 0)
    assert world.opens("log_content", 0) == {"after"}


def test_an_objection_is_for_good_and_only_an_own_grant_lets_the_person_in_again(world: Reference) -> None:
    world.make("before", "acme", [ANA], 0)
    refuse(world, "ana")
    world.act("sign", 0, account="acme", form=FORM, purposes=PURPOSES)
    world.make("between", "acme", [ANA], 0)
    world.act("own", 0, person="ana", account="acme", form=FORM, purposes=LOG)
    world.make("after", "acme", [ANA], 0)
    world.make("other", "acme", [BO], 0)
    assert world.opens("log_content", 0) == {"after", "other"}
    assert world.opens("train_content", 0) == {"other"}


def test_an_objection_to_another_host_or_purpose_is_none(world: Reference) -> None:
    world.make("call", "acme", [ANA], 0)
    refuse(world, "ana", host="globex")
    refuse(world, "ana", ("train_content",))
    assert world.opens("log_content", 0) == {"call"}
    assert not world.opens("train_content", 0)


def test_without_the_log_nothing_else_opens(world: Reference) -> None:
    world.make("call", "acme", [ANA], 0)
    refuse(world, "ana", LOG)
    assert not world.opens("train_content", 0)


def test_it_ends_at_the_moment_of_expiry_and_signing_again_does_not_prolong_it(world: Reference) -> None:
    world.make("call", "acme", [ANA], 0)
    assert world.opens("log_content", 100 * DAY - 1) == {"call"}
    world.act("sign", 50 * DAY, account="acme", form=FORM, purposes=PURPOSES)
    assert not world.opens("log_content", 100 * DAY)


def test_a_clock_set_back_does_not_turn_time_back_and_one_far_behind_is_refused(world: Reference) -> None:
    world.make("call", "acme", [ANA], 0)
    world.act("serve", 100 * DAY, person="new", account="acme", host="acme", notice=NOTICE)
    assert not world.opens("log_content", 100 * DAY - HOUR)
    world.act("sign", 100 * DAY, account="acme", form=FORM, purposes=PURPOSES)
    world.make("new", "acme", [ANA], 100 * DAY - HOUR)
    assert world.opens("log_content", 100 * DAY - HOUR) == {"new"}
    assert not world.opens("log_content", 100 * DAY - 2 * HOUR - 1)


def test_a_material_form_or_notice_ends_what_is_captured_after_it_and_nothing_before(world: Reference) -> None:
    world.make("before", "acme", [ANA], 0)
    world.act("notice", 0, label="n1.1", family="notice", material=False)
    world.act("form", 0, label="f1.1", family="separate", material=False)
    world.make("typo", "acme", [ANA], 0)
    world.act("notice", 0, label="n2", family="notice", material=True)
    serve(world, BO)
    world.make("untold", "acme", [ANA], 0)
    world.make("told the old", "acme", [BO], 0)
    serve(world, ANA, notice=NOTICE | {"label": "n2"})
    world.make("told", "acme", [ANA], 0)
    world.act("form", 0, label="f2", family="separate", material=True)
    world.make("unsigned", "acme", [ANA], 0)
    assert world.opens("log_content", 0) == {"before", "typo", "told"}


def test_leaving_and_closing_end_it_for_good(world: Reference) -> None:
    world.make("ana", "acme", [ANA], 0)
    world.make("bo", "acme", [BO], 0)
    world.act("leave", 0, person="ana", account="acme")
    assert world.opens("log_content", 0) == {"bo"}
    serve(world, ANA)
    world.make("back", "acme", [ANA], 0)
    assert world.opens("log_content", 0) == {"bo", "back"}
    world.act("close", 0, account="acme")
    assert not world.opens("log_content", 0)


def test_what_was_made_from_calls_inherits_all_of_theirs(world: Reference) -> None:
    world.make("ana", "acme", [ANA], 0)
    world.make("bo", "acme", [BO], 0)
    world.make("both", "acme", [], 0, parents=("ana", "bo"))
    refuse(world, "bo")
    assert world.opens("log_content", 0) == {"ana"}


def test_a_bundled_grant_trains_only_where_it_is_accepted(world: Reference) -> None:
    world.act("sign", 0, account="acme", form=BUNDLED, purposes=PURPOSES)
    world.make("call", "acme", [ANA], 0)
    assert world.opens("log_content", 0) == {"call"}
    assert not world.opens("train_content", 0)
    world.act("policy", 0, everyone=False, accepts_bundled=True)
    assert world.opens("train_content", 0) == {"call"}


def test_a_form_that_was_replaced_before_it_was_signed_is_no_yes(world: Reference) -> None:
    world.act("form", 0, label="f2", family="separate", material=True)
    world.act("sign", 0, account="acme", form=FORM, purposes=PURPOSES)
    world.make("call", "acme", [ANA], 0)
    assert not world.opens("log_content", 0)
    world.act("sign", 0, account="acme", form=FORM | {"label": "f2"}, purposes=PURPOSES)
    world.make("later", "acme", [ANA], 0)
    assert world.opens("log_content", 0) == {"later"}


def test_where_everyone_decides_a_bundled_grant_of_ones_own_trains_only_where_it_is_accepted() -> None:
    world = Reference()
    world.act("policy", 0, everyone=True, accepts_bundled=False)
    world.act("notice", 0, label="n1", family="notice", material=True)
    world.act("sign", 0, account="acme", form=FORM, purposes=PURPOSES)
    serve(world, ANA)
    world.act("own", 0, person="ana", account="acme", form=BUNDLED, purposes=PURPOSES)
    world.make("call", "acme", [ANA], 0)
    assert world.opens("log_content", 0) == {"call"}
    assert not world.opens("train_content", 0)
    world.act("policy", 0, everyone=True, accepts_bundled=True)
    assert world.opens("train_content", 0) == {"call"}


def test_where_everyone_decides_each_needs_a_grant_of_their_own_that_stands() -> None:
    world = Reference()
    world.act("policy", 0, everyone=True, accepts_bundled=False)
    world.act("notice", 0, label="n1", family="notice", material=True)
    world.act("sign", 0, account="acme", form=BUNDLED, purposes=PURPOSES)
    for voice in (ANA, BO):
        serve(world, voice)
    world.act("own", 0, person="ana", account="acme", form=FORM | {"validity": DAY}, purposes=PURPOSES)
    world.make("ana", "acme", [ANA], 0)
    world.make("bo", "acme", [BO], 0)
    assert world.opens("train_content", DAY - 1) == {"ana"}
    assert not world.opens("train_content", DAY)
