from __future__ import annotations

from pathlib import Path

import pytest

from assent.data.store import Database
from tests.data.consent.office import Office


@pytest.fixture
def office(database: Database, tmp_path: Path) -> Office:
    """On SQLite and on PostgreSQL."""
    return Office(database, tmp_path)


@pytest.fixture
def ready(office: Office) -> Office:
    """Texts published, acme open with dana as its admin, and the forms shown to her."""
    return office.ready()
