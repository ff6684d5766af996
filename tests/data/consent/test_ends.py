"""Ends: event, job and checkpoint stand together or not at all, and nothing is acknowledged before it is done."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
from sqlalchemy import select

from assent.data.clock import DAY, SECOND
from assent.data.consent import Consent, Contribution, Contributor, Receipt
from assent.data.store.tables import jobs, ledger_checkpoints
from assent.errors import ConsentError, StoreError
from tests.data.consent.office import LOGGED, Office

ENDS: dict[str, Callable[[Consent], Receipt | None]] = {
    "objection": lambda consent: consent.object("bob", "acme"),
    "withdrawal": lambda consent: consent.withdraw(account="acme"),
    "left": lambda consent: consent.leave("bob", "acme"),
    "closed": lambda consent: consent.close("acme"),
    "retention": lambda consent: consent.end("retention", {"host": consent.subject("account", "acme"), "before": 2}),
}


@pytest.fixture
def signed(ready: Office) -> Office:
    ready.consent.serve("bob", "acme", "acme")
    ready.sign()
    return ready


def bob_may(office: Office, captured: int, purpose: str = "log_content") -> bool:
    names = (("person", "bob"), ("account", "acme"), ("account", "acme"))
    bob = Contributor(*(office.consent.subject(kind, name) or "" for kind, name in names))  # type: ignore[arg-type]
    return office.consent.at().may(Contribution(bob, "roster", captured), purpose).allowed


@pytest.mark.parametrize("type_", ENDS)
def test_an_end_is_an_event_a_job_and_a_checkpoint_before_it_is_acknowledged(signed: Office, type_: str) -> None:
    """W1, C12."""
    seen: list[tuple[int | None, int]] = []

    def settle() -> None:
        with signed.database.read() as connection:
            open_jobs = connection.execute(select(jobs.c.event).where(jobs.c.done.is_(None))).scalars().all()
            points = connection.execute(select(ledger_checkpoints.c.position)).scalars().all()
        seen.append((open_jobs[-1], points[-1]))
        signed.ledger.publish()

    made = ENDS[type_](Consent(signed.database, signed.ledger, clock=signed.clock, settle=settle))
    assert made
    assert seen == [(made.position, made.position)]
    assert signed.event(made.position).type == type_
    outside = signed.ledger.newest_outside()
    assert outside and outside.position == made.position
    assert not signed.ledger.behind()


@pytest.mark.parametrize("type_", ENDS)
def test_an_end_that_cannot_be_written_whole_is_not_written(
    signed: Office, type_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, index = signed.rows(), signed.consent.at().index

    def full(_connection: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(signed.ledger, "checkpoint", full)
    with pytest.raises(StoreError):
        ENDS[type_](signed.consent)
    assert signed.rows() == before
    assert signed.consent.at().index == index
    monkeypatch.undo()
    assert ENDS[type_](signed.consent)


def test_an_end_stands_though_what_it_sets_off_fails_and_no_receipt_is_given(signed: Office) -> None:
    """R2: whoever gets no receipt may ask again; the no counts from the event on."""
    made = signed.consent.at().index
    assert bob_may(signed, made)

    def fails() -> None:
        raise StoreError("the checkpoints cannot be reached")

    hindered = Consent(signed.database, signed.ledger, clock=signed.clock, settle=fails)
    with pytest.raises(StoreError, match="cannot be reached"):
        hindered.withdraw(account="acme")
    assert signed.newest().type == "withdrawal"
    assert not bob_may(signed, made)
    assert signed.consent.receipt(signed.newest().position).state == "ConsentWithdrawn"


def test_a_no_takes_one_step_and_asks_no_reason(signed: Office) -> None:
    """W1: a grant takes the showing of the form and the signature; taking it back takes less."""
    for end in (Consent.object, Consent.withdraw, Consent.leave, Consent.close):
        names = set(inspect.signature(end).parameters) - {"self"}
        assert not names & {"reason", "why", "signature", "private_key", "form"}
    grants, ends = ["serve", "sign"], ["withdraw"]
    assert len(ends) <= len(grants)
    captured = signed.consent.at().index
    assert bob_may(signed, captured)
    signed.consent.withdraw(account="acme")
    assert not bob_may(signed, captured)


def test_a_no_needs_no_yes_before_it(ready: Office) -> None:
    """M8: somebody never heard of may refuse, and it holds when they come."""
    ready.sign()
    ready.consent.object("bob")
    ready.consent.serve("bob", "acme", "acme")
    assert not bob_may(ready, ready.consent.at().index)


def test_withdrawing_one_purpose_leaves_the_others(signed: Office) -> None:
    """C7."""
    captured = signed.consent.at().index
    made = signed.consent.withdraw(account="acme", purposes="train_content")
    assert made.json()["processing"]["purposes"] == ["train_content"]
    assert bob_may(signed, captured)
    assert not bob_may(signed, captured, "train_content")


def test_signing_again_does_not_bring_back_what_was_before(signed: Office) -> None:
    captured = signed.consent.at().index
    signed.consent.withdraw(account="acme")
    signed.sign(*LOGGED)
    assert not bob_may(signed, captured)
    assert bob_may(signed, signed.consent.at().index)


def test_closing_a_closed_account_is_no_second_end(signed: Office) -> None:
    first = signed.consent.close("acme")
    again = signed.consent.close("acme")
    assert again.position == first.position
    assert signed.newest().position == first.position


def test_who_ends_what_must_be_known(signed: Office) -> None:
    consent, before = signed.consent, signed.rows()
    wrong: dict[str, Callable[[], object]] = {
        "unknown_account": lambda: consent.object("bob", "acmee"),
        "withdrawal": lambda: consent.withdraw(),
        "unknown_purpose": lambda: consent.object("bob", purposes=["all"]),
        "no_purpose": lambda: consent.withdraw(person="bob", purposes=[]),
        "name": lambda: consent.object(""),
        "not_due": lambda: consent.end("withdrawal", {}),
    }
    wrong |= {f"unknown_account {name}": act for name, act in {
        "withdraw": lambda: consent.withdraw(account="acmee"),
        "leave": lambda: consent.leave("bob", "acmee"),
        "close": lambda: consent.close("acmee"),
    }.items()}  # fmt: skip
    for reason, act in wrong.items():
        with pytest.raises(ConsentError) as caught:
            act()
        assert caught.value.reason == reason.split()[0]
    with pytest.raises(ConsentError, match="name an account or a person"):
        consent.withdraw(account="acme", person="bob")
    assert signed.rows() == before


def test_a_grant_that_ran_out_is_recorded_once(signed: Office) -> None:
    """C10: the clock alone denies; the record follows whenever the sweep comes."""
    grant, captured = signed.newest().position, signed.consent.at().index
    signed.time += 730 * DAY - SECOND
    assert bob_may(signed, captured)
    with pytest.raises(ConsentError, match="has not run out"):
        signed.consent.end("expired", {"grant": grant})
    signed.time += 2 * SECOND
    assert not bob_may(signed, captured)
    assert not signed.consent.enabled("acme")
    made = signed.consent.end("expired", {"grant": grant})
    assert made and made.state == "ConsentExpired"
    assert made.json()["processing"]["purposes"] == list(LOGGED)
    assert signed.consent.end("expired", {"grant": grant}) is None


def test_a_retention_limit_is_recorded_once_and_does_not_lie_ahead(signed: Office) -> None:
    host, index = signed.consent.subject("account", "acme"), signed.consent.at().index
    with pytest.raises(ConsentError, match="cannot lie ahead"):
        signed.consent.end("retention", {"host": host, "before": index + 1})
    made = signed.consent.end("retention", {"host": host, "before": index})
    assert made and made.state == "ConsentExpired"
    assert signed.consent.end("retention", {"host": host, "before": index}) is None
    assert signed.consent.end("retention", {"host": host, "before": index - 1}) is None
    assert not bob_may(signed, index)
    assert bob_may(signed, signed.consent.at().index)
