"""What a base is, for whoever must be sure that it is the same one: its hashes. It knows no adapter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assent.data.ledger import canonical
from assent.errors import ModelError
from assent.models.catalog import EMBEDDED, find

_BLOCK = 2**20


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


def digest(path: Path) -> str:
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            whole.update(block)
    return whole.hexdigest()


def _joint(paths: Iterable[Path]) -> str:
    """One file's own hash; of several, that of their names and hashes."""
    found = {path.name: digest(path) for path in paths}
    return next(iter(found.values())) if len(found) == 1 else hashlib.sha256(canonical(found)).hexdigest()
