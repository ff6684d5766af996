"""Who uses a feature: nobody in particular, with nothing stored, or a user of an account. It knows no feature."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assent.cli.store import database, home

if TYPE_CHECKING:
    from assent.features.assistant import Assistant


@dataclass(frozen=True, slots=True)
class Use:
    account: str | None
    user: str | None
    roster: str | None
    home: Path | None
    database: str | None


def by_account(command: Any) -> Any:
    """The command gets a `use`: what --account, --user, --roster, --home and --database say."""

    @click.option("--account", metavar="NAME", help="Log under this account, as far as everyone concerned has agreed.")
    @click.option("--user", metavar="NAME", help="Who is asking, a person of the account; needed with --account.")
    @click.option("--roster", metavar="FILE", help="Who the speakers are: JSON {entries: [...]}.")
    @home
    @database
    @wraps(command)
    def used(*args: Any, account: Any, user: Any, roster: Any, home: Any, database: Any, **options: Any) -> None:
        command(*args, use=Use(account, user, roster, home, database), **options)

    return used


@contextmanager
def assistant(use: Use, model: str | None, me: str | None = None) -> Iterator[Assistant]:
    """The assistant of that use; without an account nothing is stored and no store is opened."""
    from assent.data.transcripts import Roster
    from assent.features.assistant import Assistant

    roster = Roster.load(use.roster) if use.roster else None
    name = model or "assent-mini"
    if use.account is None:
        yield Assistant(user=me, roster=roster, model=name)
        return
    from assent.data.facade import Store

    with Store(use.home, database=use.database) as store:
        yield Assistant(store, account=use.account, user=use.user, roster=roster, model=name)
