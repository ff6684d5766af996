"""C13: the database itself refuses every change of the ledger but an addition in order, on SQLite and PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from assent.data.ledger import Ledger, Signer
from assent.data.store import Database
from assent.data.store.tables import metadata
from assent.errors import StoreError

HASH = "f" * 64
REFUSED = {
    "update": "UPDATE ledger_events SET body = '{}' WHERE position = 1",
    "update all": "UPDATE ledger_events SET hash = hash",
    "delete": "DELETE FROM ledger_events WHERE position = 2",
    "delete all": "DELETE FROM ledger_events",
    "upsert that updates": f"INSERT INTO ledger_events VALUES (1, '{HASH}', '{{}}') "
    "ON CONFLICT (position) DO UPDATE SET body = excluded.body",
    "upsert that does nothing": f"INSERT INTO ledger_events VALUES (1, '{HASH}', '{{}}') ON CONFLICT DO NOTHING",
    "insert over": f"INSERT INTO ledger_events VALUES (2, '{HASH}', '{{}}')",
    "insert before the first": f"INSERT INTO ledger_events VALUES (-1, '{HASH}', '{{}}')",
    "insert behind a gap": f"INSERT INTO ledger_events VALUES (4, '{HASH}', '{{}}')",
    "insert of a row and its double": f"INSERT INTO ledger_events VALUES (3, '{HASH}', ''), (3, '{HASH}', '')",
    "head back": "UPDATE ledger_head SET position = 1",
    "head back to an older event": "UPDATE ledger_head SET position = 1, "
    "hash = (SELECT hash FROM ledger_events WHERE position = 1)",
    "head ahead": f"UPDATE ledger_head SET position = 3, hash = '{HASH}'",
    "head elsewhere": f"UPDATE ledger_head SET hash = '{HASH}'",
    "head of another time": "UPDATE ledger_head SET time = 1",
    "second head": f"INSERT INTO ledger_head VALUES (2, 9, '{HASH}', 0)",
    "no head": "DELETE FROM ledger_head",
    "checkpoint changed": "UPDATE ledger_checkpoints SET body = '{}'",
    "checkpoint moved": "UPDATE ledger_checkpoints SET position = 1",
    "checkpoint unpublished": "UPDATE ledger_checkpoints SET published = (1 = 0)",
    "checkpoint deleted": "DELETE FROM ledger_checkpoints",
    "checkpoint over": "INSERT INTO ledger_checkpoints VALUES (2, '{}', (1 = 0)) "
    "ON CONFLICT (position) DO UPDATE SET body = excluded.body",
}
ONLY_SQLITE = {
    "replace": f"INSERT OR REPLACE INTO ledger_events VALUES (1, '{HASH}', '{{}}')",
    "replace the last": f"REPLACE INTO ledger_events VALUES (2, '{HASH}', '{{}}')",
    "ignore": f"INSERT OR IGNORE INTO ledger_events VALUES (1, '{HASH}', '{{}}')",
    "update or replace": "UPDATE OR REPLACE ledger_events SET position = 0 WHERE position = 1",
    "replace the head": f"REPLACE INTO ledger_head VALUES (1, 0, '{HASH}', 0)",
    "replace a checkpoint": "REPLACE INTO ledger_checkpoints VALUES (2, '{}', 0)",
}
ONLY_POSTGRESQL = {
    "truncate": "TRUNCATE ledger_events",
    "truncate all": "TRUNCATE ledger_events, ledger_head, ledger_checkpoints",
    "truncate the head": "TRUNCATE ledger_head",
    "truncate checkpoints": "TRUNCATE ledger_checkpoints CASCADE",
    "a table of the same name before it": "CREATE TEMPORARY TABLE ledger_events (position bigint, hash text); "
    f"INSERT INTO pg_temp.ledger_events VALUES (6, ''); INSERT INTO public.ledger_events VALUES (7, '{HASH}', '')",
}


@pytest.fixture
def ledger(database: Database, tmp_path: Path) -> Ledger:
    """Three events and a published checkpoint."""
    ledger = Ledger(database, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "outside"))
    with database.write() as connection:
        for number in range(3):
            ledger.append(connection, "served", {"person": f"p_{number}"})
        ledger.checkpoint(connection)
    ledger.publish()
    return ledger


def _refused(database: Database, ledger: Ledger, statement: str) -> None:
    before = list(ledger.events()), ledger.head()
    with pytest.raises(StoreError, match="only ever added"), database.write() as connection:
        connection.exec_driver_sql(statement)
    assert (list(ledger.events()), ledger.head()) == before
    assert ledger.verify().ok


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_a_change_is_refused(database: Database, ledger: Ledger, statement: str) -> None:
    """C13"""
    _refused(database, ledger, statement)


@pytest.mark.parametrize("statement", ONLY_SQLITE.values(), ids=ONLY_SQLITE)
@pytest.mark.parametrize("fresh_url", ["sqlite"], indirect=True)
def test_a_change_in_the_words_of_sqlite_is_refused(database: Database, ledger: Ledger, statement: str) -> None:
    _refused(database, ledger, statement)


@pytest.mark.parametrize("statement", ONLY_POSTGRESQL.values(), ids=ONLY_POSTGRESQL)
@pytest.mark.parametrize("fresh_url", ["postgresql"], indirect=True)
def test_a_change_in_the_words_of_postgresql_is_refused(database: Database, ledger: Ledger, statement: str) -> None:
    _refused(database, ledger, statement)


def test_an_addition_in_order_is_let_through(database: Database, ledger: Ledger) -> None:
    with database.write() as connection:
        event = ledger.append(connection, "closed", {"account": "a_1"})
    assert ledger.head() == event.head


@pytest.fixture
def application(postgres_server: Any, database: Database) -> Iterator[Database]:
    """The store as a role sees it that has what docs/postgres.md grants, and nothing more."""
    name = database.url.split("@/")[1].split("?")[0]
    page = (Path(__file__).parents[3] / "docs" / "postgres.md").read_text(encoding="utf-8")
    [grants] = re.findall(r"^```sql\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    postgres_server.run("CREATE ROLE assent_application LOGIN", name)
    postgres_server.run(grants, name)
    opened = Database(postgres_server.url(name, user="assent_application"))
    yield opened
    opened.close()
    postgres_server.run("DROP OWNED BY assent_application; DROP ROLE assent_application", name)


DENIED = {
    **{f"{name} (events)": statement for name, statement in REFUSED.items() if "ledger_events SET" in statement},
    "delete": "DELETE FROM ledger_events",
    "truncate": "TRUNCATE ledger_events",
    "drop": "DROP TABLE ledger_events",
    "rules off": "ALTER TABLE ledger_events DISABLE TRIGGER ALL",
    "rule dropped": "DROP TRIGGER ledger_events_update ON ledger_events",
    "rules passed by": "SET session_replication_role = replica",
    "function replaced": "CREATE OR REPLACE FUNCTION ledger_events_delete() RETURNS trigger LANGUAGE plpgsql "
    "AS 'BEGIN RETURN old; END'",
    "head deleted": "DELETE FROM ledger_head",
    "checkpoint deleted": "DELETE FROM ledger_checkpoints",
}


@pytest.mark.parametrize("fresh_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("statement", DENIED.values(), ids=DENIED)
def test_the_applications_role_has_no_right_to_a_change(application: Database, statement: str) -> None:
    with pytest.raises(StoreError, match=r"docs/postgres\.md"), application.write() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("fresh_url", ["postgresql"], indirect=True)
def test_the_documented_grants_are_enough_to_work(application: Database, ledger: Ledger, tmp_path: Path) -> None:
    mine = Ledger(application, Signer(tmp_path / "operator.key"), checkpoints=str(tmp_path / "outside"))
    with application.write() as connection:
        event = mine.append(connection, "closed", {"account": "a_1"})
        mine.checkpoint(connection)
    mine.publish()
    with application.write() as connection:
        assert mine.lock(connection) == event.head
        for table in metadata.tables.values():
            connection.execute(select(table).limit(1)).all()
    assert ledger.head() == mine.head() == event.head
    assert mine.verify().ok


@pytest.mark.parametrize("fresh_url", ["postgresql"], indirect=True)
def test_a_role_without_rights_cannot_open_an_empty_database(postgres_server: Any, database: Database) -> None:
    name = postgres_server.create("template0").split("@/")[1].split("?")[0]
    postgres_server.run("CREATE ROLE assent_stranger LOGIN", name)
    with pytest.raises(StoreError, match=r"docs/postgres\.md"):
        Database(postgres_server.url(name, user="assent_stranger"))
    postgres_server.run("DROP ROLE assent_stranger", name)
