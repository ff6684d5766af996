"""R4: an auditor's program fails what is not whole, and says what is not in one clear line."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assent.data.consent import new_key
from assent.data.consent.signing import GrantRequest, grant_fields, public_key_id, signed, written
from assent.data.ledger import Signer, canonical
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import Head, chained
from assent.models.adapters.folder import LARGEST
from tests.data.consent.chain import TRAIN
from tests.tools.conftest import ROWS, Entry, World, answer, judged, program

Manifest, Consent = dict[str, Any], list[dict[str, Any]]


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


Lines = list[dict[str, Any]]
"""Of an export: its header, its checkpoints, its events."""


def sign_end(world: World, lines: Lines) -> None:
    """The operator's checkpoint of whatever the last event is now, in the place of those there were."""
    body = json.loads(lines[-1]["body"])
    end = Checkpoint.of(Head(body["position"], lines[-1]["hash"], body["time"]), world.signer)
    lines[1:] = [{"checkpoint": asdict(end)}, *(line for line in lines[1:] if "checkpoint" not in line)]


def last_event(spelled: Callable[[str], str]) -> Callable[[World, Lines], None]:
    """The last event written otherwise, hashed and signed anew."""

    def change(world: World, lines: Lines) -> None:
        body = spelled(lines[-1]["body"])
        lines[-1].update(body=body, hash=sha256(body.encode()).hexdigest())
        sign_end(world, lines)

    return change


def another_first_event(world: World, lines: Lines) -> None:
    row = next(line for line in lines if line.get("position") == 0)
    row["body"] = row["body"].replace('"language":"en"', '"language":"de"')


def only_an_earlier_checkpoint(world: World, lines: Lines) -> None:
    *rest, last = lines
    sign_end(world, rest)
    lines[:] = [*rest, last]


def anothers_signature(world: World, lines: Lines) -> None:
    end = next(line["checkpoint"] for line in reversed(lines) if "checkpoint" in line)
    end["signature"] = end["signature"].translate(str.maketrans("0123456789", "1234567890"))


def handed_over(public_key: str | None, signed_by: str) -> Callable[[World, Lines], None]:
    """An event brings another key: of these, None: the one in the header; the hand-over is signed by that one."""

    def change(world: World, lines: Lines) -> None:
        signer, other = world.signer, Signer(world.home.parent / "other.key")
        lines[0]["keys"].append(other.public_key)
        message = canonical({"operator_key": other.public_key, "previous_key": signer.public_key})
        signature = {"old": signer, "new": other}[signed_by].sign(message)
        before = json.loads(lines[-1]["body"])
        fields = {"public_key": public_key or other.public_key, "previous_key": signer.public_key}
        head = Head(before["position"], lines[-1]["hash"], before["time"])
        event, body = chained(head, 0, "operator_key", fields | {"key_id": "k", "signature": signature})
        lines.append({"position": event.position, "hash": event.hash, "body": body})
        (world.home.parent / "other.key").replace(world.home / "operator.key")
        sign_end(world, lines)

    return change


