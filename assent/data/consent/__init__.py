"""Consent: what was shown, who agreed, who refused, and the gate that says what may be done. It stores no content."""

from __future__ import annotations

from assent.data.consent.book import PURPOSES, Contributor
from assent.data.consent.consent import Consent
from assent.data.consent.documents import SHIPPED, Form, Notice, Terms, shipped
from assent.data.consent.gate import Contribution, Decision, View
from assent.data.consent.receipts import Destruction, Receipt, verify_receipt
from assent.data.consent.rotation import rotate_key
from assent.data.consent.signing import new_key

__all__ = [
    "PURPOSES",
    "SHIPPED",
    "Consent",
    "Contribution",
    "Contributor",
    "Decision",
    "Destruction",
    "Form",
    "Notice",
    "Receipt",
    "Terms",
    "View",
    "new_key",
    "rotate_key",
    "shipped",
    "verify_receipt",
]
