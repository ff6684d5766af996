"""Whether every row behind an adapter rested on consent that stood: an auditor's own program, which imports no Assent.

`python tools/verify_adapter.py FOLDER LEDGER_EXPORT PUBLIC_KEY [--receipt RECEIPT]...` prints pass, or one line for
each fault with its row and reason. Exit 0: pass, 1: fail, 2: cannot be judged. It needs `cryptography` alone. It cannot
know whether something else was trained on too, or whether a row was captured when and from whom it says. What came
after the snapshot is not its matter, and the snapshot's time is that of the event it was taken at.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Fields = dict[str, Any]
PASS = """pass
By this ledger everyone in every row was told and had agreed. What it omits, or came since, is not judged."""
PURPOSE = "train_content"
PURPOSES = {PURPOSE, "use_feature", "log_content", "telemetry", "publish_dataset"}
BOUND = {"adapter": "adapter_model.safetensors", "card": "README.md", "config": "adapter_config.json"}
BOUND |= {"consent": "consent.json", "manifest": "manifest.json"}
DECIDING = {"form", "notice", "served", "grant", "objection", "withdrawal", "left", "closed", "expired", "retention"}
OTHER = {"policy", "terms", "account", "account_key", "admin", "telemetry", "erased", "export", "operator_key", "mark"}
OTHER |= {"adapter_released", "adapter_retired", "adapter_deleted"}
NOT_REQUESTED = {"person", "position", "previous", "signature", "time"}
WEAKEST_FIRST = ("bundled_grant", "account_grant", "own_consent")
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)


class Fault(Exception):
    """What is wrong, in words for the auditor."""


def parsed(content: bytes, what: object) -> Any:
    """JSON; its fractions stay text, since nothing here calculates with one."""
    try:
        return json.loads(content, parse_float=str, parse_constant=str)
    except UNREADABLE:
        raise Fault(f"{what} is not JSON") from None


def canonical(value: Any) -> bytes:
    """What was signed, as RFC 8785 JSON: whole numbers, text, and names in ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def signed(public_key: str, signature: str, content: bytes) -> bool:
    """Whether the Ed25519 signature is that of `public_key`, both in lower-case hex."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return re.fullmatch("[0-9a-f]{128}", signature) is not None


def added(leaves: list[str], count: int, root: str) -> list[int]:
    """The rows beyond the `count` under that Merkle root (RFC 6962): one that stands anywhere, and those behind."""

    @cache
    def node(low: int, high: int, gap: int) -> bytes:
        """The hash over the places `low` to `high`; from the place `gap` on, each holds the row behind it."""
        if high - low == 1:
            return sha256(b"\x00" + bytes.fromhex(leaves[low + (gap == low)])).digest()
        middle = low + (1 << ((high - low - 1).bit_length() - 1))
        left, right = node(low, middle, gap if gap < middle else count), node(middle, high, max(gap, middle))
        return sha256(b"\x01" + left + right).digest()

    for gap in (count, *range(count if count < len(leaves) else 0)):
        if 0 < count <= len(leaves) and node(0, count, gap).hex() == root:
            return [at for at in (gap, *range(count + 1, len(leaves))) if at < len(leaves)]
    raise Fault("manifest.json has other rows than its Merkle root commits to")


class Ledger:
    """The export, read and checked once; every deciding event by its kind and whom or what it is about."""

    def __init__(self, path: Path, public_key: str) -> None:
        self.events: list[Fields] = []
        self._of: dict[tuple[str, Any], list[Fields]] = {}
        self._texts: dict[str, Fields] = {}
        self._account_keys: dict[str, str] = {}
        self._replaced: list[int] = []
        lines = [parsed(line, f"{path}, line {at},") for at, line in enumerate(path.read_bytes().splitlines(), 1)]
        try:
            [self._keys] = [line["keys"] for line in lines[:1] if line["format"] == "assent-ledger/1"]
            checkpoints = [line["checkpoint"] for line in lines[1:] if "checkpoint" in line]
            for line in lines[1 + len(checkpoints) :]:
                self._add(**line)
            self._check(checkpoints, public_key)
        except UNREADABLE:
            raise Fault(f"{path} cannot be read as a ledger after its first {len(self.events)} events") from None

    def holds(self, position: int, hash: str) -> bool:
        return 0 <= position < len(self.events) and self.events[position]["hash"] == hash

    def find(self, kind: str, about: Any, after: int, upto: int, **fields: Any) -> list[Fields]:
        """The events of that kind and those fields in (after, upto], the oldest first."""
        inside = (event for event in self._of.get((kind, about), ()) if after < event["position"] <= upto)
        return [event for event in inside if all(event.get(name) == value for name, value in fields.items())]

    def signs(self, signature: str, content: bytes, since: int = -1) -> bool:
        """Whether the operator signed, with the key that was in use at the event `since` or a later one."""
        keys = zip(self._keys, [*self._replaced, since + 1], strict=True)
        return any(until > since and signed(key, signature, content) for key, until in keys)

    def _check(self, checkpoints: list[Fields], public_key: str) -> None:
        if len(self._keys) != len(self._replaced) + 1 or public_key not in self._keys:
            raise Fault("the ledger is not that of this public key")
        for one in checkpoints:
            at, signature = one["position"], one.pop("signature")
            if not self.holds(at, one["hash"]) or not self.signs(signature, canonical(one), at):
                raise Fault(f"event {at} of the ledger is not the one that the operator's checkpoint signs")
        if checkpoints[-1]["position"] != len(self.events) - 1:
            raise Fault("no checkpoint of the operator signs the ledger's last event")

    def _add(self, position: int, hash: str, body: str) -> None:
        event, at = parsed(body.encode(), f"event {position}"), len(self.events)
        last = self.events[-1] if at else {"hash": "0" * 64, "time": 0}
        whole = canonical(event) == body.encode() and sha256(body.encode()).hexdigest() == hash
        found = (position, event["position"], event["previous"])
        if not whole or found != (at, at, last["hash"]) or event["time"] < last["time"]:
            raise Fault(f"event {at} of the ledger does not match its hash, or does not follow the one before")
        self._learn(event["type"], event)
        self.events.append(event | {"hash": hash})

    def _learn(self, kind: str, event: Fields) -> None:
        """LookupError for what cannot be understood: it may have been a no."""
        about = next(filter(None, map(event.get, ("person", "account", "host", "family", "grant"))), None)
        if kind not in (OTHER | DECIDING if about else OTHER) or not PURPOSES.issuperset(event.get("purposes", ())):
            raise LookupError(kind)
        if kind in ("form", "notice"):
            self._texts[event["sha256"]] = event
        elif kind in ("served", "grant"):
            event["genuine"] = kind == "served" or event["person"] is not None or self._by_account(event)
            event["text"] = self._texts[event["sha256"]]
        elif kind == "account" or (kind == "account_key" and self._by_account(event)):
            self._account_keys[event["account"]] = event["public_key"]
        elif kind == "operator_key":
            old, new = self._keys[len(self._replaced) :][:2]
            message = canonical({"operator_key": new, "previous_key": old})
            if event["public_key"] != new or not signed(old, event["signature"], message):
                raise Fault(f"event {event['position']} brings a key that the operator's own did not sign")
            self._replaced.append(event["position"])
        if kind not in ("grant", "objection", "withdrawal") or PURPOSE in event["purposes"]:
            self._of.setdefault((kind, about), []).append(event)

    def _by_account(self, event: Fields) -> bool:
        """Whether the key that the account has by then signed what the event records."""
        request = {name: value for name, value in event.items() if name not in NOT_REQUESTED}
        return signed(self._account_keys.get(event["account"], ""), event["signature"], canonical(request))


class Contribution:
    """What one person gave to a row, judged as the ledger stood at the event `head`."""

    def __init__(self, ledger: Ledger, head: int, who: Fields, captured: int) -> None:
        self.events, self.find, self.head, self.captured = ledger.events, ledger.find, head, captured
        self.person, self.account, self.host = (who[name] for name in ("person", "account", "host"))
        if who["attribution"] not in ("channel", "roster") or not (self.person and self.account and self.host):
            raise Fault(f"{self.person} is an unknown speaker, or of no account: nobody can have agreed for them")
        if not 0 <= captured <= head:
            raise Fault(f"{self.person} was captured at {captured}, which is not before the snapshot")

    def basis(self, named: list[int]) -> str:
        """What the use rests on. Raises Fault where it may not train, or rests on other events than those named."""
        find, head, captured = self.find, self.head, self.captured
        for event in (self.events[at] for at in named):
            mine = event.get("person") in (None, self.person) and event.get("account") in (self.account, self.host)
            self._refuse([] if mine else [event], "rests on another subject's")
        grants = [self._grant(account, person=None) for account in dict.fromkeys((self.account, self.host))]
        limits = [limit for limit in find("retention", self.host, -1, head) if limit["before"] >= captured]
        self._refuse(limits, "was to be kept no longer by the limit in")
        told, own = self._told(), find("grant", self.person, -1, captured, account=self.account)
        since = own[-1]["position"] if own else -1
        vetoes = find("objection", self.person, since, head) + find("withdrawal", self.person, since, head)
        self._refuse([veto for veto in vetoes if veto.get("host") in (None, self.host)], "had objected or withdrawn in")
        policies = find("policy", None, -1, captured)[-1:] + find("policy", None, captured, head)
        everyone = any(policy["contributors"] == "everyone" for policy in policies)
        decide = [self._grant(self.person, account=self.account)] if everyone else grants
        bundled = [grant for grant in decide if PURPOSE in grant["text"]["requires"]]
        if not (policies and policies[-1]["accept_bundled"]):
            self._refuse(bundled, "rests on features tied to training, which the operator does not accept, in")
        if sorted({event["position"] for event in (told, *grants, *decide)}) != named:
            raise Fault(f"{self.person} rests on the events {named} by the manifest, which are not those that decide")
        return "bundled_grant" if bundled else "own_consent" if everyone else "account_grant"

    def _grant(self, about: str, **fields: Any) -> Fields:
        """The newest grant of that account or person before the capture, if it was signed and stood."""
        grants = self.find("grant", about, -1, self.captured, **fields)
        if not grants:
            guest = " as a guest" if about == self.account != self.host else ""
            raise Fault(f"{self.person} had no grant of {about}{guest} before the capture")
        grant, at, text = grants[-1], grants[-1]["position"], grants[-1]["text"]
        self._refuse([] if grant["genuine"] else [grant], "rests on what the account's key did not sign,")
        newer = self.find("form", text["family"], text["position"], self.captured, material=True)
        self._refuse(newer, f"rests on the grant in event {at}, whose form was superseded before the capture in")
        ends = self.find("withdrawal", about, at, self.head) + self.find("closed", about, at, self.head)
        self._refuse(ends, f"rests on the grant in event {at}, which was withdrawn in")
        over = text["validity"] is not None and self.events[self.head]["time"] >= grant["time"] + text["validity"]
        self._refuse([grant] if over else self.find("expired", at, -1, self.head), "rests on a grant that had expired,")
        return grant

    def _told(self) -> Fields:
        """The newest notice served that still counted."""
        for served in self.find("served", self.person, -1, self.captured, account=self.account, host=self.host)[::-1]:
            text = served["text"]
            old = self.find("notice", text["family"], text["position"], self.captured, material=True)
            left = self.find("left", self.person, served["position"], self.head, account=self.account)
            if text["type"] == "notice" and PURPOSE in text["purposes"] and not old and not left:
                return served
        raise Fault(f"{self.person} was served no notice that still counted before the capture")

    def _refuse(self, found: list[Fields], why: str) -> None:
        if found:
            raise Fault(f"{self.person} {why} event {found[0]['position']}")


def check_row(ledger: Ledger, head: int, stated: Fields, row: Fields) -> None:
    """Raises Fault where manifest and consent record differ, or somebody in the row may not train."""
    if (stated["commitment"], stated["events"]) != (row["commitment"], row["events"]):
        raise Fault("is not the same in manifest.json and consent.json")
    given = zip(row["contributors"], row["events"], strict=True)
    bases = [Contribution(ledger, head, who, row["captured"]).basis(named) for who, named in given]
    forms = sorted({ledger.events[event]["sha256"] for named in row["events"] for event in named})
    if (stated["basis"], stated["forms"]) != (min(bases, key=WEAKEST_FIRST.index), forms):
        raise Fault("states another basis or other forms than its events have")


def row_faults(ledger: Ledger, manifest: Fields, consent: list[Fields]) -> Iterator[str]:
    rows, count = manifest["rows"], manifest["counts"]["train"] + manifest["counts"]["held_out"]
    for at in range(max(len(rows), len(consent))):
        try:
            check_row(ledger, manifest["ledger"]["position"], rows[at], consent[at])
        except Fault as fault:
            yield f"row {at}: {fault}"
        except UNREADABLE:
            yield f"row {at}: does not stand whole in manifest.json and consent.json"
    for at in added([row["commitment"] for row in rows], count, manifest["merkle_root"]):
        yield f"row {at}: was added to the {count} that the manifest was signed with"


def contradictions(ledger: Ledger, consent: list[Fields], path: Path) -> Iterator[str]:
    """Where the ledger is not the one that a receipt knows, and the rows of whom the receipt is about."""
    receipt = parsed(path.read_bytes(), path)
    signature, place, whose = receipt.pop("signature"), receipt["ledger"], receipt["pii_principal_id"]
    if not ledger.signs(signature, canonical(receipt)):
        raise Fault(f"{path} is no receipt that the operator signed")
    rows = [at for at, row in enumerate(consent) if any(whose in who.values() for who in row["contributors"])]
    for known in (place, place["head"]):
        if not ledger.holds(known["position"], known["hash"]):
            yield f"rows {rows}: the ledger was rebuilt: its event {known['position']} is not that of {path}"


def faults(folder: Path, ledger: Ledger, receipts: list[Path]) -> Iterator[str]:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    if odd := files.keys() ^ {*BOUND.values(), "binding.json", "binding.sig", "manifest.sig"}:
        raise Fault(f"{folder} lacks, or should not have: {', '.join(sorted(odd))}")
    binding, manifest, consent = (parsed(files[f"{name}.json"], name) for name in ("binding", "manifest", "consent"))
    for path in receipts:
        yield from contradictions(ledger, consent, path)
    head = manifest["ledger"]["position"]
    for name in ("binding", "manifest"):
        if not ledger.signs(files[f"{name}.sig"].decode("latin-1"), files[f"{name}.json"], head):
            yield f"{name}.json is not signed by the operator"
    for part, name in BOUND.items():
        if binding[f"{part}_sha256"] != sha256(files[name]).hexdigest():
            yield f"{name} is not the one that was sealed"
    if not ledger.holds(head, manifest["ledger"]["hash"]):
        raise Fault(f"manifest.json names an event {head} that the ledger does not have")
    yield from row_faults(ledger, manifest, consent)


def main() -> int:
    asked = argparse.ArgumentParser(description="Judge whether an adapter's rows rested on consent that stood.")
    asked.add_argument("folder", type=Path, help="of the adapter")
    asked.add_argument("ledger", type=Path, help="as `assent ledger export` wrote it")
    asked.add_argument("public_key", help="of the operator, in hex")
    asked.add_argument("--receipt", type=Path, action="append", default=[], help="that somebody kept")
    given, found = asked.parse_args(), list[str]()
    try:
        found += faults(given.folder, Ledger(given.ledger, given.public_key), given.receipt)
    except (Fault, *UNREADABLE) as error:
        found.append(str(error) if isinstance(error, Fault) else f"a file does not state what it must: {error!r}")
    except OSError as error:
        asked.exit(2, f"cannot be judged: {error.filename}: {error.strerror}\n")
    print("\n".join(re.sub("[^ -~]", "?", fault) for fault in found) or PASS)
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
