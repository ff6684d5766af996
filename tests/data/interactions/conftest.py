from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assent.data.store import Database

# Tests are not a package; the world they share is loaded once, under a name of its own.
_spec = importlib.util.spec_from_file_location("interactions_world", Path(__file__).with_name("world.py"))
assert _spec and _spec.loader
sys.modules["interactions_world"] = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(sys.modules["interactions_world"])

if TYPE_CHECKING:
    from interactions_world import World


@pytest.fixture
def world(database: Database, tmp_path: Path) -> Iterator[World]:
    from interactions_world import World

    made = World(database, tmp_path)
    yield made
    made.close()
