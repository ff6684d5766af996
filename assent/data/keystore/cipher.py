"""One ciphertext that opens only with the keys of all its contributors. It knows no names and no store.

Key: HKDF-SHA256 (RFC 5869) over the contributors' keys, info = the piece's id. Cipher: AES-256-GCM, a random 96-bit
nonce in front, the piece's id as associated data, so that a ciphertext put in another's place does not open.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assent.errors import StoreError

KEY_BYTES = 32
NONCE_BYTES = 12
_INFO = b"assent piece 1\x00"


def seal(keys: Sequence[bytes], piece_id: str, plaintext: bytes) -> bytes:
    """`plaintext` under all of `keys` (any order, at least one, 32 bytes each)."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_piece_key(keys, piece_id)).encrypt(nonce, plaintext, piece_id.encode())


def open_(keys: Sequence[bytes], piece_id: str, ciphertext: bytes) -> bytes:
    """Raises StoreError where one key is missing, too many or another's, or the ciphertext is not this piece's."""
    nonce, sealed = ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:]
    try:
        return AESGCM(_piece_key(keys, piece_id)).decrypt(nonce, sealed, piece_id.encode())
    except (InvalidTag, ValueError):  # ValueError: a nonce cut short
        message = f"piece {piece_id}: does not open with the keys given; one is another's, or the row was changed"
        raise StoreError(message) from None


def _piece_key(keys: Sequence[bytes], piece_id: str) -> bytes:
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise StoreError(f"piece {piece_id}: needs the key of every contributor, {KEY_BYTES} bytes each")
    material = b"".join(len(key).to_bytes(4, "big") + key for key in sorted(keys))
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_INFO + piece_id.encode()).derive(material)
