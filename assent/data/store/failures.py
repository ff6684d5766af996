"""What a driver's error means and what to do about it. It reads error codes and fixed phrases, never repeats a message,
because a driver may quote the row it refused."""

from __future__ import annotations

from assent.errors import StoreError

_PHRASES = (  # what a driver says -> what it means and the remedy
    ("database is locked", "is locked"),
    ("table is locked", "is locked"),
    ("is append-only", "refused it: decisions are only ever added, in order; nothing was changed"),
    ("disk is full", "is full; free some space on its disk and try again"),
    ("no space left", "is full; free some space on its disk and try again"),
    ("disk i/o error", "cannot be read or written; check its disk, then restore a backup if the fault stays"),
    ("not a database", "is no SQLite database; name another file or restore a backup"),
    ("malformed", "is damaged; restore a backup and run `assent ledger verify`"),
    ("readonly", "may not be written; check who owns the file and its folder"),
    ("read-only", "may not be written in a reading transaction"),
    ("unable to open", "cannot be opened; check that the folder exists and who owns it"),
    ("permission denied", "may not be used by this user; check who owns it, or the GRANTs in docs/postgres.md"),
    ("no such table", "is not a store of this version; open it with a newer or the same Assent"),
)
_STATES = {  # SQLSTATE, or the first two letters of its class, of PostgreSQL
    "53100": "is full; free some space on the server's disk and try again",
    "53300": "takes no more connections; raise max_connections or stop other programs",
    "55P03": "is locked",
    "40P01": "is locked",
    "42501": "may not be used by this role; see the GRANTs in docs/postgres.md",
    "42P01": "is not a store of this version; the owner's role must open it once, see docs/postgres.md",
    "3D000": "does not exist; create it on the server first",
    "25006": "may not be written in a reading transaction",
    "23001": "refused it: decisions are only ever added, in order; nothing was changed",
    "23": "refused a row that breaks its rules; nothing was written",
    "28": "refused the user or password; check the URL",
    "57": "is shutting down; try again when the server is back",
    "08": "cannot be reached; check that the server runs and the URL is right",
}
_LOCKED = "is locked by another program for too long; find what holds it, then try again"
_GONE = "cannot be reached; check that the server runs and the URL is right"


def locked(name: str) -> StoreError:
    return StoreError(f"{name} {_LOCKED}")


def failure(error: BaseException, name: str) -> StoreError:
    """The StoreError that says what `error`, of a driver or of SQLAlchemy, means for the database called `name`."""
    origin = getattr(error, "orig", None) or error
    meaning = _by_state(origin) or _by_phrase(origin) or _by_class(origin)
    return StoreError(f"{name} {_LOCKED if meaning == 'is locked' else meaning}")


def _by_state(error: BaseException) -> str | None:
    details = error.args[0] if error.args else None
    if not isinstance(details, dict):  # pg8000 gives the fields of the server's answer
        return None
    state = str(details.get("C", ""))
    return _STATES.get(state) or _STATES.get(state[:2])


def _by_phrase(error: BaseException) -> str | None:
    said = str(error).lower()
    return next((meaning for phrase, meaning in _PHRASES if phrase in said), None)


def _by_class(error: BaseException) -> str:
    kind = type(error).__name__
    if kind in ("InterfaceError", "TimeoutError", "ConnectionRefusedError", "BrokenPipeError"):
        return _GONE
    if kind == "IntegrityError":
        return "refused a row that breaks its rules; nothing was written"
    return f"failed ({kind}); nothing was written"
