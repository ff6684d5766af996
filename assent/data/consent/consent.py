"""What may be decided, by whom, and the receipt of it: the public face of the record. It stores no content.

Names of the host go in and come out; the ledger holds random ids. Each decision is one transaction, taken while nobody
else can append; what it sets off is done by `settle` before it is acknowledged. An end is one step and asks no reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from assent.data.clock import Clock
from assent.data.consent import ends, publishing, signing
from assent.data.consent.agreeing import check_admin, check_choice, check_shown, check_standing, named_purposes
from assent.data.consent.book import NONE, PURPOSES, Contributor
from assent.data.consent.chronicle import Guard
from assent.data.consent.desk import Desk
from assent.data.consent.directory import Kind
from assent.data.consent.documents import Document, Form, Notice, Terms, read
from assent.data.consent.gate import View
from assent.data.consent.receipts import Destruction, Receipt
from assent.data.consent.register import Policy, Release
from assent.data.ledger import Event, Ledger
from assent.data.store import Database
from assent.errors import ConsentError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from assent.data.consent.gate import Decision

ALL = PURPOSES
POLICIES = ("account", "everyone")


class Consent:
    """`settle` does what an event sets off; `guard` says why nothing may be allowed; `destruction`, what an end did."""

    def __init__(
        self,
        database: Database,
        ledger: Ledger,
        *,
        clock: Clock,
        settle: Callable[[], object],
        guard: Guard = lambda: None,
        destruction: Callable[[int], Destruction | None] = lambda _position: None,
    ) -> None:
        self._desk = Desk(database, ledger, clock, settle, guard, destruction)

    # Looking

    def at(self, index: int | None = None) -> View:
        """The gate's view of the ledger at `index`, None: now. Whatever goes wrong, it denies everything."""
        return self._desk.chronicle.view(index)

    def enabled(self, account: str) -> Decision:
        """May the account of that name use the features now."""
        view = self.at()  # before the name: a store that is gone says no here, and an error there
        return view.enabled("" if view.refused else self.subject("account", account) or "")

    def subject(self, kind: Kind, name: str) -> str | None:
        """The id in the ledger of the account or person of that name."""
        return self._desk.directory.subject(kind, name)

    def name(self, subject: str) -> str | None:
        return self._desk.directory.name(subject)

    def text(self, sha256: str) -> str:
        """The published text of that hash."""
        return self._desk.library.content(sha256).decode()

    def forms(self) -> list[Form]:
        """The forms that stand, newest first."""
        return [one for one in self._desk.standing("form") if isinstance(one, Form)]

    def notices(self) -> list[Notice]:
        return [one for one in self._desk.standing("notice") if isinstance(one, Notice)]

    def terms(self) -> list[Terms]:
        return [one for one in self._desk.standing("terms") if isinstance(one, Terms)]

    def policy(self) -> Policy:
        """Whose yes decides, and whether training takes bundled grants."""
        self._desk.chronicle.follow()
        return replace(self._desk.register.policy)

    def recorded(self) -> dict[str, bool]:
        """Whether telemetry may record an account (subject id), of those that ever decided about it."""
        self._desk.chronicle.follow()
        return dict(self._desk.register.recorded)

    def releases(self) -> dict[str, Release]:
        """The adapters that were ever released, by the SHA-256 of their weights, the newest release last."""
        self._desk.chronicle.follow()
        return dict(self._desk.register.releases)

    def receipt(self, position: int) -> Receipt:
        """The receipt, made anew, of the decision at that position."""
        return self._desk.receipt(self._desk.record.event(position))

    # Texts

    def publish(self, source: str | Path | Document, *, material: bool = True, decided_by: str | None = None) -> Event:
        """A form, notice or terms, as file or text. The same bytes again are the same publication.

        A text that only rewords or translates is published with `material=False` by a person, `decided_by`.
        """
        document = read(source) if isinstance(source, str | Path) else source
        if not material and not decided_by:
            raise ConsentError(
                "who decided that nothing but the wording changed? give decided_by", reason="non_material"
            )
        desk = self._desk
        with desk.deciding() as connection:
            standing = publishing.standing(desk.register, document)
            if standing is None:
                before = publishing.check(desk.register, document)
                if not material:
                    publishing.refuse_change(document, desk.library.document(before.sha256) if before else None)
                desk.library.keep(connection, document)
                person = desk.directory.give(connection, "person", decided_by) if decided_by else None
                fields = publishing.fields_of(document, material, person)
                event = desk.append(connection, publishing.kind_of(document), fields)
        return desk.settled(event) if standing is None else desk.record.event(standing.position)

    # Accounts

    def open_account(self, account: str, admins: Iterable[str], public_key: str) -> Event:
        """An organisation, the persons who may sign for it, and its Ed25519 public key in hex."""
        key_id, names = signing.public_key_id(public_key), sorted(set(admins))
        if not names:
            raise ConsentError(f"{account} has nobody who may sign; name an admin", reason="not_admin")
        desk, event = self._desk, None
        with desk.deciding() as connection:
            subject = desk.directory.give(connection, "account", account)
            persons = [desk.directory.give(connection, "person", name) for name in names]
            state = desk.register.accounts.get(subject)
            if state is None or state.closed is not None:
                fields = {"account": subject, "key_id": key_id, "public_key": public_key, "admins": persons}
                event = desk.append(connection, "account", fields)
            elif state.key_id != key_id or not state.admins.issuperset(persons):
                raise ConsentError(_differs(account, state.key_id == key_id), reason="open")
        return desk.settled(event) if event else desk.record.event(state.opened if state else 0)

    def add_admin(self, account: str, person: str) -> Event:
        desk = self._desk
        with desk.deciding() as connection:
            subject, _ = desk.open_account(account)
            admin = desk.directory.give(connection, "person", person)
            event = desk.append(connection, "admin", {"account": subject, "person": admin})
        return desk.settled(event)

    def key_id(self, account: str) -> str:
        """The id of the account's present key."""
        self._desk.chronicle.follow()
        return self._desk.open_account(account)[1].key_id

    def key_request(self, account: str, public_key: str) -> bytes:
        """What the account's present key signs to hand over to a new one."""
        self._desk.chronicle.follow()
        subject, state = self._desk.open_account(account)
        key_id = signing.public_key_id(public_key)
        return signing.written(signing.KeyRequest(subject, key_id, public_key, state.key_id))

    def replace_key(self, request: bytes, signature: str) -> Event:
        """The account's new key, if its present one signed exactly this request."""
        wanted, desk = signing.key_request(request), self._desk
        with desk.deciding() as connection:
            name, state = desk.account_of(wanted.account)
            signing.check_signature(state, name, wanted.replaces, request, signature)
            if wanted.key_id != signing.public_key_id(wanted.public_key) or wanted.key_id in state.keys:
                raise ConsentError(f"{name} has had that key before; make a new one", reason="public_key")
            event = desk.append(connection, "account_key", signing.key_fields(wanted, signature))
        return desk.settled(event)

    def set_recorded(self, account: str, recorded: bool) -> Event | None:
        """Whether telemetry records the account from now on; it does until the account opts out. None: as it was."""
        desk, event = self._desk, None
        subject = desk.known("account", account)
        with desk.deciding() as connection:
            if desk.register.recorded.get(subject, True) != recorded:
                event = desk.append_kept(connection, "telemetry", {"account": subject, "recorded": recorded})
        return desk.settled(event) if event else None

    # Adapters

    def released(self, fields: Mapping[str, Any], check: Callable[[], object]) -> Event:
        """An adapter is released, if `check` raises nothing while nobody can decide anything else.

        `fields["by"]`, a person's name or None, becomes their id: the ledger names nobody.
        """
        desk = self._desk
        with desk.deciding() as connection:
            check()
            event = desk.append_kept(connection, "adapter_released", self._answered(connection, fields))
        return desk.settled(event)

    def retired(self, fields: Mapping[str, Any], *, deleted: bool = False) -> Event:
        """An adapter is not served any more; `deleted`: nor kept."""
        desk = self._desk
        with desk.deciding() as connection:
            kind = "adapter_deleted" if deleted else "adapter_retired"
            event = desk.append_kept(connection, kind, self._answered(connection, fields))
        return desk.settled(event)

    def _answered(self, connection: Connection, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The fields with the id of the person who answers for it, where one does."""
        by = fields.get("by")
        return {**fields, "by": self._desk.directory.give(connection, "person", by)} if by else dict(fields)

    # Yes

    def serve(self, person: str, account: str, host: str, notice: str | Notice | Form | None = None) -> Event:
        """That `person`, of `account`, was shown a text in the meetings of `host`: by family, hash or whole text; None:
        the newest notice, in the language of the form that `account`, or else `host`, signed.

        A form is shown to whoever is to agree to it, with `host` their own account. Once served is served.
        """
        desk = self._desk
        desk.chronicle.follow()
        text = desk.notice_for(account, host) if notice is None else desk.shown_text(notice)
        names: tuple[tuple[Kind, str], ...] = (("person", person), ("account", account), ("account", host))
        known = [self.subject(kind, name) or "" for kind, name in names]
        standing, event = self._served(text, Contributor(*known)), None
        if standing is None:
            with desk.deciding() as connection:
                check_standing(desk.register, text, desk.now)
                who = Contributor(*(desk.directory.give(connection, kind, name) for kind, name in names))
                standing = self._served(text, who)
                if standing is None:
                    event = desk.append(connection, "served", {"sha256": text.sha256, **who._asdict()})
        return desk.settled(event) if event else desk.record.event(standing or 0)

    def request(self, account: str, form: str | Form, purposes: str | Iterable[str], signer: str) -> bytes:
        """What the account's key is to sign: `form` is a family, a hash or a Form. Nothing is written."""
        desk = self._desk
        desk.chronicle.follow()
        subject, state = desk.open_account(account)
        person, text, chosen = desk.known("person", signer), desk.form(form), named_purposes(purposes)
        self._check_grant(text, chosen, subject, person)
        return signing.written(
            signing.GrantRequest(subject, state.key_id, signing.nonce(), list(chosen), text.sha256, person)
        )

    def grant(self, request: bytes, signature: str) -> Receipt:
        """The account's yes, if its key signed exactly this request; else ConsentError, and nothing is written."""
        wanted, desk = signing.grant_request(request), self._desk
        desk.chronicle.follow()
        text, chosen = desk.form(wanted.sha256), named_purposes(wanted.purposes)
        with desk.deciding() as connection:
            name, state = desk.account_of(wanted.account)
            signing.check_signature(state, name, wanted.key_id, request, signature)
            if wanted.nonce in desk.register.nonces:
                raise ConsentError("this request was used before; make a new one", reason="used_nonce")
            self._check_grant(text, chosen, wanted.account, wanted.signer)
            event = desk.append(connection, "grant", signing.grant_fields(wanted, signature))
        return desk.acknowledged(event)

    def sign(
        self,
        account: str,
        form: str | Form,
        purposes: str | Iterable[str],
        signer: str,
        private_key: Ed25519PrivateKey | bytes,
    ) -> Receipt:
        """`request` and `grant` in one, where the account's private key (PEM) is at hand."""
        request = self.request(account, form, purposes, signer)
        return self.grant(request, signing.signed(private_key, request))

    def own_grant(self, person: str, account: str, form: str | Form, purposes: str | Iterable[str]) -> Receipt:
        """A person's own yes, as a member of `account`; it also lifts an objection, for what comes after."""
        desk = self._desk
        desk.chronicle.follow()
        text, chosen, subject = desk.form(form), named_purposes(purposes), desk.known("person", person)
        with desk.deciding() as connection:
            member_of, _ = desk.open_account(account)
            self._check_form(text, chosen)
            check_shown(text, self._served(text, Contributor(subject, member_of, member_of)), person)
            fields = signing.own_grant_fields(subject, member_of, text.sha256, chosen)
            event = desk.append(connection, "grant", fields)
        return desk.acknowledged(event)

    def set_policy(self, *, contributors: str | None = None, accept_bundled: bool | None = None) -> Event:
        """Whose yes decides ("account" or "everyone"), and whether training takes bundled grants; None: as it is."""
        if contributors not in (None, *POLICIES):
            raise ConsentError(f"no policy {contributors!r}; there are {', '.join(POLICIES)}", reason="policy")
        desk, event = self._desk, None
        with desk.deciding() as connection:
            before = desk.register.policy
            whose = contributors or before.contributors
            bundled = before.accept_bundled if accept_bundled is None else accept_bundled
            if whose != before.contributors and desk.register.grants:
                raise ConsentError("whose yes decides is settled before the first grant, and stays so", reason="policy")
            if before.position is None or (whose, bundled) != (before.contributors, before.accept_bundled):
                event = desk.append(connection, "policy", {"contributors": whose, "accept_bundled": bundled})
        return desk.settled(event) if event else desk.record.event(before.position or 0)

    # No

    def object(self, person: str, host: str | None = None, purposes: str | Iterable[str] = ALL) -> Receipt:
        """A person's no, in the meetings of `host` or everywhere; it stands above every grant."""
        chosen, desk = named_purposes(purposes), self._desk
        where = desk.known("account", host) if host is not None else None
        with desk.deciding() as connection:
            subject = desk.directory.give(connection, "person", person)
            event = desk.append_end(
                connection, "objection", {"person": subject, "host": where, "purposes": list(chosen)}
            )
        return desk.acknowledged(event)

    def withdraw(
        self, *, account: str | None = None, person: str | None = None, purposes: str | Iterable[str] = ALL
    ) -> Receipt:
        """Takes back what an account, or a person, has agreed to."""
        chosen, desk = named_purposes(purposes), self._desk
        if (account is None) == (person is None):
            raise ConsentError("who withdraws? name an account or a person", reason="withdrawal")
        with desk.deciding() as connection:
            fields = {
                "account": None if account is None else desk.account(account)[0],
                "person": None if person is None else desk.directory.give(connection, "person", person),
                "purposes": list(chosen),
            }
            event = desk.append_end(connection, "withdrawal", fields)
        return desk.acknowledged(event)

    def leave(self, person: str, account: str) -> Receipt:
        """The person is no member of the account any more; what they gave as one is erased."""
        desk = self._desk
        member_of = desk.known("account", account)
        with desk.deciding() as connection:
            subject = desk.directory.give(connection, "person", person)
            event = desk.append_end(connection, "left", {"person": subject, "account": member_of})
        return desk.acknowledged(event)

    def close(self, account: str) -> Receipt:
        """The account ends, and with it all that was kept under its grants. Once closed is closed."""
        desk, event = self._desk, None
        with desk.deciding() as connection:
            subject, state = desk.account(account)
            if state.closed is None:
                event = desk.append_end(connection, "closed", {"account": subject})
        return desk.acknowledged(event) if event else self.receipt(state.closed or 0)

    def end(self, type_: str, fields: Mapping[str, Any]) -> Receipt | None:
        """What time has ended: "expired" or "retention", with the event's own fields. None where it is on record."""
        desk, event = self._desk, None
        with desk.deciding() as connection:
            if ends.due(type_, fields, self.at()):
                event = desk.append_end(connection, type_, fields)
        return desk.acknowledged(event) if event else None

    def _check_grant(self, text: Form, purposes: Iterable[str], account: str, signer: str) -> None:
        """ConsentError unless `signer` may sign this choice for `account`. Subject ids."""
        name, register = self.name(signer) or signer, self._desk.register
        check_admin(register, account, signer, name, self.name(account) or account)
        self._check_form(text, purposes)
        check_shown(text, self._served(text, Contributor(signer, account, account)), name)

    def _check_form(self, text: Form, purposes: Iterable[str]) -> None:
        check_standing(self._desk.register, text, self._desk.now)
        check_choice(text, purposes)

    def _served(self, text: Form | Notice, who: Contributor) -> int | None:
        """Where `who` was last served this very text, if they have not left their account since."""
        book, register = self._desk.chronicle.book, self._desk.register
        if isinstance(text, Form):
            found = register.shown.get((text.sha256, who.person, who.account)) if who.account == who.host else None
        else:
            published = book.document(register.texts[text.sha256].position)
            served = (one for one in reversed(book.served.get(who, NONE)) if book.document(one) is published)
            found = next(served, None)
        left = book.newest(book.departures.get((who.person, who.account), NONE), book.position)
        return None if found is None or (left is not None and left > found) else found


def _differs(account: str, same_key: bool) -> str:
    """What to do about an account that is open already, not quite as it was to be opened."""
    if same_key:
        return (
            f"{account} is open and has other admins; add one: assent consent admin --account {account} --person NAME"
        )
    return f"{account} is open with another key; use that one, or replace it: assent consent key --account {account}"
