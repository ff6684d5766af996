"""Which key of the operator spoke when: each new key is introduced by an event that the one before it signed.

It knows no file and no database.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import Any

from assent.data.ledger.canonical import canonical
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import Event
from assent.data.ledger.signing import Signer, key_id, verify_signature
from assent.errors import LedgerError

ROTATION = "operator_key"


def handover(signer: Signer, successor: Signer) -> dict[str, Any]:
    """The fields of the event by which `signer` hands over to `successor`."""
    return {
        "key_id": successor.key_id,
        "public_key": successor.public_key,
        "previous_key": signer.public_key,
        "signature": signer.sign(_message(signer.public_key, successor.public_key)),
    }


class Keys:
    """The operator's public keys, each from its position on. `last` is the one that is in use."""

    def __init__(self, rotations: Iterable[Event], last: str) -> None:
        self._from, self._keys = [-1], [last]
        for event in rotations:
            self._add(event)
        if self._keys[-1] != last:
            raise LedgerError("the operator's key here is not the one the ledger names last; put that key file back")

    def _add(self, event: Event) -> None:
        previous, public = event.fields.get("previous_key"), event.fields.get("public_key")
        if len(self._from) == 1:
            self._keys = [str(previous)]
        signature = event.fields.get("signature")
        fits = previous == self._keys[-1] and event.fields.get("key_id") == key_id(str(public))
        if not (fits and verify_signature(str(previous), str(signature), _message(str(previous), str(public)))):
            raise LedgerError(
                f"event {event.position} brings a key that the operator's own did not sign", event.position
            )
        self._from.append(event.position)
        self._keys.append(str(public))

    @property
    def public_keys(self) -> list[str]:
        """The oldest first."""
        return list(self._keys)

    def signed(self, checkpoint: Checkpoint) -> bool:
        """Whether the key of that position signed it: a key that was replaced speaks no more."""
        public = self._keys[bisect_right(self._from, checkpoint.position) - 1]
        return checkpoint.key_id == key_id(public) and checkpoint.signed_by(public)


def _message(previous: str, public: str) -> bytes:
    return canonical({"operator_key": public, "previous_key": previous})
