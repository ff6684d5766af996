"""The key store: keys come and go with the ledger only, and what is gone opens nowhere."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.clock import DAY
from assent.data.keystore import FileEpochKeys, Keystore, file, keystore
from assent.data.keystore.keystore import _identity
from assent.errors import StoreError

NOW = 1_700_000_000_000_000
DANA = ("p_dana", "a_acme", "a_acme")
GUEST = ("p_guest", "a_other", "a_acme")


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with_keys = Keystore(tmp_path / "keys.db", FileEpochKeys(tmp_path / "epoch.key"), clock)
    yield with_keys
    with_keys.close()


def another(store, clock=None):
    """A second opening: to SQLite no different from another process."""
    return Keystore(store.path, FileEpochKeys(store.path.with_name("epoch.key")), clock or Clock())


def rows(path):
    connection = sqlite3.connect(path)
    found = {((p, a, h), g): wrapped for p, a, h, g, wrapped in connection.execute("SELECT * FROM keys")}
    connection.close()
    return found


def opening(path, epoch_keys):
    """How many of the wrapped keys in the file at `path` open with any of `epoch_keys`, without any of our code."""
    count = 0
    for key, wrapped in rows(path).items():
        for epoch in epoch_keys:
            try:
                AESGCM(epoch).decrypt(wrapped[:12], wrapped[12:], _identity(key))
            except InvalidTag:
                continue
            count += 1
    return count


def test_a_new_store_has_seen_nothing_and_holds_nothing(store):
    assert store.seen == -1
    assert list(store.live()) == []
    assert store.rewrap_due is None


def test_a_key_is_made_by_following_and_by_nothing_else(store):
    assert store.get(*DANA, 4) is None
    assert store.newest(*DANA) is None
    assert list(store.live()) == []
    assert store.follow(4, [(DANA, 4)], [], since=-1)
    assert len(store.get(*DANA, 4)) == 32
    assert store.get(*DANA, 5) is None
    assert store.newest(*GUEST) is None
    assert store.seen == 4


def test_newest_is_the_highest_generation_of_that_very_contributor(store):
    other_host = (DANA[0], DANA[1], "a_third")
    store.follow(20, [(DANA, 9), (DANA, 10), (DANA, 2), (other_host, 15), (GUEST, 17)], [], since=-1)
    assert store.newest(*DANA) == (10, store.get(*DANA, 10))
    assert len({store.get(*owner, generation) for owner, generation in store.live()}) == 5


def test_following_twice_to_the_same_head_changes_nothing(store):
    store.follow(4, [(DANA, 4)], [], since=-1)
    key, epoch = store.get(*DANA, 4), store.epoch
    assert store.follow(4, [(DANA, 4), (GUEST, 4)], [(DANA, 4)], since=4)
    assert (store.get(*DANA, 4), store.epoch) == (key, epoch)
    assert list(store.live()) == [(DANA, 4)]


def test_a_key_that_is_gained_again_keeps_its_bytes(store):
    store.follow(4, [(DANA, 4)], [], since=-1)
    key = store.get(*DANA, 4)
    store.follow(5, [(DANA, 4)], [], since=4)
    assert store.get(*DANA, 4) == key


def test_what_is_gained_and_lost_at_once_is_dead(store):
    store.follow(4, [(DANA, 4)], [(DANA, 4)], since=-1)
    assert store.get(*DANA, 4) is None


def test_lists_made_before_another_process_moved_on_are_refused(store):
    """A key another process made in between would not be among the lost, and would live on."""
    other = another(store)
    since = store.seen
    other.follow(5, [(DANA, 4)], [], since=-1)
    assert not store.follow(7, [], [], since=since)
    assert store.seen == 5
    assert store.follow(7, [], [(DANA, 4)], since=store.seen)
    assert other.get(*DANA, 4) is None
    other.close()


def test_a_head_behind_what_was_followed_is_a_restored_database(store):
    """R6."""
    store.follow(9, [(DANA, 4)], [], since=-1)
    with pytest.raises(StoreError, match=r"followed the ledger to 9, the database ends at 8.*restore the newer events"):
        store.follow(8, [], [(DANA, 4)], since=9)
    assert store.seen == 9
    assert store.get(*DANA, 4)


def test_following_is_all_or_nothing(store, monkeypatch):
    """R2."""
    store.follow(4, [(DANA, 4)], [], since=-1)

    def broken(*_):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(Keystore, "_destroy", broken)
    with pytest.raises(StoreError, match="disk is full"):
        store.follow(5, [(GUEST, 5)], [(DANA, 4)], since=4)
    assert store.seen == 4
    assert list(store.live()) == [(DANA, 4)]
    assert store.get(*DANA, 4)


def test_lost_keys_may_come_straight_from_the_live_ones(store):
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)
    store.follow(5, [], (key for key in store.live() if key[0] == DANA), since=4)
    assert list(store.live()) == [(GUEST, 4)]


def test_all_live_keys_are_listed_page_by_page(store, monkeypatch):
    monkeypatch.setattr(keystore, "_PAGE", 3)
    wanted = sorted(((f"p_{n % 4}", "a_1", f"a_{n % 3}"), n) for n in range(12))
    store.follow(12, wanted, [], since=-1)
    assert list(store.live()) == wanted


def test_a_key_destroyed_by_another_process_is_not_remembered_here(store):
    other = another(store)
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)
    guest = store.get(*GUEST, 4)
    assert store.get(*DANA, 4) == store.get(*DANA, 4) == other.get(*DANA, 4)
    other.follow(5, [], [(DANA, 4)], since=4)
    assert store.get(*DANA, 4) is None
    assert store.newest(*DANA) is None
    assert store.get(*GUEST, 4) == guest, "wrapped anew by the other process, the same key"
    assert store.seen == 5
    other.close()


def test_only_so_many_keys_are_held_open(store, monkeypatch):
    monkeypatch.setattr(keystore, "KEPT_OPEN", 3)
    store.follow(9, [(DANA, n) for n in range(9)], [], since=-1)
    found = [store.get(*DANA, n) for n in range(9)]
    assert len(store._open) == 3
    assert [store.get(*DANA, n) for n in range(9)] == found


def test_a_copy_from_before_a_destruction_opens_nothing_with_todays_epoch_key(store, tmp_path):
    """W3: not the dead keys and not the others; with the epoch key of that day it opens, all of it."""
    everyone = [((f"p_{n}", "a_acme", "a_acme"), n) for n in range(40)]
    store.follow(40, everyone, [], since=-1)
    old_epoch = store._epochs.candidates()
    copy = tmp_path / "stolen" / "keys.db"
    copy.parent.mkdir()
    shutil.copy(store.path, copy)
    shutil.copy(tmp_path / "epoch.key", copy.with_name("old.key"))

    store.follow(41, [], everyone[:1], since=40)

    today = store._epochs.candidates()
    assert opening(store.path, today) == 39
    assert opening(store.path, old_epoch) == 0
    assert opening(copy, today) == 0
    assert opening(copy, old_epoch) == 40, "positive control: the copy is whole"
    with pytest.raises(StoreError, match="another epoch key"):
        Keystore(copy, FileEpochKeys(tmp_path / "epoch.key"))
    control = Keystore(copy, FileEpochKeys(copy.with_name("old.key")))
    assert control.get(*everyone[0][0], 0)
    control.close()


def test_the_bytes_of_a_destroyed_key_are_in_no_file(store, tmp_path, monkeypatch):
    """W3: pages were split and merged on the way; a wrapped key is 60 random bytes, so it is found wherever it is."""
    monkeypatch.setattr(keystore, "REPLACE_AT_ONCE", -1)  # otherwise the re-wrapping alone would remove them
    owners = [(f"p_{n * 7919 % 1009:04}", "a_acme", f"a_{n % 3}") for n in range(1000)]
    for start in range(0, 1000, 50):
        store.follow(start, [(owner, start) for owner in owners[start : start + 50]], [], since=store.seen)
    before = rows(store.path)
    on_disk = store.path.read_bytes()
    assert all(wrapped in on_disk for wrapped in before.values()), "positive control"
    dead = [key for number, key in enumerate(store.live()) if number % 3]
    for start in range(0, len(dead), 100):
        store.follow(store.seen + 1, [], dead[start : start + 100], since=store.seen)
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert sum(before[key] in files for key in dead) == 0
    assert sum(wrapped in files for wrapped in before.values()) == len(before) - len(dead)
    assert not list(tmp_path.glob("keys.db-*"))


def test_re_wrapping_leaves_nothing_of_the_old_wrapping(store, tmp_path):
    store.follow(500, [((f"p_{n * 7919 % 1009:04}", "a", "a"), n) for n in range(500)], [], since=-1)
    before = rows(store.path)
    keys = {key: store.get(*key[0], key[1]) for key in before}
    assert store.rewrap()
    files = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(wrapped in files for wrapped in before.values())
    assert {key: store.get(*key[0], key[1]) for key in before} == keys


def test_a_destruction_replaces_the_epoch_key_at_once_and_says_when(store, clock):
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)
    epoch = store.epoch
    clock.now += 5
    store.follow(7, [], [(DANA, 4)], since=4)
    assert store.epoch != epoch
    assert store.rewrap_due is None
    told = store.destruction(6)
    assert told == store.destruction(5) == store.destruction(7)
    assert (told.keys, told.destroyed_at, told.replaced_at) == (1, NOW + 5, NOW + 5)
    assert store.destruction(4) is None
    assert store.destruction(8) is None


def test_where_no_key_went_the_epoch_key_stays(store):
    store.follow(4, [(DANA, 4)], [], since=-1)
    epoch = store.epoch
    store.follow(5, [], [(GUEST, 4)], since=4)
    assert store.epoch == epoch
    assert store.destruction(5) is None


def test_a_large_store_is_wrapped_anew_within_a_day_or_takes_no_capture(store, clock, monkeypatch):
    monkeypatch.setattr(keystore, "REPLACE_AT_ONCE", 0)
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)
    store.follow(5, [], [(DANA, 4)], since=4)
    assert store.rewrap_due == store.destruction(5).due_by == NOW + DAY
    clock.now = NOW + DAY
    assert store.newest(*GUEST)
    clock.now += 1
    with pytest.raises(StoreError, match=r"2023-11-15T22:13:20Z.*rewrap"):
        store.newest(*GUEST)
    assert store.get(*GUEST, 4), "what was logged can still be read"
    reopened = another(store, clock)
    assert reopened.rewrap_due == NOW + DAY, "the due time outlives the process"
    reopened.close()
    assert store.rewrap()
    assert store.newest(*GUEST)
    assert store.destruction(5).replaced_at == clock.now


def test_a_replacement_that_fails_stays_due_and_undoes_no_destruction(store, monkeypatch):
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)

    def broken(_self, _rewrap):
        raise StoreError("no room for the next epoch key")

    monkeypatch.setattr(FileEpochKeys, "replace", broken)
    assert store.follow(5, [], [(DANA, 4)], since=4)
    assert store.get(*DANA, 4) is None
    assert store.rewrap_due == NOW + DAY
    monkeypatch.undo()
    reopened = another(store)
    assert reopened.rewrap_due is None, "the next opening makes up for it"
    reopened.close()


def test_a_replacement_another_process_left_half_done_is_not_taken_for_the_one_that_is_due(store):
    """The epoch key it wrapped everything under is older than the destruction: copies made in between open with it."""
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)
    other = another(store)

    def killed(key):
        other._wrap_under(key)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        other._epochs.replace(killed)
    between = other.epoch
    other.close()
    store.follow(5, [], [(DANA, 4)], since=4)
    assert store.epoch != between
    assert store.get(*GUEST, 4)


def test_a_key_moved_to_another_row_does_not_open(store):
    store.follow(4, [(DANA, 4), (GUEST, 4)], [], since=-1)
    connection = sqlite3.connect(store.path)
    [(wrapped,)] = connection.execute("SELECT wrapped FROM keys WHERE person = 'p_guest'").fetchall()
    with connection:
        connection.execute("UPDATE keys SET wrapped = ? WHERE person = 'p_dana'", (wrapped,))
    connection.close()
    with pytest.raises(StoreError, match="changed or moved"):
        store.get(*DANA, 4)
    with pytest.raises(StoreError, match="changed or moved"):
        store.rewrap()
    assert store.get(*GUEST, 4)


def test_an_older_copy_put_back_is_refused(store, tmp_path):
    """R6: its keys would include the destroyed ones."""
    store.follow(4, [(DANA, 4)], [], since=-1)
    shutil.copy(store.path, tmp_path / "older.db")
    store.follow(5, [], [(DANA, 4)], since=4)
    (tmp_path / "older.db").replace(store.path)
    with pytest.raises(StoreError, match="replaced while it was open"):
        store.get(*DANA, 4)
    with pytest.raises(StoreError, match="another epoch key"):
        another(store)


def test_a_store_that_is_gone_is_an_error(store):
    store.follow(4, [(DANA, 4)], [], since=-1)
    assert store.get(*DANA, 4)
    store.path.unlink()
    with pytest.raises(StoreError, match="is gone"):
        store.get(*DANA, 4)


def test_a_locked_store_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(file, "LOCK_SECONDS", 0.05)
    store = Keystore(tmp_path / "keys.db", FileEpochKeys(tmp_path / "epoch.key"))
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError, match="locked"):
        store.follow(1, [(DANA, 1)], [], since=-1)
    with pytest.raises(StoreError, match="locked"):
        store.newest(*DANA)
    other.close()
    assert store.follow(1, [(DANA, 1)], [], since=-1)
    store.close()


def test_a_file_that_is_no_key_store_is_an_error(tmp_path):
    (tmp_path / "keys.db").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"keys\.db"):
        Keystore(tmp_path / "keys.db", FileEpochKeys(tmp_path / "epoch.key"))


def test_a_store_of_a_later_version_is_left_alone(store):
    connection = sqlite3.connect(store.path)
    connection.execute("PRAGMA user_version = 9")
    connection.close()
    with pytest.raises(StoreError, match="version 9"):
        another(store)


def test_the_file_is_private_and_deletes_for_good(store):
    assert store.path.stat().st_mode & 0o777 == 0o600
    with store._file.held() as connection:
        asked = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("secure_delete", "journal_mode", "synchronous", "temp_store")
        ]
    assert asked == [1, "delete", 3, 2]


def test_a_copy_is_wrapped_and_opens_with_the_epoch_key_of_the_day(store, tmp_path):
    store.follow(4, [(DANA, 4)], [], since=-1)
    store.copy(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert rows(tmp_path / "copy.db") == rows(store.path)
    assert store.get(*DANA, 4) not in (tmp_path / "copy.db").read_bytes()


def test_without_its_epoch_key_the_store_does_not_open(store, tmp_path):
    store.close()
    (tmp_path / "epoch.key").unlink()
    with pytest.raises(StoreError, match="another epoch key"):
        another(store)


owners = st.sampled_from([(f"p_{n}", "a_1", host) for n in range(3) for host in ("a_1", "a_2")])
steps = st.lists(
    st.one_of(
        st.tuples(st.just("gain"), owners),
        st.tuples(st.just("lose"), owners),
        st.tuples(st.just("rewrap"), owners),
        st.tuples(st.just("reopen"), owners),
        st.tuples(st.just("other"), owners),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(steps=steps)
def test_in_any_order_of_steps_the_keys_are_those_gained_and_not_lost(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("any")
    epochs, clock = FileEpochKeys(folder / "epoch.key"), Clock()
    stores = [Keystore(folder / "keys.db", epochs, clock) for _ in range(2)]
    alive: dict[object, bytes] = {}
    head = 0
    for step, owner in steps:
        store = stores[0]
        if step == "rewrap":
            store.rewrap()
        elif step == "reopen":
            store.close()
            stores[0] = Keystore(folder / "keys.db", epochs, clock)
        elif step == "other":
            stores.reverse()
        else:
            head += 1
            dead = [key for key in alive if key[0] == owner] if step == "lose" else []
            gained = [(owner, head)] if step == "gain" else []
            assert store.follow(head, gained, dead, since=store.seen)
            alive = {key: found for key, found in alive.items() if key not in dead}
            alive |= {key: store.get(*key[0], key[1]) for key in gained}
        for each in stores:
            assert list(each.live()) == sorted(alive)
            assert {key: each.get(*key[0], key[1]) for key in alive} == alive
    for each in stores:
        each.close()
    shutil.rmtree(folder)


def test_the_file_needs_no_folder_beforehand(tmp_path):
    Keystore(tmp_path / "new" / "home" / "keys.db", FileEpochKeys(tmp_path / "new" / "epoch.key")).close()
    assert Path(tmp_path / "new" / "home" / "keys.db").exists()
