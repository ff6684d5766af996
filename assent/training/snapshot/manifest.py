"""What states a snapshot: its rows and their grounds, base, code and machine; and signed.

It knows no text of a row: each stands as a salted commitment. Canonical JSON (RFC 8785), so that equal is equal bytes.
"""

from __future__ import annotations

import hashlib
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import assent
from assent.data.ledger import Signer, canonical, key_id, verify_signature
from assent.features import candidates, prompts
from assent.models.adapters.base import base_of as base_of
from assent.models.adapters.folder import merkle_root as merkle_root

VERSION = 1
PACKAGES = (
    *("accelerate", "datasets", "datasketch", "numpy", "peft", "pyarrow"),
    *("safetensors", "scipy", "tokenizers", "torch", "transformers"),
)
SALT_BYTES = 16


def commitment(salt: bytes, row: str, content: bytes) -> str:
    """Says nothing to whoever lacks the salt, and can be opened for one row alone."""
    return hashlib.sha256(salt + bytes.fromhex(row) + content).hexdigest()


def signed(signer: Signer, content: dict[str, Any]) -> tuple[bytes, str]:
    """Canonical bytes, and the operator's signature of them in hex."""
    written = canonical(content)
    return written, signer.sign(written)


def holds(public_key: str, signature: str, content: bytes) -> bool:
    return verify_signature(public_key, signature, content)


def operator(signer: Signer) -> dict[str, str]:
    return {"key_id": key_id(signer.public_key), "public_key": signer.public_key}


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
