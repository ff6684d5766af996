"""Each rule of the gate alone: who is refused, by which event, from which moment, and what a yes rests on."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.clock import SECOND
from assent.data.consent.book import PURPOSES
from assent.data.consent.gate import Basis, Contribution, Contributor, Decision, Reason
from tests.data.consent.chain import ANA, GUEST, LOG, TRAIN, YEAR, Chain, signed

CHOICES = [[name for name, taken in zip(PURPOSES, row, strict=True) if taken] for row in product((0, 1), repeat=5)]
"""All 32 sets of purposes."""


def refused(reason: Reason, event: int | None = None) -> Decision:
    return Decision(False, None, reason, event)


def newest_grant(chain: Chain) -> int:
    return max(event.position for event in chain.events if event.type == "grant")


def a_year_passes(chain: Chain) -> None:
    chain.time += YEAR
    chain.add("admin", account="a_acme", person="p_bo")


STATES: dict[str, Callable[[Chain, Contribution], object]] = {
    "given": lambda chain, made: None,
    "withdrawn": lambda chain, made: chain.withdrawal(account="a_acme"),
    "closed": lambda chain, made: chain.add("closed", account="a_acme"),
    "expired": lambda chain, made: chain.add("expired", grant=newest_grant(chain)),
    "run out": lambda chain, made: a_year_passes(chain),
    "objected": lambda chain, made: chain.objection(),
    "withdrawn by the person": lambda chain, made: chain.withdrawal(person="p_ana"),
    "left": lambda chain, made: chain.add("left", person="p_ana", account="a_acme"),
    "retention": lambda chain, made: chain.add("retention", host="a_acme", before=made.captured),
}


@pytest.mark.parametrize("policy", ["account", "everyone"])
@pytest.mark.parametrize("form", ["form-1", "bundled-1"])
@pytest.mark.parametrize("state", STATES)
def test_only_a_grant_that_stands_allows(state: str, form: str, policy: str) -> None:
    """C2: the truth table over states, bases, policies and purposes."""
    for accept_bundled, purpose in product((False, True), PURPOSES):
        chain = signed(policy=policy, accept_bundled=accept_bundled, form=form)
        made = chain.captured()
        STATES[state](chain, made)
        tied = form == "bundled-1" and policy == "account" and purpose == TRAIN
        expected = state == "given" and (accept_bundled or not tied)
        assert chain.view().may(made, purpose).allowed is expected, (accept_bundled, purpose)


@given(st.text())
def test_no_unknown_word_allows(word: str) -> None:
    """C2, M3: neither as a purpose nor as an attribution."""
    chain = signed()
    made = chain.captured()
    assert chain.view().may(made, word).allowed is (word in PURPOSES)
    assert chain.view().may(made._replace(attribution=word), LOG).allowed is (word in ("channel", "roster"))


@pytest.mark.parametrize("attribution", ["unknown", "auto", "", "dial-in", "Channel"])
def test_who_is_not_attributed_has_not_consented(attribution: str) -> None:
    """M3: an unknown, dial-in or shared-room speaker, and whoever is said to consent by themselves."""
    chain = signed()
    made = chain.captured(attribution=attribution)
    assert chain.view().may(made, LOG) == refused(Reason.UNATTRIBUTED)


@pytest.mark.parametrize("contributor", [None, *(ANA._replace(**{name: ""}) for name in Contributor._fields)])
def test_without_person_account_or_host_nothing_is_allowed(contributor: Contributor | None) -> None:
    """M3: half known is unknown."""
    chain = signed()
    made = Contribution(contributor, "channel", chain.captured().captured)
    assert chain.view().may(made, LOG) == refused(Reason.UNATTRIBUTED)


@pytest.mark.parametrize("purpose", PURPOSES)
def test_before_anything_is_agreed_everything_is_refused(purpose: str) -> None:
    """C9: a new account is unknown for every purpose, its members too, and its features are off."""
    chain = Chain()
    chain.form()
    chain.notice()
    chain.add("account", account="a_acme", key_id="k", public_key="00", admins=["p_admin"])
    chain.served()
    assert chain.view().may(chain.captured(), purpose) == refused(Reason.UNKNOWN)
    assert chain.view().enabled("a_acme") == refused(Reason.UNKNOWN)


@pytest.mark.parametrize("chosen", CHOICES)
def test_one_purpose_gives_no_other(chosen: list[str]) -> None:
    """C7: all 32 combinations, of the account's grant, of the person's own and of the notice."""
    cases = [
        ("account", chosen, PURPOSES, PURPOSES),
        ("account", PURPOSES, PURPOSES, chosen),
        ("everyone", chosen, PURPOSES, PURPOSES),
        ("everyone", PURPOSES, chosen, PURPOSES),
        ("everyone", PURPOSES, PURPOSES, chosen),
    ]
    for policy, account, own, told in cases:
        chain = Chain()
        chain.policy(policy)
        chain.form()
        chain.notice(purposes=told)
        chain.grant(purposes=account)
        chain.served()
        chain.own(purposes=own)
        allowed = [purpose for purpose in PURPOSES if chain.view().may(chain.captured(), purpose)]
        assert allowed == chosen, (policy, account, own, told)


@pytest.mark.parametrize("chosen", CHOICES)
def test_ending_one_purpose_ends_no_other(chosen: list[str]) -> None:
    """C7: the same for withdrawals and objections."""
    for end in (
        lambda chain: chain.withdrawal(account="a_acme", purposes=chosen),
        lambda chain: chain.withdrawal(person="p_ana", purposes=chosen),
        lambda chain: chain.objection(purposes=chosen),
        lambda chain: chain.objection(host="a_acme", purposes=chosen),
    ):
        chain = signed()
        made = chain.captured()
        end(chain)
        refusals = [purpose for purpose in PURPOSES if not chain.view().may(made, purpose)]
        assert refusals == chosen


@pytest.mark.parametrize(("after", "allowed"), [(-1, True), (0, False), (1, False), (SECOND, False)])
@pytest.mark.parametrize("policy", ["account", "everyone"])
def test_a_grant_ends_exactly_when_its_validity_has_passed(policy: str, after: int, allowed: bool) -> None:
    """C10: allowed up to the microsecond before; refused at the boundary and a second later, by the clock alone."""
    chain = signed(policy=policy)
    grant = min(event.position for event in chain.events if event.type == "grant")
    now = chain.events[grant].time + YEAR + after
    decision = chain.view(now=now).may(chain.captured(), LOG)
    assert decision.allowed is allowed
    if not allowed:
        assert decision == refused(Reason.EXPIRED, grant)
    assert chain.view(now=now).enabled("a_acme").allowed is allowed


def test_a_persons_own_grant_ends_too_where_everyone_must_agree() -> None:
    """C10, C11: the account's grant stands, the person's has run out."""
    chain = signed(policy="everyone")
    own = newest_grant(chain)
    chain.time += 10 * SECOND
    chain.grant()
    now = chain.events[own].time + YEAR
    made = chain.captured()
    assert chain.view(now=now - 1).may(made, LOG).allowed
    assert chain.view(now=now).may(made, LOG) == refused(Reason.EXPIRED, own)


def test_an_expired_event_keeps_a_grant_ended_whatever_the_clock_says() -> None:
    """R5: a clock that is set back below the deadline revives nothing."""
    chain = signed()
    made, grant = chain.captured(), newest_grant(chain)
    expired = chain.add("expired", grant=grant)
    assert chain.view().may(made, LOG) == refused(Reason.EXPIRED, expired)
    assert chain.view(expired - 1).may(made, LOG).allowed


@pytest.mark.parametrize(("what", "sha256"), [("form", "form-2"), ("notice", "notice-2")])
def test_a_materially_new_text_ends_what_comes_after_and_nothing_before(what: str, sha256: str) -> None:
    """C5: old grants do not count for what is collected after; what was collected before stays as it was agreed."""
    chain = signed()
    before = chain.captured()
    new = getattr(chain, what)(sha256)
    after = chain.captured()
    assert chain.view().may(before, LOG).allowed
    assert chain.view().may(after, LOG) == refused(Reason.SUPERSEDED, new)
    assert chain.view().enabled("a_acme").allowed is (what == "notice")


@pytest.mark.parametrize(("what", "sha256"), [("form", "form-2"), ("notice", "notice-2")])
def test_a_corrected_typo_ends_nothing(what: str, sha256: str) -> None:
    """C5: a version marked as not material, with who decided it, keeps the old grants."""
    chain = signed()
    getattr(chain, what)(sha256, material=False)
    assert chain.view().may(chain.captured(), LOG).allowed
    assert chain.view().enabled("a_acme").allowed


def test_a_new_text_of_another_family_ends_nothing() -> None:
    """C5: the bundled form is no successor of the separate one."""
    chain = signed()
    chain.form("bundled-2", family="bundled")
    chain.notice("guests-1", family="guests")
    assert chain.view().may(chain.captured(), LOG).allowed


def test_a_notice_served_after_its_successor_was_published_tells_nothing() -> None:
    """C5: it is the publication that counts, not when the old text was shown."""
    chain = signed()
    new = chain.notice("notice-2")
    chain.served(sha256="notice-1")
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.SUPERSEDED, new)
    chain.served(sha256="notice-2")
    assert chain.view().may(chain.captured(), LOG).allowed


def test_a_form_signed_after_its_successor_was_published_is_no_yes() -> None:
    """C5: whoever wrote that grant past the desk; not for an account, and under 'everyone' not for a person."""
    chain = signed()
    new = chain.form("form-2")
    chain.grant(sha256="form-1")
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.SUPERSEDED, new)
    assert chain.view().enabled("a_acme") == refused(Reason.SUPERSEDED, new)
    assert chain.view().generation(ANA) is None
    chain.grant(sha256="form-2")
    assert chain.view().may(chain.captured(), LOG).allowed
    chain = signed(policy="everyone")
    new = chain.form("form-2")
    chain.grant(sha256="form-2")
    chain.own()
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.SUPERSEDED, new)


def test_under_everyone_a_new_form_ends_own_grants_too() -> None:
    """C5, C11: the account signed the new form, the person has not."""
    chain = signed(policy="everyone")
    new = chain.form("form-2")
    chain.grant(sha256="form-2")
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.SUPERSEDED, new)
    chain.grant(person="p_ana", sha256="form-2")
    assert chain.view().may(chain.captured(), LOG).basis is Basis.OWN_CONSENT


def test_any_notice_that_still_tells_will_do() -> None:
    """C5, C11: the one served last has a successor, the one served before it has none."""
    chain = signed()
    chain.notice("guests-1", family="guests")
    chain.served(sha256="guests-1")
    newer = chain.notice("guests-2", family="guests")
    assert chain.view().may(chain.captured(), LOG).allowed
    chain.notice("notice-2")
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.SUPERSEDED, newer)


def test_who_was_not_served_the_notice_is_refused() -> None:
    """C11: the account's yes is not enough; nor is a notice for another host, account or person."""
    chain = signed()
    for other in (ANA._replace(person="p_bo"), ANA._replace(account="a_globex"), ANA._replace(host="a_globex")):
        chain.grant("a_globex")
        decision = chain.view().may(chain.captured(other), LOG)
        assert decision == refused(Reason.NOT_SERVED)


