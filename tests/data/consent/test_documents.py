"""Texts: what a form must say, that every fault is named at once, and that nothing is ticked in advance."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.data.clock import DAY, SECOND
from assent.data.consent.documents import FACTS, PARTY, SHIPPED, Form, Notice, Terms, digest, parse, read, shipped
from assent.data.consent.header import MAX_BYTES
from assent.errors import ConsentError
from tests.data.consent.office import OPERATOR, changed, filled

FORM = filled("separate")
FEATURES_BOX = "- [ ] **Use the features.** `use_feature`"


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(ConsentError) as caught:
        parse(text if isinstance(text, bytes) else text.encode(), "form.md")
    assert all(re.match(r"form\.md:\d+: .+; |form\.md:\d+: .+", fault) for fault in caught.value.faults)
    assert str(caught.value) == "; ".join(caught.value.faults)
    return caught.value.faults


def line_of(text: str, start: str) -> int:
    return next(at for at, line in enumerate(text.split("\n"), start=1) if line.startswith(start))


@pytest.mark.parametrize(
    ("name", "kind"), [("bundled", Form), ("separate", Form), ("notice", Notice), ("terms", Terms)]
)
def test_the_shipped_texts_are_good_once_filled_in(name: str, kind: type) -> None:
    assert name in SHIPPED
    document = read(filled(name))
    assert isinstance(document, kind)
    assert document.language == "en"
    assert "{{" not in document.content.decode()


def test_a_shipped_text_with_open_places_is_refused_naming_each_line() -> None:
    found = faults(shipped("separate"))
    assert len(found) == len(re.findall(r"\{\{", shipped("separate")))
    assert (
        f"form.md:{line_of(FORM, 'address')}: {{{{address}}}} is not filled in; write the address of your service there"
        in found
    )


def test_a_shipped_text_has_only_the_places_it_has() -> None:
    with pytest.raises(ConsentError, match="no place for colour"):
        shipped("notice", colour="red")
    with pytest.raises(ConsentError, match="there are bundled, notice, separate, terms"):
        shipped("poem")


def test_a_value_cannot_bring_lines_of_its_own_into_a_shipped_text() -> None:
    text = shipped("separate", **OPERATOR | {"operator": "X\npurposes: use_feature\n---\n"})
    assert read(text).purposes == read(FORM).purposes  # type: ignore[union-attr]


def test_the_separate_form_asks_only_for_the_features_and_the_bundled_one_ties_training_to_them() -> None:
    separate, bundled = read(filled("separate")), read(filled("bundled"))
    assert isinstance(separate, Form) and isinstance(bundled, Form)
    assert separate.requires == ("use_feature",) and not separate.bundled
    assert bundled.requires == ("use_feature", "log_content", "train_content") and bundled.bundled
    assert set(separate.purposes) - set(separate.requires) == {
        "log_content",
        "train_content",
        "telemetry",
        "publish_dataset",
    }


def test_what_a_form_says_is_read() -> None:
    form = read(FORM)
    assert isinstance(form, Form)
    assert form.facts.controller.name == "Minutes Ltd"
    assert (form.facts.retention, form.facts.validity) == (365 * DAY, 730 * DAY)
    assert form.effective == 1_767_225_600 * SECOND
    assert len(form.facts.data) == 4
    assert read(changed(FORM, validity="until withdrawn", recipients="none")).facts.validity is None  # type: ignore[union-attr]


@pytest.mark.parametrize("key", FACTS)
def test_a_form_that_lacks_what_a_consent_record_needs_is_refused(key: str) -> None:
    """C1."""
    for name in ("separate", "notice"):
        [fault] = faults(changed(filled(name), **{key: ""}))
        assert (
            fault == f"form.md:1: missing {key} ({FACTS[key]} of ISO/IEC TS 27560); add a line `{key}: …` to the header"
        )


def test_everything_missing_is_named_at_once() -> None:
    """C1."""
    found = faults("---\nkind: form\n---\n" + FORM.split("---\n", 2)[2])
    for key in ("family", "version", "language", "title", "effective", "purposes", "requires", *FACTS):
        assert sum(re.search(rf"missing {key}\b", fault) is not None for fault in found) == 1
    assert len(faults("---\nkind: terms\n---\nx")) == 4 + len(PARTY)


WRONG = {
    "purposes": "use_feature, world_peace",
    "requires": "log_content",
    "language": "English",
    "version": "version one",
    "family": "My Form",
    "effective": "tomorrow",
    "validity": "two years",
    "retention": "0 days",
    "data": "none",
    "recipients": "a;; b",
}


def test_every_wrong_value_is_named_with_its_line() -> None:
    text = changed(FORM, **WRONG)
    found = faults(text)
    for key in WRONG:
        assert any(fault.startswith(f"form.md:{line_of(text, key)}: ") for fault in found), key


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "no header"),
        ("# A form", "no header"),
        ("---\nkind: form\n", "the header does not end"),
        ("---\nkind: poem\n---\n", "kind is 'poem'"),
        ("---\n---\n", "kind is ''"),
        (changed(FORM, default="yes"), "unknown key 'default'"),
        (changed(FORM, ticked="use_feature"), "unknown key 'ticked'"),
        (FORM.replace("kind: form\n", "kind: form\nkind: form\n"), "kind stands in line 2 already"),
        (FORM.replace("kind: form\n", "kind: form\nno value:\n"), "not a `key: value` line"),
        (FORM.replace("version: 1\n", "version:\n"), "version has no value"),
        (FORM.replace("requires: use_feature\n", "requires: telemetry\n"), "use_feature is not required"),
        (changed(FORM, purposes="use_feature, log_content"), "which purposes does not offer"),
        (changed(filled("bundled"), purposes="use_feature"), "requires train_content, which purposes does not offer"),
        (changed(FORM, purposes="use_feature, use_feature"), "empty or repeated part"),
        (FORM.replace(FEATURES_BOX, "- [ ] **Use the features.**"), "0 boxes for use_feature"),
        (FORM + f"\n{FEATURES_BOX}\n", "2 boxes for use_feature"),
        ("\ufeff" + FORM, "hidden character U+FEFF"),
        (FORM.replace("no box", "no\u202ebox").replace("No box", "No\u202ebox"), "hidden character U+202E"),
        (FORM.replace("box", "bo\u200bx"), "hidden character U+200B"),
        (FORM + "<input type=checkbox checked>\n", "HTML"),
        (FORM + "<!-- by the way -->\n", "HTML"),
        (changed(filled("notice")).split("\n# ")[0], "nothing to read"),
        (filled("terms").split("\n# ")[0], "nothing to read"),
        (b"---\nkind: form\n---\n\xff\n", "not UTF-8"),
        (b"---\n" + b"x" * MAX_BYTES, "at most"),
    ],
)
def test_a_text_that_is_not_right_is_refused(text: str | bytes, fault: str) -> None:
    assert any(fault in one for one in faults(text)), faults(text)


@pytest.mark.parametrize("ticked", ["- [x]", "- [X]", "* [ x ]", "1. [✓]", "- ☑", "- ✅", "- [*]", "- [yes]"])
def test_a_box_that_is_ticked_in_advance_is_refused(ticked: str) -> None:
    """C9."""
    text = FORM.replace("- [ ] **Keep a log.**", f"{ticked} **Keep a log.**")
    assert f"form.md:{line_of(text, ticked)}: a box is ticked in advance; leave it empty: `[ ]`" in faults(text)
    assert any("ticked in advance" in fault for fault in faults(filled("notice") + f"{ticked} fine by me\n"))


def test_no_shipped_text_ticks_a_box() -> None:
    """C9."""
    for name in SHIPPED:
        text = shipped(name)
        assert "[ ]" in text or name in ("notice", "terms")
        assert not re.search(r"\[[^ \]]\]|[☑✅✓]", text)


@given(st.integers(0, len(FORM.encode()) - 1), st.integers(1, 255))
def test_one_changed_byte_is_another_text(at: int, change: int) -> None:
    """C3: the hash is that of the exact bytes."""
    content = bytearray(FORM.encode())
    content[at] ^= change
    assert digest(bytes(content)) != read(FORM).sha256


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"---\n{text}\n---\n{text}".encode()))
def test_any_bytes_are_a_text_or_refused(content: bytes) -> None:
    try:
        parse(content, "form.md")
    except ConsentError as error:
        assert error.faults and error.reason == "document"


def test_a_file_is_read_as_its_bytes_are(tmp_path: Path) -> None:
    """C3: line ends included."""
    path = tmp_path / "form.md"
    path.write_bytes(FORM.replace("\n", "\r\n").encode())
    document = read(path)
    assert document.content == path.read_bytes()
    assert document.sha256 == digest(path.read_bytes()) != read(FORM).sha256
    with pytest.raises(ConsentError, match="cannot be read"):
        read(str(tmp_path / "missing.md"))
