"""R4: an auditor's own program passes a true world and names what is wrong in a forged one.

The forger is the operator: what they claim is sealed with their own key. Every judgement is made on real files.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assent.data.ledger import canonical
from assent.models.adapters import Registry
from tests.data.consent.chain import TRAIN
from tests.tools.conftest import PROGRAM, ROWS, Entry, World, answer, judged, sealed_again
from tests.training.finetune.conftest import talk
from tests.training.snapshot.conftest import Office

Manifest, Consent = dict[str, Any], list[dict[str, Any]]


def rows_of(world: World, person: str) -> list[int]:
    consent = json.loads((world.folder / "consent.json").read_bytes())
    return [at for at, row in enumerate(consent) if row["contributors"][0]["person"] == world.ids[person]]


# True worlds


def test_a_true_world_passes_with_everybodys_receipts(made: World) -> None:
    """R4"""
    assert len(made.receipts) > 6
    verdict = made.judge(*made.receipts)
    assert (verdict.code, verdict.lines[0], len(verdict.lines)) == (0, "pass", 2)
    assert "is not judged" in verdict.lines[1]


def test_what_comes_after_the_snapshot_is_not_its_matter(world: World) -> None:
    """R4: neither a withdrawal nor what becomes of the adapter then."""
    with world.store() as store:
        receipt = world.keep(store.consent.withdraw(person="tom", purposes=[TRAIN]))
        Registry(store, deadline=0).sweep()
        world.export(store)
    assert {"adapter_released", "adapter_deleted", "withdrawal", "erased"} <= {event.type for event in world.events()}
    assert world.judge(receipt).lines[0] == "pass"


def test_the_operators_key_may_have_been_replaced(world: World) -> None:
    """R4: whichever of their public keys the auditor has; what was signed before and what is signed after."""
    old = world.signer.public_key
    with world.store() as store:
        store.ledger.rotate()
        world.export(store)
    assert world.signer.public_key != old
    assert [world.judge(*world.receipts, key=key).code for key in (old, world.signer.public_key)] == [0, 0]
    world.forge(lambda manifest, consent: None)
    assert judged(world)[0] == 0


def test_an_own_grant_and_a_bundled_form_that_is_accepted_pass(
    made: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R4: where everyone must agree themselves."""
    monkeypatch.setenv("ASSENT_HOME", str(tmp_path / "home"))
    office = Office(tmp_path / "home")
    consent = office.store.consent
    consent.set_policy(contributors="everyone", accept_bundled=True)
    for account, person, form in (("acme", "dana", "separate"), ("globex", "gil", "bundled")):
        office.join(account, person)
        consent.serve(person, account, account, form)
        consent.own_grant(person, account, form, ["use_feature", "log_content", TRAIN])
    talk(office, "acme", "dana", range(2))
    talk(office, "globex", "gil", range(2, 4))
    world = sealed_again(made, office, tmp_path)
    consent.set_policy(accept_bundled=False)
    office.store.close()
    bases = {row["basis"] for row in json.loads((world.folder / "manifest.json").read_bytes())["rows"]}
    assert bases == {"own_consent", "bundled_grant"}
    assert world.judge().lines[0] == "pass"


# The six forged worlds


@pytest.mark.parametrize("who", ["account", "person"])
def test_a_grant_withdrawn_before_the_snapshot_is_found(world: World, who: str) -> None:
    """R4: the operator took the snapshot after the withdrawal, and the rows into it all the same."""
    name = {"account": "acme", "person": "tom"}[who]
    with world.store() as store:
        no = store.consent.withdraw(**{who: name}, purposes=[TRAIN])
        world.export(store)
    world.forge(lambda manifest, _: manifest["ledger"].update(position=no.position, hash=no.hash))
    verdict = world.judge()
    assert verdict.code == 1
    assert len(verdict.lines) == (2 * ROWS if who == "account" else ROWS)
    row, person = rows_of(world, "tom")[0], world.ids["tom"]
    said = {
        "account": f"rests on the grant in event {world.find('grant', account=world.ids['acme'])}, which was withdrawn",
        "person": "had objected or withdrawn",
    }
    assert f"row {row}: {person} {said[who]} in event {no.position}" in verdict.lines


def test_another_subjects_grant_is_found(world: World) -> None:
    """R4: gil's account did not agree to training; the row names the grant of one that did."""
    grant = world.find("grant", account=world.ids["acme"])
    served = world.find("served", person=world.ids["gil"], host=world.ids["globex"])
    gil = {"person": world.ids["gil"], "account": world.ids["globex"], "host": world.ids["globex"]}
    world.give(2, sorted([grant, served]), **gil)
    verdict = world.judge()
    assert (verdict.code, verdict.lines) == (1, [f"row 2: {gil['person']} rests on another subject's event {grant}"])
    world.give(2, [world.find("grant", account=world.ids["globex"]), served], **gil)
    assert judged(world) == (1, [f"row 2: {gil['person']} had no grant of {gil['account']} before the capture"])


def test_a_notice_that_was_never_served_is_found(world: World) -> None:
    """R4: nina saw the form that she signed, and no notice."""
    events = [world.find(kind, account=world.ids["initech"]) for kind in ("served", "grant")]
    nina = {"person": world.ids["nina"], "account": world.ids["initech"], "host": world.ids["initech"]}
    world.give(1, events, **nina)
    verdict = world.judge()
    reason = "was served no notice that still counted before the capture"
    assert (verdict.code, verdict.lines) == (1, [f"row 1: {nina['person']} {reason}"])


