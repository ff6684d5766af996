"""The adapters of a store: candidates, what is released and what was taken back. It knows no request and no training.

The folders stand under `adapters` in the store's home; what was decided of them stands in the ledger. Whoever asks for
the adapter to serve gets the newest release that verifies at that moment, so one whose rows may not train any more is
refused at once; the deadline says when its files are deleted.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from assent.data.ledger import Event, key_id
from assent.errors import ConfigError, ConsentError, InputError, ModelError, StoreError, UnsafeModel
from assent.models.adapters import folder as files
from assent.models.adapters import lineage
from assent.models.adapters.lineage import NAME_DIGITS, Tainted, weights_of
from assent.models.adapters.verify import Verified, verify

if TYPE_CHECKING:
    from assent.data.consent.register import Release
    from assent.data.facade import Store
    from assent.models.adapters.comparison import Comparison

State = Literal["candidate", "released", "retired"]
FOLDER = "adapters"
OF_RUNS = "runs/*/adapter"
"""Where a run leaves its adapter, which is the first copy."""
DEADLINE, LONGEST = 7, 30
"""Days from a withdrawal until the adapters it taints are deleted."""
MARGIN = 0.01
NAME = re.compile(rf"[0-9a-f]{{{NAME_DIGITS}}}")


@dataclass(frozen=True, slots=True)
class Listed:
    """`by` is who released it, None: a comparison. `kept`: its files are here. `served`: it is the one used now."""

    adapter: str
    state: State
    by: str | None
    kept: bool
    served: bool
    tainted: Tainted | None


class Registry:
    """`deadline` in days, at most 30; `margin` is how much worse on a set an adapter may be without a named person."""

    def __init__(self, store: Store, *, deadline: int = DEADLINE, margin: float = MARGIN) -> None:
        faults = []
        if not 0 <= deadline <= LONGEST:
            faults.append(f"deadline {deadline}: expected 0 to {LONGEST} days")
        if not 0 <= margin < 1:
            faults.append(f"margin {margin}: expected 0 up to 1")
        if faults:
            raise ConfigError(faults)
        self.store, self.deadline, self.margin = store, deadline, margin
        self._home = store.home / FOLDER

    def add(self, folder: Path) -> Verified:
        """Copies a verified adapter in, as a candidate. Raises what `verify` raises."""
        found = self._verified(folder)
        place = self._home / found.name
        if place.exists() and files.read(place) != found.content:
            raise ModelError(f"{place}: holds the same weights with another manifest; move that folder away first")
        if not place.exists():
            files.place(place, found.content)
        return Verified(place, found.manifest, found.config, found.content)

    def verify(self, name: str) -> Verified:
        """The adapter of that name, checked whole. Raises InputError where it is not here, and what `verify` raises."""
        found = self._verified(self._folder(name))
        if found.name != name:
            raise UnsafeModel(f"{found.folder}: holds adapter {found.name}; fetch {name} again")
        return found

    def adapters(self) -> list[Listed]:
        """Every adapter that was added or released: the newest release first, those never released last."""
        served, tainted = self.current(), {one.folder: one for one in self.tainted()}
        names = [weights[:NAME_DIGITS] for weights in reversed(self.store.consent.releases())]
        names += [path.name for path in self._folders() if path.name not in names]
        return [self._listed(name, served, tainted.get(self._home / name)) for name in names]

    def promote(self, name: str, *, by: str | None = None, comparison: Comparison | None = None) -> Event:
        """Releases it, on a comparison that finds nothing worse or on the word of a person (L11).

        Raises ConsentError where neither is given or a row may not train any more, and what `verify` raises.
        """
        found = self.verify(name)
        if by is None:
            self._check(found, comparison)
        fields = {
            "adapter": weights_of(found.folder),
            "binding_sha256": _binding(found),
            "by": by and _person(by),
            "report_sha256": comparison.sha256 if comparison else None,
        }
        return self.store.consent.released(fields, lambda: self._still_allowed(found.folder))

    def rollback(self, *, by: str) -> Verified | None:
        """Retires the newest release; what is served from then on, None: the base."""
        standing = self._standing()
        if not standing:
            raise InputError("no adapter is released; there is nothing to roll back")
        self.retire(list(standing)[-1][:NAME_DIGITS], by=by)
        return self.current()

    def retire(self, name: str, *, by: str) -> Event:
        """It is not served any more; the files stay, and it can be promoted again."""
        for weights in self._standing():
            if weights[:NAME_DIGITS] == name:
                return self.store.consent.retired({"adapter": weights, "by": _person(by)})
        raise InputError(f"adapter {name!r} is not released; `assent adapter list` shows what is")

    def current(self, base: str | None = None) -> Verified | None:
        """The newest release that verifies now, of that base where one is named: the one to serve. None: the base."""
        for weights, release in reversed(self._standing().items()):
            try:
                found = self.verify(weights[:NAME_DIGITS])
            except (InputError, ModelError):
                continue
            wanted = base is None or found.manifest["base"]["name"] == base
            if wanted and _binding(found) == release.binding_sha256:
                return found
        return None

    def tainted(self) -> list[Tainted]:
        """Adapters here and under `runs` whose rows may not train any more, or those of the ones they came from."""
        folders = [*self._folders(), *sorted(self.store.home.glob(OF_RUNS))]
        return [found for folder in folders if (found := self._tainted(folder))]

    def used(self, person: str) -> list[str]:
        """The adapters with a row that the person (subject id) is in."""
        return [path.name for path in self._folders() if person in lineage.people(path)]

    def sweep(self) -> list[Tainted]:
        """Deletes what is tainted and past its deadline, and says so in the ledger; what was deleted."""
        now = self.store.consent.at().now
        overdue = [one for one in self.tainted() if one.due is not None and one.due <= now]
        for one in sorted(overdue, key=self._depth, reverse=True):  # whose parent is gone could not be told to be due
            fields = {"adapter": weights_of(one.folder), "event": one.event}
            self.store.consent.retired(fields, deleted=True)
            try:
                shutil.rmtree(one.folder)
            except OSError as error:
                raise StoreError(f"{one.folder}: cannot be deleted: {error.strerror}; delete it") from None
        return overdue

    def _check(self, found: Verified, comparison: Comparison | None) -> None:
        if comparison is None:
            raise ConsentError("a release needs a comparison with what is served, or a person who answers for it")
        served = self.current(found.manifest["base"]["name"])
        if (comparison.adapter, comparison.served) != (found.name, served and served.name):
            beside = served.name if served else "the base"
            raise InputError(f"the comparison is not of {found.name} beside {beside}; evaluate it again")
        if worse := comparison.faults(self.margin):
            told = f"worse by more than {self.margin} than what is served, or not measured, on {', '.join(worse)}"
            raise ConsentError(f"{found.name} is {told}; only a named person can release it", reason="worse")

    def _verified(self, folder: Path) -> Verified:
        found = verify(folder, public_key=self._key(folder), store=self.store)
        self._still_allowed(folder)
        return found

    def _still_allowed(self, folder: Path) -> None:
        if taint := self._tainted(folder):
            raise ConsentError(f"{folder}: {taint}; retire it and train again", reason=taint.reason)

    def _tainted(self, folder: Path) -> Tainted | None:
        return lineage.tainted(folder, self._home, self.store, self.deadline)

    def _depth(self, one: Tainted) -> int:
        return len(lineage.lineage(one.folder, self._home))

    def _key(self, folder: Path) -> str:
        """The operator's key that the folder says it is signed with: one that was replaced still tells what it signed.

        What may be served is told by the ledger, whatever an old key signs.
        """
        keys = {key_id(key): key for key in self.store.ledger.public_keys()}
        return keys.get(lineage.key_of(folder), self.store.ledger.signer.public_key)

    def _standing(self) -> dict[str, Release]:
        """What is released and not taken back, by the hash of its weights, the newest last."""
        return {weights: one for weights, one in self.store.consent.releases().items() if one.retired is None}

    def _folders(self) -> list[Path]:
        return sorted(self._home.glob("[!.]*"))

    def _folder(self, name: str) -> Path:
        if not NAME.fullmatch(name) or not (self._home / name).is_dir():
            raise InputError(f"no adapter {name!r} is here; `assent adapter list` shows what is")
        return self._home / name

    def _listed(self, name: str, served: Verified | None, tainted: Tainted | None) -> Listed:
        found = [one for weights, one in self.store.consent.releases().items() if weights.startswith(name)]
        state: State = "candidate" if not found else "released" if found[-1].retired is None else "retired"
        by, kept = (found[-1].by if found else None), (self._home / name).is_dir()
        person = by and (self.store.consent.name(by) or by)
        return Listed(name, state, person, kept, served is not None and served.name == name, tainted)


def _binding(found: Verified) -> str:
    return hashlib.sha256(found.content[files.BINDING]).hexdigest()


def _person(by: str) -> str:
    if not by.strip():
        raise InputError("a person must be named who answers for it")
    return by.strip()
