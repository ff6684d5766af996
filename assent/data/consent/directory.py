"""Whose the ledger's ids are: names of the host on one side, random subject ids on the other. It knows no decision.

An id, once given, is kept for good, so both directions are remembered. Only whoever holds the ledger's head gives ids.
"""

from __future__ import annotations

import secrets
import unicodedata
from typing import Literal

from sqlalchemy import Connection, insert, select

from assent.data.store import Database
from assent.data.store.tables import subjects
from assent.errors import ConsentError

Kind = Literal["account", "person"]
PREFIX: dict[Kind, str] = {"account": "a_", "person": "p_"}
ID_BYTES = 16
MAX_NAME = 200
REMEMBERED = 200_000  # names; at that many the memory starts anew


class Directory:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._ids: dict[tuple[str, str], str] = {}
        self._names: dict[str, str] = {}

    def subject(self, kind: Kind, name: str) -> str | None:
        """The id of the account or person of that name; None for one never heard of."""
        if found := self._ids.get((kind, name)):
            return found
        with self._database.read() as connection:
            found = self._stored(connection, kind, name)
        return self._remember(kind, name, found) if found else None

    def name(self, subject: str) -> str | None:
        if found := self._names.get(subject):
            return found
        query = select(subjects.c.kind, subjects.c.name).where(subjects.c.subject == subject)
        with self._database.read() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        self._remember(row.kind, row.name, subject)
        return str(row.name)

    def give(self, connection: Connection, kind: Kind, name: str) -> str:
        """The id, made if there is none; `connection` holds the ledger's head, so that two cannot make one each.

        It is not remembered here: the transaction may yet be rolled back.
        """
        if found := self._ids.get((kind, name)) or self._stored(connection, kind, name):
            return found
        _check(kind, name)
        subject = PREFIX[kind] + secrets.token_hex(ID_BYTES)
        connection.execute(insert(subjects).values(subject=subject, kind=kind, name=name))
        return subject

    def _stored(self, connection: Connection, kind: Kind, name: str) -> str | None:
        query = select(subjects.c.subject).where(subjects.c.kind == kind, subjects.c.name == name)
        return connection.execute(query).scalar_one_or_none()

    def _remember(self, kind: str, name: str, subject: str) -> str:
        if len(self._names) >= REMEMBERED:
            self._ids.clear()
            self._names.clear()
        self._ids[kind, name] = subject
        self._names[subject] = name
        return subject


def _check(kind: Kind, name: str) -> None:
    if not name.strip() or len(name) > MAX_NAME or any(unicodedata.category(sign)[0] == "C" for sign in name):
        raise ConsentError(
            f"that is no name of {'an account' if kind == 'account' else 'a person'}: expected 1 to {MAX_NAME} visible"
            " characters",
            reason="name",
        )
