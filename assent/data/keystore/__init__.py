"""The key of each contributor: look up, destroy, re-wrap; and the cipher the keys open. It knows no policy."""

from __future__ import annotations

from assent.data.keystore.cipher import open_, seal
from assent.data.keystore.epoch import EnvironmentEpochKeys, EpochKeys, FileEpochKeys, epoch_id, epoch_keys
from assent.data.keystore.keystore import Destruction, Keystore

__all__ = [
    "Destruction",
    "EnvironmentEpochKeys",
    "EpochKeys",
    "FileEpochKeys",
    "Keystore",
    "epoch_id",
    "epoch_keys",
    "open_",
    "seal",
]
