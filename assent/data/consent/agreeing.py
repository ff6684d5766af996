"""Whether somebody may agree to a form: it stands, it was shown to them, and the choice is one it offers.

It stores nothing and knows no key. Each refusal is its own ConsentError.
"""

from __future__ import annotations

from collections.abc import Iterable

from assent.data.clock import iso
from assent.data.consent.book import PURPOSES
from assent.data.consent.documents import Form, Notice
from assent.data.consent.register import Register
from assent.errors import ConsentError


def named_purposes(purposes: str | Iterable[str]) -> tuple[str, ...]:
    """Purposes in their order; none is no decision, and one that nobody knows is refused."""
    wanted = {purposes} if isinstance(purposes, str) else set(purposes)
    if unknown := sorted(wanted - set(PURPOSES)):
        raise ConsentError(
            f"unknown purpose {', '.join(unknown)}; there are {', '.join(PURPOSES)}", reason="unknown_purpose"
        )
    if not wanted:
        raise ConsentError("no purpose was chosen; choose at least one", reason="no_purpose")
    return tuple(purpose for purpose in PURPOSES if purpose in wanted)


def check_standing(register: Register, text: Form | Notice, now: int) -> None:
    """The text is published, not superseded, and in effect at `now` (µs)."""
    published = register.texts.get(text.sha256)
    if published is None:
        raise ConsentError(f"{text.title!r} is not published here; publish it first", reason="unknown_text")
    if published not in register.current(published.kind):
        raise ConsentError(
            f"version {text.version} of {text.family!r} was superseded; use the newest", reason="superseded"
        )
    if text.effective > now:
        raise ConsentError(
            f"version {text.version} of {text.family!r} takes effect on {iso(text.effective)}; wait until then",
            reason="not_effective",
        )


def check_choice(form: Form, purposes: Iterable[str]) -> None:
    """Only what the form offers; and with the features all that the form asks to be signed with them."""
    chosen = set(purposes)
    if extra := sorted(chosen - set(form.purposes)):
        raise ConsentError(f"form {form.family!r} does not offer {', '.join(extra)}", reason="not_offered")
    missing = [purpose for purpose in form.requires if purpose not in chosen]
    if "use_feature" in chosen and missing:
        raise ConsentError(
            f"form {form.family!r} gives the features only together with {', '.join(missing)}; choose them too, leave"
            " use_feature out, or sign another form",
            reason="required",
        )


def check_shown(form: Form, served: int | None, name: str) -> None:
    """C4: nobody agrees to what they were not shown."""
    if served is None:
        raise ConsentError(
            f"version {form.version} of form {form.family!r} was not shown to {name}; show it and record that",
            reason="not_served",
        )


def check_admin(register: Register, account: str, person: str, name: str, account_name: str) -> None:
    if person not in register.accounts[account].admins:
        raise ConsentError(f"{name} may not sign for {account_name}; an admin of it must", reason="not_admin")
