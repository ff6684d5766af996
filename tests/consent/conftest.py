"""The databases of `tests/data`, SQLite and a real PostgreSQL server, for the tests of the whole store."""

from __future__ import annotations

from tests.data.conftest import database_url, fresh_url, postgres_server, sqlite_template

__all__ = ["database_url", "fresh_url", "postgres_server", "sqlite_template"]
