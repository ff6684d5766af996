"""Brings a database to the newest numbered migration. It knows how, not what the migrations do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from assent.errors import StoreError

if TYPE_CHECKING:
    from assent.data.store.database import Database

_FOLDER = Path(__file__).with_name("migrations")
_LOCK = 4_707_263_120_231_001
"""The number under which processes that open one PostgreSQL database at once queue up."""


def newest() -> str:
    return max(path.name[:4] for path in (_FOLDER / "versions").glob("[0-9]*_*.py"))


def migrate(database: Database) -> None:
    with database.read() as connection:
        if _standing(connection) == newest():
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        if (standing := _standing(connection)) != newest():  # asked again: another process may have been first
            _upgrade(connection, standing)


def _standing(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return version


def _upgrade(connection: Connection, standing: str | None) -> None:
    if standing is not None and standing > newest():
        raise StoreError(f"the database is of a newer Assent (migration {standing}, here {newest()}); update Assent")
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    with _quiet():
        command.upgrade(config, "head")


@contextmanager
def _quiet() -> Iterator[None]:
    """Alembic tells the log of each step; a store that opens has nothing to tell."""
    logger = logging.getLogger("alembic")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
