"""What states a snapshot: its rows and their grounds, base, code and machine; signed, and bound to a result.

It knows no text of a row: each stands as a salted commitment. Canonical JSON (RFC 8785), so that equal is equal bytes.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import assent
from assent.data.ledger import Signer, canonical, key_id, verify_signature
from assent.errors import ModelError
from assent.features import candidates, prompts
from assent.models.catalog import EMBEDDED, find

VERSION = 1
PACKAGES = (
    *("accelerate", "datasets", "datasketch", "numpy", "peft", "pyarrow"),
    *("safetensors", "scipy", "tokenizers", "torch", "transformers"),
)
SALT_BYTES = 16
_BLOCK = 2**20


def commitment(salt: bytes, row: str, content: bytes) -> str:
    """Says nothing to whoever lacks the salt, and can be opened for one row alone."""
    return hashlib.sha256(salt + bytes.fromhex(row) + content).hexdigest()


def merkle_root(leaves: Sequence[str]) -> str:
    """Root over hex leaves (RFC 6962, section 2.1: leaves and nodes are hashed apart)."""
    level = [hashlib.sha256(b"\x00" + bytes.fromhex(leaf)).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [hashlib.sha256(b"\x01" + b"".join(level[at : at + 2])).digest() for at in range(0, len(level) - 1, 2)]
        level = pairs + level[len(level) - len(level) % 2 :]
    return level[0].hex() if level else hashlib.sha256(b"").hexdigest()


def signed(signer: Signer, content: dict[str, Any]) -> tuple[bytes, str]:
    """Canonical bytes, and the operator's signature of them in hex."""
    written = canonical(content)
    return written, signer.sign(written)


def binding(signer: Signer, manifest: bytes, adapter: Path) -> tuple[bytes, str]:
    """The second signature, made after training: this manifest belongs to these weights and no others (L3)."""
    return signed(
        signer,
        {
            "adapter_sha256": digest(adapter),
            "key_id": signer.key_id,
            "manifest_sha256": hashlib.sha256(manifest).hexdigest(),
            "version": VERSION,
        },
    )


def holds(public_key: str, signature: str, content: bytes) -> bool:
    return verify_signature(public_key, signature, content)


def operator(signer: Signer) -> dict[str, str]:
    return {"key_id": key_id(signer.public_key), "public_key": signer.public_key}


def digest(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def base_of(name: str) -> dict[str, Any]:
    """Name, revision, hash of the weights and of the chat template. Raises UnknownModel, UnsafeModel, ModelError."""
    from transformers import AutoTokenizer

    from assent.models import hub, safety
    from assent.models.chat import Chat

    entry = find(name)
    folder, revision = (entry.folder, "local") if entry.folder else hub.fetch(entry)
    safety.check_folder(folder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=False, local_files_only=True)
    except (OSError, ValueError, KeyError, RuntimeError, TypeError) as error:
        raise ModelError(f"{folder}: its tokenizer cannot be loaded ({type(error).__name__})") from error
    template = Chat(tokenizer).template
    return {
        "name": entry.name,
        "revision": "embedded" if entry.folder == EMBEDDED else revision,
        "weights_sha256": _joint(sorted(folder.glob("*.safetensors"))),
        "tokenizer_sha256": _joint(sorted(folder.glob("tokenizer*.json"))),
        "chat_template_sha256": safety.sha256(template) if template else None,
    }


def code() -> dict[str, Any]:
    return {"version": assent.__version__, "commit": _commit()}


def machine() -> dict[str, Any]:
    """What the weights depend on beside the rows and the recipe."""
    import torch

    return {
        "architecture": platform.machine(),
        "instruction_set": torch.backends.cpu.get_cpu_capability(),
        "packages": {name: found for name in PACKAGES if (found := _version(name))},
        "python": platform.python_version(),
        "threads": torch.get_num_threads(),
    }


def templates() -> dict[str, str]:
    """Versions of the wording of the prompts."""
    return {"compose": str(candidates.wording()["version"]), "prompts": str(prompts.wording()["version"])}


def _joint(paths: Iterable[Path]) -> str:
    """One file's own hash; of several, that of their names and hashes."""
    found = {path.name: digest(path) for path in paths}
    return next(iter(found.values())) if len(found) == 1 else hashlib.sha256(canonical(found)).hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


@cache
def _commit() -> str | None:
    """The commit of the checkout this code runs from, marked where it was changed since; None where there is none."""
    root = Path(assent.__file__).parents[1]
    if not (root / ".git").exists():
        return None
    try:
        git = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]
        return subprocess.run(git, capture_output=True, text=True, check=True, timeout=30).stdout.strip() or None
    except (OSError, subprocess.SubprocessError):
        return None
