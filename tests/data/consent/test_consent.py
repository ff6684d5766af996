"""Who may agree to what: each refusal is an error of its own and leaves nothing behind. On both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations

import pytest

from assent.data.clock import SECOND
from assent.data.consent import PURPOSES, Contribution, Contributor, new_key
from assent.data.consent.signing import signed
from assent.data.ledger import canonical
from assent.errors import ConsentError
from tests.data.consent.office import LOGGED, START, Office, changed, filled


def refused(office: Office, reason: str, act: Callable[[], object]) -> None:
    """The act is refused for that reason, and no table has a row more."""
    before, settled = office.rows(), list(office.settled)
    with pytest.raises(ConsentError) as caught:
        act()
    assert caught.value.reason == reason, caught.value
    assert (office.rows(), office.settled) == (before, settled)
    assert office.another().at().index == office.consent.at().index


def tampered(request: bytes, **changes: object) -> bytes:
    return canonical(json.loads(request) | changes)


def test_a_signed_form_enables_the_features(ready: Office) -> None:
    """C9: before anything is signed, everything is unknown and denied."""
    consent = ready.consent
    assert not consent.enabled("acme")
    consent.serve("bob", "acme", "acme")
    bob = Contributor(*(consent.subject(kind, name) or "" for kind, name in BOB))
    before = [consent.at().may(Contribution(bob, "roster", consent.at().index), purpose) for purpose in PURPOSES]
    assert not any(before)
    assert {decision.reason for decision in before} == {"unknown"}
    ready.sign(*LOGGED)
    assert consent.enabled("acme")
    assert not consent.enabled("nobody")
    after = [consent.at().may(Contribution(bob, "roster", consent.at().index), purpose).allowed for purpose in PURPOSES]
    assert after == [purpose in LOGGED for purpose in PURPOSES]


BOB = (("person", "bob"), ("account", "acme"), ("account", "acme"))


def test_what_is_granted_is_exactly_what_was_chosen(ready: Office) -> None:
    """C7: all sets of purposes; a form may tie some to the features, the record holds each on its own."""
    consent = ready.consent
    consent.serve("bob", "acme", "acme")
    bob = Contributor(*(consent.subject(kind, name) or "" for kind, name in BOB))
    for size in range(1, len(PURPOSES) + 1):
        for chosen in combinations(PURPOSES, size):
            consent.withdraw(account="acme")
            ready.sign(*chosen)
            view = consent.at()
            allowed = {purpose for purpose in PURPOSES if view.may(Contribution(bob, "roster", view.index), purpose)}
            assert allowed == set(chosen)


def test_the_grant_holds_all_that_the_account_signed(ready: Office) -> None:
    """The signature can be checked by whoever has the ledger."""
    request = ready.consent.request("acme", "separate", LOGGED, "dana")
    ready.consent.grant(request, signed(ready.key, request))
    fields = ready.newest().fields
    signature = fields.pop("signature")
    assert fields.pop("person") is None
    assert canonical(fields | {"type": "grant"}) == request
    assert signature == signed(ready.key, request)


def test_every_wrong_signature_is_refused_and_nothing_is_written(ready: Office) -> None:
    consent, (other, other_public) = ready.consent, new_key()
    request = consent.request("acme", "separate", LOGGED, "dana")
    signature = signed(ready.key, request)
    cases: dict[str, list[tuple[bytes, str]]] = {
        "signature": [
            (request, signed(other, request)),
            (request, ""),
            (request, "00" * 64),
            (request, signature[:-2]),
            (tampered(request, purposes=[*LOGGED, "telemetry"]), signature),
            (tampered(request, nonce="00" * 16), signature),
            (tampered(request, signer="p_" + "0" * 32), signature),
        ],
        "tampered": [
            (b"", signature),
            (b"{}", signature),
            (b"[]", signature),
            (b"null", signature),
            (b"\xff", signature),
            (request + b" ", signature),
            (tampered(request, more="x"), signature),
            (tampered(request, type="account_key"), signature),
            (tampered(request, purposes="train_content"), signature),
            (tampered(request, purposes=[["train_content"]]), signature),
            (tampered(request, account=7), signature),
        ],
        "unknown_key": [(tampered(request, key_id="00" * 16), signature)],
        "unknown_account": [(tampered(request, account="a_" + "0" * 32), signature)],
        "unknown_purpose": [(tampered(request, purposes=["everything"]), signature)],
        "no_purpose": [(tampered(request, purposes=[]), signature)],
        "unknown_text": [(tampered(request, sha256="00" * 32), signature)],
    }
    for reason, tries in cases.items():
        for message, mark in tries:
            refused(ready, reason, lambda m=message, s=mark: consent.grant(m, s))  # type: ignore[misc]
    refused(ready, "signature", lambda: consent.sign("acme", "separate", LOGGED, "dana", other))
    refused(ready, "private_key", lambda: consent.sign("acme", "separate", LOGGED, "dana", b"no key"))
    consent.grant(request, signature)
    refused(ready, "used_nonce", lambda: consent.grant(request, signature))
    renewal = consent.key_request("acme", other_public)
    waiting = consent.request("acme", "separate", LOGGED, "dana")
    refused(ready, "signature", lambda: consent.replace_key(renewal, signed(other, renewal)))
    refused(ready, "tampered", lambda: consent.replace_key(request, signature))
    consent.replace_key(renewal, signed(ready.key, renewal))
    refused(ready, "replaced_key", lambda: consent.grant(waiting, signed(ready.key, waiting)))
    refused(ready, "replaced_key", lambda: consent.replace_key(renewal, signed(ready.key, renewal)))
    consent.sign("acme", "separate", LOGGED, "dana", other)


def test_whoever_may_not_agree_is_refused_and_nothing_is_written(ready: Office) -> None:
    consent = ready.consent

    def sign(form: str = "separate", purposes: object = LOGGED, signer: str = "dana", account: str = "acme") -> object:
        return consent.sign(account, form, purposes, signer, ready.key)  # type: ignore[arg-type]

    consent.publish(changed(filled("separate"), family="later", effective="2099-01-01"))
    consent.publish(changed(filled("separate"), family="small", purposes="use_feature, log_content").replace(*NO_MORE))
    consent.open_account("globex", ["gil"], new_key()[1])
    for person in ("bob", "eve"):
        consent.serve(person, "acme", "acme")
    consent.add_admin("acme", "eve")
    refused(ready, "not_admin", lambda: sign(signer="bob"))
    refused(ready, "not_admin", lambda: sign(signer="gil"))
    refused(ready, "not_served", lambda: sign(signer="eve"))
    refused(ready, "unknown_person", lambda: sign(signer="nobody"))
    refused(ready, "unknown_account", lambda: sign(account="nowhere"))
    refused(ready, "unknown_text", lambda: sign(form="poem"))
    refused(ready, "unknown_text", lambda: sign(form="participants"))
    refused(ready, "unknown_purpose", lambda: sign(purposes=["train_everything"]))
    refused(ready, "unknown_purpose", lambda: sign(purposes="train_everything"))
    refused(ready, "no_purpose", lambda: sign(purposes=[]))
    refused(ready, "not_effective", lambda: sign(form="later"))
    refused(ready, "not_effective", lambda: ready.show("later"))
    refused(ready, "not_offered", lambda: sign(form="small"))
    refused(ready, "not_served", lambda: sign(form="small", purposes=["use_feature"]))
    refused(ready, "required", lambda: sign(form="bundled", purposes=["use_feature", "log_content"]))
    refused(ready, "not_served", lambda: consent.own_grant("bob", "acme", "separate", "log_content"))
    refused(ready, "unknown_person", lambda: consent.own_grant("nobody", "acme", "separate", "log_content"))
    consent.leave("dana", "acme")
    refused(ready, "not_admin", sign)
    consent.add_admin("acme", "dana")
    refused(ready, "not_served", sign)  # C4: what she was shown as a member ended with that
    ready.show("separate")
    sign()
    consent.close("acme")
    refused(ready, "closed", sign)
    refused(ready, "closed", lambda: consent.own_grant("bob", "acme", "separate", "log_content"))


NO_MORE = (
    filled("separate")[filled("separate").index("- [ ] **Learn") : filled("separate").index("## Who else")],
    "\n",
)


def test_a_grant_waits_for_nothing_that_changed_since_the_request(ready: Office) -> None:
    """C4: what counts is what stands when the grant arrives."""
    request = ready.consent.request("acme", "separate", LOGGED, "dana")
    ready.publish("separate", version="2")
    refused(ready, "superseded", lambda: ready.consent.grant(request, signed(ready.key, request)))
    refused(ready, "not_served", lambda: ready.sign())
    ready.show("separate")
    ready.sign()


def test_a_form_takes_effect_on_its_day(ready: Office) -> None:
    ready.publish("separate", family="later", effective="2027-01-16")
    ready.time = START + 57_599 * SECOND
    refused(ready, "not_effective", lambda: ready.show("later"))
    ready.time += SECOND
    ready.show("later")
    ready.sign(form="later")


def test_once_served_is_served(ready: Office) -> None:
    consent = ready.consent
    first = consent.serve("bob", "acme", "acme")
    assert consent.serve("bob", "acme", "acme") == first == ready.another().serve("bob", "acme", "acme")
    assert consent.serve("bob", "acme", "acme", consent.notices()[0]) == first
    assert consent.serve("bob", "acme", "acme", consent.notices()[0].content.decode()) == first
    assert consent.serve("bob", "globex", "acme") != first
    assert ready.show("separate") == ready.show("separate/en")
    consent.leave("bob", "acme")
    again = consent.serve("bob", "acme", "acme")
    assert again.position > first.position
    ready.publish("notice", version="2")
    assert consent.serve("bob", "acme", "acme").position > again.position
    refused(ready, "superseded", lambda: consent.serve("bob", "acme", "acme", filled("notice")))


def test_what_cannot_be_served_is_refused(office: Office) -> None:
    refused(office, "unknown_text", lambda: office.consent.serve("bob", "acme", "acme"))
    office.publish("terms")
    office.publish("notice")
    terms = office.consent.terms()[0]
    refused(office, "unknown_text", lambda: office.consent.serve("bob", "acme", "acme", terms.sha256))
    refused(office, "text", lambda: office.consent.serve("bob", "acme", "acme", filled("separate")))
    for name in ("", " ", "a\nb", "x" * 201, "\u202eabc"):
        refused(office, "name", lambda n=name: office.consent.serve(n, "acme", "acme"))  # type: ignore[misc]


def test_an_account_is_opened_once_and_may_come_back(ready: Office) -> None:
    consent = ready.consent
    opened = consent.open_account("acme", ["dana"], ready.public_key)
    assert opened == ready.event(opened.position)
    _, other = new_key()
    refused(ready, "open", lambda: consent.open_account("acme", ["dana"], other))
    refused(ready, "open", lambda: consent.open_account("acme", ["mallory"], ready.public_key))
    refused(ready, "not_admin", lambda: consent.open_account("globex", [], other))
    for key in ("", "00" * 31, "zz" * 32, other.upper() if other != other.upper() else "AA" * 32):
        refused(ready, "public_key", lambda k=key: consent.open_account("globex", ["gil"], k))  # type: ignore[misc]
    ready.sign()
    consent.close("acme")
    assert not consent.enabled("acme")
    again = consent.open_account("acme", ["dana"], other)
    assert again.position > opened.position
    assert again.fields["account"] == opened.fields["account"]
    assert not consent.enabled("acme")


def test_whose_yes_decides_is_settled_before_the_first_grant(ready: Office) -> None:
    consent = ready.consent
    first = consent.set_policy(contributors="everyone")
    assert first.fields == {"contributors": "everyone", "accept_bundled": False}
    assert consent.set_policy(contributors="everyone") == first
    refused(ready, "policy", lambda: consent.set_policy(contributors="nobody"))
    consent.set_policy(contributors="account")
    ready.sign()
    refused(ready, "policy", lambda: consent.set_policy(contributors="everyone"))
    assert consent.set_policy(accept_bundled=True).fields == {"contributors": "account", "accept_bundled": True}


def test_names_and_ids_find_each_other(ready: Office) -> None:
    consent = ready.consent
    subject = consent.subject("account", "acme")
    assert subject and subject.startswith("a_") and len(subject) == 34
    assert consent.name(subject) == ready.another().name(subject) == "acme"
    assert consent.subject("person", "acme") is None
    assert consent.name("p_nobody") is None
    dana = consent.subject("person", "dana")
    assert dana and dana.startswith("p_")
    assert ready.another().subject("person", "dana") == dana


def test_the_notice_is_served_in_the_language_that_the_account_signed_in(ready: Office) -> None:
    """M10: nobody is told in a language that was not chosen for them; where nothing tells, the host must name one."""
    consent = ready.consent

    def served(person: str, account: str, host: str) -> str:
        sha256 = consent.serve(person, account, host).fields["sha256"]
        [language] = [one.language for one in consent.notices() if one.sha256 == sha256]
        return language

    assert served("zoe", "nobody", "acme") == "en", "there is but one"
    for name, words in (("separate", {"withdrawal": "ohne Grund", "data": "Worte"}), ("notice", {})):
        german = changed(filled(name), language="de", **words)
        consent.publish(german, material=False, decided_by="paula")
    refused(ready, "unknown_text", lambda: consent.serve("bob", "acme", "acme"))
    ready.sign(form="separate/en")
    english = consent.receipt(ready.newest().position).json()
    assert served("bob", "acme", "acme") == "en"
    ready.show("separate/de")
    ready.sign(form="separate/de")
    assert consent.receipt(ready.newest().position).json() != english
    assert served("bob", "acme", "acme") == "de"
    assert served("gil", "globex", "acme") == "de", "the host's, where the guest's own account has signed nothing"
    with pytest.raises(ConsentError, match=r"name one of \S+/de, \S+/en"):
        consent.serve("gil", "globex", "globex")
    assert consent.serve("gil", "globex", "globex", consent.notices()[-1]).fields["host"]
