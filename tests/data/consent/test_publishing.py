"""Texts in the ledger: what is new, what is the same, and what only a person may call a rewording."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import update

from assent.data.consent import PURPOSES, Contribution, Contributor
from assent.data.consent.documents import digest
from assent.data.store.tables import texts
from assent.errors import ConsentError
from tests.data.consent.office import Office, changed, filled

FORM = filled("separate")
RECIPIENTS = "Example Analytics"


def refused(reason: str, act: Callable[[], object]) -> None:
    with pytest.raises(ConsentError) as caught:
        act()
    assert caught.value.reason == reason, caught.value


def bob_may(office: Office, captured: int | None = None) -> bool:
    person, account = office.consent.subject("person", "bob"), office.consent.subject("account", "acme")
    view = office.consent.at()
    captured = view.index if captured is None else captured
    who = Contributor(person or "", account or "", account or "")
    return view.may(Contribution(who, "roster", captured), "log_content").allowed


def test_the_same_bytes_again_are_the_same_publication(office: Office, tmp_path: Path) -> None:
    """C6."""
    path = tmp_path / "form.md"
    path.write_text(FORM)
    first = office.consent.publish(FORM)
    rows = office.rows()
    for again in (FORM, path, str(path)):
        assert office.consent.publish(again) == first
    assert office.another().publish(FORM, material=False, decided_by="dana") == first
    assert office.rows() == rows


def test_the_event_and_the_stored_text_have_the_hash_of_the_exact_bytes(office: Office, tmp_path: Path) -> None:
    """C3: a carriage return more is another text."""
    path = tmp_path / "form.md"
    path.write_bytes(FORM.replace("\n", "\r\n").encode())
    fields = office.consent.publish(path).fields
    assert fields["sha256"] == digest(path.read_bytes())
    assert digest(office.consent.text(fields["sha256"]).encode()) == fields["sha256"]
    assert (fields["version"], fields["language"], fields["family"]) == ("1", "en", "separate")
    assert set(fields["purposes"]) == set(PURPOSES)
    assert fields["requires"] == ["use_feature"]
    refused("text", lambda: office.consent.text("00" * 32))


def test_a_stored_text_that_was_changed_is_refused(office: Office) -> None:
    """C3."""
    sha256 = office.consent.publish(FORM).fields["sha256"]
    with office.database.write() as connection:
        other = FORM.replace("no", "yes").encode()
        connection.execute(update(texts).where(texts.c.sha256 == sha256).values(body=other))
    refused("text", lambda: office.another().forms())


def test_a_text_that_says_something_new_needs_a_new_yes_for_what_comes_after(ready: Office) -> None:
    """C5."""
    ready.consent.serve("bob", "acme", "acme")
    ready.sign()
    before = ready.consent.at().index
    assert bob_may(ready)
    ready.consent.publish(changed(FORM, version="2", recipients=RECIPIENTS))
    assert bob_may(ready, before)
    assert not bob_may(ready)
    assert not ready.consent.enabled("acme")
    ready.show("separate")
    ready.sign()
    assert bob_may(ready)


def test_a_new_notice_must_be_served_again(ready: Office) -> None:
    """C5, M10."""
    ready.consent.serve("bob", "acme", "acme")
    ready.sign()
    ready.publish("notice", version="2", data="your voice")
    assert not bob_may(ready)
    ready.consent.serve("bob", "acme", "acme")
    assert bob_may(ready)


def test_a_rewording_keeps_the_yes_and_says_who_decided(ready: Office) -> None:
    """C5."""
    ready.consent.serve("bob", "acme", "acme")
    ready.sign()
    text = changed(FORM, version="1.1").replace("Each time is recorded", "Every time is recorded")
    event = ready.consent.publish(text, material=False, decided_by="paula")
    assert ready.consent.name(event.fields["decided_by"]) == "paula"
    assert event.fields["material"] is False
    assert bob_may(ready)
    assert ready.consent.enabled("acme")
    assert [form.version for form in ready.consent.forms()] == ["1.1", "1"]
    refused("superseded", lambda: ready.consent.publish(FORM))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("recipients", RECIPIENTS),
        ("data", "your voice"),
        ("requires", "use_feature, log_content"),
        ("controller", "Another Ltd"),
        ("storage", "the moon"),
        ("retention", "366 days"),
        ("validity", "until withdrawn"),
        ("withdrawal", "by fax"),
    ],
)
def test_nobody_may_call_a_change_a_rewording(key: str, value: str, office: Office) -> None:
    """C5: another purpose, recipient, kind of data, party, place or time."""
    office.consent.publish(FORM)
    rows = office.rows()
    with pytest.raises(ConsentError, match=key):
        office.consent.publish(changed(FORM, version="2", **{key: value}), material=False, decided_by="paula")
    assert office.rows() == rows


def test_what_cannot_be_published_leaves_nothing(office: Office) -> None:
    publish = office.consent.publish
    refused("non_material", lambda: publish(FORM, material=False, decided_by="paula"))
    publish(FORM)
    rows = office.rows()
    refused("non_material", lambda: publish(changed(FORM, version="2"), material=False))
    refused("version", lambda: publish(FORM + "\nOne more line.\n"))
    refused("document", lambda: publish("---\nkind: form\n---\n"))
    refused("document", lambda: publish(changed(FORM, version="2", purposes="use_feature, mind_reading")))
    assert office.rows() == rows
    publish(changed(FORM, version="2"))
    refused("superseded", lambda: publish(FORM))


def test_a_translation_stands_beside_the_text_it_translates(ready: Office) -> None:
    german = changed(FORM, language="de", withdrawal="ohne Grund", data="Worte")
    ready.consent.publish(german, material=False, decided_by="paula")
    standing = [(form.family, form.language) for form in ready.consent.forms()]
    assert standing[0] == ("separate", "de") and ("separate", "en") in standing
    ready.consent.serve("dana", "acme", "acme", "separate/de")
    ready.sign(form="separate/de")
    ready.sign(form="separate/en")
    assert ready.consent.enabled("acme")
    with pytest.raises(ConsentError, match="retention"):
        ready.consent.publish(changed(german, language="fr", retention="1 day"), material=False, decided_by="paula")
    ready.publish("separate", version="2")
    assert [(form.version, form.language) for form in ready.consent.forms() if form.family == "separate"] == [
        ("2", "en")
    ]


def test_terms_state_their_day(office: Office) -> None:
    event = office.publish("terms")
    [terms] = office.consent.terms()
    assert event.fields == {"version": "1", "sha256": terms.sha256, "effective": terms.effective}
    assert office.publish("terms") == event
    office.publish("terms", version="2", effective="2028-01-01")
    assert [one.version for one in office.consent.terms()] == ["2"]
    office.consent.publish(
        changed(filled("terms"), version="2.1", effective="2028-01-01"), material=False, decided_by="paula"
    )
    refused("superseded", lambda: office.publish("terms"))
