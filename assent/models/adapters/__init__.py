"""Adapters: sealed with what they were made of, verified before use, released and taken back. They know no feature."""

from __future__ import annotations

from assent.models.adapters.base import base_of
from assent.models.adapters.folder import merkle_root, seal

__all__ = ["base_of", "merkle_root", "seal"]
