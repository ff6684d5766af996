"""Runs by itself, in a fresh process that may fork: kills a child at every point of a write, or sets several to work.

    python processes.py kill FOLDER ACTION     one child per fault point of ACTION, SIGKILL there, then what was left
    python processes.py together FOLDER        several children follow one ledger at once
    python processes.py fork FOLDER            a child that inherits an open store

Prints one JSON line. A fault point is before and after each statement, fsync, write and rename.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
import traceback
from pathlib import Path

from assent.data.keystore import FileEpochKeys, Keystore

OWNERS = [(f"p_{number}", "a_1", "a_1") for number in range(8)]
EVERYONE = [(owner, 1) for owner in OWNERS]
DEAD = EVERYONE[:2]
BORN = [(OWNERS[0], 2)]


def opened(folder: Path) -> Keystore:
    return Keystore(folder / "keys.db", FileEpochKeys(folder / "epoch.key"))


ACTIONS = {
    "create": opened,
    "follow": lambda folder: opened(folder).follow(2, BORN, DEAD, since=1),
    "rewrap": lambda folder: opened(folder).rewrap(),
}


class Fuse:
    """Kills this process at the `at`-th fault point; counts them where that is out of reach."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen = 0

    def point(self) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, act):
        def acting(*arguments, **named):
            self.point()
            result = act(*arguments, **named)
            self.point()
            return result

        return acting

    def arm(self) -> None:
        fuse, connect = self, sqlite3.connect

        class Fused(sqlite3.Connection):
            execute = fuse.around(sqlite3.Connection.execute)
            executemany = fuse.around(sqlite3.Connection.executemany)

        sqlite3.connect = lambda *a, **k: connect(*a, **k, factory=Fused)
        for name in ("fsync", "replace", "write", "ftruncate"):
            setattr(os, name, self.around(getattr(os, name)))


def start(act) -> int:
    """Runs `act` in a fork and nothing after it."""
    process = os.fork()
    if process:
        return process
    status = 9
    try:
        act()
        status = 0
    finally:
        if status:
            traceback.print_exc()
        os._exit(status)


def ended(process: int) -> int:
    """Its exit status, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def state(folder: Path) -> dict[str, object]:
    store = opened(folder)
    found = {
        "seen": store.seen,
        "keys": {str(key): store.get(*key[0], key[1]).hex() for key in store.live()},
        "due": store.rewrap_due,
        "epoch": store.epoch,
        "candidates": len(store._epochs.candidates()),
        "files": sorted(path.name for path in folder.iterdir()),
    }
    store.close()
    return found


def kill(folder: Path, action: str) -> dict[str, object]:
    before = {}
    if action != "create":
        first = opened(folder / "first")
        first.follow(1, EVERYONE, [], since=-1)
        first.close()
        before = state(folder / "first")
    left, at = [], 0
    while True:
        at += 1
        place = folder / str(at)
        if before:
            shutil.copytree(folder / "first", place)
        else:
            place.mkdir()

        def act(at=at, place=place):
            Fuse(at).arm()
            ACTIONS[action](place)

        status = ended(start(act))
        after = state(place)
        again = opened(place)
        again.follow(2, BORN, DEAD, since=again.seen)
        again.close()
        left.append({"status": status, **after, "finished": state(place)})
        if status != -signal.SIGKILL:
            return {"before": before, "left": left}


def together(folder: Path) -> dict[str, object]:
    """Event n makes a key and ends that of event n - 3; each process works that out from where it finds the store."""
    opened(folder).close()
    last = 30

    def work():
        store = opened(folder)
        while (since := store.seen) < last:
            head = min(last, since + 1 + os.getpid() % 3)
            gained = [((f"p_{n}", "a", "a"), n) for n in range(max(since + 1, head - 2), head + 1)]
            lost = [((f"p_{n}", "a", "a"), n) for n in range(max(0, since - 2), since + 1) if n < head - 2]
            store.follow(head, gained, lost, since=since)
        store.close()

    processes = [start(work) for _ in range(5)]
    return {"statuses": [ended(process) for process in processes], **state(folder)}


def fork(folder: Path) -> dict[str, object]:
    store = opened(folder)
    store.follow(1, EVERYONE, [], since=-1)
    key = store.get(*OWNERS[5], 1)

    def look():
        assert sorted(store.live()) == EVERYONE, "by a connection of its own: the parent is amid a write"
        assert store.get(*OWNERS[5], 1) == key

    with store._file.transaction("BEGIN IMMEDIATE") as connection:
        connection.execute("UPDATE state SET seen = 9")
        amid = ended(start(look))
        connection.execute("UPDATE state SET seen = 1")

    def inherit():
        assert store.get(*OWNERS[5], 1) == key
        assert store.follow(2, BORN, DEAD, since=1)
        assert store.get(*OWNERS[1], 1) is None
        store.close()

    status = ended(start(inherit))
    assert store.get(*OWNERS[5], 1) == key
    found = {"amid": amid, "status": status, "dead": store.get(*OWNERS[1], 1) is None, "seen": store.seen}
    assert store.follow(3, [], [(OWNERS[5], 1)], since=2)
    store.close()
    return found


if __name__ == "__main__":
    task, where, *more = sys.argv[1:]
    sys.stdout.write(json.dumps({"kill": kill, "together": together, "fork": fork}[task](Path(where), *more)))
