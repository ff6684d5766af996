from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import huggingface_hub
import pytest
from huggingface_hub.errors import LocalEntryNotFoundError

from assent.errors import ModelError, UnknownModel
from assent.models import CATALOG, find, hub, load, locks
from assent.models.catalog import EMBEDDED, Entry

Save = Callable[..., Path]
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_the_embedded_model_stands_first() -> None:
    assert CATALOG[0] == find("assent-mini")
    assert (CATALOG[0].folder, CATALOG[0].dialect) == (EMBEDDED, "slots")


def test_every_other_entry_is_a_hub_model_with_a_licence_and_no_revision() -> None:
    for entry in CATALOG[1:]:
        assert entry.hub_id and entry.licence != "unknown" and entry.context
        assert entry.revision is None, "a revision that could not be looked up is not written down"
        assert find(entry.name) == find(entry.hub_id) == entry


def test_a_hub_id_may_name_its_revision() -> None:
    entry = find("some-one/model.v2@refs/pr-1")
    assert (entry.hub_id, entry.revision) == ("some-one/model.v2", "refs/pr-1")
    pinned = find("Qwen/Qwen3-0.6B@abc")
    assert (pinned.revision, pinned.licence, pinned.context) == ("abc", "Apache-2.0", 32768)


def test_a_folder_is_a_model(tmp_path: Path) -> None:
    assert find(str(tmp_path)).folder == tmp_path


@pytest.mark.parametrize(
    ("name", "near"), [("smolm2-135m", "smollm2-135m"), ("qwen-0.6b", "qwen3-0.6b"), ("mini", "assent-mini")]
)
def test_an_unknown_name_says_what_is_near(name: str, near: str) -> None:
    with pytest.raises(UnknownModel, match=re.escape(near)):
        find(name)


@pytest.mark.parametrize("name", ["", "../x", "a/b/c", "a/..", "a/b@../c", "/etc/x", "a b/c", "x" * 5000, "a/b\x00"])
def test_what_is_no_name_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # whatever may lie beside the project
    with pytest.raises(UnknownModel):
        find(name)


class Hub:
    """Stands in for the hub's two calls: what matters is which revision is asked for and how often."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.commit, self.cached, self.folder = COMMIT, False, folder
        self.asked: list[str | None] = []
        self.fetched: list[str | None] = []
        monkeypatch.setattr(huggingface_hub.HfApi, "model_info", self._model_info)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", self._snapshot)

    def _model_info(self, _: str, revision: str | None = None) -> Any:
        self.asked.append(revision)
        return type("Info", (), {"sha": self.commit})

    def _snapshot(self, _: str, *, revision: str | None, local_files_only: bool = False, **__: Any) -> str:
        if local_files_only and not self.cached:
            raise LocalEntryNotFoundError("not here")
        if not local_files_only:
            self.fetched.append(revision)
        return str(self.folder)


@pytest.fixture
def fake_hub(save: Save, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", False)
    return Hub(save(), monkeypatch)


def test_a_revision_is_resolved_once_locked_and_said(fake_hub: Hub, home: Path) -> None:
    """S9."""
    said: list[str] = []
    assert load("someone/model", notice=said.append).info.revision == COMMIT
    assert any("someone/model" in line and COMMIT in line for line in said)
    fake_hub.commit = "f" * 40
    assert load("someone/model", notice=said.append).info.revision == COMMIT, "the lock holds though main moved on"
    assert fake_hub.asked == [None]
    assert set(fake_hub.fetched) == {COMMIT}
    assert COMMIT in (home / "locks.json").read_text()


def test_without_a_listener_the_revision_is_logged(fake_hub: Hub, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="assent.models.hub"):
        hub.fetch(Entry("m", "someone/model"))
    assert COMMIT in caplog.text and "someone/model" in caplog.text


def test_a_cached_locked_model_asks_the_hub_for_nothing(fake_hub: Hub) -> None:
    locks.lock_revision("someone/model", COMMIT)
    fake_hub.cached = True
    hub.fetch(Entry("m", "someone/model"))
    assert (fake_hub.asked, fake_hub.fetched) == ([], [])


def test_a_full_commit_needs_no_lock(fake_hub: Hub, home: Path) -> None:
    assert hub.fetch(find(f"someone/model@{COMMIT}"))[1] == COMMIT
    assert fake_hub.asked == [] and not home.exists()


def test_offline_an_unfetched_model_is_one_clear_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ModelError, match="HF_HUB_OFFLINE"):
        load("smollm2-135m")


def test_the_first_lock_wins(home: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        held = set(pool.map(lambda number: locks.lock_revision("a/b", f"{number:040x}"), range(32)))
    assert len(held) == 1
    assert locks.revision("a/b") in held
    assert not list(home.glob("locks??*.tmp")) and len(list(home.iterdir())) == 2


def test_writing_modes_are_stored_beside_the_locks() -> None:
    assert locks.writing_mode("a/b") == "writes" and not locks.measured("a/b")
    locks.lock_revision("a/b", COMMIT)
    locks.set_writing_mode("a/b", "quotes")
    assert (locks.writing_mode("a/b"), locks.measured("a/b")) == ("quotes", True)
    assert locks.revision("a/b") == COMMIT
    locks.set_writing_mode("a/b", "picks")
    assert locks.writing_mode("a/b") == "picks"


def test_a_loaded_model_has_the_writing_mode_that_was_measured(save: Save) -> None:
    locks.set_writing_mode(find(str(save())).key, "quotes")
    assert load(str(save())).info.writing_mode == "quotes"


@pytest.mark.parametrize("content", ["{", "[]", '{"a/b": 3}', '{"a/b": {"writing_mode": "shouts"}}'])
def test_a_broken_lock_file_is_an_error_that_names_it(home: Path, content: str) -> None:
    home.mkdir()
    (home / "locks.json").write_text(content)
    with pytest.raises(ModelError, match=r"locks\.json"):
        locks.writing_mode("a/b")
