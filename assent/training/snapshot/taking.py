"""Taking a snapshot: what the gate lets through, selected, weighed, proved against the ledger and stated.

It knows no model's inside and writes nothing.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from assent.errors import ConfigError, ConsentError, InputError
from assent.training import signals
from assent.training.snapshot import manifest as stating
from assent.training.snapshot.examples import WEAKEST_FIRST
from assent.training.snapshot.gathering import Gathered, Parties, gather
from assent.training.snapshot.grounds import PURPOSE, Proof
from assent.training.snapshot.selection import (
    EXPOSURES,
    SPLITS,
    TRAIN,
    Recipe,
    Selection,
    select,
    split_of,
    strata,
)
from assent.training.snapshot.snapshot import Snapshot, rows_digest

if TYPE_CHECKING:
    import pyarrow as pa

    from assent.data.consent.gate import View
    from assent.data.facade import Store

PART = 8_192
"""Rows that stand as Python values at once."""


def take(store: Store, recipe: Recipe, *, seed: int) -> Snapshot:
    """The snapshot of what may train now.

    Raises ConsentError where nothing may, or where a row rests on something forged; InputError where it is too little.
    """
    check(recipe)
    dataset = store.dataset(purpose=PURPOSE)
    view = store.consent.at()
    if view.refused:
        raise ConsentError(f"nothing may train: the record cannot tell ({view.refused})", reason=str(view.refused))
    found = gather(store, dataset, view, seed, frozenset(recipe.reviewed))
    chosen = select(
        found.order(), found.bands(), np.array(found.accounts, np.int64), recipe.account_share, recipe.min_rows
    )
    cells = _strata(store, found, chosen)
    table = _table(found, chosen, cells, recipe, seed)
    forms = Proof(store, _resting(found, chosen)).run(view.index)
    counts, stated = Counter(table["split"].to_pylist()), _yield(store, view, found, chosen, recipe)
    if counts[TRAIN] < max(1, recipe.min_rows):
        raise _too_few(counts[TRAIN], recipe.min_rows, stated)
    salts = os.urandom(stating.SALT_BYTES * table.num_rows)
    rows = _rows(found, chosen, table, salts, forms)
    manifest = {
        "base": stating.base_of(recipe.base),
        "code": stating.code(),
        "counts": {"bases": _bases(table), **{split: counts[split] for split in SPLITS}},
        "ledger": _ledger(store, view),
        "machine": stating.machine(),
        "merkle_root": stating.merkle_root([row["commitment"] for row in rows]),
        "operator": stating.operator(store.ledger.signer),
        "prompts": stating.templates(),
        "recipe": recipe.settings(),
        "reviewed": sorted(recipe.reviewed),
        "rows": rows,
        "rows_sha256": rows_digest(table),
        "seeds": {"snapshot": seed},
        "signals": {"strata": cells, "version": signals.VERSION},
        "version": stating.VERSION,
        "yield": stated,
    }
    return Snapshot(store, dataset, table, manifest, salts)


def check(recipe: Recipe) -> None:
    """Raises ConfigError with all that is wrong."""
    faults = []
    if not 1 <= recipe.epochs <= EXPOSURES:
        faults.append(f"epochs {recipe.epochs}: no text is shown more than {EXPOSURES} times; use 1 to {EXPOSURES}")
    if not 0 <= recipe.held_out < 1:
        faults.append(f"held_out {recipe.held_out}: expected a share from 0 to below 1")
    if not 0 < recipe.account_share <= 1:
        faults.append(f"account_share {recipe.account_share}: expected a share above 0, up to 1")
    if faults:
        raise ConfigError(faults)


def yield_text(stated: dict[str, Any]) -> str:
    """The yield as a person reads it."""
    captured, allowed = stated["captured"], stated["allowed"]
    share = (
        f"{allowed} of {captured} logged calls may train ({allowed / captured:.0%})" if captured else "no logged call"
    )
    bases = ", ".join(f"{count} by {basis}" for basis, count in sorted(stated["bases"].items())) or "none"
    lost = {**stated["refused"], **stated["unused"]}
    why = ", ".join(f"{count} {reason}" for reason, count in sorted(lost.items(), key=lambda one: (-one[1], one[0])))
    parts = [share, f"policy {stated['policy']['contributors']}, {bases}", f"{stated['chosen']} chosen"]
    if stated["account_share"] > stated["account_share_wanted"]:
        parts.append(f"share of an account relaxed to {stated['account_share']:.0%}: {stated['accounts']} accounts")
    return "; ".join([*parts, f"not used: {why}"] if why else parts)


def _too_few(rows: int, wanted: int, stated: dict[str, Any]) -> InputError:
    if not stated["allowed"]:
        return ConsentError(f"no row may train: {yield_text(stated)}", reason="empty")
    return InputError(f"{rows} rows to train on, at least {max(1, wanted)} wanted: {yield_text(stated)}")


def _strata(store: Store, found: Gathered, chosen: Selection) -> dict[str, float]:
    """Weight of each cell by its number, from all released aggregates taken together, frozen here."""
    numbers = {cell.name: cell.number for cell in store.telemetry.registry.cells}
    released: Counter[int] = Counter()
    for release in store.releases.all():
        for name, accounts in release.accounts.items():
            if name in numbers:
                released[numbers[name]] += accounts
    cells = [found.cells[at] or None for at in chosen.places]
    return {str(cell): weight for cell, weight in sorted(strata(cells, released).items())}


def _table(found: Gathered, chosen: Selection, cells: dict[str, float], recipe: Recipe, seed: int) -> pa.Table:
    """Made in parts, so that few rows at a time stand as Python values."""
    import pyarrow as pa

    splits = [SPLITS[split_of(seed, meeting, recipe.held_out)] for meeting in found.of_meetings]
    places = [int(at) for at in chosen.places]
    starts = range(0, max(1, len(places)), PART)
    return pa.concat_tables(_part(found, places[at : at + PART], cells, splits) for at in starts).combine_chunks()


def _part(found: Gathered, places: list[int], cells: dict[str, float], splits: list[str]) -> pa.Table:
    import pyarrow as pa

    meetings, accounts, abouts = list(found.of_meetings), list(found.of_accounts), list(found.abouts)
    parties = list(found.of_parties)
    share = pa.struct([(name, pa.string()) for name in ("person", "account", "host", "attribution")])
    whose: list[Parties] = [parties[found.parties[at]] for at in places]
    spoke = [[who._asdict() | {"attribution": known} for who, known in one.contributors] for one in whose]
    reads = [[_plain(one) for one in one_of.read] for one_of in whose]
    columns: dict[str, Any] = {
        "id": [found.id(at) for at in places],
        "weight": [found.weights[at] * cells.get(str(found.cells[at]), 1.0) for at in places],
        "split": [splits[found.meetings[at]] for at in places],
        "group": [meetings[found.meetings[at]] for at in places],
        "account": [accounts[found.accounts[at]] for at in places],
        "basis": [WEAKEST_FIRST[found.bases[at]] for at in places],
        "about": [abouts[found.about[at]] for at in places],
        "captured": pa.array([one.captured for one in whose], pa.int64()),
        "content": pa.array([found.content(at) for at in places], pa.binary(32)),
        "contributors": pa.array(spoke, pa.list_(share)),
        "read": pa.array(reads, pa.list_(pa.struct([*share, pa.field("captured", pa.int64())]))),
    }
    text = {
        name: pa.array(columns[name], pa.string()) for name in ("id", "split", "group", "account", "basis", "about")
    }
    return pa.table(columns | text | {"weight": pa.array(columns["weight"], pa.float64())})


def _plain(one: Any) -> dict[str, Any]:
    return {**one.contributor._asdict(), "attribution": one.attribution, "captured": one.captured}


def _resting(found: Gathered, chosen: Selection) -> dict[int, str]:
    """A row for each position that one rests on."""
    rows: dict[int, str] = {}
    parties = list(found.of_parties)
    for at in chosen.places:
        for one in parties[found.parties[at]].contributions:
            ground = found.ground(one)
            for position in ground.events if ground else ():
                rows.setdefault(position, found.id(at))
    return rows


def _rows(
    found: Gathered, chosen: Selection, table: pa.Table, salts: bytes, forms: dict[int, str]
) -> list[dict[str, Any]]:
    """Each row as the manifest states it: what decided for each contributor, and by which texts."""
    grounds: dict[int, tuple[list[list[int]], list[str]]] = {}
    parties, bases = list(found.of_parties), table["basis"].to_pylist()
    rows = []
    for place, at in enumerate(chosen.places):
        number = found.parties[at]
        if number not in grounds:
            asked = [found.ground(one) for one in parties[number].contributions]
            events = [list(ground.events) for ground in asked if ground]
            grounds[number] = events, sorted({forms[position] for some in events for position in some})
        salt = salts[stating.SALT_BYTES * place : stating.SALT_BYTES * (place + 1)]
        events, resting = grounds[number]
        rows.append(
            {
                "basis": bases[place],
                "commitment": stating.commitment(salt, found.id(at), found.content(at)),
                "events": events,
                "forms": resting,
            }
        )
    return rows


def _bases(table: pa.Table) -> dict[str, int]:
    return dict(sorted(Counter(table["basis"].to_pylist()).items()))


def _ledger(store: Store, view: View) -> dict[str, Any]:
    event = next(store.ledger.events(view.index - 1, view.index))
    return {"hash": event.hash, "position": view.index}


def _yield(store: Store, view: View, found: Gathered, chosen: Selection, recipe: Recipe) -> dict[str, Any]:
    """Rows allowed of calls captured, and what became of those that were not chosen."""
    from assent.data.interactions.dataset import count

    asked = count(store.log, PURPOSE)
    at = len(view.book.policies) - 1
    unused = found.reasons + Counter({"near_duplicate": chosen.duplicates, "over_account_share": chosen.over_share})
    return {
        "account_share": round(chosen.share, 4),
        "account_share_wanted": recipe.account_share,
        "accounts": len(found.of_accounts),
        "allowed": asked.rows,
        "bases": dict(sorted(asked.bases.items())),
        "captured": asked.calls,
        "chosen": len(chosen.places),
        "policy": {
            "accept_bundled": at >= 0 and view.book.accept_bundled[at],
            "contributors": "everyone" if at >= 0 and view.book.everyone[at] else "account",
        },
        "refused": dict(sorted(asked.refused.items())),
        "signals": dict(sorted(found.signals.items())),
        "unused": dict(sorted(unused.items())),
    }
