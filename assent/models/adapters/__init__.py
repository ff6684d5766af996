"""Adapters: sealed with what they were made of, verified before use, released and taken back. They know no feature."""

from __future__ import annotations

from assent.models.adapters.base import base_of
from assent.models.adapters.folder import merkle_root, seal
from assent.models.adapters.lineage import Tainted
from assent.models.adapters.registry import Listed, Registry
from assent.models.adapters.serving import Serving
from assent.models.adapters.verify import Verified, verify

__all__ = ["Listed", "Registry", "Serving", "Tainted", "Verified", "base_of", "merkle_root", "seal", "verify"]
