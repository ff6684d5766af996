"""The operator's Ed25519 key: a file, its id, its signatures, its rotation. It does not know what is signed."""

from __future__ import annotations

import hashlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from assent.data.files import private_bytes, sync_folder
from assent.errors import StoreError


class Signer:
    """Signs with the key in `path`; makes one there (mode 0600) if there is none."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._load()

    @property
    def key_id(self) -> str:
        return key_id(self.public_key)

    def sign(self, message: bytes) -> str:
        """The signature, in hex."""
        return self._key.sign(message).hex()

    def successor(self) -> Signer:
        """A new key, written beside the present one."""
        self._coming.unlink(missing_ok=True)
        return Signer(self._coming)

    def hand_over(self, key_id: str) -> bool:
        """Takes up the key `key_id` if it is the successor's, or what another process took up; the old one is gone."""
        if self._coming.exists() and Signer(self._coming).key_id == key_id:
            self._coming.replace(self._path)
            sync_folder(self._path.parent)
        self._load()
        return self.key_id == key_id

    @property
    def _coming(self) -> Path:
        return self._path.with_name(self._path.name + ".next")

    def _load(self) -> None:
        self._key = _read(self._path)
        self.public_key = _public(self._key)


def key_id(public_key: str) -> str:
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:32]


def verify_signature(public_key: str, signature: str, message: bytes) -> bool:
    """Whether `signature` of `message` was made with the private half of `public_key`; both in hex."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(private_bytes(path, _fresh), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreError(f"{path} holds no Ed25519 key that can be read; put the operator's key back")
    return key


def _fresh() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
