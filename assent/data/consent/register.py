"""What the ledger says of texts, accounts and their keys, as far as it has been read. It knows no rule of the gate.

The gate's book leaves these out, because no decision of the gate rests on them; what may be written next does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from assent.data.consent.book import flag, text

if TYPE_CHECKING:
    from assent.data.ledger import Event

Sort = Literal["form", "notice", "terms"]


@dataclass(frozen=True, slots=True)
class Published:
    """A text as the ledger has it. Terms are one family of their own."""

    position: int
    kind: Sort
    family: str
    version: str
    language: str
    sha256: str
    material: bool


@dataclass(slots=True)
class Account:
    """`opened` is the position of its newest `account` event; `keys` are its public keys (hex) by id, oldest first."""

    opened: int
    key_id: str
    keys: dict[str, str]
    admins: set[str]
    closed: int | None = None


@dataclass(slots=True)
class Policy:
    contributors: str = "account"
    accept_bundled: bool = False
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """An adapter that was released: at which position, the SHA-256 of what binds its files, and by whom or on which
    report. `retired` is the position that took it back."""

    position: int
    binding_sha256: str
    by: str | None
    report_sha256: str | None
    retired: int | None = None


@dataclass(slots=True)
class Register:
    texts: dict[str, Published] = field(default_factory=dict)
    accounts: dict[str, Account] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    nonces: set[str] = field(default_factory=set)
    shown: dict[tuple[str, str, str], int] = field(default_factory=dict)
    """(form's SHA-256, person, account) -> where it was last served; notices are in the book."""
    grants: dict[str, list[int]] = field(default_factory=dict)
    """Subject (account, or person for own grants) -> positions."""
    recorded: dict[str, bool] = field(default_factory=dict)
    """Whether telemetry may record the account, for those that ever decided about it."""
    releases: dict[str, Release] = field(default_factory=dict)
    """Adapters that were ever released, by the SHA-256 of their weights, the newest release last."""

    def add(self, event: Event) -> None:
        if take := TAKERS.get(event.type):
            take(self, event)

    def current(self, kind: Sort) -> list[Published]:
        """The texts of that kind that stand, newest first: none after them in their language, none material at all."""
        standing: list[Published] = []
        closed: set[str] = set()
        for text_ in sorted(self.texts.values(), key=lambda one: one.position, reverse=True):
            if text_.kind != kind or text_.family in closed:
                continue
            if not any((one.family, one.language) == (text_.family, text_.language) for one in standing):
                standing.append(text_)
            if text_.material:
                closed.add(text_.family)
        return standing

    def _form(self, event: Event) -> None:
        self._publish(event, "form", text(event.fields["family"]))

    def _notice(self, event: Event) -> None:
        self._publish(event, "notice", text(event.fields["family"]))

    def _terms(self, event: Event) -> None:
        self._publish(event, "terms", "terms")

    def _publish(self, event: Event, kind: Sort, family: str) -> None:
        of, sha256 = event.fields, text(event.fields["sha256"])
        material = flag(of.get("material", True))
        language = text(of.get("language", "en"))
        self.texts[sha256] = Published(event.position, kind, family, text(of["version"]), language, sha256, material)

    def _account(self, event: Event) -> None:
        of = event.fields
        before = self.accounts.get(text(of["account"]))
        keys = (before.keys if before else {}) | {text(of["key_id"]): text(of["public_key"])}
        admins = {text(admin) for admin in of["admins"]}
        self.accounts[text(of["account"])] = Account(event.position, text(of["key_id"]), keys, admins)

    def _account_key(self, event: Event) -> None:
        account = self.accounts[text(event.fields["account"])]
        account.key_id = text(event.fields["key_id"])
        account.keys[account.key_id] = text(event.fields["public_key"])

    def _admin(self, event: Event) -> None:
        self.accounts[text(event.fields["account"])].admins.add(text(event.fields["person"]))

    def _left(self, event: Event) -> None:
        if account := self.accounts.get(text(event.fields["account"])):
            account.admins.discard(text(event.fields["person"]))

    def _closed(self, event: Event) -> None:
        self.accounts[text(event.fields["account"])].closed = event.position

    def _served(self, event: Event) -> None:
        sha256, person, account = (text(event.fields[name]) for name in ("sha256", "person", "account"))
        if self.texts[sha256].kind == "form":
            self.shown[sha256, person, account] = event.position

    def _grant(self, event: Event) -> None:
        of = event.fields
        self.nonces.add(text(of["nonce"]))
        self.grants.setdefault(text(of["person"] or of["account"]), []).append(event.position)

    def _telemetry(self, event: Event) -> None:
        self.recorded[text(event.fields["account"])] = flag(event.fields["recorded"])

    def _policy(self, event: Event) -> None:
        of = event.fields
        self.policy = Policy(text(of["contributors"]), flag(of["accept_bundled"]), event.position)

    def _adapter_released(self, event: Event) -> None:
        of, adapter = event.fields, text(event.fields["adapter"])
        self.releases.pop(adapter, None)
        by, report = (of[name] if of[name] is None else text(of[name]) for name in ("by", "report_sha256"))
        self.releases[adapter] = Release(event.position, text(of["binding_sha256"]), by, report)

    def _adapter_retired(self, event: Event) -> None:
        adapter = text(event.fields["adapter"])
        if release := self.releases.get(adapter):
            self.releases[adapter] = replace(release, retired=event.position)


TAKERS: dict[str, Callable[[Register, Event], None]] = {
    "form": Register._form,
    "notice": Register._notice,
    "terms": Register._terms,
    "account": Register._account,
    "account_key": Register._account_key,
    "admin": Register._admin,
    "left": Register._left,
    "closed": Register._closed,
    "served": Register._served,
    "grant": Register._grant,
    "policy": Register._policy,
    "telemetry": Register._telemetry,
    "adapter_released": Register._adapter_released,
    "adapter_retired": Register._adapter_retired,
    "adapter_deleted": Register._adapter_retired,
}
