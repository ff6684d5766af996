"""The log of an installation: what was captured, what users did with it, who may read it. It knows no training.

A capture decides before it writes and asks again if the ledger has moved on under it; where the gate says no, nothing
of the content is written, not even a hash of it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from assent.data.consent.gate import Contributor, View
from assent.data.interactions.calls import Interaction, check
from assent.data.interactions.capture import Capture
from assent.data.interactions.editing import Editing
from assent.data.interactions.edits import Shown
from assent.data.interactions.erasing import Erased, erase
from assent.data.interactions.ids import Ids
from assent.data.interactions.pieces import Pieces
from assent.data.interactions.plan import GONE, Logged, Plan, standing
from assent.data.interactions.reading import Row, held_about, read_calls
from assent.data.keystore import Keystore
from assent.data.store import Database
from assent.errors import InputError

if TYPE_CHECKING:
    from assent.data.consent import Consent
    from assent.data.ledger import Event, Ledger
    from assent.data.transcripts.roster import Roster

FEEDBACK = ("accept", "edit", "discard", "regenerate", "thumb_up", "thumb_down")
AT_ONCE = 500  # calls opened together


class Log:
    """`secret` makes the ids: whoever has it and a meeting's name can tell that meeting's id."""

    def __init__(self, database: Database, ledger: Ledger, consent: Consent, keys: Keystore, secret: bytes) -> None:
        self.database, self.ledger, self.consent, self.keys = database, ledger, consent, keys
        self.ids = Ids(secret)

    def capture(self, interaction: Interaction) -> Logged:
        """Logs each call whose contributors are all allowed and have a live key. Raises InputError, StoreError."""
        check(interaction)
        plan = Plan(interaction, self.consent.subject, self.consent.at(), self.keys)
        if not plan.calls:
            return plan.report(None, [None] * len(plan.of_call))
        with self.database.write() as connection:
            head = self.ledger.lock(connection).position
            if head != plan.index:
                plan = Plan(interaction, self.consent.subject, self.consent.at(head), self.keys)
            if not plan.calls:
                return plan.report(None, [None] * len(plan.of_call))
            return self._write(connection, plan)

    def feedback(self, interaction: str, kind: str, *, account: str, user: str) -> bool:
        """Keeps what the user did with a result; False where that user may not be logged, or nothing is there."""
        if kind not in FEEDBACK:
            raise InputError(f"no such feedback; expected one of {', '.join(FEEDBACK)}")
        view = self.consent.at()
        with self.database.write() as connection:
            head = self.ledger.lock(connection).position
            view = view if view.index == head else self.consent.at(head)
            editor = self._member(account, user)
            if editor is None or standing(view, self.keys, editor, "channel").reason:
                return False
            pieces = Pieces(connection, editor.host)
            if pieces.use(interaction) is None:
                return False
            return pieces.add_feedback(
                self.ids.of("feedback", interaction, editor.person, kind), interaction, kind, head
            )

    def edit(
        self,
        interaction: str,
        before: Mapping[str, str] | Shown,
        after: str,
        *,
        account: str,
        user: str,
        roster: Roster | None = None,
    ) -> Logged:
        """Keeps `after`, what the user made of the shown texts of an interaction's calls (`before`, in their order).

        Texts that were shown but not logged may stand in `before` under None. `roster` has names to hide.
        """
        shown = list(before.items()) if isinstance(before, Mapping) else list(before)
        with self.database.write() as connection:
            view = self.consent.at(self.ledger.lock(connection).position)
            editor = self._member(account, user)
            pieces = Pieces(connection, editor.host) if editor else None
            use = pieces.use(interaction) if pieces else None
            if editor is None or pieces is None or use is None:
                return Logged.nothing(len(shown), GONE)
            bearers = self._bearers(roster, editor.host)
            return Editing(pieces, self.ids, self.keys, view, editor, bearers, use).write(shown, after)

    def rows(self, account: str, purpose: str = "log_content") -> Iterator[Row]:
        """The rows of one account (a name of the host) that are allowed for `purpose`, opened."""
        subject = self.consent.subject("account", account)
        if subject is None:
            return
        with self.database.read() as connection:
            ids = list(Pieces(connection, subject).call_ids())
        for at in range(0, len(ids), AT_ONCE):
            with self.database.read() as connection:
                yield from read_calls(
                    Pieces(connection, subject), ids[at : at + AT_ONCE], self.consent.at(), self.keys, purpose
                )

    def person(self, person: str) -> dict[str, Any]:
        """Everything held about a person (a name of the host): their own turns opened, the rest as references."""
        subject = self.consent.subject("person", person)
        if subject is None:
            return {"person": person, "turns": [], "calls": [], "edits": [], "feedback": [], "decisions": []}
        with self.database.read() as connection:
            content = held_about(connection, subject, self.consent.at(), self.keys)
        decisions = [
            {"position": event.position, "time": event.time, "type": event.type, **event.fields}
            for event in self.ledger.events()
            if subject in event.fields.values()
        ]
        return {"person": person, **content, "decisions": decisions}

    def erase(self, event: Event, view: View) -> Erased:
        """Deletes what the event has ended: pieces of dead keys, or past a retention limit. Can be done twice."""
        return erase(self.database, self.ledger, event, view)

    def _write(self, connection: Connection, plan: Plan) -> Logged:
        assert plan.host is not None  # no call is logged without a host
        interaction, pieces = plan.interaction, Pieces(connection, plan.host)
        use = self.ids.of("interaction", plan.host, interaction.request or secrets.token_hex())
        meeting = self.ids.of("meeting", plan.host, interaction.meeting or secrets.token_hex())
        capture = Capture(pieces, self.ids, plan, use, meeting)
        row = capture.use()
        if not pieces.add_use(row):
            return _again(pieces, use)
        pieces.alone_with(meeting)
        return plan.report(use, capture.write())

    def _member(self, account: str, user: str) -> Contributor | None:
        host, person = self.consent.subject("account", account), self.consent.subject("person", user)
        return Contributor(person, host, host) if host and person else None

    def _bearers(self, roster: Roster | None, host: str) -> dict[str, set[Contributor | None]]:
        bearers: dict[str, set[Contributor | None]] = {}
        for entry in roster.entries if roster else ():
            person = self.consent.subject("person", entry.person)
            account = self.consent.subject("account", entry.account) if entry.account else None
            found = Contributor(person, account, host) if person and account else None
            for label in (*entry.labels, *entry.participant_ids, entry.person):
                bearers.setdefault(label, set()).add(found)
        return bearers


def _again(pieces: Pieces, use: str) -> Logged:
    """The report of a capture that was done before; calls erased since have no id any more."""
    row = pieces.use(use)
    about = row.about if row else {}
    calls: list[str | None] = [None] * about.get("made", 0)
    for piece in pieces.of_uses([use], "call"):
        calls[piece.about["n"]] = piece.id
    return Logged.again(use, calls, about)
