"""Runs by itself, in a process that forks: kills a child at every fault point of a life, and looks at what is left.

    python -m tests.consent.killing HOME DATABASE_URL STRIDE

A life: an account signs, two people are told and speak, one withdraws, the other speaks again; each step that was
acknowledged is noted. A fault point is before and after every statement, commit, fsync and rename of the database, the
key store and the checkpoints; STRIDE 1 takes each, 11 every eleventh. Prints one JSON line.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, select

from assent.data.consent.gate import Contribution, Contributor
from assent.data.erasure import open_jobs
from assent.data.facade import Store
from assent.data.store.tables import contributors, pieces
from tests.consent.office import enable, publish, said, say


class Fuse:
    """Kills this process at the `at`-th fault point."""

    def __init__(self, at: int) -> None:
        self.at, self.seen = at, 0

    def point(self, *_: Any, **__: Any) -> None:
        self.seen += 1
        if self.seen == self.at:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def acting(*arguments: Any, **named: Any) -> Any:
            self.point()
            result = act(*arguments, **named)
            self.point()
            return result

        return acting

    def arm(self) -> None:
        """The key store is reached through sqlite3 itself, the database through SQLAlchemy, files through os."""
        fuse, connect = self, sqlite3.connect

        class Fused(sqlite3.Connection):
            execute = fuse.around(sqlite3.Connection.execute)
            executemany = fuse.around(sqlite3.Connection.executemany)
            commit = fuse.around(sqlite3.Connection.commit)

        sqlite3.connect = lambda *a, **k: connect(*a, **{"factory": Fused} | k)  # type: ignore[assignment]
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, self.point)
        for name in ("fsync", "replace", "rename", "link"):
            setattr(os, name, self.around(getattr(os, name)))


def life(home: str, url: str, number: int, at: int) -> None:
    """In the child: speak, withdraw, speak, each step told once it is acknowledged."""
    with Path(home, f"told-{number}").open("w") as told:

        def tell(step: str) -> None:
            told.write(f"{step}\n")
            told.flush()

        Fuse(at).arm()
        account, dana, bob = f"acme{number}", f"dana{number}", f"bob{number}"
        with Store(home, database=url) as store:
            enable(store, account, [dana, bob])
            tell("signed")
            assert say(store, account, bob, "said by bob", f"{number}-1").logged
            tell("bob")
            store.consent.withdraw(person=bob)
            tell("withdrawn")
            assert say(store, account, dana, "said by dana", f"{number}-2").logged
            tell("dana")


def left(home: str, url: str, number: int) -> list[str]:
    """What is wrong after the kill, once the store was opened again; nothing, it is hoped."""
    told = Path(home, f"told-{number}").read_text().split()
    faults = []
    with Store(home, database=url) as store:
        if store.behind() or not store.ledger.verify().ok:
            faults.append("the chain does not hold")
        if open_jobs(store):
            faults.append("an erasure is unfinished")
        faults += [f"content without a yes: {one}" for one in unpermitted(store)]
        bob = store.consent.subject("person", f"bob{number}")
        types = [one.type for one in store.ledger.events() if bob in one.fields.values()]
        rows = said(store, f"acme{number}") if store.consent.subject("account", f"acme{number}") else set()
        if "signed" in told and not store.consent.enabled(f"acme{number}"):
            faults.append("an acknowledged grant is lost")
        if "withdrawn" in told and "withdrawal" not in types:
            faults.append("an acknowledged withdrawal is lost")
        if "withdrawal" in types and ("said by bob" in rows or any(one[0][0] == bob for one in store.keys.live())):
            faults.append("a withdrawal left something")
        if "bob" in told and "withdrawal" not in types and "said by bob" not in rows:
            faults.append("acknowledged content is lost")
        if "dana" in told and "said by dana" not in rows:
            faults.append("acknowledged content is lost")
    return faults


def unpermitted(store: Store) -> list[str]:
    """Pieces in the table that the gate does not allow, or whose key nobody has."""
    view, found = store.consent.at(), []
    joined = select(pieces.c.captured, contributors).join(contributors, contributors.c.piece == pieces.c.id)
    with store.database.read() as connection:
        rows = connection.execute(joined).all()
    for row in rows:
        contributor = Contributor(row.person, row.account, row.host)
        allowed = view.may(Contribution(contributor, row.attribution, row.captured), "log_content").allowed
        if not allowed or store.keys.get(*contributor, row.generation) is None:
            found.append(row.piece)
    return found


def main(home: str, url: str, stride: int) -> None:
    with Store(home, database=url) as store:
        publish(store)
    faults: dict[int, list[str]] = {}
    number, status = 0, -signal.SIGKILL
    while status == -signal.SIGKILL:
        number += 1
        child = os.fork()
        if not child:
            code = 1
            try:
                life(home, url, number, number * stride)
                code = 0
            finally:
                os._exit(code)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if wrong := left(home, url, number):
            faults[number] = wrong
    sys.stdout.write(json.dumps({"points": (number - 1) * stride, "status": status, "faults": faults}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
