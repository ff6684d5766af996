"""R4: an auditor's own program passes a true world and names what is wrong in a forged one.

The forger is the operator: what they claim is sealed with their own key. Every judgement is made on real files.
"""

from __future__ import annotations

import ast
import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from itertools import product
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assent.data.consent import new_key
from assent.data.consent.book import PURPOSES, READERS
from assent.data.consent.gate import Contribution
from assent.data.consent.signing import GrantRequest, grant_fields, public_key_id, signed, written
from assent.data.ledger import Signer, canonical
from assent.models.adapters import Registry
from assent.models.adapters.folder import LARGEST, merkle_root
from assent.training.snapshot.grounds import ground
from tests.data.consent import worlds
from tests.data.consent.chain import TRAIN, Chain
from tests.tools.conftest import PROGRAM, ROWS, Entry, World, loaded, sealed_again, write_ledger
from tests.training.finetune.conftest import talk
from tests.training.snapshot.conftest import Office

program = loaded()
Manifest, Consent = dict[str, Any], list[dict[str, Any]]


def answer(*words: object) -> tuple[int, list[str]]:
    """What the program says and its exit status, in this process."""
    said = io.StringIO()
    with (
        patch.object(sys, "argv", ["verify_adapter.py", *map(str, words)]),
        redirect_stdout(said),
        redirect_stderr(said),
    ):
        try:
            code = program.main()
        except SystemExit as end:
            code = int(str(end.code))
    return code, said.getvalue().splitlines()


def judged(world: World) -> tuple[int, list[str]]:
    return answer(world.folder, world.ledger, world.signer.public_key)


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
        "person": "had refused",
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


# What is not whole


@settings(max_examples=60, deadline=None)
@given(
    name=st.sampled_from([*sorted(LARGEST), "ledger"]), place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7)
)
def test_one_flipped_bit_anywhere_fails(made: World, name: str, place: float, bit: int) -> None:
    """R4: of every file of the adapter, and of the ledger."""
    path = made.ledger if name == "ledger" else made.folder / name
    sound = path.read_bytes()
    content = bytearray(sound)
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        code, lines = judged(made)
    finally:
        path.write_bytes(sound)
    assert (code, bool(lines)) == (1, True)
    assert "pass" not in lines


def test_a_key_that_was_replaced_signs_no_later_snapshot(world: World) -> None:
    """R4"""
    former = shutil.copy(world.home / "operator.key", world.home.parent / "former.key")
    with world.store() as store:
        head = store.ledger.rotate()
        world.export(store)
    key = world.signer.public_key
    shutil.copy(former, world.home / "operator.key")
    world.forge(lambda manifest, _: manifest["ledger"].update(position=head.position, hash=head.hash))
    unsigned = [f"{name}.json is not signed by the operator" for name in ("binding", "manifest")]
    assert answer(world.folder, world.ledger, key) == (1, unsigned)


def nobody(manifest: Manifest, consent: Consent) -> None:
    consent[0]["contributors"] = consent[0]["events"] = manifest["rows"][0]["events"] = []
    manifest["rows"][0].update(basis=None, forms=[])


def other_events(manifest: Manifest, consent: Consent) -> None:
    consent[0]["events"] = manifest["rows"][0]["events"] = [consent[0]["events"][0][:1]]


def in_two_lines(manifest: Manifest, consent: Consent) -> None:
    consent[0]["contributors"][0]["person"] = "p\npass\x1b[2J"
    consent[0]["contributors"][0]["attribution"] = "unknown"


