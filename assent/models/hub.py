"""Models from the Hugging Face hub: a revision resolved once, locked, said; then only that one. It knows no weights."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path

from assent.errors import ModelError, UnknownModel
from assent.models import locks
from assent.models.catalog import Entry

Notice = Callable[[str], None]
logger = logging.getLogger(__name__)
COMMIT = re.compile(r"[0-9a-f]{40}")
WANTED = ["*.safetensors", "*.json", "*.model", "*.txt", "*.jinja"]
"""Weights, configs, tokenizers, templates: what can run code is not even fetched."""


def fetch(entry: Entry, notice: Notice | None = None) -> tuple[Path, str]:
    """(folder, commit) of a hub model, downloaded if it is not in the cache. Honours HF_HUB_OFFLINE."""
    assert entry.hub_id
    commit = entry.revision if entry.revision and COMMIT.fullmatch(entry.revision) else locks.revision(entry.key)
    if commit is None:
        commit = locks.lock_revision(entry.key, _resolve(entry))
        say(f"{entry.hub_id} is locked to revision {commit} in {locks.home()}", notice)
    return _snapshot(entry.hub_id, commit, notice), commit


def say(text: str, notice: Notice | None) -> None:
    """Tell the caller; without a listener, the log."""
    (notice or logger.info)(text)


def _resolve(entry: Entry) -> str:
    """The commit that a branch or tag means today: asked of the hub, or of the cache where the hub may not be asked."""
    from huggingface_hub import HfApi, constants, snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, RepositoryNotFoundError

    assert entry.hub_id
    try:
        if constants.HF_HUB_OFFLINE:
            return Path(snapshot_download(entry.hub_id, revision=entry.revision, local_files_only=True)).name
        return str(HfApi().model_info(entry.hub_id, revision=entry.revision).sha)
    except RepositoryNotFoundError as error:
        raise UnknownModel(f"the hub has no {entry.key}, or it needs `hf auth login` and accepted terms") from error
    except LocalEntryNotFoundError as error:
        raise ModelError(f"{entry.key} is not in the cache and HF_HUB_OFFLINE is set: fetch it once online") from error
    except (HfHubHTTPError, OSError) as error:
        raise ModelError(
            f"the hub did not answer for {entry.key} ({type(error).__name__}): try again online"
        ) from error


def _snapshot(hub_id: str, commit: str, notice: Notice | None) -> Path:
    """The folder of one commit: from the cache without any request, else from the hub."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(hub_id, revision=commit, allow_patterns=WANTED, local_files_only=True))
    except LocalEntryNotFoundError:
        say(f"fetching {hub_id} at revision {commit}", notice)
    try:
        return Path(snapshot_download(hub_id, revision=commit, allow_patterns=WANTED))
    except GatedRepoError as error:
        raise ModelError(f"{hub_id} is gated: accept its terms on the hub, then `hf auth login`") from error
    except (LocalEntryNotFoundError, HfHubHTTPError, OSError) as error:
        raise ModelError(f"{hub_id}@{commit} was not fetched ({type(error).__name__}): try again online") from error
