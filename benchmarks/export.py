"""How fast are rows of consented interactions exported, in how much memory, and how long does one withdrawal take?

`python benchmarks/export.py [--interactions N ...]`, by default two sizes, so that the slope shows: rows a second and
the time of a withdrawal should not depend on how much else the store holds. Each interaction has one call that read 20
turns of 5 contributors. An account has 50 people and 1,000 interactions, so one person is in about 100 of them at every
size. The ledger's grants and the sealed rows are written straight into the store, in SQLite; export, reading and
withdrawal are those of the product, each in a process of its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import re
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import insert

from assent.data.consent import PURPOSES, shipped
from assent.data.consent.gate import Contributor
from assent.data.facade import Store
from assent.data.interactions.export import export
from assent.data.interactions.opening import sealed
from assent.data.interactions.pieces import Piece, Pieces, Share, Use
from assent.data.interactions.plan import standing
from assent.data.store.tables import subjects

TURNS, CONTRIBUTORS, WORDS = 20, 5, 14
PEOPLE, INTERACTIONS = 50, 1_000
"""Of one account."""
AT_ONCE = 250
"""Interactions written in one transaction."""
READ = 2_000
"""Rows read back, in an order of chance."""
VOCABULARY = "the we demo moves room notes plan budget next week Thursday book call agree ship test draft".split()


def account_of(number: int) -> str:
    return f"a_{number:032x}"


def people_of(account: int) -> list[str]:
    return [f"p_{account * PEOPLE + number:032x}" for number in range(PEOPLE)]


def decisions(accounts: int, form: str, notice: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """For each account its grant and its people, who were served."""
    for number in range(accounts):
        name = account_of(number)
        about = {"account": name, "person": None, "signer": "p_admin", "sha256": form}
        yield "grant", about | {"purposes": list(PURPOSES), "nonce": f"{number:x}", "key_id": "k", "signature": "s"}
        for person in people_of(number):
            yield "served", {"sha256": notice, "person": person, "account": name, "host": name}


def publish(store: Store, name: str) -> str:
    """The hash of a shipped text, its gaps filled with anything."""
    gaps = re.findall(r"{{(\w+)}}", shipped(name))
    return str(store.consent.publish(shipped(name, **dict.fromkeys(gaps, "Example"))).fields["sha256"])


def fill(home: Path, interactions: int) -> None:
    accounts = -(-interactions // INTERACTIONS)
    with Store(home) as store:
        texts = [publish(store, name) for name in ("separate", "notice")]
        with store.database.write() as connection:
            store.ledger.append_all(connection, list(decisions(accounts, *texts)))
            everyone = [("account", account_of(number)) for number in range(accounts)]
            everyone += [("person", person) for number in range(accounts) for person in people_of(number)]
            rows = [{"subject": subject, "kind": kind, "name": subject} for kind, subject in everyone]
            connection.execute(insert(subjects), rows)
        store.settle()
        for number in range(accounts):
            fill_account(store, number, min(INTERACTIONS, interactions - number * INTERACTIONS))


def fill_account(store: Store, number: int, interactions: int) -> None:
    view, name = store.consent.at(), account_of(number)
    known = {person: Contributor(person, name, name) for person in people_of(number)}
    standings = {person: standing(view, store.keys, one, "roster") for person, one in known.items()}
    shares = {person: Share(known[person], "roster", found.generation) for person, found in standings.items()}
    keys = {person: found.key for person, found in standings.items()}
    for start in range(0, interactions, AT_ONCE):
        with store.database.write() as connection:
            pieces = Pieces(connection, name)
            for at in range(start, min(start + AT_ONCE, interactions)):
                dice = random.Random(f"{number}/{at}")
                speakers = sorted(dice.sample(sorted(known), CONTRIBUTORS))
                use = Use(store.log.ids.of("interaction", name, at), "summarize", store.log.ids.of("meeting", name, at),
                          view.index, {"everyone": None})  # fmt: skip
                pieces.add_use(use)
                pieces.add(list(meeting(store, name, use, speakers, shares, keys, dice)))


def meeting(
    store: Store,
    account: str,
    use: Use,
    speakers: list[str],
    shares: dict[str, Share],
    keys: dict[str, bytes],
    dice: random.Random,
) -> Iterator[Piece]:
    """The speech of one meeting and the one call that read all of it."""
    turns: dict[str, list[int]] = {}
    place = (account, use.meeting, use.id, use.captured)
    for at, speaker in enumerate(speakers):
        id_ = store.log.ids.of("speech", use.meeting, speaker)
        turns[id_] = list(range(at, TURNS, CONTRIBUTORS))
        said = [(n, speaker, " ".join(dice.choices(VOCABULARY, k=WORDS))) for n in turns[id_]]
        speech = Piece(id_, "speech", *place, {"turns": turns[id_]}, b"", (shares[speaker],))
        yield sealed([keys[speaker]], speech, {"names": {}, "turns": said})
    about = {"n": 0, "task": "map", "written_by": "model", "turns": turns, "names": [], "parents": [], "about": {}}
    all_of_them = tuple(sorted(shares[speaker] for speaker in speakers))
    call = Piece(store.log.ids.of("call", use.id), "call", *place, about, b"", all_of_them)
    text = " ".join(dice.choices(VOCABULARY, k=2 * WORDS))
    yield sealed([keys[speaker] for speaker in speakers], call, {"text": text})


def write_out(home: Path) -> tuple[float, float]:
    """(seconds, rows) of an export to Parquet."""
    with Store(home) as store:
        started = time.perf_counter()
        rows = export(store, home / "export").rows
        return time.perf_counter() - started, rows


def read_back(home: Path) -> tuple[float, float]:
    """(seconds, rows) of reading rows in an order of chance, decrypted, the gate asked in batches of 100."""
    with Store(home) as store:
        rows = store.dataset(purpose="train_content").shuffle(seed=1)
        started, count = time.perf_counter(), min(READ, len(rows))
        for at in range(0, count, 100):
            assert all(rows[at : at + 100]["allowed"])
        return time.perf_counter() - started, count


def withdraw(home: Path) -> tuple[float, float, int]:
    """(seconds until it is acknowledged, of that for the rows alone, pieces deleted) when one person withdraws."""
    with Store(home) as store:
        spent: list[float] = []
        pieces: list[int] = []
        erase = store.log.erase

        def timed(*arguments: Any) -> Any:
            started = time.perf_counter()
            erased = erase(*arguments)
            spent.append(time.perf_counter() - started)
            pieces.append(erased.pieces)
            return erased

        store.log.erase = timed  # type: ignore[assignment, method-assign]
        started = time.perf_counter()
        store.consent.withdraw(person=people_of(0)[0])
        return time.perf_counter() - started, sum(spent), sum(pieces)


def alone(work: Callable[[Path], Any], home: Path) -> tuple[Any, float]:
    """What `work` returns in a fresh process, and that process's peak memory in GB."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        result = pool.submit(work, home).result()
        return result, pool.submit(peak).result()


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def size(home: Path, name: str) -> float:
    return sum(path.stat().st_size for path in home.rglob(name)) / 1e9


