"""The gate's rules: what must stand in the ledger before a contribution may be used. They know no content.

Each rule answers with the refusal it finds, or None. All of them look only at events up to the index asked about.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from assent.data.consent.book import BITS, NONE, Book, Contributor

ATTRIBUTIONS = ("channel", "roster")
"""How a contributor may be known. There is no third way: a guess, or an automatic yes, is unknown (M3)."""


class Reason(StrEnum):
    """Why a decision fell as it did."""

    GIVEN = "given"
    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    RETENTION = "retention"
    NOT_SERVED = "not_served"
    LEFT = "left"
    OBJECTED = "objected"
    UNATTRIBUTED = "unattributed"
    BUNDLED = "bundled"
    FUTURE = "future"
    BEHIND = "behind"
    CLOCK = "clock"
    BROKEN = "broken"
    ERROR = "error"


class Basis(StrEnum):
    """What an allowed use rests on."""

    OWN_CONSENT = "own_consent"
    ACCOUNT_GRANT = "account_grant"
    BUNDLED_GRANT = "bundled_grant"


class Contribution(NamedTuple):
    """What somebody said or wrote: whose it is, how that is known, and the ledger's index when it was captured."""

    contributor: Contributor | None
    attribution: str
    captured: int


class Decision(NamedTuple):
    """The gate's answer. `event` is the position of the deciding record: the one that denies, else the grant."""

    allowed: bool
    basis: Basis | None
    reason: Reason
    event: int | None

    def __bool__(self) -> bool:
        """A refusal is false, so that it cannot be taken for a yes."""
        return self.allowed


class Refusal(NamedTuple):
    reason: Reason
    event: int | None = None

    @property
    def decision(self) -> Decision:
        return Decision(False, None, self.reason, self.event)


class Question(NamedTuple):
    """May what `contributor` gave at index `captured` be used for `purpose` (a bit), as of `upto` and `time` (µs)?"""

    book: Book
    upto: int
    time: int
    contributor: Contributor
    captured: int
    purpose: int


def decide(asked: Question) -> Decision:
    """The rules in order; the first refusal stands."""
    refusal = (
        account_refuses(asked, asked.contributor.account)
        or host_refuses(asked)
        or retention_is_over(asked)
        or was_not_told(asked)
        or person_refuses(asked)
        or has_not_agreed(asked)
    )
    if refusal:
        return refusal.decision
    return own_consent(asked) if everyone(asked) else account_consent(asked)


def account_refuses(asked: Question, account: str) -> Refusal | None:
    """Unknown is no; and a grant covers only what is captured after it, so a later one revives nothing."""
    grant = account_grant(asked, account)
    if grant is None:
        return Refusal(Reason.UNKNOWN)
    return withdrawn(asked, account, grant) or superseded(asked, grant) or expired(asked, grant)


def host_refuses(asked: Question) -> Refusal | None:
    """Words spoken in another account's meeting need that account's grant as well as the speaker's own account's."""
    account, host = asked.contributor.account, asked.contributor.host
    return None if host == account else account_refuses(asked, host)


def withdrawn(asked: Question, account: str, grant: int) -> Refusal | None:
    """A withdrawal or a closing ends a grant for everything captured under it, for good."""
    end = asked.book.first(asked.book.ends.get(account, NONE), grant, asked.upto, asked.purpose)
    if end is None:
        return None
    return Refusal(Reason.CLOSED if asked.book.types[end] == "closed" else Reason.WITHDRAWN, end)


def superseded(asked: Question, grant: int) -> Refusal | None:
    """Nobody agreed to a text they did not see: a materially new form ends the old grants for what comes after.

    It is the publication that counts, not the signature: a text that had its successor before it was signed is no yes.
    """
    form = asked.book.document(grant)
    publications = asked.book.material.get(("form", form.family), NONE)
    newer = asked.book.first(publications, form.published, asked.captured)
    return None if newer is None else Refusal(Reason.SUPERSEDED, newer)


def expired(asked: Question, grant: int) -> Refusal | None:
    """A grant ends by itself: the clock is enough, no job has to have run. The 'expired' event only keeps it ended."""
    recorded = asked.book.expired.get(grant)
    if recorded is not None and recorded <= asked.upto:
        return Refusal(Reason.EXPIRED, recorded)
    validity = asked.book.document(grant).validity
    if validity is not None and asked.time >= asked.book.times[grant] + validity:
        return Refusal(Reason.EXPIRED, grant)
    return None


def retention_is_over(asked: Question) -> Refusal | None:
    """What a host's retention limit has reached is not used again, whether or not it is deleted yet."""
    limit = asked.book.retention(asked.contributor.host, asked.captured, asked.upto)
    return None if limit is None else Refusal(Reason.RETENTION, limit)


