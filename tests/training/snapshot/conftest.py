from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction, Logged
from assent.data.transcripts.turns import Transcript, Turn

OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 Example Street",
    "contact": "privacy@example.com",
    "jurisdiction": "DE",
    "storage": "EU",
}
WORDS = "harbour lantern copper meadow saddle violin pepper anchor thimble glacier walnut canyon marble orchid".split()


class Office:
    """A real store with accounts and people, and uses of features that end with a verdict."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder)
        for name in ("separate", "bundled", "notice"):
            given = {key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in shipped(name)}
            self.store.consent.publish(shipped(name, **given))
        self.keys: dict[str, bytes] = {}

    def join(self, account: str, *people: str, purposes: Iterable[str] = ("log_content", "train_content")) -> None:
        consent = self.store.consent
        private, public = new_key()
        self.keys[account] = private
        consent.open_account(account, [people[0]], public)
        consent.serve(people[0], account, account, "separate")
        consent.sign(account, "separate", ["use_feature", *purposes], people[0], private)
        for person in people:
            consent.serve(person, account, account)

    def use(
        self,
        account: str,
        turns: Iterable[tuple[str, str]],
        text: str,
        *,
        user: str,
        verdict: str | None = "accept",
        request: str,
        meeting: str | None = None,
        task: str = "point",
        feature: str = "summarize",
        about: dict[str, str] | None = None,
        **more: Any,
    ) -> Logged:
        spoken = tuple(
            Turn(who.title() or None, said, attribution="channel", person=who or user, account=account)
            for who, said in turns
        )
        call = Call(task, tuple(range(len(spoken))), text, "model")
        use = Interaction(
            account, user, feature, Transcript(spoken), (call,), meeting or request, request, about or {}, **more
        )
        logged = self.store.log.capture(use)
        if verdict and logged.interaction:
            self.store.log.feedback(logged.interaction, verdict, account=account, user=user)
        return logged

    def fill(self, account: str, person: str, rows: int, start: int = 0) -> None:
        for at in range(start, start + rows):
            said = sentence(account, at)
            self.use(account, [(person, said)], f"{said} It stands.", user=person, request=f"{account}-{at}")


def sentence(account: str, at: int) -> str:
    """Words in an order that no other number has."""
    rng = Random(f"{account} {at}")
    return f"{' '.join(rng.choice(WORDS) for _ in range(9))} {at}.".capitalize()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    made = Office(tmp_path / "home")
    yield made
    made.store.close()
