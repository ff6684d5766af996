"""The gate: what may be done with a contribution, as the ledger stands at an index. It knows no content and no storage.

A `View` is pure: a book, an index and a time, nothing else, and no later event changes what it says. Whatever goes
wrong inside is a no. Which keys the same rules make and end is said by `assent.data.consent.generations`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assent.data.clock import SECOND
from assent.data.consent.book import BITS, Book, Contributor
from assent.data.consent.generations import LOG, changes, generation, lives
from assent.data.consent.rules import (
    ATTRIBUTIONS,
    Basis,
    Contribution,
    Decision,
    Question,
    Reason,
    Refusal,
    account_grant,
    account_refuses,
    decide,
)

__all__ = ["DENY_ALL", "Basis", "Contribution", "Contributor", "Decision", "Reason", "View", "changes", "deny_all"]

BACKWARD = 2 * 3600 * SECOND
"""A clock this far behind the newest ledger time is not a skew between hosts but a clock that is wrong."""


class View:
    """The ledger up to `index`, at `now` (µs): by the clock or by the newest event, whichever is later.

    `refused` is why the whole view denies everything, or None.
    """

    def __init__(self, book: Book, index: int, now: int, refused: Reason | None = None) -> None:
        self.book, self.index = book, index
        self.refused = refused or cannot_tell(book, index, now)
        self.now = now if self.refused or index < 0 else max(now, book.times[index])

    def may(self, contribution: Contribution, purpose: str) -> Decision:
        """The one function that decides. Fails closed: an error inside is a no."""
        return answer(lambda: self._may(contribution, purpose))

    def enabled(self, account: str) -> Decision:
        """May `account` use the features: its grant stands, and so does all that its form asks to be signed with it."""
        return answer(lambda: self._enabled(account))

    def generation(self, contributor: Contributor) -> int | None:
        """The generation of the key for what `contributor` gives now; None where logging it is not allowed."""
        try:
            return None if self.refused else generation(self._question(contributor, self.index, LOG))
        except Exception:  # noqa: BLE001  there is no key for what cannot be told (C15)
            return None

    def alive(self, contributor: Contributor, generation: int) -> bool:
        """Something sealed under this key may still be kept. A view that denies all says no; end no key on its word."""
        if self.refused or not 0 <= generation <= self.index:
            return False
        return lives(self.book, contributor, generation, self.index, self.now)

    def contributors(self) -> Iterator[Contributor]:
        """Everyone ever served a notice, the first served first."""
        for contributor in self.book.contributors if self.refused is None else ():
            if self.book.served[contributor][0] > self.index:
                return
            yield contributor

    def lapsed(self) -> list[int]:
        """The grants that have run out by the clock and have no 'expired' event yet, the longest overdue first."""
        if self.refused:
            return []
        due = []
        for deadline, grant in self.book.deadlines:
            if deadline > self.now:
                break
            if grant <= self.index and self.book.expired.get(grant, self.index + 1) > self.index:
                due.append(grant)
        return due

    def _may(self, contribution: Contribution, purpose: str) -> Decision:
        refusal = self._out_of_view(contribution.captured) or unattributed(contribution)
        if refusal or contribution.contributor is None:
            return (refusal or Refusal(Reason.UNATTRIBUTED)).decision
        if purpose not in BITS:
            return Refusal(Reason.UNKNOWN).decision
        return decide(self._question(contribution.contributor, contribution.captured, BITS[purpose]))

    def _enabled(self, account: str) -> Decision:
        if refusal := self._out_of_view(self.index):
            return refusal.decision
        asked = self._question(Contributor("", account, account), self.index, BITS["use_feature"])
        grant = account_grant(asked, account)
        if grant is None:
            return Refusal(Reason.UNKNOWN).decision
        form = self.book.document(grant)
        for purpose in (bit for bit in BITS.values() if bit & (form.requires | asked.purpose)):
            if refusal := account_refuses(asked._replace(purpose=purpose), account):
                return refusal.decision
        return Decision(True, Basis.BUNDLED_GRANT if form.bundled else Basis.ACCOUNT_GRANT, Reason.GIVEN, grant)

    def _out_of_view(self, captured: int) -> Refusal | None:
        """A view that cannot tell says no to everything; and what was captured after it is not its to judge."""
        if self.refused:
            return Refusal(self.refused)
        return Refusal(Reason.FUTURE) if captured > self.index else None

    def _question(self, contributor: Contributor, captured: int, purpose: int) -> Question:
        return Question(self.book, self.index, self.now, contributor, captured, purpose)


def unattributed(contribution: Contribution) -> Refusal | None:
    """A dial-in, a shared room, an unknown speaker has agreed to nothing (M3): only a known person's words can pass."""
    known = contribution.attribution in ATTRIBUTIONS and contribution.contributor and all(contribution.contributor)
    return None if known else Refusal(Reason.UNATTRIBUTED)


def cannot_tell(book: Book, index: int, now: int) -> Reason | None:
    """Why nothing can be said at `index`: it lies beyond the book, behind a break, or the clock was set far back."""
    if not -1 <= index <= book.position:
        return Reason.FUTURE
    if book.broken is not None and index >= book.broken:
        return Reason.BROKEN
    if index >= 0 and now < book.times[index] - BACKWARD:
        return Reason.CLOCK
    return None


def answer(question: Callable[[], Decision]) -> Decision:
    """The answer, or no: a gate that cannot tell does not let through (C15)."""
    try:
        return question()
    except Exception:  # noqa: BLE001  whatever went wrong, it is no yes
        return Decision(False, None, Reason.ERROR, None)


def deny_all(reason: Reason) -> View:
    """What stands in for a view when there is none to be had."""
    return View(Book(), -1, 0, reason)


DENY_ALL = deny_all(Reason.ERROR)