def was_not_told(asked: Question) -> Refusal | None:
    """Somebody who was not shown the notice for this purpose cannot have objected; leaving the account ends the notice.

    Any valid one will do; if none is, the newest one's fault is named.
    """
    fault = None
    for position in notices(asked):
        refusal = notice_is_old(asked, position) or has_left(asked, position)
        if refusal is None:
            return None
        fault = fault or refusal
    return fault or Refusal(Reason.NOT_SERVED)


def person_refuses(asked: Question) -> Refusal | None:
    """A person's objection or withdrawal vetoes any grant; only a later grant of their own lifts it, from then on."""
    book, (person, _, host) = asked.book, asked.contributor
    own = own_grant(asked)
    since = -1 if own is None else own
    vetoes = [
        veto
        for scope in (None, host)
        if (veto := book.first(book.vetoes.get((person, scope), NONE), since, asked.upto, asked.purpose)) is not None
    ]
    if not vetoes:
        return None
    first = min(vetoes)
    return Refusal(Reason.OBJECTED if book.types[first] == "objection" else Reason.WITHDRAWN, first)


def has_not_agreed(asked: Question) -> Refusal | None:
    """Under the policy 'everyone' an account's yes is not enough: each contributor needs a grant of their own."""
    if not everyone(asked):
        return None
    own = own_grant(asked)
    if own is None:
        return Refusal(Reason.UNKNOWN)
    return superseded(asked, own) or expired(asked, own)


def own_consent(asked: Question) -> Decision:
    """Where everyone must agree, a yes rests on the person's own grant, and is bundled if that is."""
    own = own_grant(asked)
    bundle = own if own is not None and asked.book.document(own).bundled else None
    return given(asked, own, Basis.OWN_CONSENT, bundle)


def account_consent(asked: Question) -> Decision:
    """Else it rests on the grant of the person's account, and is bundled if any grant that decides is."""
    grant = account_grant(asked, asked.contributor.account)
    return given(asked, grant, Basis.ACCOUNT_GRANT, bundled_grant(asked))


def given(asked: Question, grant: int | None, basis: Basis, bundle: int | None) -> Decision:
    """A yes that rests on `grant`, on that basis, unless a bundled one decides; that may not be good enough."""
    refusal = None if bundle is None else bundle_is_not_accepted(asked, bundle)
    if refusal:
        return refusal.decision
    return Decision(True, basis if bundle is None else Basis.BUNDLED_GRANT, Reason.GIVEN, grant)


def bundle_is_not_accepted(asked: Question, bundle: int) -> Refusal | None:
    """A yes that the features hung on was not free; training rests on it only where the operator says so, now."""
    if asked.purpose != BITS["train_content"]:
        return None
    place = bisect_right(asked.book.policies, asked.upto)
    accepted = place > 0 and asked.book.accept_bundled[place - 1]
    return None if accepted else Refusal(Reason.BUNDLED, bundle)


def everyone(asked: Question) -> bool:
    """Each contributor must agree: so says the policy now, or it did at any time since the capture."""
    book = asked.book
    since, upto = bisect_right(book.policies, asked.captured), bisect_right(book.policies, asked.upto)
    return any(book.everyone[max(since - 1, 0) : upto])


def bundled_grant(asked: Question) -> int | None:
    """The first deciding account grant whose form ties the features to the training grant."""
    _, account, host = asked.contributor
    for name in (account,) if account == host else (account, host):
        grant = account_grant(asked, name)
        if grant is not None and asked.book.document(grant).bundled:
            return grant
    return None


def account_grant(asked: Question, account: str) -> int | None:
    """The account's newest grant for the purpose when the contribution was captured."""
    return asked.book.newest(asked.book.grants.get(account, NONE), asked.captured, asked.purpose)


def own_grant(asked: Question) -> int | None:
    """The person's own newest grant for the purpose, in the same account, when the contribution was captured."""
    person, account, _ = asked.contributor
    return asked.book.newest(asked.book.own_grants.get((person, account), NONE), asked.captured, asked.purpose)


def notices(asked: Question) -> Iterator[int]:
    """Every time they were served a notice of this purpose before the capture, by account and host, newest first."""
    served = asked.book.served.get(asked.contributor, NONE)
    for place in reversed(range(bisect_right(served, asked.captured))):
        if asked.book.purposes[served[place]] & asked.purpose:
            yield served[place]


def notice_is_old(asked: Question, served: int) -> Refusal | None:
    """A notice that has a materially new successor tells nothing about what is captured after that."""
    book = asked.book
    publications = book.material.get(("notice", book.document(served).family), NONE)
    newer = book.first(publications, book.document(served).published, asked.captured)
    return None if newer is None else Refusal(Reason.SUPERSEDED, newer)


def has_left(asked: Question, served: int) -> Refusal | None:
    """Who leaves an account takes along what they gave as its member, until they are served again."""
    person, account, _ = asked.contributor
    departure = asked.book.first(asked.book.departures.get((person, account), NONE), served, asked.upto)
    return None if departure is None else Refusal(Reason.LEFT, departure)
