"""The epoch key in a file and in the environment: replaced whole, never back, nothing of the old one left."""

from __future__ import annotations

import os

import pytest

from assent.data.keystore import EnvironmentEpochKeys, FileEpochKeys, Keystore, epoch_keys
from assent.data.keystore.epoch import epoch_id
from assent.errors import StoreError

ONE, TWO, THREE = ("11" * 32, "22" * 32, "33" * 32)
KEY = (("p_1", "a_1", "a_1"), 3)


class Power(RuntimeError):
    """Stands for a power cut in the middle of a replacement."""


def fail(_key):
    raise Power


@pytest.fixture
def file(tmp_path):
    keys = FileEpochKeys(tmp_path / "epoch.key")
    keys.replace(lambda key: None)
    return keys


def test_the_file_is_for_its_owner_only(file):
    assert file.path.stat().st_mode & 0o777 == 0o600


def test_before_the_first_there_is_no_key(tmp_path):
    assert FileEpochKeys(tmp_path / "epoch.key").candidates() == ()


def test_a_replacement_hands_over_a_key_that_is_already_on_disk(file):
    [before] = file.candidates()
    handed = []

    def rewrap(key):
        handed.append(key)
        assert file.candidates() == (before, key)

    file.replace(rewrap)
    assert file.candidates() == (handed[0],) != (before,)


def test_the_old_key_is_overwritten_before_its_file_goes(file):
    [before] = file.candidates()
    with file.path.open("rb") as old:
        file.replace(lambda key: None)
        left = old.read()
    assert before.hex().encode() not in left
    assert set(left) == {0}


def test_the_old_key_stays_until_everything_is_wrapped_anew(file):
    before = file.candidates()
    with pytest.raises(Power):
        file.replace(fail)
    assert file.candidates()[0] == before[0]


def test_a_replacement_cut_short_is_finished_with_the_same_next_key(file):
    with pytest.raises(Power):
        file.replace(fail)
    _, following = file.candidates()
    file.replace(lambda key: None)
    assert file.candidates() == (following,)


@pytest.mark.parametrize("torn", [b"", b"ab12", b"0" * 63, b"z" * 64, b"0" * 90, b"\0" * 65])
def test_a_next_key_that_was_half_written_is_dropped(file, torn):
    [before] = file.candidates()
    file.path.with_name("epoch.key.next").write_bytes(torn)
    assert file.candidates() == (before,)
    handed = []
    file.replace(handed.append)
    assert file.candidates() == tuple(handed) != (before,)
    assert len(handed[0]) == 32


def test_a_next_key_alone_still_opens(file):
    """Killed after the old key was overwritten, before the next took its name."""
    with pytest.raises(Power):
        file.replace(fail)
    _, following = file.candidates()
    file.path.write_bytes(b"\0" * 65)
    assert file.candidates() == (following,)


def test_a_key_file_that_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "epoch.key").mkdir()
    with pytest.raises(StoreError, match=r"epoch\.key"):
        FileEpochKeys(tmp_path / "epoch.key").candidates()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "in the way").write_text("")
    with pytest.raises(StoreError, match="cannot be replaced"):
        FileEpochKeys(tmp_path / "in the way" / "epoch.key").replace(lambda key: None)


@pytest.mark.parametrize(
    "value", [None, "", "abc", ONE[:-1], "Z" * 64, f"{ONE},", f"{ONE},{TWO},{THREE}", f"{ONE} {TWO}"]
)
def test_a_variable_without_a_key_says_how_to_make_one(monkeypatch, value):
    monkeypatch.delenv("ASSENT_EPOCH_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("ASSENT_EPOCH_KEY", value)
    with pytest.raises(StoreError, match="openssl rand -hex 32") as caught:
        EnvironmentEpochKeys().candidates()
    assert ONE not in str(caught.value)


def test_the_variable_holds_one_key_or_old_and_new(monkeypatch):
    monkeypatch.setenv("ASSENT_EPOCH_KEY", ONE)
    assert EnvironmentEpochKeys().candidates() == (bytes.fromhex(ONE),)
    monkeypatch.setenv("ASSENT_EPOCH_KEY", f"{ONE}, {TWO}")
    assert EnvironmentEpochKeys().candidates() == (bytes.fromhex(ONE), bytes.fromhex(TWO))


def test_where_the_variable_is_set_it_is_used(monkeypatch, tmp_path):
    monkeypatch.delenv("ASSENT_EPOCH_KEY", raising=False)
    assert isinstance(epoch_keys(tmp_path), FileEpochKeys)
    monkeypatch.setenv("ASSENT_EPOCH_KEY", ONE)
    assert isinstance(epoch_keys(tmp_path), EnvironmentEpochKeys)


def opened(path, monkeypatch, value):
    monkeypatch.setenv("ASSENT_EPOCH_KEY", value)
    return Keystore(path, EnvironmentEpochKeys())


def test_an_operator_moves_from_old_to_new_by_opening_the_store_once(monkeypatch, tmp_path):
    path = tmp_path / "keys.db"
    store = opened(path, monkeypatch, ONE)
    store.follow(3, [KEY], [], since=-1)
    key = store.get(*KEY[0], KEY[1])
    store.close()
    for value in (f"{ONE},{TWO}", f"{ONE},{TWO}", TWO):
        store = opened(path, monkeypatch, value)
        assert store.get(*KEY[0], KEY[1]) == key
        assert store.epoch == epoch_id(bytes.fromhex(TWO))
        store.close()
    with pytest.raises(StoreError, match="another epoch key"):
        opened(path, monkeypatch, ONE)


def test_an_epoch_key_that_was_in_use_before_is_refused(monkeypatch, tmp_path):
    path = tmp_path / "keys.db"
    opened(path, monkeypatch, ONE).close()
    opened(path, monkeypatch, f"{ONE},{TWO}").close()
    with pytest.raises(StoreError, match="in use before"):
        opened(path, monkeypatch, f"{TWO},{ONE}")
    opened(path, monkeypatch, TWO).close()


def test_with_one_key_in_the_variable_a_destruction_waits_for_the_operator(monkeypatch, tmp_path):
    path = tmp_path / "keys.db"
    store = opened(path, monkeypatch, ONE)
    store.follow(3, [KEY], [], since=-1)
    store.follow(4, [], [KEY], since=3)
    assert not store.rewrap()
    assert store.rewrap_due is not None
    assert store.destruction(4).replaced_at is None
    store.close()
    store = opened(path, monkeypatch, f"{ONE},{TWO}")
    assert store.rewrap_due is None
    assert store.destruction(4).replaced_at is not None
    store.close()


def test_the_lock_file_holds_nothing(file):
    lock = file.path.with_name("epoch.key.lock")
    assert not lock.exists() or lock.read_bytes() == b""
    assert {path.name for path in file.path.parent.iterdir()} <= {"epoch.key", "epoch.key.lock"}
    assert os.environ.get("ASSENT_EPOCH_KEY") is None
