"""What people are shown: forms, notices and terms, as Markdown under a header. They know no ledger and no decision.

A text is known by the SHA-256 of its exact bytes. It is refused, with every fault at once, where it lacks what a
consent record needs by ISO/IEC TS 27560, where it names a purpose nobody knows, and where a box is ticked in advance.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from assent.data.consent.book import PURPOSES
from assent.data.consent.header import FENCE, PLACEHOLDER, Header
from assent.errors import ConsentError

SHIPPED = ("bundled", "notice", "separate", "terms")
"""The texts that come with Assent, to be filled in by whoever runs a service: see `shipped`."""
BOX = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+\[ \].*?`(\w+)`")
TICKED = re.compile(r"(?:^\s*(?:[-*+]|\d+[.)])\s+\[[^\]]*[^\]\s][^\]]*\]|\[\s*[^\s\]]\s*\])(?![(\[:])|[☑☒✅✓✔🗹🗸]")
"""A box with anything in it, at the start of a list item, or with one sign in it, anywhere; a link is none."""
MARKUP = re.compile(r"<[A-Za-z/!?]")

ABOUT = ("kind", "version", "language", "title", "effective")
PARTY = {
    "controller": "party_name",
    "controller_type": "party_type",
    "address": "party_address",
    "contact": "party_contact",
}
FACTS = PARTY | {
    "data": "pii_type",
    "recipients": "recipient_third_parties",
    "storage": "storage_locations",
    "jurisdiction": "jurisdiction",
    "retention": "retention_period",
    "validity": "validity_duration",
    "withdrawal": "withdrawal_method",
}
"""Header key -> the field of ISO/IEC TS 27560 that it fills (the mandatory ones, by the DPV guide's table)."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who answers for the processing: the PII controller."""

    name: str
    type: str
    address: str
    contact: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What a consent record needs to know of the processing. Durations in microseconds, None: until withdrawn."""

    controller: Party
    data: tuple[str, ...]
    recipients: tuple[str, ...]
    storage: str
    jurisdiction: str
    retention: int | None
    validity: int | None
    withdrawal: str


@dataclass(frozen=True, slots=True)
class Form:
    """What an account's admin signs. `requires` are the purposes that must be signed to have the features."""

    family: str
    version: str
    language: str
    title: str
    effective: int
    purposes: tuple[str, ...]
    requires: tuple[str, ...]
    facts: Facts
    content: bytes

    @property
    def sha256(self) -> str:
        return digest(self.content)

    @property
    def bundled(self) -> bool:
        return "train_content" in self.requires


@dataclass(frozen=True, slots=True)
class Notice:
    """What a participant is shown."""

    family: str
    version: str
    language: str
    title: str
    effective: int
    purposes: tuple[str, ...]
    facts: Facts
    content: bytes

    @property
    def sha256(self) -> str:
        return digest(self.content)


@dataclass(frozen=True, slots=True)
class Terms:
    """From `effective` on, service-generated data may be used for training."""

    version: str
    language: str
    title: str
    effective: int
    controller: Party
    content: bytes

    @property
    def sha256(self) -> str:
        return digest(self.content)


Document = Form | Notice | Terms


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def read(source: str | Path) -> Document:
    """A text, or the file of one: a `str` that does not begin with the header's `---` is a path."""
    if isinstance(source, str) and source.startswith(FENCE):
        return parse(source.encode(), "the text")
    try:
        return parse(Path(source).read_bytes(), str(source))
    except OSError as error:
        raise ConsentError(f"{source}: cannot be read: {error.strerror}; name a Markdown file") from None


def parse(content: bytes, name: str) -> Document:
    """Raises ConsentError with all faults, each with `name`, line and remedy."""
    header = Header(content, name)
    header.refuse()
    kind = header.text("kind")
    if kind not in PARSERS:
        header.fault(header.line("kind"), f"kind is {kind!r}; write `kind: form`, `kind: notice` or `kind: terms`")
        header.refuse()
    document = PARSERS[kind](header, content)
    _visible(header)
    header.refuse()
    return document


def shipped(name: str, **values: str) -> str:
    """The text `name` of SHIPPED with `values` in the place of its `{{…}}`: operator, operator_type, address, contact,
    jurisdiction, storage, and for terms effective. What is left open, `read` names line by line."""
    if name not in SHIPPED:
        raise ConsentError(f"no text {name!r} comes with Assent; there are {', '.join(SHIPPED)}")
    text = files("assent.data.consent").joinpath("texts", f"{name}.md").read_text("utf-8")
    needed = dict.fromkeys(PLACEHOLDER.findall(text))
    if extra := values.keys() - needed.keys():
        raise ConsentError(f"{name} has no place for {', '.join(sorted(extra))}; it has {', '.join(needed)}")
    return PLACEHOLDER.sub(lambda found: " ".join(values.get(found[1], found[0]).split()), text)


def _form(header: Header, content: bytes) -> Form:
    _keys(header, (*ABOUT, "family", "purposes", "requires"), FACTS)
    purposes, requires = header.names("purposes", PURPOSES), header.names("requires", PURPOSES)
    for purpose in requires:
        if purpose not in purposes:
            header.fault(header.line("requires"), f"requires {purpose}, which purposes does not offer; add it there")
    if header.has("requires") and "use_feature" not in requires:
        header.fault(header.line("requires"), "use_feature is not required; the features need it: add it")
    _boxes(header, purposes)
    about, facts = _about(header), _facts(header)
    return Form(_family(header), *about, purposes, requires, facts, content)


def _notice(header: Header, content: bytes) -> Notice:
    _keys(header, (*ABOUT, "family", "purposes"), FACTS)
    purposes = header.names("purposes", PURPOSES)
    if not header.body.strip():
        header.fault(header.body_line, "nothing to read; write the notice under the header")
    return Notice(_family(header), *_about(header), purposes, _facts(header), content)


def _terms(header: Header, content: bytes) -> Terms:
    _keys(header, ABOUT, PARTY)
    if not header.body.strip():
        header.fault(header.body_line, "nothing to read; write the terms under the header")
    return Terms(*_about(header), _party(header), content)


PARSERS: dict[str, Callable[[Header, bytes], Document]] = {"form": _form, "notice": _notice, "terms": _terms}


def _keys(header: Header, plain: tuple[str, ...], standard: dict[str, str]) -> None:
    for key in (*plain, *standard):
        if not header.has(key):
            asked = f" ({standard[key]} of ISO/IEC TS 27560)" if key in standard else ""
            header.fault(1, f"missing {key}{asked}; add a line `{key}: …` to the header")
    header.unknown((*plain, *standard))


def _family(header: Header) -> str:
    return header.word("family", r"[a-z][a-z0-9-]{0,39}", "`separate`")


def _about(header: Header) -> tuple[str, str, str, int]:
    return (
        header.word("version", r"[0-9A-Za-z][0-9A-Za-z.-]{0,31}", "`3` or `2026.1`"),
        header.word("language", r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "`en` or `pt-BR`"),
        header.text("title"),
        header.day("effective"),
    )


def _party(header: Header) -> Party:
    return Party(*(header.text(key) for key in PARTY))


def _facts(header: Header) -> Facts:
    data = header.items("data")
    if header.has("data") and not data:
        header.fault(header.line("data"), "data is none; name the kinds of personal data")
    return Facts(
        _party(header),
        data,
        header.items("recipients"),
        header.text("storage"),
        header.text("jurisdiction"),
        header.days("retention"),
        header.days("validity"),
        header.text("withdrawal"),
    )


def _boxes(header: Header, purposes: tuple[str, ...]) -> None:
    """Each purpose of a form has one box of its own in the text, `- [ ] … `purpose` …`."""
    boxes = [(at, found[1]) for at, line in _body(header) if (found := BOX.match(line))]
    for purpose in purposes:
        count = sum(name == purpose for _, name in boxes)
        if count != 1:
            header.fault(
                header.body_line, f"{count} boxes for {purpose}; write one line `- [ ] … `{purpose}` …` for it"
            )
    for at, name in boxes:
        if name not in purposes:
            header.fault(at, f"a box for {name}, which purposes does not offer; remove one or add the other")


def _visible(header: Header) -> None:
    """C9: no box is ticked in advance; and no markup that a screen might show in another way."""
    for at, line in _body(header):
        if TICKED.search(line):
            header.fault(at, "a box is ticked in advance; leave it empty: `[ ]`")
        if MARKUP.search(line):
            header.fault(at, "HTML; write Markdown, so that what is hashed is what is shown")


def _body(header: Header) -> list[tuple[int, str]]:
    return list(enumerate(header.body.split("\n"), start=header.body_line))