def test_a_form_that_was_shown_is_no_notice() -> None:
    """C11: an admin who saw the form has still to be told as a participant."""
    chain = Chain()
    chain.form()
    chain.served(sha256="form-1")
    chain.grant()
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.NOT_SERVED)


def test_what_was_said_before_the_notice_is_refused() -> None:
    """C11: being served covers what follows."""
    chain = Chain()
    chain.form()
    chain.notice()
    chain.grant()
    early = chain.captured()
    chain.served()
    assert chain.view().may(early, LOG) == refused(Reason.NOT_SERVED)
    assert chain.view().may(chain.captured(), LOG).allowed


def test_what_was_said_before_the_grant_is_refused() -> None:
    chain = Chain()
    chain.form()
    chain.notice()
    chain.served()
    early = chain.captured()
    chain.grant()
    assert chain.view().may(early, LOG) == refused(Reason.UNKNOWN)


def test_a_guest_needs_both_accounts_grants() -> None:
    """C11: a guest or member of another account needs that account's own grant, and the host's."""
    chain = signed()
    chain.served(GUEST)
    assert chain.view().may(chain.captured(GUEST), LOG) == refused(Reason.UNKNOWN)
    own_accounts = chain.grant("a_globex")
    assert chain.view().may(chain.captured(GUEST), LOG) == Decision(
        True, Basis.ACCOUNT_GRANT, Reason.GIVEN, own_accounts
    )
    made = chain.captured(GUEST)
    hosts = chain.withdrawal(account="a_acme")
    assert chain.view().may(made, LOG) == refused(Reason.WITHDRAWN, hosts)


