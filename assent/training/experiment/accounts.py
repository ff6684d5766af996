"""Series of meetings as accounts of a real store: who refuses, what is captured, what the gate lets through.

Decides nothing itself: the store's consent, log and snapshot do. It knows no model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.transcripts.turns import Transcript, Turn
from assent.training.evaluate.linked import Item
from assent.training.snapshot import Choice, Example, take
from assent.training.snapshot.selection import key
from assent.training.snapshot.taking import yield_text

ACCOUNTS_REFUSE = 0.25
PERSONS_REFUSE = 0.10
GUESTS = 0.05
"""Shares of the accounts, and of the speakers inside those that sign; a guest has no account that could sign."""
OPERATOR = {
    "operator": "Experiment",
    "operator_type": "simulation",
    "address": "nowhere",
    "contact": "nobody@example.com",
    "jurisdiction": "none",
    "storage": "this machine",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """What a user kept for one item, of which kind it is, and the verdict on it."""

    item: Item
    kind: str
    text: str
    verdict: str

    def example(self, weight: float = 1.0) -> Example:
        return self.item.example(self.text, weight)


@dataclass(frozen=True, slots=True)
class World:
    """Who says no. A person is a speaker's label in an account."""

    refusing: frozenset[str]
    persons: frozenset[str]
    guests: frozenset[str]

    @classmethod
    def draw(cls, items: Iterable[Item], seed: int) -> World:
        speakers = {person(item.account, who): item.account for item in items for who, _ in item.turns}
        refusing = frozenset(_first(set(speakers.values()), ACCOUNTS_REFUSE, seed, "account"))
        inside = {one for one, account in speakers.items() if account not in refusing}
        guests = _first(inside, GUESTS, seed, "guest")
        persons = _first(inside - set(guests), PERSONS_REFUSE, seed, "person")
        return cls(refusing, frozenset(persons), frozenset(guests))


@dataclass(frozen=True, slots=True)
class Allowed:
    """The rows of two snapshots, under the items' ids: all accepted, and after the users' verdicts."""

    accepted: list[Example]
    judged: list[Example]
    yields: str


def person(account: str, speaker: str) -> str:
    return f"{account}/{speaker}"


def ask(home: Path, rows: Sequence[Kept], world: World, seed: int) -> Allowed:
    """Lives through it in a new store under `home`: sign, object, capture, accept, snapshot; verdicts, snapshot."""
    choice = Choice(held_out=0.0, account_share=1.0)
    with Store(home, database=f"sqlite:///{home / 'log.db'}", checkpoints=str(home / "checkpoints")) as store:
        _sign(store, rows, world)
        taken = {row.item.id: _capture(store, row, world) for row in rows}
        calls = {ids[1]: item for item, ids in taken.items() if ids}
        for row in rows:
            _say(store, row, taken[row.item.id], "accept")
        first = take(store, choice, seed=seed)
        accepted = _under_items(first.examples(), calls)
        for row in rows:
            _say(store, row, taken[row.item.id], row.verdict)
        second = take(store, choice, seed=seed)
        judged = _under_items(second.examples(), calls)
        return Allowed(accepted, judged, f"{len(rows)} kept texts; {yield_text(first.manifest['yield'])}")


def _sign(store: Store, rows: Sequence[Kept], world: World) -> None:
    """All are shown the texts; the accounts that do not refuse sign, and persons inside them object."""
    for name in ("separate", "notice"):
        text = shipped(name)
        given = {field: value for field, value in OPERATOR.items() if f"{{{{{field}}}}}" in text}
        store.consent.publish(shipped(name, **given))
    speakers = {(row.item.account, person(row.item.account, who)) for row in rows for who, _ in row.item.turns}
    for account in sorted({account for account, _ in speakers}):
        private, public = new_key()
        store.consent.open_account(account, [_user(account)], public)
        store.consent.serve(_user(account), account, account, "separate")
        if account not in world.refusing:
            purposes = ["use_feature", "log_content", "train_content"]
            store.consent.sign(account, "separate", purposes, _user(account), private)
        for one in [_user(account), *sorted(one for host, one in speakers if host == account)]:
            if one not in world.guests:
                store.consent.serve(one, account, account)
    for one in sorted(world.persons):
        store.consent.object(one, purposes=["train_content"])


def _user(account: str) -> str:
    """Who uses the feature and signs; speaks in no meeting."""
    return f"{account}/user"


def _capture(store: Store, row: Kept, world: World) -> tuple[str, str] | None:
    """(interaction, call), None where nothing may be logged."""
    item = row.item
    whose = [person(item.account, who) for who, _ in item.turns]
    turns = tuple(
        Turn(who, text, attribution="channel", person=one, account=None if one in world.guests else item.account)
        for (who, text), one in zip(item.turns, whose, strict=True)
    )
    call = Call(item.task, tuple(range(len(turns))), row.text, "model")
    use = Interaction(
        item.account, _user(item.account), "summarize", Transcript(turns), (call,), item.meeting, request=item.id
    )
    logged = store.log.capture(use)
    made = logged.calls[0]
    return (logged.interaction, made) if logged.interaction and made else None


def _say(store: Store, row: Kept, taken: tuple[str, str] | None, verdict: str) -> None:
    if taken:
        store.log.feedback(taken[0], verdict, account=row.item.account, user=_user(row.item.account))


def _under_items(examples: Iterable[Example | None], calls: dict[str, str]) -> list[Example]:
    found = [replace(one, row=calls[one.row]) for one in examples if one]
    return sorted(found, key=lambda one: one.row)


def _first(names: set[str], share: float, seed: int, what: str) -> list[str]:
    return sorted(names, key=lambda one: key(seed, what, one))[: round(share * len(names))]
