"""The folder of an adapter: weights, settings, what they were made of, and the signatures that tie these together.

It knows what the files are, not whether they may be used: see `assent.models.adapters.verify`.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assent.data.files import sync_folder
from assent.data.ledger import Signer, canonical, verify_signature
from assent.errors import ModelError, StoreError, UnsafeModel
from assent.models.adapters.config import stated

if TYPE_CHECKING:
    from torch import Tensor

VERSION = 1
WEIGHTS, CONFIG, CARD, CONSENT = "adapter_model.safetensors", "adapter_config.json", "README.md", "consent.json"
MANIFEST, BINDING = "manifest.json", "binding.json"
MANIFEST_SIGNATURE, BINDING_SIGNATURE = "manifest.sig", "binding.sig"
LARGEST = {
    BINDING: 2**16,
    BINDING_SIGNATURE: 2**10,
    CARD: 2**20,
    CONFIG: 2**20,
    CONSENT: 2**31,
    MANIFEST: 2**31,
    MANIFEST_SIGNATURE: 2**10,
    WEIGHTS: 2**32,
}
"""All the files there are, with the most bytes each may have; a manifest takes a few hundred bytes a row."""
BOUND = {"adapter_sha256": WEIGHTS, "card_sha256": CARD, "config_sha256": CONFIG}
BOUND |= {"consent_sha256": CONSENT, "manifest_sha256": MANIFEST}
"""What the second signature ties together."""


def seal(
    folder: Path,
    *,
    weights: Mapping[str, Tensor],
    config: Mapping[str, Any],
    manifest: bytes,
    manifest_signature: str,
    consent: Sequence[Mapping[str, Any]],
    card: str,
    signer: Signer,
) -> Path:
    """Writes the adapter whole or not at all, in the place of one that is there; the second signature is made here.

    `manifest` was signed before the first step (L3). Raises ModelError for what is no adapter of that manifest,
    StoreError where it cannot be written.
    """
    said = json.loads(manifest)
    if not verify_signature(said["operator"]["public_key"], manifest_signature.strip(), manifest):
        raise ModelError("the manifest is not signed by the key it names; take the snapshot again")
    _same_rows(said["rows"], consent)
    files = {
        WEIGHTS: _written(weights),
        CONFIG: stated(config, said["base"]["name"]).content,
        MANIFEST: manifest,
        MANIFEST_SIGNATURE: manifest_signature.strip().encode(),
        CONSENT: canonical(list(map(dict, consent))),
        CARD: card.encode(),
    }
    files[BINDING] = canonical(bound(files) | {"key_id": signer.key_id, "version": VERSION})
    files[BINDING_SIGNATURE] = signer.sign(files[BINDING]).encode()
    place(folder, files)
    return folder


def bound(files: Mapping[str, bytes]) -> dict[str, str]:
    """The hashes that the second signature states."""
    return {name: hashlib.sha256(files[file]).hexdigest() for name, file in BOUND.items()}


def read(folder: Path) -> dict[str, bytes]:
    """Every file's bytes, read once, so that what is checked is what is used. Raises UnsafeModel naming the file."""
    if not folder.is_dir():
        raise UnsafeModel(f"{folder}: holds no adapter; give the folder that `assent train` made")
    there = {path.name for path in folder.iterdir()}
    if strange := sorted(there - LARGEST.keys()):
        raise UnsafeModel(f"{folder / strange[0]}: is no file of an adapter; delete it, or fetch the adapter again")
    return {name: _bytes(folder / name, most) for name, most in LARGEST.items()}


def check_weights(path: Path, content: bytes) -> None:
    """Refuses bytes that are no safetensors, whatever the file is called: a pickle could run code."""
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        load(content)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise UnsafeModel(f"{path}: is no safetensors file ({type(error).__name__}); fetch the adapter again") from None


def merkle_root(leaves: Sequence[str]) -> str:
    """Root over hex leaves (RFC 6962, section 2.1: leaves and nodes are hashed apart)."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + b"".join(level[at : at + 2])).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0].hex() if level else hashlib.sha256(b"").hexdigest()


def place(folder: Path, files: Mapping[str, bytes]) -> None:
    """A part folder, then a rename; an adapter that was there goes once the new one is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    token = secrets.token_hex(6)
    part, old = (folder.with_name(f".{folder.name}.{token}.{end}") for end in ("part", "old"))
    try:
        part.mkdir(mode=0o700)
        for name, content in files.items():
            with (part / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(part)
        if folder.exists():
            folder.rename(old)
        part.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise StoreError(f"{folder}: the adapter cannot be written: {error.strerror}; make room there") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _bytes(path: Path, most: int) -> bytes:
    try:
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:  # noqa: PTH123
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise UnsafeModel(f"{path}: is no plain file; put the file itself there")
            content = file.read(most + 1)
    except FileNotFoundError:
        raise UnsafeModel(f"{path}: is missing; fetch the adapter again") from None
    except OSError as error:
        raise UnsafeModel(f"{path}: cannot be read ({error.strerror}); put the file itself there") from None
    if len(content) > most:
        raise UnsafeModel(f"{path}: is larger than {most} bytes; no adapter needs that")
    return content


def _same_rows(rows: Sequence[Mapping[str, Any]], consent: Sequence[Mapping[str, Any]]) -> None:
    stated_rows = [(row["commitment"], row["events"]) for row in rows]
    if stated_rows != [(row["commitment"], row["events"]) for row in consent]:
        raise ModelError("the rows of the consent record are not those of the manifest; take the snapshot again")


def _written(weights: Mapping[str, Tensor]) -> bytes:
    import torch
    from safetensors.torch import save

    if not weights:
        raise ModelError("an adapter without weights is none")
    plain = {name: tensor.detach().to("cpu").contiguous() for name, tensor in weights.items()}
    if bad := sorted(name for name, tensor in plain.items() if not torch.isfinite(tensor).all()):
        raise ModelError(f"weight {bad[0]} holds what is no number; nothing was kept: lower the rate and train again")
    return bytes(save(plain))
