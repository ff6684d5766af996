"""The append-only chain of decisions: positions, hashes, signed checkpoints, verification.

It holds no content and does not know what a decision means.
"""

from __future__ import annotations

from assent.data.ledger.canonical import canonical
from assent.data.ledger.checkpoint import Checkpoint
from assent.data.ledger.event import GENESIS, Event, Head
from assent.data.ledger.ledger import Ledger
from assent.data.ledger.signing import Signer, key_id, verify_signature
from assent.data.ledger.walk import Anchor, Verification

__all__ = [
    "GENESIS",
    "Anchor",
    "Checkpoint",
    "Event",
    "Head",
    "Ledger",
    "Signer",
    "Verification",
    "canonical",
    "key_id",
    "verify_signature",
]
