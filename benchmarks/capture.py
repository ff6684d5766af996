"""What does logging an interaction cost the one who waits for it, while several processes write at once?

    python benchmarks/capture.py [--writers 8] [--interactions 200] [--database sqlite|postgresql|both]

Each writer logs summaries of an account of its own: 20 turns of 5 people, 12 calls of two or three turns each, and one
made from them. A capture is over once its commit is durable (`synchronous = FULL` on SQLite, fsync on PostgreSQL, whose
real server is started here). Times are those of one capture, waiting for the other writers included.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from assent.data.facade import Store  # noqa: E402
from assent.data.interactions import Call, Interaction  # noqa: E402
from assent.data.store import Database  # noqa: E402
from assent.data.transcripts.turns import Transcript, Turn  # noqa: E402
from tests.consent.office import enable, publish  # noqa: E402
from tests.data.conftest import PostgresServer  # noqa: E402

TURNS, PEOPLE, CALLS = 20, 5, 12
WARM = 5
"""Captures of each writer that are not counted."""
WORDS = "the we demo moves room notes plan budget next week Thursday book call agree ship test draft".split()


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    yield f"sqlite:///{folder / 'assent.db'}"


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """With the server's own settings, which are durable; those of the tests are not."""
    with tempfile.TemporaryDirectory(prefix="assent-pg-") as place:
        server = PostgresServer(Path(place), {"listen_addresses": ""})
        try:
            server.migrate()
            yield server.fresh()
        finally:
            server.stop()


KINDS = {"sqlite": sqlite, "postgresql": postgresql}


def interaction(account: str, number: int, dice: random.Random) -> Interaction:
    turns = tuple(
        Turn(
            f"Person {at % PEOPLE}",
            text(dice),
            attribution="channel",
            person=f"{account}-{at % PEOPLE}",
            account=account,
        )
        for at in range(TURNS)
    )
    starts = [at * (TURNS - 3) // CALLS for at in range(CALLS)]
    calls = [Call("point", tuple(range(at, at + dice.randint(2, 3))), text(dice), "model") for at in starts]
    whole = Call("reduce", (), text(dice), "model", parents=tuple(range(CALLS)))
    request = f"{account}-{number}"
    return Interaction(account, f"{account}-0", "summarize", Transcript(turns), (*calls, whole), request, request)


def text(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=14))


def write(home: Path, url: str, account: str, interactions: int) -> list[float]:
    """Seconds of each capture."""
    spent = []
    with Store(home, database=url) as store:
        for number in range(interactions + WARM):
            made = interaction(account, number, random.Random(f"{account}/{number}"))
            started = time.perf_counter()
            logged = store.log.capture(made)
            spent.append(time.perf_counter() - started)
            assert logged.logged == CALLS + 1, logged
    return spent[WARM:]


def measure(kind: str, writers: int, interactions: int) -> None:
    accounts = [f"account{at}" for at in range(writers)]
    with tempfile.TemporaryDirectory(prefix="assent-capture-") as folder, KINDS[kind](Path(folder)) as url:
        home = Path(folder) / "home"
        Database(url).close()
        with Store(home, database=url) as store:
            publish(store)
            for account in accounts:
                enable(store, account, [f"{account}-{at}" for at in range(PEOPLE)])
        started = time.perf_counter()
        with multiprocessing.get_context("spawn").Pool(writers) as pool:
            found = pool.starmap(write, [(home, url, account, interactions) for account in accounts])
        seconds = time.perf_counter() - started
    spent = [one for some in found for one in some]
    waited = f"median {1e3 * median(spent):.1f} ms, p99 {1e3 * quantiles(spent, n=100)[-1]:.1f} ms"
    rate = f"{len(spent) / seconds:.0f} a second, start included"
    print(f"{kind}: {writers} writers, {len(spent)} interactions of {CALLS + 1} calls: {waited}; {rate}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--interactions", type=int, default=200, help="of each writer")
    parser.add_argument("--database", choices=[*KINDS, "both"], default="both")
    given = parser.parse_args()
    for kind in KINDS if given.database == "both" else [given.database]:
        measure(kind, given.writers, given.interactions)


if __name__ == "__main__":
    main()
