"""The loop of `assent demo`, told step by step: sign, use, log, train, use the adapter, withdraw. It keeps nothing."""

from __future__ import annotations

import tempfile
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.progress import progress

if TYPE_CHECKING:
    from assent.data.facade import Store
    from assent.data.transcripts.roster import Roster
    from assent.models.adapters import Verified

MEETING, ROSTER = "community_fair.vtt", "community_fair.roster.json"
ACCOUNT, ADMIN, REFUSES, WITHDRAWS = "fair", "marta", "oskar", "tomasz"
PURPOSES = ("use_feature", "log_content", "train_content")
OPERATOR = {
    "operator": "Example Ltd",
    "operator_type": "private company",
    "address": "1 High Street",
    "contact": "privacy@example.org",
    "jurisdiction": "Ireland",
    "storage": "Dublin",
}
INSTRUCTIONS = (
    "tell Priya the demo moves to Thursday 3 pm",
    "remind Tomasz to send the permit form by Thursday",
    "ask Ifeoma to ring the fire station tomorrow",
)
SETTINGS = ("epochs=1", "min_rows=1", "held_out=0.0", "account_share=1.0", "batch=4", "rank=4", "rate=0.0001")
"""A dozen rows of one account are no training set; here they show the way."""


def loop() -> None:
    """The sample meeting with its roster, in a store of its own. Raises MissingExtra without the extra `train`."""
    from assent.data.facade import Store
    from assent.data.transcripts.roster import Roster
    from assent.training.finetune.program import require

    require()
    with tempfile.TemporaryDirectory(prefix="assent-demo-") as home, Store(Path(home)) as store:
        samples = files("assent") / "samples"
        with as_file(samples / ROSTER) as path:
            roster = Roster.load(path)
        _sign(store, roster)
        with as_file(samples / MEETING) as path:
            _use(store, roster, path)
            _train(store, roster, path)
        _withdraw(store)


def _sign(store: Store, roster: Roster) -> None:
    """The account signs and everyone is shown the notice; one of them objects."""
    from assent.data.consent import new_key, shipped

    for name in ("separate", "notice"):
        text = shipped(name)
        store.consent.publish(shipped(name, **{key: value for key, value in OPERATOR.items() if f"{{{{{key}" in text}))
    private_key, public_key = new_key()
    store.consent.open_account(ACCOUNT, [ADMIN], public_key)
    store.consent.serve(ADMIN, ACCOUNT, ACCOUNT, "separate")
    store.consent.sign(ACCOUNT, "separate", PURPOSES, ADMIN, private_key)
    for entry in roster.entries:
        store.consent.serve(entry.person, ACCOUNT, ACCOUNT)
    store.consent.object(REFUSES, purposes=["log_content", "train_content"])
    _told(
        "Sign",
        f"Account {ACCOUNT} signed for {', '.join(PURPOSES)}; {len(roster.entries)} people were shown the notice.",
    )
    click.echo(f"{REFUSES} objects to logging and training.")


def _use(store: Store, roster: Roster, meeting: Path) -> None:
    from assent.features.assistant import Assistant

    marta = Assistant(store, account=ACCOUNT, user=ADMIN, roster=roster)
    with progress("Summarizing") as on_progress:
        minutes = marta.summarize(meeting, on_progress=on_progress)
    minutes.accept()
    _told("Summarize and compose, as that account", str(minutes.consent))
    for instruction in INSTRUCTIONS:
        marta.compose(instruction, tone="friendly").accept()
    click.echo(f"{len(INSTRUCTIONS)} messages composed and accepted; {_rows(store)} calls are in the log.")


def _train(store: Store, roster: Roster, meeting: Path) -> None:
    """An adapter is trained, released by a person, and used."""
    from assent.features.assistant import Assistant
    from assent.features.render import receipt
    from assent.models.adapters import Registry
    from assent.training.finetune.program import program
    from assent.training.finetune.recipe import resolve

    _told("Train", "$ assent train " + " ".join(f"--set {one}" for one in SETTINGS))
    settings = str(resolve(None, SETTINGS))
    folder = program(store, lambda text: None if text == settings else click.echo(text), overrides=SETTINGS)
    registry = Registry(store)
    added = registry.add(folder)
    registry.promote(added.name, by=ADMIN)
    _told("Use the adapter", f"Adapter {added.name}: verified; {_counted(added)}; released by {ADMIN}.")
    marta = Assistant(store, account=ACCOUNT, user=ADMIN, roster=roster)
    with progress("Summarizing") as on_progress:
        minutes = marta.summarize(meeting, on_progress=on_progress)
    click.echo(receipt(minutes.document))


def _withdraw(store: Store) -> None:
    from assent.models.adapters import Registry

    before = _rows(store)
    receipt = store.consent.withdraw(person=WITHDRAWS)
    _told("Withdraw", f"{WITHDRAWS} withdraws.")
    keys = receipt.json()["erasure"]["keys"]
    click.echo(f"Log: {before} calls before, {_rows(store)} after; {keys} {'key' if keys == 1 else 'keys'} destroyed.")
    registry = Registry(store, deadline=0)
    for one in registry.sweep():
        where = one.folder.relative_to(store.home)
        click.echo(f"Adapter {one.adapter}: refused, {one}; {where} is {'kept' if one.folder.exists() else 'deleted'}.")
    click.echo(f"Served now: {registry.current() or 'the base alone'}.")


def _rows(store: Store) -> int:
    return sum(1 for _ in store.log.rows(ACCOUNT))


def _counted(adapter: Verified) -> str:
    return f"{len(adapter.manifest['rows'])} rows, each with the grant and the notices behind it"


def _told(step: str, text: str) -> None:
    click.echo(f"\n# {step}\n{text}")
