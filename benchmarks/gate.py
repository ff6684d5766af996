"""How many decisions a second over 100,000 accounts, while another process withdraws 1 % of them a second?

`python benchmarks/gate.py [--accounts N] [--seconds S]`. Every decision is asked of a view taken for it alone, which
looks at the head of the ledger first. Every other one is about an account that is just being withdrawn, until it is
refused: so the time from the commit to the first refusal is seen, and a yes to a question asked after a commit would be
counted. The accounts are written straight into the ledger, in SQLite; the gate looks at no signature.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import resource
import time
from collections.abc import Iterator
from ctypes import c_longlong
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from assent.data.clock import system_clock
from assent.data.consent import PURPOSES, Consent, Contribution, Contributor
from assent.data.ledger import Ledger, Signer
from assent.data.store import Database

SHARE = 0.01
"""Of the accounts, withdrawn each second."""
COMMITS = 100
"""Commits a second that the withdrawals come in."""
PURPOSE = "train_content"


def open_store(home: Path) -> tuple[Database, Ledger, Consent]:
    database = Database(f"sqlite:///{home / 'assent.db'}")
    ledger = Ledger(database, Signer(home / "operator.key"), checkpoints=str(home / "checkpoints"))
    return database, ledger, Consent(database, ledger, clock=system_clock, settle=lambda: None, guard=ledger.behind)


def member(account: int) -> Contributor:
    name = f"a_{account:032x}"
    return Contributor(f"p_{account:032x}", name, name)


def events(accounts: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """A form, a notice; then for each account its grant and a member who was served."""
    text = {"version": "1", "language": "en", "purposes": list(PURPOSES), "material": True, "decided_by": None}
    form = {"family": "separate", "sha256": "f" * 64, "requires": ["use_feature"], "validity": None, "retention": None}
    yield "form", text | form
    yield "notice", text | {"family": "notice", "sha256": "e" * 64}
    for account in range(accounts):
        who = member(account)
        about = {"account": who.host, "person": None, "signer": "p_admin", "sha256": "f" * 64}
        yield "grant", about | {"purposes": list(PURPOSES), "nonce": f"{account:x}", "key_id": "k", "signature": "s"}
        yield "served", {"sha256": "e" * 64} | who._asdict()


def fill(home: Path, accounts: int) -> None:
    database, ledger, _ = open_store(home)
    for batch in batches(events(accounts), 10_000):
        with database.write() as connection:
            ledger.append_all(connection, batch)
    database.close()


def batches(items: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while batch := list(islice(items, size)):
        yield batch


def withdraw(home: Path, order: list[int], current: Any, committed: Any, stop: Any) -> None:
    """The other process: a share of `order` each second, and when each was committed (ns of the one clock of all)."""
    database, ledger, _ = open_store(home)
    each = max(1, round(len(order) * SHARE / COMMITS))
    due = time.monotonic()
    for batch in batches(iter(order), each):
        if stop.is_set():
            break
        current.value = batch[-1]
        entries = [("withdrawal", withdrawal(account)) for account in batch]
        with database.write() as connection:
            ledger.append_all(connection, entries)
        now = time.monotonic_ns()
        for account in batch:
            committed[account] = now
        due += 1 / COMMITS
        time.sleep(max(0.0, due - time.monotonic()))
    database.close()


def withdrawal(account: int) -> dict[str, Any]:
    return {"account": member(account).account, "person": None, "purposes": list(PURPOSES)}


@dataclass
class Seen:
    decisions: int = 0
    allowed: int = 0
    stale: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    refused_at: dict[int, int] = field(default_factory=dict)


def decide(consent: Consent, accounts: int, captured: int, seconds: float, current: Any, committed: Any) -> Seen:
    """Asks for `seconds`: in turn about any account, and about one that is being withdrawn, until it is refused."""
    seen, draw, probe = Seen(), random.Random(0), current.value
    begin, used = time.monotonic(), time.process_time()
    while (passed := time.monotonic() - begin) < seconds:
        for _ in range(100):
            probing = seen.decisions % 2 == 0 and probe not in seen.refused_at
            account = probe if probing else int(draw.random() * accounts)
            contribution = Contribution(member(account), "channel", captured)
            before = time.monotonic_ns()
            allowed = consent.at().may(contribution, PURPOSE).allowed
            seen.decisions += 1
            seen.allowed += allowed
            if allowed and 0 < committed[account] < before:
                seen.stale += 1
            if probing and not allowed:
                seen.refused_at[probe] = time.monotonic_ns()
            if probe in seen.refused_at:
                probe = current.value
    seen.seconds, seen.processor = passed, time.process_time() - used
    return seen


def in_memory(consent: Consent, accounts: int, captured: int, count: int = 200_000) -> float:
    """Decisions a second of one view, without a look at the store."""
    draw, view = random.Random(0), consent.at()
    asked = [Contribution(member(int(draw.random() * accounts)), "channel", captured) for _ in range(count)]
    begin = time.monotonic()
    allowed = sum(view.may(contribution, PURPOSE).allowed for contribution in asked)
    assert allowed == count
    return count / (time.monotonic() - begin)


def report(seen: Seen, committed: Any) -> None:
    ended = [account for account, moment in enumerate(committed) if moment]
    print(f"withdrawn meanwhile: {len(ended):,} accounts, {len(ended) / seen.seconds:,.0f}/s")
    print(f"a fresh view for every decision: {seen.decisions / seen.seconds:,.0f} decisions/s,", end=" ")
    print(f"{seen.decisions / seen.processor:,.0f} per second of processor time")
    print(f"allowed {seen.allowed:,} of {seen.decisions:,}; allowed after the withdrawal was committed: {seen.stale}")
    waits = sorted(max(0, moment - committed[account]) / 1e6 for account, moment in seen.refused_at.items())
    median, p99 = (quantiles(waits, n=100)[place] for place in (49, 98))
    print(f"first refused after the commit: median {median:.2f} ms, p99 {p99:.2f}, most {waits[-1]:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to ask (default 20)")
    settings = parser.parse_args()
    with TemporaryDirectory() as folder:
        measure(Path(folder), settings.accounts, settings.seconds)


def measure(home: Path, accounts: int, seconds: float) -> None:
    spawn = multiprocessing.get_context("spawn")
    filling, begin = spawn.Process(target=fill, args=(home, accounts)), time.monotonic()
    filling.start()
    filling.join()
    database, ledger, consent = open_store(home)
    captured = ledger.head().position
    print(f"{accounts:,} accounts, {captured + 1:,} events, written in {time.monotonic() - begin:.0f} s")
    before, begin = peak(), time.monotonic()
    consent.at()
    print(f"first view: {time.monotonic() - begin:.1f} s, {peak() - before:.0f} MB")
    print(f"one view, all in memory: {in_memory(consent, accounts, captured):,.0f} decisions/s")
    order = random.Random(1).sample(range(accounts), accounts)
    current, committed, stop = spawn.RawValue(c_longlong, order[0]), spawn.RawArray(c_longlong, accounts), spawn.Event()
    other = spawn.Process(target=withdraw, args=(home, order, current, committed, stop))
    other.start()
    while not any(committed[account] for account in order[:10]):
        time.sleep(0.01)
    seen = decide(consent, accounts, captured, seconds, current, committed)
    stop.set()
    other.join()
    report(seen, list(committed))
    database.close()


def peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
