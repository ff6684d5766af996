"""The store of an installation: database, ledger, consent, keys, log and telemetry, bound and kept in step.

It knows no model and no feature. What an event sets off (keys made or destroyed, rows erased) is done by `settle`,
which every decision calls before it is acknowledged and every opening calls before anything can be captured.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from assent.data.clock import Clock, system_clock
from assent.data.consent import Consent
from assent.data.consent.gate import changes
from assent.data.erasure import Erasure, due, erase_open_jobs, erasures, mark_time, open_jobs
from assent.data.files import private_bytes
from assent.data.interactions import Log
from assent.data.keystore import EpochKeys, Keystore, epoch_keys
from assent.data.ledger import Ledger, Signer
from assent.data.store import Database
from assent.data.telemetry import Releases, Telemetry
from assent.errors import StoreError

if TYPE_CHECKING:
    import datasets

SECRET_BYTES = 32


def default_home() -> Path:
    return Path(os.environ.get("ASSENT_HOME") or Path.home() / ".assent")


def default_checkpoints(home: Path) -> str:
    return os.environ.get("ASSENT_CHECKPOINTS") or str(home / "checkpoints")


class Store:
    """Opens, or creates, the store under `home` ($ASSENT_HOME, else ~/.assent).

    `database` is an SQLAlchemy URL ($ASSENT_DATABASE, else SQLite under `home`); `checkpoints` a folder or fsspec URL
    outside the database ($ASSENT_CHECKPOINTS, else a folder under `home`). Raises StoreError where one of them is
    locked, full or gone.
    """

    def __init__(
        self,
        home: str | os.PathLike[str] | None = None,
        *,
        database: str | None = None,
        clock: Clock = system_clock,
        checkpoints: str | None = None,
        epochs: EpochKeys | None = None,
    ) -> None:
        self.home = Path(home) if home else default_home()
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.clock = clock
        url = database or os.environ.get("ASSENT_DATABASE") or f"sqlite:///{self.home / 'assent.db'}"
        self.database = Database(url)
        try:
            self._bind(checkpoints or default_checkpoints(self.home), epochs)
        except BaseException:
            self.database.close()
            raise

    def _bind(self, checkpoints: str, epochs: EpochKeys | None) -> None:
        signer = Signer(self.home / "operator.key")
        self.ledger = Ledger(self.database, signer, checkpoints=checkpoints, clock=self.clock)
        secret = private_bytes(self.home / "secret", lambda: secrets.token_bytes(SECRET_BYTES))
        self.keys = Keystore(self.home / "keys.db", epochs or epoch_keys(self.home), self.clock)
        try:
            self.consent = Consent(
                self.database,
                self.ledger,
                clock=self.clock,
                settle=self.settle,
                guard=self.behind,
                destruction=self.keys.destruction,
            )
            self.log = Log(self.database, self.ledger, self.consent, self.keys, secret)
            self.telemetry = Telemetry(self.database, clock=self.clock, effective=self._terms_effective)
            self.releases = Releases(self.database, clock=self.clock, effective=self._terms_effective)
            if not self.behind():  # else everything is denied, and what explains it can still be asked for
                self.settle()
        except BaseException:
            self.keys.close()
            raise

    def behind(self) -> str | None:
        """Why nothing may be allowed: the database is older than its checkpoints or than what the keys followed."""
        if self.keys.seen > self.ledger.head().position:
            return "the key store has followed the ledger further than this database goes"
        return self.ledger.behind()

    def settle(self) -> None:
        """Brings checkpoints, keys and rows up to the ledger's head, erasures left unfinished included. Idempotent.

        Raises StoreError where the store is behind its checkpoints: nothing decided then is acknowledged.
        """
        if reason := self.behind():
            raise StoreError(reason)
        self.ledger.publish()
        self._follow()
        self._follow_opt_outs()
        erase_open_jobs(self)

    def sweep(self) -> list[Erasure]:
        """Ends what is due (grants, retention limits), finishes what is open, releases closed periods; run it daily.

        What became of each erasure that was open or has begun since.
        """
        waiting = open_jobs(self)
        head = self.ledger.head().position
        mark_time(self)
        for end in list(due(self)):
            self.consent.end(*end)
        self.settle()
        if self.keys.rewrap_due is not None:
            self.keys.rewrap()
        for period in self.releases.due():
            self.releases.make(period)
        return erasures(self, waiting, after=head)

    def dataset(self, *, purpose: str = "train_content") -> datasets.Dataset:
        """The rows allowed for `purpose` as a memory-mapped dataset of ciphertext that decrypts as it is read."""
        from assent.data.interactions.dataset import dataset

        return dataset(self.log, purpose, self.home / "dataset")

    def close(self) -> None:
        self.keys.close()
        self.database.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _terms_effective(self) -> int | None:
        """When the first terms on service-generated data took effect."""
        return min((terms.effective for terms in self.consent.terms()), default=None)

    def _follow_opt_outs(self) -> None:
        """What accounts decided of telemetry holds for its rows, also for those that a restored backup brought back."""
        if self.consent.at().refused or self.telemetry.follows(self.consent.recorded()):
            return
        with self.database.write() as connection:
            self.ledger.lock(connection)  # nobody decides again meanwhile
            self.telemetry.follow(connection, self.consent.recorded())

    def _follow(self) -> None:
        """The key store takes each event up to the head: no key is made or destroyed but by one."""
        while True:
            seen = self.keys.seen
            view = self.consent.at()
            if view.refused or seen >= view.index:
                break
            gained, lost = changes(view.book, seen, view.index)
            if self.keys.follow(view.index, gained, lost, since=seen):
                break
