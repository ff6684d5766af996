"""A checkpoint: the operator's signed word on how the chain stood at one position. It knows no database."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from assent.data.ledger.canonical import canonical
from assent.data.ledger.event import Head
from assent.data.ledger.signing import Signer, verify_signature
from assent.errors import LedgerError


@dataclass(frozen=True)
class Checkpoint:
    position: int
    hash: str
    time: int
    key_id: str
    signature: str

    @classmethod
    def of(cls, head: Head, signer: Signer) -> Checkpoint:
        unsigned = cls(*head, signer.key_id, "")
        return cls(*head, signer.key_id, signer.sign(unsigned.message))

    @classmethod
    def parse(cls, content: str | bytes, position: int) -> Checkpoint:
        try:
            found = cls(**json.loads(content))
        except (ValueError, TypeError):
            found = None
        if found is None or found.position != position:
            raise LedgerError(f"the checkpoint for {position} cannot be read", position)
        return found

    @property
    def message(self) -> bytes:
        """What is signed."""
        fields = asdict(self)
        del fields["signature"]
        return canonical(fields)

    @property
    def content(self) -> bytes:
        """What is stored."""
        return canonical(asdict(self))

    def signed_by(self, public_key: str) -> bool:
        return verify_signature(public_key, self.signature, self.message)
