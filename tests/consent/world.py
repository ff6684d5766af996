"""The real store and the reference model side by side: every action is done in both, then what opens is compared.

Each turn and each answer holds a word of its own (a mark), so that what opens can be told apart by looking at it.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import create_engine, select

from assent.data.clock import DAY
from assent.data.consent import new_key
from assent.data.consent.documents import digest
from assent.data.consent.signing import own_grant_fields
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.store import Database
from assent.data.store.tables import contributors as shares
from assent.data.store.tables import metadata
from assent.data.transcripts.roster import Roster, RosterEntry
from assent.data.transcripts.turns import Transcript, Turn
from tests.consent.reference import PATIENCE, PURPOSES, Made, Reference, Voice

START = 1_800_000_000_000_000  # 2027-01-15, after the texts take effect
MARK = re.compile(r"zq\d+[a-z]")


@dataclass(frozen=True)
class Person:
    """`label` is what stands in transcripts; its words occur nowhere else."""

    name: str
    account: str | None
    label: str

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.label.split())


CAST = {
    person.name: person
    for person in (
        Person("ana", "acme", "Ana Lindqvist"),
        Person("bo", "acme", "Bo Okafor"),
        Person("gil", "globex", "Gil Haddad"),
        Person("hana", "globex", "Hana Petrov"),
        Person("eve", None, "Eve Moreau"),
    )
}
DIAL_IN = "Caller 3"  # on no roster
ACCOUNTS = {"acme": "acme's admin", "globex": "globex's admin"}
MEMBERS = [person.name for person in CAST.values() if person.account]
MEETINGS = {"weekly": "acme", "review": "acme", "kickoff": "globex"}  # and its host
ROSTER = Roster(
    entries=tuple(RosterEntry(person=one.name, account=one.account, labels=(one.label,)) for one in CAST.values())
)


class Difference(AssertionError):
    """Store and reference do not agree; `check` says which check found it."""

    def __init__(self, check: str, what: object) -> None:
        super().__init__(f"{check}: {what}")
        self.check = check


def agree(check: str, real: object, expected: object) -> None:
    if real != expected:
        raise Difference(check, f"store has {real}, expected {expected}")


@dataclass
class Meeting:
    host: str
    turns: list[Turn] = field(default_factory=list)


@dataclass(frozen=True)
class Use:
    """One summary: its interaction (None: nothing was logged) and, by label, each call's id, text and turns."""

    id: str | None
    meeting: str
    calls: dict[str, str | None]
    texts: dict[str, str]
    turns: dict[str, tuple[Turn, ...]]
    everyone: str  # label of all that was said, as if one call had read it
    edits: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # of a call: (label of the edit, text)


def form(family: str, version: int, validity: int = 100, retention: int | None = None) -> str:
    requires = "use_feature, train_content" if family == "bundled" else "use_feature"
    boxes = "\n".join(f"- [ ] `{purpose}`" for purpose in PURPOSES)
    return _text("form", family, version, validity, retention, f"requires: {requires}\n", boxes)


def notice(version: int, wording: int = 0) -> str:
    return _text(
        "notice", "participants", version, None, None, "", f"What is said here may be kept. Wording {wording}."
    )


def _text(
    kind: str, family: str, version: int, validity: int | None, retention: int | None, more: str, body: str
) -> str:
    return f"""---
kind: {kind}
family: {family}
version: {version}
language: en
title: A {kind} of the test
effective: 2026-01-01
controller: Example Operator
controller_type: company
address: Example Street 1
contact: privacy@example.org
purposes: {", ".join(PURPOSES)}
{more}data: words
recipients: none
storage: here
jurisdiction: Example
retention: {f"{retention} days" if retention else "until withdrawn"}
validity: {f"{validity} days" if validity else "until withdrawn"}
withdrawal: write to privacy@example.org
---
{body}
"""


def file_of(url: str) -> str:
    return url.removeprefix("sqlite:///")


@cache
def account_key(account: str) -> tuple[bytes, str]:
    return new_key()