def test_a_guest_whose_host_has_not_signed_is_refused() -> None:
    """C11: the guest's own account signed; the account that captures did not."""
    chain = signed()
    visitor = Contributor("p_ana", "a_acme", "a_globex")
    chain.served(visitor)
    assert chain.view().may(chain.captured(visitor), LOG) == refused(Reason.UNKNOWN)


def test_a_member_who_visits_is_not_covered_by_the_notice_at_home() -> None:
    """C11: served at home is not served there."""
    chain = signed()
    chain.grant("a_globex")
    visitor = Contributor("p_ana", "a_acme", "a_globex")
    assert chain.view().may(chain.captured(visitor), LOG) == refused(Reason.NOT_SERVED)


def test_an_objection_at_one_host_leaves_the_others() -> None:
    """C11: it vetoes what is captured there, before it and after it."""
    chain = signed()
    chain.grant("a_globex")
    visitor = Contributor("p_ana", "a_acme", "a_globex")
    chain.served(visitor)
    home, away = chain.captured(), chain.captured(visitor)
    veto = chain.objection(host="a_globex")
    assert chain.view().may(home, LOG).allowed
    assert chain.view().may(away, LOG) == refused(Reason.OBJECTED, veto)
    assert chain.view().may(chain.captured(visitor), LOG) == refused(Reason.OBJECTED, veto)


