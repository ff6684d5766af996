"""What an account signs, and whether it did. It knows neither ledger nor form.

The account's own Ed25519 key signs the request's exact bytes; all of it stands in the grant's event, so that whoever
has the ledger can put the bytes together again and check the signature.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assent.data.ledger import canonical, key_id, verify_signature
from assent.errors import ConsentError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assent.data.consent.register import Account

NONCE_BYTES = 16
PUBLIC_BYTES = 32


@dataclass(frozen=True)
class GrantRequest:
    """`account` agrees, through `signer`, to `purposes` under the form of that hash. Subject ids."""

    account: str
    key_id: str
    nonce: str
    purposes: list[str]
    sha256: str
    signer: str
    type: str = "grant"


@dataclass(frozen=True)
class KeyRequest:
    """The key `replaces` hands over to the key `key_id`."""

    account: str
    key_id: str
    public_key: str
    replaces: str
    type: str = "account_key"


def nonce() -> str:
    return secrets.token_hex(NONCE_BYTES)


def written(request: GrantRequest | KeyRequest) -> bytes:
    """The bytes to sign."""
    return canonical(asdict(request))


def grant_request(message: bytes) -> GrantRequest:
    return GrantRequest(**_fields(message, GrantRequest))


def key_request(message: bytes) -> KeyRequest:
    return KeyRequest(**_fields(message, KeyRequest))


def grant_fields(request: GrantRequest, signature: str) -> dict[str, Any]:
    """The event of an account's grant: all that was signed, and the signature."""
    signed_fields = {name: value for name, value in asdict(request).items() if name != "type"}
    return signed_fields | {"person": None, "signature": signature}


def own_grant_fields(person: str, account: str, sha256: str, purposes: Sequence[str]) -> dict[str, Any]:
    """The event of a person's own grant, which no key signs."""
    fields = {"account": account, "person": person, "signer": person, "sha256": sha256, "purposes": list(purposes)}
    return fields | {"nonce": nonce(), "key_id": None, "signature": None}


def key_fields(request: KeyRequest, signature: str) -> dict[str, Any]:
    fields = {name: value for name, value in asdict(request).items() if name != "type"}
    return fields | {"signature": signature}


def check_signature(account: Account, name: str, signing_key: str, message: bytes, signature: str) -> None:
    """ConsentError unless `signature` is that of the account's present key, `signing_key` by its id."""
    if signing_key not in account.keys:
        raise ConsentError(f"{name} has no key {signing_key}; sign with {account.key_id}", reason="unknown_key")
    if signing_key != account.key_id:
        raise ConsentError(
            f"key {signing_key} of {name} was replaced; sign with {account.key_id}", reason="replaced_key"
        )
    if not verify_signature(account.keys[signing_key], signature, message):
        raise ConsentError(
            f"the signature is not that of {name}'s key over this request: the request was changed, or another key"
            " signed it; make a new request and sign it with the account's key",
            reason="signature",
        )


def signed(private_key: Ed25519PrivateKey | bytes, message: bytes) -> str:
    """The signature in hex; `private_key` may be PEM."""
    return _private(private_key).sign(message).hex()


def new_key() -> tuple[bytes, str]:
    """A key pair for an account: the private key as PEM, which the account keeps, and the public one in hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem, key.public_key().public_bytes_raw().hex()


def public_key_id(public_key: str) -> str:
    """The key's id; ConsentError for what is no Ed25519 public key in hex."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        raw = bytes.fromhex(public_key)
        Ed25519PublicKey.from_public_bytes(raw)
        if raw.hex() == public_key:
            return key_id(public_key)
    except (ValueError, TypeError):
        pass
    raise ConsentError(
        f"that is no Ed25519 public key; expected its {PUBLIC_BYTES} bytes as lower-case hex", reason="public_key"
    )


def _fields(message: bytes, kind: type[GrantRequest] | type[KeyRequest]) -> dict[str, Any]:
    """The fields of a request; only the very bytes that `written` makes are one."""
    try:
        fields = json.loads(message)
        texts = [value for name, value in fields.items() if name != "purposes"] + fields.get("purposes", [])
        known = all(isinstance(text, str) for text in texts) and fields["type"] == kind.type
        if known and written(kind(**fields)) == message:
            return dict(fields)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        pass
    raise ConsentError("that is no request as it was handed out: it was changed, or made elsewhere", reason="tampered")


def _private(private_key: Ed25519PrivateKey | bytes) -> Ed25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if isinstance(private_key, Ed25519PrivateKey):
        return private_key
    try:
        loaded = load_pem_private_key(private_key, password=None)
    except (ValueError, TypeError):
        loaded = None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise ConsentError(
            "that is no Ed25519 private key; expected one in PEM without a password", reason="private_key"
        )
    return loaded