LIES: dict[str, tuple[Callable[[Manifest, Consent], object], str]] = {
    "nobody": (nobody, "row 0: does not stand whole"),
    "fewer events": (other_events, "row 0: p_.* which are not those that decide"),
    "a better basis": (lambda m, c: m["rows"][1].update(basis="own_consent"), "row 1: states another basis"),
    "another form": (lambda m, c: m["rows"][1].update(forms=["ab" * 32]), "row 1: states another basis or other forms"),
    "a later capture": (lambda m, c: c[2].update(captured=10**6), "row 2: p_.* was captured at 1000000"),
    "a capture in text": (lambda m, c: c[2].update(captured="3"), "row 2: does not stand whole"),
    "half a capture": (lambda m, c: c[2].update(captured=3.5), "row 2: does not stand whole"),
    "no events": (lambda m, c: c[2].update(events=[]), "row 2: is not the same"),
    "a row less": (lambda m, c: c.pop(), f"row {2 * ROWS - 1}: does not stand whole"),
    "no rows": (lambda m, c: (c.clear(), m["rows"].clear()), "manifest.json has other rows"),
    "another row": (lambda m, c: [r[0].update(commitment="ab" * 32) for r in (m["rows"], c)], "has other rows"),
    "no commitment": (lambda m, c: [r[0].update(commitment="x") for r in (m["rows"], c)], "does not state what it"),
    "another ledger": (lambda m, c: m["ledger"].update(hash="ab" * 32), "names an event [0-9]+ that the ledger"),
    "a later ledger": (lambda m, c: m["ledger"].update(position=10**6), "names an event 1000000 that the ledger"),
    "an earlier ledger": (lambda m, c: m["ledger"].update(position=-1), "names an event -1 that the ledger"),
    "nothing": (lambda m, c: m.clear(), "does not state what it must"),
    "a line of the program's own": (in_two_lines, r"row 0: p\?pass\?\[2J is an unknown speaker"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_sealed_and_not_so_is_named(world: World, lie: str) -> None:
    """R4"""
    change, reason = LIES[lie]
    world.forge(change)
    code, lines = judged(world)
    assert code == 1
    assert any(re.search(reason, line) for line in lines), lines
    assert "pass" not in lines


def no_json(world: World, name: str) -> None:
    (world.folder / name).write_bytes(b'{"a":')


def another_receipt(world: World) -> Path:
    record = json.loads(world.receipts[0].read_bytes()) | {"jurisdiction": "elsewhere"}
    path = world.home.parent / "receipt.json"
    path.write_bytes(canonical(record))
    return path


BROKEN: dict[str, tuple[int, Callable[[World], object], str]] = {
    "no folder": (2, lambda w: shutil.rmtree(w.folder), "cannot be judged: .*adapter: No such file"),
    "a file as folder": (2, lambda w: [w.ledger, w.ledger, w.signer.public_key], "cannot be judged: .*Not a directory"),
    "no ledger": (2, lambda w: w.ledger.unlink(), "cannot be judged: .*ledger.jsonl: No such file"),
    "no receipt": (2, lambda w: [*w.given, "--receipt", "none.json"], "cannot be judged: none.json: No such file"),
    "a file less": (1, lambda w: (w.folder / "consent.json").unlink(), "lacks, or should not have: consent.json"),
    "a file more": (1, lambda w: (w.folder / "x.bin").touch(), "lacks, or should not have: x.bin"),
    "a folder more": (2, lambda w: (w.folder / "x").mkdir(), "cannot be judged: .*x: Is a directory"),
    "no manifest": (1, lambda w: no_json(w, "manifest.json"), "manifest is not JSON"),
    "no binding": (1, lambda w: no_json(w, "binding.json"), "binding is not JSON"),
    "an empty ledger": (1, lambda w: w.ledger.write_bytes(b""), "cannot be read as a ledger"),
    "another file": (1, lambda w: w.ledger.write_bytes(b"[]\n"), "cannot be read as a ledger"),
    "no text": (1, lambda w: w.ledger.write_bytes(b"\xff\x00\n"), "line 1, is not JSON"),
    "deep": (1, lambda w: w.ledger.write_bytes(b"[" * 10**6), "line 1, is not JSON"),
    "a ledger cut short": (1, lambda w: cut(w.ledger), "event [0-9]+ of the ledger is not the one"),
    "another key": (1, lambda w: [*w.given[:2], new_key()[1]], "not that of this public key"),
    "no key": (1, lambda w: [*w.given[:2], "no key"], "not that of this public key"),
    "no receipt in it": (
        1,
        lambda w: [*w.given, "--receipt", w.folder / "manifest.json"],
        "does not state what it must",
    ),
    "a changed receipt": (1, lambda w: [*w.given, "--receipt", another_receipt(w)], "is no receipt that the operator"),
}


def cut(path: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))


@pytest.mark.parametrize("how", BROKEN)
def test_what_cannot_be_judged_is_one_clear_line(world: World, how: str) -> None:
    """R4"""
    code, change, reason = BROKEN[how]
    words = change(world)
    found, [line] = answer(*(words if isinstance(words, list) else world.given))
    assert (found, bool(re.search(reason, line))) == (code, True), line


def test_a_word_too_few_is_told_as_usage() -> None:
    code, lines = answer("folder")
    assert (code, lines[0].startswith("usage:")) == (2, True)


# Beside the real thing


KEY, PUBLIC = new_key()


class Signed(Chain):
    """With accounts that are open and sign what they grant."""

    def __init__(self) -> None:
        super().__init__()
        for account in worlds.ACCOUNTS:
            self.add("account", account=account, key_id=public_key_id(PUBLIC), public_key=PUBLIC, admins=["p_admin"])

    def grant(
        self, account: str = "a_acme", purposes: Any = PURPOSES, *, person: str | None = None, sha256: str = "form-1"
    ) -> int:
        if person is not None:
            return super().grant(account, purposes, person=person, sha256=sha256)
        request = GrantRequest(account, public_key_id(PUBLIC), "nonce", list(purposes), sha256, "p_admin")
        return self.add("grant", **grant_fields(request, signed(KEY, written(request))))


def play(taken: list[tuple[Any, ...]]) -> Chain:
    with patch.object(worlds, "Chain", Signed):
        return worlds.play(taken)


ACME, ANA = "a_acme", worlds.CONTRIBUTORS[0]
LOG = ["log_content"]
TOLD = [("served", who, "members") for who in worlds.CONTRIBUTORS]
"""Everyone is told, and both accounts agree from the start: what most histories begin with."""
HISTORIES: dict[str, list[tuple[Any, ...]]] = {
    "nothing": [],
    "told in one place": [("served", ANA, "members")],
    "told twice": [*TOLD, ("served", ANA, "guests")],
    "withdrawn and given again": [*TOLD, ("withdraw account", ACME, PURPOSES), ("grant", ACME, PURPOSES, "endless")],
    "another purpose withdrawn": [*TOLD, ("withdraw account", ACME, LOG), ("withdraw person", "p_ana", LOG)],
    "another purpose given": [*TOLD, ("grant", ACME, LOG, "separate"), ("own", ANA, LOG, "separate")],
    "withdrawn by a person": [*TOLD, ("withdraw person", "p_ana", [TRAIN])],
    "objected": [*TOLD, ("objection", "p_ana", None, PURPOSES), ("own", ANA, PURPOSES, "endless")],
    "objected at one host": [*TOLD, ("objection", "p_ana", ACME, PURPOSES)],
    "left and told again": [*TOLD, ("left", ANA), ("served", ANA, "members")],
    "closed": [*TOLD, ("closed", ACME), ("grant", ACME, PURPOSES, "endless")],
    "expired": [*TOLD, ("expired", 0)],
    "run out": [*TOLD, ("grant", ACME, PURPOSES, "separate"), ("wait", 20), ("wait", 9), ("policy", False, True)],
    "kept no longer": [*TOLD, ("retention", ACME, 2), ("retention", ACME, 6)],
    "a new form": [*TOLD, ("grant", ACME, PURPOSES, "separate"), ("form", "separate", True)],
    "a new form, and the old one signed": [
        *[*TOLD, ("grant", ACME, PURPOSES, "separate"), ("form", "separate", True)],
        *[("grant on the first form", ACME, PURPOSES, "separate"), ("grant", ACME, PURPOSES, "separate")],
    ],
    "reworded": [*TOLD, ("form", "endless", False), ("notice", "members", False)],
    "a new notice": [*TOLD, ("notice", "members", True), ("served", ANA, "members")],
    "bundled": [
        *[*TOLD, ("grant", ACME, PURPOSES, "bundled"), ("policy", False, False)],
        *[("policy", False, True), ("policy", False, False)],
    ],
    "everyone": [
        *[*TOLD, ("policy", True, True), ("own", ANA, PURPOSES, "endless"), ("own", ANA, PURPOSES, "bundled")],
        *[("policy", True, False), ("policy", False, False), ("withdraw person", "p_ana", LOG)],
    ],
    "everyone, and their form is new or has run out": [
        *[*TOLD, ("policy", True, True), ("own", ANA, PURPOSES, "separate"), ("form", "separate", True)],
        *[("own", ANA, PURPOSES, "separate"), ("wait", 20), ("wait", 20), ("own", ANA, PURPOSES, "endless")],
    ],
}


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Signer:
    return Signer(tmp_path_factory.mktemp("operator") / "operator.key")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("export") / "ledger.jsonl"


def exported(chain: Chain, path: Path, operator: Signer) -> Any:
    """The chain as the program reads it."""
    entries = [(event.type, event.fields) for event in chain.events]
    write_ledger(path, entries, [event.time for event in chain.events], operator)
    return program.Ledger(path, operator.public_key)


def compare(chain: Chain, ledger: Any, index: int) -> int:
    """Holds the program against the gate, at `index`, for everyone and whatever they can have given by then; how many
    may train."""
    view, allowed = chain.view(index), 0
    for who, captured in product(worlds.CONTRIBUTORS, range(index + 1)):
        found = ground(view, Contribution(who, "channel", captured))
        judge = program.Contribution(ledger, index, who._asdict() | {"attribution": "channel"}, captured)
        if found:
            allowed += 1
            assert judge.basis(list(found.events)) == found.basis
            continue
        with pytest.raises(program.Fault) as fault:
            judge.basis([])
        assert "not those that decide" not in str(fault.value)
    return allowed


@pytest.mark.parametrize("name", HISTORIES)
def test_it_judges_a_history_as_the_gate_does(operator: Signer, export: Path, name: str) -> None:
    """R4: any capture, any snapshot; the basis and the events that decide too."""
    chain = play(HISTORIES[name])
    ledger = exported(chain, export, operator)
    allowed = [compare(chain, ledger, index) for index in range(len(chain.events))]
    assert any(allowed) == (name != "nothing")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(begun=st.sampled_from([TOLD, TOLD, []]), taken=st.lists(worlds.steps, max_size=24), data=st.data())
def test_it_judges_every_contribution_as_the_gate_does(
    operator: Signer, export: Path, begun: list[Any], taken: list[Any], data: st.DataObject
) -> None:
    """R4: any history of any events."""
    chain = play([*begun, *taken])
    compare(chain, exported(chain, export, operator), data.draw(st.integers(0, len(chain.events) - 1)))


@given(leaves=st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=20, unique=True), data=st.data())
def test_any_one_row_beyond_the_merkle_root_is_found_and_all_behind(leaves: list[bytes], data: st.DataObject) -> None:
    """R4"""
    rows = [leaf.hex() for leaf in leaves]
    root = merkle_root(rows)
    assert program.added(rows, len(rows), root) == []
    at, more = data.draw(st.integers(0, len(rows))), data.draw(st.integers(0, 2))
    longer = [*rows[:at], "ab" * 32, *rows[at:], *["cd" * 32] * more]
    behind = [len(rows) + 1 + one for one in range(more)]
    assert program.added(longer, len(rows), root) == [at, *behind]


def test_it_knows_every_kind_of_event_that_the_book_knows() -> None:
    """R4: one that it does not know fails the ledger."""
    assert set(READERS) == program.DECIDING | program.OTHER
    assert set(PURPOSES) == program.PURPOSES


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("pardon", {}), ("withdrawal", {"account": None, "person": None, "purposes": [TRAIN]}), ("objection", {})],
)
def test_an_event_that_cannot_be_understood_fails_the_ledger(world: World, kind: str, fields: dict[str, Any]) -> None:
    """R4: it may have been a no."""
    size = len(world.events())
    world.rebuild(lambda entries, times: (entries.append((kind, fields)), times.append(times[-1])))
    code, [line] = judged(world)
    assert (code, f"cannot be read as a ledger after its first {size} events" in line) == (1, True)


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