def test_an_objection_stands_against_every_later_account_grant() -> None:
    """C11: an account cannot sign it away, nor can a notice; only the person can, for what comes after."""
    chain = signed()
    made = chain.captured()
    veto = chain.objection()
    chain.grant()
    chain.served()
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.OBJECTED, veto)
    chain.own()
    assert chain.view().may(chain.captured(), LOG).allowed
    assert chain.view().may(made, LOG) == refused(Reason.OBJECTED, veto)


def test_an_own_grant_as_a_member_of_one_account_lifts_nothing_in_another() -> None:
    chain = signed()
    veto = chain.objection()
    chain.own(ANA._replace(account="a_globex"))
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.OBJECTED, veto)


def test_where_everyone_must_agree_an_accounts_grant_is_not_enough() -> None:
    """C11: policy 'everyone'."""
    chain = Chain()
    chain.policy("everyone")
    chain.form()
    chain.notice()
    chain.grant()
    chain.served()
    assert chain.view().may(chain.captured(), LOG) == refused(Reason.UNKNOWN)
    own = chain.own()
    assert chain.view().may(chain.captured(), LOG) == Decision(True, Basis.OWN_CONSENT, Reason.GIVEN, own)


def test_a_policy_of_everyone_that_has_gone_still_counts_for_what_was_captured_under_it() -> None:
    chain = signed()
    chain.policy("everyone")
    made = chain.captured()
    chain.policy("account")
    assert chain.view().may(made, LOG) == refused(Reason.UNKNOWN)
    assert chain.view().may(chain.captured(), LOG).basis is Basis.ACCOUNT_GRANT


