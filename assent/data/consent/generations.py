"""Which keys the ledger makes and ends: one per contributor and generation. It knows no key and no key store.

A generation is the position of the event that last changed what a contributor's content rests on: a grant of an account
in question or of their own, a notice served, a retention limit, a switch of policy. All that is captured until the next
one shares a key. Only events make and end keys; what merely ran out by the clock is denied by the gate at once, and its
key ends with the 'expired' event. So following the ledger step by step or in one go comes to the same keys.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from assent.data.consent.book import BITS, NONE, Book, Contributor
from assent.data.consent.rules import Question, decide
from assent.errors import LedgerError

Key = tuple[Contributor, int]
LOG = BITS["log_content"]


def generation(asked: Question) -> int | None:
    """The generation of what is captured at `asked.captured`, or None where logging is not allowed."""
    if not decide(asked).allowed:
        return None
    newest = (asked.book.newest(marks, asked.captured, LOG) for marks in sources(asked.book, asked.contributor))
    return max(position for position in newest if position is not None)


def lives(book: Book, contributor: Contributor, made: int, index: int, time: int | None = None) -> bool:
    """At `index`, something that can have been captured in the generation `made` is still allowed to be kept.

    Retention is the one rule that spares what is captured later; by every other rule what was captured sooner fares at
    least as well. So one question decides: for the first capture that retention spares. Without a `time` it is asked by
    the clock of that capture, so that only events end a key.
    """
    if generation(Question(book, made, book.times[made], contributor, made, LOG)) != made:
        return False
    captured = max(made, book.kept_after(contributor.host, index) + 1)
    if captured > last(book, contributor, made, index):
        return False
    time = book.times[captured] if time is None else time
    return decide(Question(book, index, time, contributor, captured, LOG)).allowed


def changes(book: Book, after: int, upto: int) -> tuple[list[Key], list[Key]]:
    """The keys that the events in (after, upto] make, and those that they end. Raises LedgerError on a broken chain.

    A key that is made and ended in between is in neither. Only contributors that an event touches are looked at.
    """
    if book.broken is not None and book.broken <= upto:
        raise LedgerError(f"event {book.broken} cannot be read; no key is made or ended", position=book.broken)
    gained: list[Key] = []
    lost: list[Key] = []
    for contributor in touched(book, after, upto):
        for made in candidates(book, contributor, after, upto):
            alive = lives(book, contributor, made, upto)
            if alive and made > after:
                gained.append((contributor, made))
            elif not alive and made <= after and lives(book, contributor, made, after):
                lost.append((contributor, made))
    return gained, lost


def touched(book: Book, after: int, upto: int) -> Iterator[Contributor]:
    """Whoever an event in (after, upto] can matter to, once each.

    New forms and notices touch nobody: they stop what would be captured next, but end nothing that was.
    """
    groups = {id(group): group for group in book.touches[after + 1 : upto + 1] if group}
    yield from dict.fromkeys(contributor for group in groups.values() for contributor in group)


def candidates(book: Book, contributor: Contributor, after: int, upto: int) -> list[int]:
    """Every generation that may have lived at `after` or been made since: those retention had not passed by then."""
    kept = book.kept_after(contributor.host, after) + 1
    found: set[int] = set()
    for marks in sources(book, contributor):
        oldest = book.newest(marks, kept, LOG)
        start = bisect_left(marks, kept if oldest is None else oldest)
        found.update(position for position in marks[start : bisect_right(marks, upto)] if book.purposes[position] & LOG)
    return sorted(found)


def last(book: Book, contributor: Contributor, made: int, index: int) -> int:
    """The last index at which something can have been captured in the generation `made`, so far."""
    following = (book.first(marks, made, index, LOG) for marks in sources(book, contributor))
    return min((position - 1 for position in following if position is not None), default=index)


def sources(book: Book, contributor: Contributor) -> tuple[array[int], ...]:
    """The positions whose events begin a generation of `contributor`, if they cover logging."""
    person, account, host = contributor
    return (
        book.grants.get(account, NONE),
        book.grants.get(host, NONE),
        book.served.get(contributor, NONE),
        book.own_grants.get((person, account), NONE),
        book.retentions.get(host, NONE),
        book.switches,
    )