class World:
    """One store in `home` on `url`, with two accounts opened, forms and a notice published, and nobody asked yet."""

    def __init__(self, home: Path, fresh: Callable[[], str], everyone: bool = False) -> None:
        self.home, self.fresh, self.url = home, fresh, fresh()
        self.clock = START
        self.reference = Reference()
        self.meetings = {name: Meeting(host) for name, host in MEETINGS.items()}
        self.uses: list[Use] = []
        self.numbers = itertools.count()
        self.closed: set[str] = set()
        self.snapshot: tuple[str, int] | None = None
        self.heads: list[int] = []  # the ledger's head after each act
        self.everyone = everyone
        self.store = self.open()
        self._begin()

    def open(self) -> Store:
        return Store(self.home, database=self.url, clock=lambda: self.clock)

    def close(self) -> None:
        self.store.close()

    def reopen(self) -> None:
        self.store.close()
        self.store = self.open()

    def copy(self) -> str:
        """The database as it stands, as another one; returns its URL."""
        url = self.fresh()
        if self.store.database.is_sqlite:
            with (
                closing(sqlite3.connect(file_of(self.url))) as source,
                closing(sqlite3.connect(file_of(url))) as target,
            ):
                source.backup(target)
            return url
        with self.store.database.read() as source:
            rows = {
                table: [dict(row) for row in source.execute(table.select()).mappings()]
                for table in metadata.tables.values()
            }
        engine = create_engine(Database(url)._engine.url)
        with engine.begin() as target:
            target.exec_driver_sql("SET session_replication_role = replica")
            target.execute(metadata.tables["ledger_head"].delete())
            for table, found in rows.items():
                target.execute(table.insert(), found) if found else None
        engine.dispose()
        return url

    def _begin(self) -> None:
        self.forms: dict[str, dict[str, Any]] = {}
        self.versions = itertools.count(1)
        for family in ("separate", "bundled"):
            self.publish_form(family)
        self.first_forms = dict(self.forms)
        self.publish_notice()
        self.policy(accepts_bundled=False)
        for account in ACCOUNTS:
            self._open_account(account)

    def _open_account(self, account: str) -> None:
        self.store.consent.open_account(account, [ACCOUNTS[account]], account_key(account)[1])
        self.closed.discard(account)
        self.act_if_new("open")

    # Actions: each is done in the store and told to the reference.

    def publish_form(self, family: str, material: bool = True) -> None:
        version = next(self.versions)
        text = form(family, version)
        self._publish(text, material)
        facts = {"label": text, "family": family, "validity": 100 * DAY, "bundled": family == "bundled"}
        self.forms[family] = facts | {"text": text}
        self.act("form", **facts, material=material)

    def publish_notice(self, material: bool = True) -> None:
        version = next(self.versions)
        text = notice(version, version)
        self._publish(text, material)
        self.notice = {"label": text, "family": "participants", "purposes": PURPOSES}
        self.act("notice", **self.notice, material=material)

    def _publish(self, text: str, material: bool) -> None:
        self.store.consent.publish(text, material=material, decided_by=None if material else "ana")

    def policy(self, accepts_bundled: bool) -> None:
        contributors = "everyone" if self.everyone else "account"
        self.store.consent.set_policy(contributors=contributors, accept_bundled=accepts_bundled)
        self.act_if_new("policy", everyone=self.everyone, accepts_bundled=accepts_bundled)

    def act(self, what: str, **about: Any) -> None:
        self.reference.act(what, self.clock, **about)
        self.heads.append(self.store.ledger.head().position)

    def act_if_new(self, what: str, **about: Any) -> None:
        """Of what may be done twice, only the first is recorded: a second one does not move time on."""
        if self.store.ledger.head().position > self.heads[-1]:
            self.act(what, **about)

    def sign(self, account: str, family: str, purposes: Sequence[str]) -> None:
        admin, chosen = ACCOUNTS[account], self.forms[family]
        self._open_account(account)
        self.store.consent.serve(admin, account, account, chosen["family"])
        self.store.consent.sign(account, family, purposes, admin, account_key(account)[0])
        self.act("sign", account=account, form=chosen, purposes=tuple(purposes))

    def serve(self, person: str, host: str) -> None:
        account = CAST[person].account
        assert account
        self.store.consent.serve(person, account, host)
        self.act_if_new("serve", person=person, account=account, host=host, notice=self.notice)

    def sign_the_first_form(self, account: str, family: str, purposes: Sequence[str]) -> None:
        """By an event that no desk let through: the gate itself must see that the text may be out of use."""
        chosen, subject = self.first_forms[family], self.store.consent.subject
        fields = own_grant_fields("", str(subject("account", account)), digest(chosen["text"].encode()), purposes)
        signer = subject("person", ACCOUNTS[account])
        with self.store.database.write() as connection:
            self.store.ledger.append(connection, "grant", fields | {"person": None, "signer": signer})
        self.store.settle()
        self.act("sign", account=account, form=chosen, purposes=tuple(purposes))

    def own(self, person: str, purposes: Sequence[str], family: str = "separate") -> None:
        account, chosen = CAST[person].account, self.forms[family]
        assert account
        if account in self.closed:
            return
        self.store.consent.serve(person, account, account, chosen["family"])
        self.store.consent.own_grant(person, account, family, purposes)
        self.act("own", person=person, account=account, form=chosen, purposes=tuple(purposes))

    def object(self, person: str, host: str | None, purposes: Sequence[str]) -> None:
        self.store.consent.object(person, host=host, purposes=purposes)
        self.act("object", person=person, host=host, purposes=tuple(purposes))

    def withdraw_person(self, person: str, purposes: Sequence[str]) -> None:
        self.store.consent.withdraw(person=person, purposes=purposes)
        self.act("object", person=person, host=None, purposes=tuple(purposes))

    def withdraw_account(self, account: str, purposes: Sequence[str]) -> None:
        self.store.consent.withdraw(account=account, purposes=purposes)
        self.act("withdraw_account", account=account, purposes=tuple(purposes))

    def leave(self, person: str) -> None:
        account = CAST[person].account
        self.store.consent.leave(person, account)
        self.act("leave", person=person, account=account)

    def close_account(self, account: str) -> None:
        self.store.consent.close(account)
        self.closed.add(account)
        self.act_if_new("close", account=account)

    def deadlines(self) -> list[int]:
        """When grants run out, but for those long past."""
        return [time for time in self.reference.deadlines() if time >= self.reference.now(0)]

    def sweep(self) -> None:
        self.store.sweep()
        self.act_if_new("sweep")

    def far_behind(self) -> None:
        """A clock far behind what is recorded opens nothing."""
        standing, self.clock = self.clock, self.reference.now(0) - PATIENCE - 1
        for host, purpose in itertools.product(ACCOUNTS, PURPOSES):
            agree("clock", [row.id for row in self.store.log.rows(host, purpose)], [])
        self.clock = standing

    def restore(self) -> None:
        """Takes a copy of the database; the next time, puts it in the place of what it has become meanwhile."""
        if self.snapshot is None:
            self.snapshot = self.copy(), self.store.ledger.head().position
            return
        (url, head), self.snapshot = self.snapshot, None
        standing = self.store.ledger.head().position
        self.store.close()
        with Store(self.home, database=url, clock=lambda: self.clock) as old:
            for host, purpose in itertools.product(ACCOUNTS, PURPOSES) if standing > head else ():
                agree("restored", [row.id for row in old.log.rows(host, purpose)], [])
        self.store = self.open()

    def speak(self, meeting: str, who: str | None, mentioned: str | None = None, channel: bool = False) -> None:
        """`who` None is a caller on no roster. Someone may be called by name in what is said."""
        label = CAST[who].label if who else DIAL_IN
        mark = self._mark()
        called = f" and ask {CAST[mentioned].label} about it" if mentioned else ""
        said = Transcript((Turn(label, f"We look at {mark} tomorrow{called}."),))
        [turn] = ROSTER.attribute(said).turns
        if channel and turn.attribution == "roster":
            turn = Turn(turn.speaker, turn.text, None, None, None, "channel", turn.person, turn.account)
        self.meetings[meeting].turns.append(turn)

    def summarize(
        self, meeting: str, size: int = 2, user: str | None = None, meanwhile: Callable[[], None] | None = None
    ) -> Use:
        """One call for every `size` turns, and one made from what those gave.

        `meanwhile` is done between the first question to the gate and the transaction that writes.
        """
        spoken = self.meetings[meeting]
        number = next(self.numbers)
        windows = [tuple(range(at, min(at + size, len(spoken.turns)))) for at in range(0, len(spoken.turns), size)]
        labels = [f"{meeting}#{number}.{at}" for at in range(len(windows) + 1)]
        texts = [self._answer(label, window, meeting) for label, window in zip(labels, [*windows, ()], strict=True)]
        calls = [Call("window", window, text, "model") for window, text in zip(windows, texts, strict=False)]
        calls.append(Call("reduce", (), texts[-1], "model", parents=tuple(range(len(windows)))))
        late = [meanwhile] if meanwhile else []
        with self._before_the_next_write(late):
            made = self.store.log.capture(
                Interaction(
                    account=spoken.host,
                    user=user or ACCOUNTS[spoken.host],
                    feature="summarize",
                    material=Transcript(tuple(spoken.turns)),
                    calls=tuple(calls),
                    meeting=meeting,
                    request=f"request {number}",
                    roster=ROSTER,
                )
            )
        for label, window in zip(labels, windows, strict=False):
            self.reference.make(label, spoken.host, self._voices(meeting, window), self.clock)
        self.reference.make(labels[-1], spoken.host, (), self.clock, parents=labels[:-1])
        self.reference.make(f"{meeting}#{number}", spoken.host, (), self.clock, parents=labels)
        for act in late:  # nothing was to be written
            act()
        use = Use(
            made.interaction,
            meeting,
            dict(zip(labels, made.calls, strict=True)),
            dict(zip(labels, texts, strict=True)),
            {
                label: tuple(spoken.turns[at] for at in window)
                for label, window in zip(labels, [*windows, ()], strict=True)
            },
            f"{meeting}#{number}",
        )
        self.uses.append(use)
        kept = {label for label, id_ in use.calls.items() if id_}
        agree("capture", kept, {label for label in labels if self.reference.logged(label)})
        return use

    @contextmanager
    def _before_the_next_write(self, acts: list[Callable[[], None]]) -> Iterator[None]:
        """Each of `acts` is done, and taken off, as the log begins its transaction."""
        database = self.store.log.database
        write = database.write

        def writing() -> Any:
            if acts:
                acts.pop()()
            return write()

        with patch.object(database, "write", writing):
            yield

    def edit(self, use: Use, label: str, editor: str, foreign: bool) -> None:
        """The user adds a sentence: of words that the call showed, or of one that it did not."""
        if use.id is None or use.calls[label] is None:
            return
        host, shown = MEETINGS[use.meeting], use.texts[label]
        number = next(self.numbers)
        mark = self._mark() if foreign else MARK.findall(shown)[0]
        after = f"{shown} {mark} settled{' settled' * (number % 7)}."
        kept = self.store.log.edit(
            use.id, {str(use.calls[label]): shown}, after, account=host, user=editor, roster=ROSTER
        )
        edit = f"{label} edit {number}"
        voices, needs = {Voice(editor, host, "channel")}, (label, use.everyone) if foreign else (label,)
        self.reference.make(edit, host, voices, self.clock, parents=needs, needs=needs)
        agree("edit", kept.logged == 1, self.reference.logged(edit))
        use.edits.setdefault(label, []).append((edit, after))

    def _answer(self, label: str, window: Sequence[int], meeting: str) -> str:
        """What the model is said to have written: it names everyone whose turns it saw."""
        named = {self.meetings[meeting].turns[at].speaker for at in window} - {DIAL_IN}
        return f"{' and '.join(sorted(filter(None, named))) or 'They'} settled {self._mark()}."

    def _mark(self) -> str:
        return f"zq{next(self.numbers)}k"

    def _voices(self, meeting: str, window: Iterable[int]) -> set[Voice]:
        turns = [self.meetings[meeting].turns[at] for at in window]
        return {Voice(turn.person, turn.account, turn.attribution) for turn in turns}

    # Checks: raise Difference where store and reference do not agree.

    def check(self, purposes: Iterable[str] = PURPOSES) -> None:
        for purpose in purposes:
            expected = self.reference.opens(purpose, self.clock)
            for host in ACCOUNTS:
                self._check_rows(host, purpose, expected)
        self._check_keys()
        self._check_chain()

    def check_dataset(self, purpose: str) -> None:
        """The same through the dataset, made anew."""
        expected = self.reference.opens(purpose, self.clock)
        ids = self._ids()
        found = {ids[row["id"]] for row in self.store.dataset(purpose=purpose)}
        agree(f"dataset, {purpose}", found, expected & set(ids.values()))

    def _ids(self) -> dict[str, str]:
        return {id_: label for use in self.uses for label, id_ in use.calls.items() if id_}

    def _check_rows(self, host: str, purpose: str, expected: set[str]) -> None:
        ids = self._ids()
        rows = {ids[row.id]: row for row in self.store.log.rows(host, purpose)}
        mine = {label for use in self.uses for label in use.calls if MEETINGS[use.meeting] == host}
        agree(f"rows, {purpose}", set(rows), expected & mine)
        for use in self.uses:
            for label in use.calls.keys() & rows.keys():
                self._check_content(use, label, rows[label], purpose, expected)

    def _check_content(self, use: Use, label: str, row: Any, purpose: str, expected: set[str]) -> None:
        """Exactly what was said and written, but for the names of those who do not allow it."""
        edits = [text for edit, text in use.edits.get(label, ()) if edit in expected]
        texts = [turn.text for turn in use.turns[label]] + [use.texts[label]] + edits[-1:]
        shown = [turn.text for turn in row.turns] + [row.text] + ([] if row.kept is None else [row.kept])
        marks = [MARK.findall(text) for text in texts]
        agree(f"content, {purpose}", [MARK.findall(text) for text in shown], marks)
        agree(f"speakers, {purpose}", [turn.speaker for turn in row.turns], [turn.speaker for turn in use.turns[label]])
        allowed = {
            one.name
            for one in CAST.values()
            if all(
                self.reference.may(Voice(one.name, one.account), self.reference.made[label], needed, self.clock)
                for needed in ("log_content", purpose)
            )
        }
        for text, said in zip(shown, texts, strict=True):
            self._check_names(purpose, text, said, allowed)

    def _check_names(self, purpose: str, text: str, said: str, allowed: set[str]) -> None:
        """Hiding more than it must is left to the tests of names; here nobody is named who does not allow it."""
        for person in CAST.values():
            if any(re.search(rf"\b{word}\b", text) for word in person.words) and person.name not in allowed:
                raise Difference(f"names, {purpose}", f"{person.name} is named in {text!r}")
        if "[someone]" not in text and text != said:
            raise Difference(f"text, {purpose}", f"{text!r} for {said!r}")

    def _check_keys(self) -> None:
        """A key has its event and something that may be kept under it; a row has its keys."""
        live = {(tuple(owner), generation) for owner, generation in self.store.keys.live()}
        types = {event.position: event.type for event in self.store.ledger.events()}
        for owner, generation in live:
            if types.get(generation) not in ("grant", "served", "retention", "policy"):
                raise Difference("keys", f"a key made by {types.get(generation)}")
            person, account, host = (self.store.consent.name(subject) for subject in owner)
            if not self._may_live(Voice(person, account), str(host), generation):
                raise Difference("keys", f"a key of {person} for {host}, whose content is over")
        with self.store.database.read() as connection:
            query = select(shares.c.person, shares.c.account, shares.c.host, shares.c.generation)
            held = {
                ((person, account, host), generation) for person, account, host, generation in connection.execute(query)
            }
        agree("rows without a key", held - live, set())

    def _may_live(self, voice: Voice, host: str, generation: int) -> bool:
        """Something captured at or after that ledger position may be kept, if only events end it."""
        first = next((at for at, head in enumerate(self.heads) if head >= generation), len(self.heads))
        return any(
            self.reference.may(voice, Made("", host, frozenset(), after, 0), "log_content", None)
            for after in range(first + 1, len(self.reference.acts) + 1)
        )

    def _check_chain(self) -> None:
        found = self.store.ledger.verify()
        if not found.ok:
            raise Difference("chain", found.reason)
