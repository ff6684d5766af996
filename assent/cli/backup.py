"""`assent backup`: the database and the key store copied into a folder."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assent.cli.options import output_format
from assent.cli.store import in_standing_store, show

if TYPE_CHECKING:
    from assent.data.backup import Manifest
    from assent.data.facade import Store


@click.command("backup")
@in_standing_store
@click.argument("folder", type=click.Path(path_type=Path))
@output_format("text", "json")
def command(store: Store, folder: Path, form: str) -> None:
    """Copy the store into FOLDER, a new one, while others use it; `assent restore` brings it back.

    The operator's key and the epoch key are never in it: keep both elsewhere, else the copy opens for whoever finds it.
    What is withdrawn later opens in no backup made before. Of a PostgreSQL database run pg_dump first.
    """
    from assent.data.backup import backup

    manifest = backup(store, folder)
    show(form, asdict(manifest), lambda: _said(manifest, folder))


def _said(manifest: Manifest, folder: Path) -> str:
    size = sum(file["size"] for file in manifest.files.values())
    at = manifest.checkpoint["position"] if manifest.checkpoint else "none"
    lines = [f"{folder}: {len(manifest.files)} files, {size} bytes, newest checkpoint: {at}"]
    return "\n".join([*lines, *([manifest.note] if manifest.note else [])])
