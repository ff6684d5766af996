"""The database: SQLite by default, PostgreSQL by URL, and its numbered migrations.

It does not know what consent means.
"""

from __future__ import annotations

from assent.data.store.database import Database

__all__ = ["Database"]