DAMAGED: dict[str, tuple[Callable[[World, Lines], object], str]] = {
    "another event": (another_first_event, "event 0 of the ledger does not match its hash"),
    "another place": (lambda w, ls: ls[-1].update(position=10**6), "does not match its hash, or does not follow"),
    "an event less": (lambda w, ls: ls.pop(-2), "does not match its hash, or does not follow"),
    "two readings": (last_event(lambda body: '{"type":"mark",' + body[1:]), "does not match its hash"),
    "a blank": (last_event(lambda body: body + " "), "does not match its hash"),
    "time that runs back": (last_event(lambda body: re.sub('"time":[0-9]+', '"time":7', body)), "does not follow"),
    "an end that nobody signed": (only_an_earlier_checkpoint, "no checkpoint of the operator signs"),
    "a checkpoint of another's": (anothers_signature, "is not the one that the operator's checkpoint signs"),
    "another format": (
        lambda w, ls: ls[0].update(format="assent-ledger/2"),
        "cannot be read as a ledger after its first 0",
    ),
    "a key more": (lambda w, ls: ls[0]["keys"].append("ab" * 32), "is not that of this public key"),
    "a key that took over": (handed_over(None, "new"), "brings a key that the operator's own did not sign"),
    "a key but another one": (handed_over("ab" * 32, "old"), "brings a key that the operator's own did not sign"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_ledger_that_is_not_whole_fails(world: World, how: str) -> None:
    """R4"""
    change, reason = DAMAGED[how]
    lines = [json.loads(line) for line in world.ledger.read_bytes().splitlines()]
    key = world.signer.public_key
    change(world, lines)
    world.ledger.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    code, [line] = answer(world.folder, world.ledger, key)
    assert (code, reason in line) == (1, True), line


@pytest.mark.parametrize("agreed", [True, False])
def test_only_an_account_can_replace_its_key(world: World, agreed: bool) -> None:
    """R4: globex hands over to a new key, and that one agrees to training; or the operator says so."""
    (private, public), (stranger, _) = new_key(), new_key()
    with world.store() as store:
        consent = store.consent
        request = consent.key_request("globex", public)
        handover = signed((world.home.parent / "globex.pem").read_bytes() if agreed else stranger, request)
        if agreed:
            consent.replace_key(request, handover)
            consent.sign("globex", "separate", [TRAIN], "gil", private)
            world.export(store)
    if not agreed:
        forged = json.loads(request) | {"signature": handover}
        form = world.events()[world.find("form", family="separate")].fields["sha256"]
        wanted = GrantRequest(world.ids["globex"], public_key_id(public), "n", [TRAIN], form, world.ids["gil"])
        events: list[Entry] = [
            ("account_key", {name: value for name, value in forged.items() if name != "type"}),
            ("grant", grant_fields(wanted, signed(private, written(wanted)))),
        ]
        world.rebuild(lambda entries, times: (entries.extend(events), times.extend(times[-1:] * 2)))
    else:
        end = world.events()[-1]
        world.forge(lambda manifest, _: manifest["ledger"].update(position=end.position, hash=end.hash))
    grant, served = world.find("grant"), world.find("served", account=world.ids["globex"])
    decide = sorted([world.find("grant", account=world.ids["acme"]), served, grant])
    world.give(0, decide, person=world.ids["gil"], account=world.ids["globex"])
    reason = f"row 0: {world.ids['gil']} rests on what the account's key did not sign, event {grant}"
    assert judged(world)[1] == (program.PASS.splitlines() if agreed else [reason])


def nobody(manifest: Manifest, consent: Consent) -> None:
    consent[0]["contributors"] = consent[0]["events"] = manifest["rows"][0]["events"] = []
    manifest["rows"][0].update(basis=None, forms=[])


def other_events(manifest: Manifest, consent: Consent) -> None:
    consent[0]["events"] = manifest["rows"][0]["events"] = [consent[0]["events"][0][:1]]


def one_more(manifest: Manifest, consent: Consent) -> None:
    consent[0]["contributors"].append(consent[0]["contributors"][0] | {"person": "p_unasked"})


def in_two_lines(manifest: Manifest, consent: Consent) -> None:
    consent[0]["contributors"][0]["person"] = "p\npass\x1b[2J"
    consent[0]["contributors"][0]["attribution"] = "unknown"


LIES: dict[str, tuple[Callable[[Manifest, Consent], object], str]] = {
    "nobody": (nobody, "row 0: does not stand whole"),
    "somebody without events": (one_more, "row 0: does not stand whole"),
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


def test_a_receipt_knows_the_head_of_its_time_too(world: World) -> None:
    """R4: what it is about still stands; what came before it was acknowledged does not."""
    world.rebuild(lambda entries, times: entries.append((entries.pop()[0], {"adapter": "another"})))
    code, lines = answer(*world.given, "--receipt", world.receipts[0])
    assert code == 1
    assert [line for line in lines if f"its event {len(world.events()) - 1} is not that of" in line] == lines


def loud(world: World, name: str) -> None:
    (world.folder / name).write_bytes((world.folder / name).read_bytes().upper())


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
    "a loud signature": (1, lambda w: loud(w, "manifest.sig"), "^manifest.json is not signed by the operator"),
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


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("withdrawal", {"account": None, "person": "p_ana", "purposes": ["training"]}),
        ("pardon", {}),
        ("withdrawal", {"account": None, "person": None, "purposes": [TRAIN]}),
        ("objection", {}),
    ],
)
def test_an_event_that_cannot_be_understood_fails_the_ledger(world: World, kind: str, fields: dict[str, Any]) -> None:
    """R4: it may have been a no."""
    size = len(world.events())
    world.rebuild(lambda entries, times: (entries.append((kind, fields)), times.append(times[-1])))
    code, [line] = judged(world)
    assert (code, f"cannot be read as a ledger after its first {size} events" in line) == (1, True)
