"""A consent record on a real database, with a clock that the test sets and a note of every time it was settled."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from assent.data.clock import DAY, SECOND
from assent.data.consent import Consent, Receipt, new_key, shipped
from assent.data.ledger import Event, Ledger, Signer
from assent.data.store import Database
from assent.data.store.tables import jobs, ledger_checkpoints, ledger_events, subjects, texts

START = 1_800_000_000 * SECOND
OPERATOR = {
    "operator": "Minutes Ltd",
    "operator_type": "company",
    "address": "1 High Street, Dublin",
    "contact": "privacy@minutes.example",
    "jurisdiction": "Ireland",
    "storage": "Frankfurt, Germany",
}
FEATURES = ("use_feature",)
LOGGED = ("use_feature", "log_content", "train_content")


@dataclass(frozen=True)
class Destroyed:
    """What a key store says of an end."""

    keys: int
    destroyed_at: int
    due_by: int
    replaced_at: int | None = None


class Office:
    def __init__(self, database: Database, folder: Path) -> None:
        self.time = START
        self.amiss: str | None = None
        self.asked = 0
        self.settled: list[int] = []
        self.database, self.folder = database, folder
        self.signer = Signer(folder / "operator.key")
        self.ledger = Ledger(database, self.signer, checkpoints=str(folder / "checkpoints"), clock=self.clock)
        self.consent = self.another()
        self.key, self.public_key = new_key()

    def another(self) -> Consent:
        """The record as another process has it: the same database, nothing read yet."""
        return Consent(
            self.database,
            self.ledger,
            clock=self.clock,
            settle=self.settle,
            guard=lambda: self.guard(),
            destruction=lambda position: Destroyed(2, self.time, self.time + DAY),
        )

    def clock(self) -> int:
        return self.time_now()

    def time_now(self) -> int:
        return self.time

    def guard(self) -> str | None:
        self.asked += 1
        return self.amiss

    def settle(self) -> None:
        self.ledger.publish()
        self.settled.append(self.ledger.head().position)

    def publish(self, name: str, **changes: str) -> Event:
        """A shipped text; `changes` replace header lines."""
        return self.consent.publish(self.text(name, **changes))

    def text(self, name: str, **changes: str) -> str:
        return changed(filled(name), **changes)

    def ready(self) -> Office:
        """Texts published, acme open with dana as its admin, and the forms shown to her."""
        for name in ("bundled", "separate", "notice"):
            self.publish(name)
        self.consent.open_account("acme", ["dana"], self.public_key)
        for form in ("bundled", "separate"):
            self.show(form)
        return self

    def show(self, form: str, person: str = "dana", account: str = "acme") -> Event:
        return self.consent.serve(person, account, account, form)

    def sign(self, *purposes: str, form: str = "separate") -> Receipt:
        return self.consent.sign("acme", form, purposes or LOGGED, "dana", self.key)

    def event(self, position: int) -> Event:
        [event] = self.ledger.events(after=position - 1, upto=position)
        return event

    def newest(self) -> Event:
        return self.event(self.ledger.head().position)

    def rows(self) -> tuple[int, ...]:
        """How many rows every table that a decision writes has."""
        with self.database.read() as connection:
            tables = (ledger_events, subjects, texts, jobs, ledger_checkpoints)
            return tuple(connection.execute(select(func.count()).select_from(table)).scalar_one() for table in tables)


def filled(name: str) -> str:
    """A shipped text with every place filled in."""
    places = OPERATOR | {"effective": "2027-06-01"}
    return shipped(name, **{place: value for place, value in places.items() if f"{{{{{place}}}}}" in shipped(name)})


def changed(text: str, **changes: str) -> str:
    """The text with other header lines; an empty value takes the line out, a new key puts one in."""
    _, header, body = text.split("---\n", 2)
    lines = dict(line.split(": ", 1) for line in header.splitlines()) | changes
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in lines.items() if value) + "---\n" + body
