"""Datasets that leave the store, on the real store as a whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import assent.data
from assent.data.consent import new_key, shipped
from assent.data.facade import Store
from assent.data.interactions import Call, Interaction
from assent.data.interactions import export as exporting
from assent.data.interactions.export import export, export_plain, exports_of
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import ConsentError, InputError, StoreError

EVERYTHING = ("use_feature", "log_content", "train_content", "publish_dataset")
OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 Example Street",
    "contact": "privacy@example.com",
    "jurisdiction": "DE",
    "storage": "EU",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """acme lets everything be done; dana and bob speak."""
    with Store(tmp_path / "home") as store:
        for name in ("separate", "notice"):
            given = {key: value for key, value in OPERATOR.items() if f"{{{{{key}}}}}" in shipped(name)}
            store.consent.publish(shipped(name, **given))
        private, public = new_key()
        store.consent.open_account("acme", ["dana"], public)
        store.consent.serve("dana", "acme", "acme", "separate")
        store.consent.sign("acme", "separate", EVERYTHING, "dana", private)
        for person in ("dana", "bob"):
            store.consent.serve(person, "acme", "acme")
        said = [("dana", "sentinel of dana"), ("bob", "sentinel of bob")]
        turns = tuple(Turn(who.title(), text, attribution="roster", person=who, account="acme") for who, text in said)
        calls = (Call("point", (0,), "sentinel a", "quote"), Call("point", (1,), "sentinel b", "quote"))
        store.log.capture(Interaction("acme", "dana", "summarize", Transcript(turns), calls))
        yield store


def texts(rows: object) -> set[str]:
    return {row["text"] for row in rows if row["allowed"]}  # type: ignore[attr-defined]


def test_an_export_is_ciphertext_with_a_card_and_opens_beside_its_store(store: Store, tmp_path: Path) -> None:
    found = export(store, tmp_path / "out")
    assert found.rows == 2
    for file in (tmp_path / "out").iterdir():
        assert b"sentinel" not in file.read_bytes()
    assert "config_name: calls" in (tmp_path / "out" / "README.md").read_text()
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["ledger"]["hash"] == store.ledger.head().hash
    assert texts(assent.data.open(tmp_path / "out", store)) == {"sentinel a", "sentinel b"}


def test_a_withdrawal_ends_rows_of_exports_made_before(store: Store, tmp_path: Path) -> None:
    """W3"""
    export(store, tmp_path / "out")
    store.consent.withdraw(person="bob")
    assert texts(assent.data.open(tmp_path / "out", store)) == {"sentinel a"}


def test_a_plain_export_is_an_event_and_follows_a_withdrawal(store: Store, tmp_path: Path) -> None:
    """W3: what can be reached is rewritten, and who asks is told of all."""
    export_plain(store, tmp_path / "plain", recipient="University", reason="research")
    rows = pq.read_table(tmp_path / "plain" / "rows.parquet").to_pylist()
    assert {row["text"] for row in rows} == {"sentinel a", "sentinel b"}
    [event] = [one for one in store.ledger.events() if one.type == "export"]
    assert "University" not in json.dumps(event.fields)
    store.consent.withdraw(person="bob")
    rows = pq.read_table(tmp_path / "plain" / "rows.parquet").to_pylist()
    assert {row["text"] for row in rows} == {"sentinel a"}
    assert [one["recipient"] for one in exports_of(store)] == ["University"]


def test_plain_rows_fit_one_table_whatever_is_empty_in_the_first(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PLAIN_ROWS", 1)
    first, *_, last = store.log.rows("acme")
    store.log.edit(last.interaction, {last.id: last.text}, "sentinel", account="acme", user="dana")
    found = export_plain(store, tmp_path / "plain", recipient="University", reason="research")
    rows = pq.read_table(tmp_path / "plain" / "rows.parquet").to_pylist()
    assert [row["kept"] for row in rows] == [None, "sentinel"] and rows[0]["id"] == first.id
    assert (found.rows, found.accounts) == (2, 1) and found.events


def test_a_plain_export_cut_off_is_removed_by_the_next_withdrawal(store: Store, tmp_path: Path) -> None:
    export_plain(store, tmp_path / "plain", recipient="University", reason="research")
    (tmp_path / "plain").rename(tmp_path / ".plain.part")  # as a crash before the last step leaves it
    store.consent.withdraw(person="bob")
    assert not (tmp_path / ".plain.part").exists()


def test_a_withdrawal_while_a_plain_export_is_written_stops_it(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """W3: what was read before the withdrawal must not come to stand after it."""
    finish = exporting._finish

    def late(*arguments: object) -> None:
        store.consent.withdraw(person="bob")
        finish(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(exporting, "_finish", late)
    with pytest.raises(StoreError, match="withdrew"):
        export_plain(store, tmp_path / "plain", recipient="University", reason="research")
    assert not (tmp_path / "plain").exists() and not (tmp_path / ".plain.part").exists()


def test_a_plain_export_needs_everyone_s_yes_a_recipient_and_a_reason(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="recipient"):
        export_plain(store, tmp_path / "plain", recipient="University", reason=" ")
    store.consent.withdraw(account="acme", purposes=["publish_dataset"])
    with pytest.raises(ConsentError, match="publish"):
        export_plain(store, tmp_path / "plain", recipient="University", reason="research")
    assert not (tmp_path / "plain").exists()
    assert exports_of(store) == []


def test_what_is_no_export_and_what_is_there_already_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no export"):
        assent.data.open(tmp_path, store)
    with pytest.raises(InputError, match="already"):
        export(store, tmp_path)


def test_what_cannot_be_written_is_no_decision_to_publish_it(store: Store, tmp_path: Path) -> None:
    """The folder is looked at before the event stands; an error after it leaves no folder behind."""
    (tmp_path / "file").write_text("in the way")
    head = store.ledger.head().position
    with pytest.raises(StoreError, match=r"out: cannot be written: .*; nothing left the store"):
        export_plain(store, tmp_path / "file" / "out", recipient="Uni", reason="study")
    assert store.ledger.head().position == head
    assert exports_of(store) == []


def test_an_event_that_cannot_be_written_leaves_no_folder(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("full")

    monkeypatch.setattr(store.ledger, "append", full)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(StoreError, match="full"):
        export_plain(store, tmp_path / "out", recipient="Uni", reason="study")
    assert sorted(tmp_path.iterdir()) == before