def test_an_own_grant_that_is_bundled_is_no_free_consent() -> None:
    """C11: policy 'everyone'; an account's bundled grant beside an own one that is free does not matter."""
    chain = signed(policy="everyone")
    bundled = chain.grant(person="p_ana", sha256="bundled-1")
    made = chain.captured()
    assert chain.view().may(made, LOG) == Decision(True, Basis.BUNDLED_GRANT, Reason.GIVEN, bundled)
    assert chain.view().may(made, TRAIN) == refused(Reason.BUNDLED, bundled)
    chain.policy("everyone", accept_bundled=True)
    assert chain.view().may(made, TRAIN) == Decision(True, Basis.BUNDLED_GRANT, Reason.GIVEN, bundled)
    chain = signed(policy="everyone", form="bundled-1")
    assert chain.view().may(chain.captured(), TRAIN).basis is Basis.OWN_CONSENT


@pytest.mark.parametrize("guest_form", ["form-1", "bundled-1"])
def test_a_bundled_grant_trains_only_where_the_operator_accepts_it(guest_form: str) -> None:
    """C11: one bundled grant among those that decide is enough; logging is not touched; the policy of now counts."""
    chain = signed(form="form-1" if guest_form == "bundled-1" else "bundled-1")
    bundled = chain.grant("a_globex", sha256=guest_form)
    chain.served(GUEST)
    made = chain.captured(GUEST)
    bundled = bundled if guest_form == "bundled-1" else newest_grant(chain) - 2
    assert chain.view().may(made, TRAIN) == refused(Reason.BUNDLED, bundled)
    assert chain.view().may(made, LOG).basis is Basis.BUNDLED_GRANT
    chain.policy(accept_bundled=True)
    assert chain.view().may(made, TRAIN).basis is Basis.BUNDLED_GRANT
    chain.policy(accept_bundled=False)
    assert not chain.view().may(made, TRAIN)


def test_leaving_ends_what_was_given_as_a_member_until_served_again() -> None:
    """R7: and not what the same person gives as a member of another account."""
    chain = signed()
    made = chain.captured()
    left = chain.add("left", person="p_ana", account="a_globex")
    assert chain.view().may(made, LOG).allowed
    left = chain.add("left", person="p_ana", account="a_acme")
    assert chain.view().may(made, LOG) == refused(Reason.LEFT, left)
    chain.served()
    assert chain.view().may(chain.captured(), LOG).allowed
    assert chain.view().may(made, LOG) == refused(Reason.LEFT, left)


def test_retention_reaches_what_was_captured_up_to_its_limit() -> None:
    """R7: the host's limit, at the index it names and no further; a later, lower limit takes nothing back."""
    chain = signed()
    old, limit = chain.captured(), len(chain.events) - 1
    chain.add("admin", account="a_acme", person="p_bo")
    young = chain.captured()
    chain.add("retention", host="a_globex", before=limit)
    assert chain.view().may(old, LOG).allowed
    retention = chain.add("retention", host="a_acme", before=limit)
    chain.add("retention", host="a_acme", before=0)
    assert chain.view().may(old, LOG) == refused(Reason.RETENTION, retention)
    assert chain.view().may(young, LOG).allowed


@pytest.mark.parametrize(("end", "reason"), [("withdrawal", Reason.WITHDRAWN), ("closed", Reason.CLOSED)])
def test_a_new_grant_never_revives_what_was_captured_before_the_end(end: str, reason: Reason) -> None:
    """C11: a withdrawal ends it for good."""
    chain = signed()
    made = chain.captured()
    ended = chain.withdrawal(account="a_acme") if end == "withdrawal" else chain.add("closed", account="a_acme")
    chain.grant()
    assert chain.view().may(made, LOG) == refused(reason, ended)
    assert chain.view().may(chain.captured(), LOG).allowed
