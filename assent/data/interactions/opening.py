"""Pieces sealed and opened: the gate first, then the keys. It knows no table.

An `Opening` is for one view and one purpose, and is short-lived: it remembers what the gate said.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assent.data.consent.gate import Contribution, Decision, View
from assent.data.interactions.pieces import Piece, Share
from assent.data.keystore import Keystore, open_, seal
from assent.errors import StoreError


class Opening:
    def __init__(self, view: View, keys: Keystore, purpose: str) -> None:
        self._view, self._keys, self._purpose = view, keys, purpose
        self._decided: dict[Contribution, Decision] = {}
        self._found: dict[Share, bytes | None] = {}

    def decisions(self, piece: Piece) -> list[Decision]:
        """The gate's answer for each contributor."""
        return [self._decide(Contribution(share[0], share[1], piece.captured)) for share in piece.shares]

    def allowed(self, piece: Piece) -> bool:
        decisions = self.decisions(piece)
        return bool(decisions) and all(decision.allowed for decision in decisions)

    def open(self, piece: Piece) -> dict[str, Any] | None:
        """The content, None where one contributor is not allowed, or a key is gone or not that of this piece."""
        return self.unseal(piece) if self.allowed(piece) else None

    def unseal(self, piece: Piece) -> dict[str, Any] | None:
        """The content without asking the gate: for the contributor themselves."""
        keys = [self._key(share) for share in piece.shares]
        found = [key for key in keys if key]
        if not found or len(found) < len(keys):
            return None
        try:
            return opened(found, piece)
        except StoreError:
            return None

    def _decide(self, contribution: Contribution) -> Decision:
        if contribution not in self._decided:
            self._decided[contribution] = self._view.may(contribution, self._purpose)
        return self._decided[contribution]

    def _key(self, share: Share) -> bytes | None:
        if share not in self._found:
            self._found[share] = self._keys.get(*share.contributor, share.generation)
        return self._found[share]


def sealed(keys: Sequence[bytes], piece: Piece, content: Mapping[str, Any]) -> Piece:
    """The piece with its ciphertext, which also holds what the gate will be asked about."""
    plain = json.dumps([_bound(piece), content], ensure_ascii=False, separators=(",", ":"))
    return replace(piece, ciphertext=seal(keys, piece.id, plain.encode()))


def opened(keys: Sequence[bytes], piece: Piece) -> dict[str, Any]:
    """Raises StoreError where a key is missing or another's, or the piece says other things than when it was sealed."""
    bound, content = json.loads(open_(keys, piece.id, piece.ciphertext))
    if bound != _bound(piece):
        raise StoreError(f"piece {piece.id}: was changed since it was sealed")
    found: dict[str, Any] = content
    return found


def _bound(piece: Piece) -> list[Any]:
    """A row moved in time, to another account, or to somebody better known must not pass the gate for it."""
    shares = [[*share.contributor, share.attribution, share.generation] for share in sorted(piece.shares)]
    return [piece.kind, piece.account, piece.meeting, piece.interaction, piece.captured, shares]