def test_a_notice_that_was_served_after_the_capture_is_found(world: World) -> None:
    """R4"""
    row, served = rows_of(world, "tom")[0], world.find("served", person=world.ids["tom"])
    events = [world.find("grant", account=world.ids["acme"]), served]
    world.give(row, events, captured=served)
    assert judged(world)[0] == 0
    world.give(row, events, captured=served - 1)
    code, [line] = judged(world)
    assert (code, "was served no notice" in line) == (1, True)


def test_a_guest_is_found(world: World) -> None:
    """R4: gil was told as a guest of acme, which agreed; his own account did not."""
    events = [world.find("grant", account=world.ids["acme"]), world.find("served", account=world.ids["globex"])]
    world.give(0, events, person=world.ids["gil"], account=world.ids["globex"])
    verdict = world.judge()
    reason = f"had no grant of {world.ids['globex']} as a guest before the capture"
    assert (verdict.code, verdict.lines) == (1, [f"row 0: {world.ids['gil']} {reason}"])


@pytest.mark.parametrize("who", [{"attribution": "unknown"}, {"person": None}, {"account": ""}])
def test_who_is_not_known_is_found(world: World, who: dict[str, object]) -> None:
    """R4: a guest on the telephone."""
    world.give(3, [], **who)
    code, [line] = judged(world)
    assert (code, line.startswith("row 3: ")) == (1, True)
    assert "nobody can have agreed for them" in line


def with_a_row(at: int) -> Callable[[Manifest, Consent], None]:
    """A row of dana's once more, with another content."""

    def change(manifest: Manifest, consent: Consent) -> None:
        for rows in (manifest["rows"], consent):
            rows.insert(at, rows[0] | {"commitment": "ab" * 32})

    return change


def test_a_row_added_to_the_manifest_after_signing_is_found(world: World) -> None:
    """R4: in the file alone; its signature is that of the run."""
    file = world.folder / "manifest.json"
    manifest = json.loads(file.read_bytes())
    manifest["rows"].append(manifest["rows"][0] | {"commitment": "ab" * 32})
    file.write_bytes(canonical(manifest))
    verdict = world.judge()
    assert verdict.code == 1
    assert "manifest.json is not signed by the operator" in verdict.lines
    assert f"row {2 * ROWS}: does not stand whole in manifest.json and consent.json" in verdict.lines
    added = f"row {2 * ROWS}: was added to the {2 * ROWS} that the manifest was signed with"
    assert verdict.lines[-1] == added


@pytest.mark.parametrize("at", [0, 4, 2 * ROWS])
def test_a_row_added_and_sealed_again_is_found(world: World, at: int) -> None:
    """R4: anywhere; what the run committed to is still the old root."""
    world.forge(with_a_row(at))
    assert judged(world) == (1, [f"row {at}: was added to the {2 * ROWS} that the manifest was signed with"])


def test_a_ledger_rebuilt_and_signed_again_contradicts_an_old_receipt(world: World) -> None:
    """R4: tom withdrew and has the receipt; the operator leaves that out of the ledger and trains on."""
    with world.store() as store:
        receipt = world.keep(store.consent.withdraw(person="tom", purposes=[TRAIN]))
        world.export(store)
    no = world.find("withdrawal")

    def without(entries: list[Entry], times: list[int]) -> None:
        del entries[no], times[no]

    world.rebuild(without)
    assert world.judge().lines[0] == "pass"  # nobody could tell without the receipt
    verdict = world.judge(*world.receipts)
    assert verdict.code == 1
    assert (
        f"rows {rows_of(world, 'tom')}: the ledger was rebuilt: its event {no} is not that of {receipt}"
        in verdict.lines
    )


def test_a_grant_put_in_before_the_capture_contradicts_every_later_receipt(world: World) -> None:
    """R4: and as the operator has not the account's key, it is no grant either."""
    at = world.find("grant", account=world.ids["globex"])

    def more(entries: list[Entry], times: list[int]) -> None:
        kind, fields = entries[at]
        entries[at] = kind, fields | {"purposes": [*fields["purposes"], TRAIN]}

    world.rebuild(more)
    code, lines = answer(world.folder, world.ledger, world.signer.public_key, "--receipt", world.receipts[-1])
    assert code == 1
    assert "the ledger was rebuilt" in lines[0]
    events = [world.find("grant", account=world.ids["acme"]), at, world.find("served", account=world.ids["globex"])]
    world.give(0, sorted(events), person=world.ids["gil"], account=world.ids["globex"])
    assert judged(world) == (
        1,
        [f"row 0: {world.ids['gil']} rests on what the account's key did not sign, event {at}"],
    )


# The program itself


def test_it_is_one_small_file_of_the_standard_library_and_cryptography() -> None:
    """R4"""
    text = PROGRAM.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 300
    modules = {
        name
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert {name.split(".")[0] for name in modules} <= {*sys.stdlib_module_names, "cryptography"}


def test_running_it_imports_nothing_of_assent() -> None:
    """R4"""
    loads = f"import runpy, sys; runpy.run_path({str(PROGRAM)!r}); sys.exit('assent' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], check=False).returncode == 0
