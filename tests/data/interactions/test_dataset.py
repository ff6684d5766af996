"""The dataset is ciphertext on disk, and asks the gate at every read."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from interactions_world import World, call, say

from assent.data.interactions.dataset import count, dataset
from assent.data.interactions.selecting import holders
from assent.errors import StoreError

TURNS = [say("dana", "sentinel one, Bob"), say("bob", "sentinel two"), say("dana", "sentinel three")]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    import datasets

    folder = tmp_path / "hf-cache"
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", folder)
    yield folder


def logged(world: World, uses: int = 2) -> None:
    world.join("acme", "dana", "bob")
    world.join("other", "eve")
    for use in range(uses):
        world.capture(
            "acme", TURNS, [call(0, 1, text="sentinel of both"), call(2, text="sentinel of Dana")], meeting=f"m{use}"
        )
        world.capture("other", [say("eve", "sentinel of eve", "other")], [call(0)], user="eve")


def test_rows_read_as_the_log_reads_them(world: World, tmp_path: Path) -> None:
    logged(world)
    rows = {row["id"]: row for row in dataset(world.log, "train_content", tmp_path / "ds")}
    expected = [row for host in ("acme", "other") for row in world.log.rows(host, "train_content")]
    assert len(rows) == len(expected) == 6
    for row in expected:
        assert rows[row.id] == row.json() | {"allowed": True}


def test_no_plain_text_lies_on_disk(world: World, tmp_path: Path, cache: Path) -> None:
    """T3, DESIGN: an HF cache included."""
    logged(world)
    made = dataset(world.log, "train_content", tmp_path / "ds")
    shuffled = made.shuffle(seed=1).select(range(3)).sort("id")
    assert all("sentinel" in row["turns"][0]["text"] for row in shuffled)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name == "calls.arrow" for path in files)
    assert not any(b"sentinel" in path.read_bytes() for path in files)


def test_a_row_not_allowed_any_more_comes_back_empty(world: World, tmp_path: Path) -> None:
    """W2: the gate is asked at read, not only when the dataset was made."""
    logged(world, 1)
    made = dataset(world.log, "train_content", tmp_path / "ds")
    world.object("bob", purposes=["train_content"])
    read = {row["text"]: row for row in made}
    assert set(read) == {"sentinel of Dana", "Something was said.", None}
    assert read[None]["allowed"] is False and read[None]["turns"] == [] and read[None]["contributors"] == []
    world.object("dana")
    assert [row["text"] for row in made if row["allowed"]] == ["Something was said."]


def test_names_of_people_not_allowed_for_the_purpose_stay_hidden(world: World, tmp_path: Path) -> None:
    """M1."""
    world.join("acme", "dana", "bob")
    world.capture("acme", TURNS, [call(0), call(1)])
    world.object("bob", purposes=["train_content"])
    made = dataset(world.log, "train_content", tmp_path / "ds")
    assert [row["turns"][0]["text"] for row in made] == ["sentinel one, [someone]"]
    assert {row.turns[0].text for row in world.log.rows("acme")} == {"sentinel one, Bob", "sentinel two"}


def test_rows_of_the_refused_are_not_in_the_files(world: World, tmp_path: Path) -> None:
    """M1: zero of their turns, as ciphertext too."""
    from assent.data.interactions.arrow import SPEECH, batches

    logged(world, 1)
    world.capture("acme", TURNS, [call(0)])  # names Bob
    world.object("bob", purposes=["train_content"])
    made = dataset(world.log, "train_content", tmp_path / "ds")
    assert len(made) == 3
    [speech] = (tmp_path / "ds").rglob("speech.arrow")
    people = {one["person"] for batch in batches(speech) for row in batch.to_pylist() for one in row["contributors"]}
    assert world.person("bob") not in people and len(people) == 2 and SPEECH.names


def test_the_summary_says_how_many_rows_were_allowed_and_why_the_others_not(world: World) -> None:
    logged(world, 1)
    end = world.object("bob", purposes=["train_content"])
    found = count(world.log, "train_content")
    assert (found.calls, found.rows, found.accounts, found.position) == (3, 2, 2, end.position)
    assert dict(found.refused) == {"objected": 1} and dict(found.bases) == {"account_grant": 2}
    assert len(found.events) == 2 and len(holders(world.log)) == 2


def test_a_restored_store_opens_nothing(world: World, tmp_path: Path) -> None:
    """R6."""
    logged(world, 1)
    made = dataset(world.log, "train_content", tmp_path / "ds")
    world.desk.broken = True
    assert not any(row["allowed"] for row in made)


def test_only_the_newest_files_are_kept(world: World, tmp_path: Path) -> None:
    logged(world, 1)
    first = dataset(world.log, "train_content", tmp_path / "ds")
    second = dataset(world.log, "train_content", tmp_path / "ds")
    assert len(list((tmp_path / "ds" / "train_content").iterdir())) == 1
    assert [row["text"] for row in first] == [row["text"] for row in second]


def test_an_empty_store_is_an_empty_dataset(world: World, tmp_path: Path) -> None:
    assert len(dataset(world.log, "train_content", tmp_path / "ds")) == 0


def test_columns_without_the_ciphertext_stay_closed_and_a_pickle_opens_nothing(world: World, tmp_path: Path) -> None:
    logged(world, 1)
    made = dataset(world.log, "train_content", tmp_path / "ds")
    assert set(made.select_columns(["id", "captured"])[0]) == {"id", "captured"}
    with pytest.raises(StoreError):
        pickle.loads(pickle.dumps(made.format["format_kwargs"]["transform"]))


def test_a_row_that_was_changed_does_not_open(world: World, tmp_path: Path) -> None:
    """A capture moved past a refusal must not pass the gate for it."""
    from sqlalchemy import update

    from assent.data.store.tables import pieces

    logged(world, 1)
    before = len(list(world.log.rows("acme")))
    with world.database.write() as connection:
        connection.execute(update(pieces).where(pieces.c.kind == "call").values(captured=pieces.c.captured - 1))
    assert before == 2 and list(world.log.rows("acme")) == []