def measure(interactions: int, folder: str | None) -> None:
    with TemporaryDirectory(dir=folder, prefix="assent-export-") as name:
        home = Path(name) / "home"
        started = time.perf_counter()
        fill(home, interactions)
        filled = time.perf_counter() - started
        print(f"{interactions:,} interactions, {size(home, 'assent.db'):.2f} GB, filled in {filled:.0f} s", flush=True)
        (seconds, rows), memory = alone(write_out, home)
        print(f"  export: {rows:,} rows in {seconds:.1f} s, {rows / seconds:,.0f} rows/s, peak memory {memory:.2f} GB, "
              f"{size(home, '*.parquet'):.2f} GB of Parquet", flush=True)  # fmt: skip
        (seconds, rows), memory = alone(read_back, home)
        print(f"  read in an order of chance: {rows / seconds:,.0f} rows/s, peak memory {memory:.2f} GB", flush=True)
        (seconds, erasing, pieces), _ = alone(withdraw, home)
        print(f"  withdrawal of one person: {seconds:.2f} s until acknowledged, {erasing:.2f} s of it for "
              f"{pieces} pieces of content", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--interactions", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--folder", help="where the store is made and removed again; by default the temporary folder")
    given = parser.parse_args()
    for interactions in given.interactions:
        measure(interactions, given.folder)


if __name__ == "__main__":
    main()
