"""The ends that time brings, and whether one is due. It writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assent.data.consent.gate import View
from assent.errors import ConsentError


def due(type_: str, fields: Mapping[str, Any], view: View) -> bool:
    """Whether the end is to be recorded now; False where it is already. ConsentError for one that cannot be due."""
    if type_ not in DUE:
        raise ConsentError(f"{type_!r} is nothing that time brings; there are {', '.join(DUE)}", reason="not_due")
    return DUE[type_](fields, view)


def _expired(fields: Mapping[str, Any], view: View) -> bool:
    grant = fields["grant"]
    if grant in view.book.expired:
        return False
    if grant not in view.lapsed():
        raise ConsentError(f"the grant at {grant} has not run out", reason="not_due")
    return True


def _retention(fields: Mapping[str, Any], view: View) -> bool:
    if fields["before"] > view.index:
        raise ConsentError("a retention limit cannot lie ahead", reason="not_due")
    return bool(fields["before"] > view.book.kept_after(fields["host"], view.index))


DUE = {"expired": _expired, "retention": _retention}
