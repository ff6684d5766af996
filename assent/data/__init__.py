"""What comes in and what is kept: transcripts, and the store of what may be logged. It knows no model."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datasets

    from assent.data.facade import Store

__all__ = ["open"]


def open(folder: str | PathLike[str], store: Store | None = None) -> datasets.Dataset:
    """A dataset written by `assent dataset export`: rows decrypt as they are read, if the store's gate still allows.

    `store` holds the keys; None: the one under $ASSENT_HOME, which stays open as long as the dataset is used.
    """
    from pathlib import Path

    from assent.data.facade import Store
    from assent.data.interactions.export import open_

    return open_(Path(folder), store or Store())
