"""How many logged calls a second become a snapshot, in how much memory; what refusers cost, by call and by meeting.

`python benchmarks/snapshot.py [--rows N] [--accounts N] [--seed N]`. Calls are generated: meetings of four, 24 turns
and 24 calls that read one to three turns, a third of the people refusing training. The snapshot decrypts every row
allowed and asks the gate for each; memory is the process's peak, before and after.
"""

from __future__ import annotations

import argparse
import random
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.transcripts.turns import Transcript, Turn
from assent.training.snapshot import Choice, Snapshot, take
from assent.training.snapshot.taking import yield_text

CALLS, PEOPLE, SEATS = 24, 12, 4
"""Calls (and turns) of a meeting, people of an account, people of a meeting."""
REFUSING = 3
"""Every third person refuses."""
OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 Example Street",
    "contact": "privacy@example.com",
    "jurisdiction": "DE",
    "storage": "EU",
}


@dataclass
class Made:
    calls: int = 0
    by_meeting: int = 0
    """Calls of meetings in which nobody refuses: all there would be if one refuser closed a meeting."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--accounts", type=int, default=25)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    with TemporaryDirectory() as folder, Store(Path(folder)) as store:
        started = time.perf_counter()
        made = fill(store, wanted.rows, wanted.accounts, random.Random(wanted.seed))
        print(f"{made.calls} calls logged in {time.perf_counter() - started:.0f} s")
        before, started = peak(), time.perf_counter()
        snapshot = take(store, Choice(held_out=0.1), seed=wanted.seed)
        seconds = time.perf_counter() - started
        report(snapshot, made, seconds, before)


def report(snapshot: Snapshot, made: Made, seconds: float, before: float) -> None:
    stated = snapshot.manifest["yield"]
    by_call, by_meeting = stated["allowed"] / made.calls, made.by_meeting / made.calls
    print(yield_text(stated))
    print(f"{made.calls / seconds:.0f} rows/s ({seconds:.1f} s); peak memory {before:.0f} MB, then {peak():.0f} MB")
    print(f"yield, a third refusing, meetings of {SEATS}: by call {by_call:.1%}, by meeting {by_meeting:.1%}")


def fill(store: Store, rows: int, accounts: int, rng: random.Random) -> Made:
    for name in ("separate", "notice"):
        given = {key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in shipped(name)}
        store.consent.publish(shipped(name, **given))
    names = [f"account{at}" for at in range(accounts)]
    for name in names:
        join(store, name)
    made = Made()
    while made.calls < rows:
        meeting(store, names[made.calls // CALLS % accounts], made, rng)
    return made


def join(store: Store, account: str) -> None:
    people = [f"{account}.{at}" for at in range(PEOPLE)]
    private, public = new_key()
    store.consent.open_account(account, people[:1], public)
    store.consent.serve(people[0], account, account, "separate")
    store.consent.sign(account, "separate", ["use_feature", "log_content", "train_content"], people[0], private)
    for at, person in enumerate(people):
        store.consent.serve(person, account, account)
        if at % REFUSING == REFUSING - 1:
            store.consent.object(person, purposes=["train_content"])


def meeting(store: Store, account: str, made: Made, rng: random.Random) -> None:
    seats = rng.sample(range(PEOPLE), SEATS)
    spoken = seats + [rng.choice(seats) for _ in range(CALLS - SEATS)]
    turns = tuple(
        Turn(f"P{at}", sentence(rng), attribution="channel", person=f"{account}.{at}", account=account) for at in spoken
    )
    calls = []
    for at in range(CALLS):
        read = tuple(range(at, min(CALLS, at + rng.randint(1, 3))))
        calls.append(Call("point", read, sentence(rng), "model"))
    request = str(made.calls)
    use = Interaction(account, f"{account}.0", "summarize", Transcript(turns), tuple(calls), request, request)
    logged = store.log.capture(use)
    if logged.interaction:
        store.log.feedback(logged.interaction, "accept", account=account, user=f"{account}.0")
    made.calls += len(calls)
    made.by_meeting += 0 if any(at % REFUSING == REFUSING - 1 for at in seats) else len(calls)


def sentence(rng: random.Random) -> str:
    return " ".join(f"w{rng.randrange(5_000)}" for _ in range(12)).capitalize() + "."


def peak() -> float:
    """Megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
