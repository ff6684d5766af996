"""`assent consent form`, `notice` and `terms`: the texts people are shown, listed, printed, published and served.

A part of `assent consent`. It knows no decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from assent.cli.options import output_format
from assent.cli.store import columns, in_store, in_store_if_any, show
from assent.errors import ConsentError

if TYPE_CHECKING:
    from assent.data.consent import Form, Notice, Terms
    from assent.data.facade import Store

SHIPPED = {"form": ("separate", "bundled"), "notice": ("notice",), "terms": ("terms",)}
"""Texts that come with Assent, by kind; each has places to be filled in."""
WHAT = {
    "form": "The texts that an account signs: list, show or publish them.",
    "notice": "The texts that people in meetings are shown: list, show, publish or serve them.",
    "terms": "The terms on service-generated data: list, show or publish them.",
}
PUBLISH = {
    "form": "Publish a form: SOURCE is a Markdown file, or `separate` or `bundled` with --set.",
    "notice": "Publish a notice: SOURCE is a Markdown file, or `notice` with --set.",
    "terms": "Publish the terms: SOURCE is a Markdown file, or `terms` with --set.",
}
PLACES = 'Fill in a place of a text that ships with Assent, such as operator="Example Ltd"; may be repeated.'
WHICH_NOTICE = "By family, family/language or hash. [default: the newest, in the language of the account's form]"
ONLY_WORDING = "Nobody is asked again, for nothing but the wording or language changed: so decides this person."


def _standing(store: Store | None, kind: str) -> Sequence[Form | Notice | Terms]:
    if store is None:
        return []
    if kind == "form":
        return store.consent.forms()
    return store.consent.notices() if kind == "notice" else store.consent.terms()


def _name(text: Form | Notice | Terms) -> str:
    return getattr(text, "family", "terms")


def _facts(text: Form | Notice | Terms) -> dict[str, Any]:
    purposes = {"purposes": list(getattr(text, "purposes", ())), "requires": list(getattr(text, "requires", ()))}
    return {"name": _name(text), "version": text.version, "language": text.language, "title": text.title,
            "sha256": text.sha256, **purposes}  # fmt: skip


def _content(store: Store | None, kind: str, name: str) -> str:
    """The published text of that name or hash, else the one that ships with Assent."""
    from assent.data.consent.documents import shipped

    for text in _standing(store, kind):
        if name in (_name(text), f"{_name(text)}/{text.language}", text.sha256):
            return text.content.decode()
    if name in SHIPPED[kind]:
        return shipped(name)
    known = [*map(_name, _standing(store, kind)), *SHIPPED[kind]]
    raise ConsentError(f"no {kind} {name!r}; there are {', '.join(dict.fromkeys(known))}")


def _source(kind: str, source: str, values: Iterable[str]) -> str:
    """The text to publish: a file's, or the shipped one of that name with its places filled in."""
    from assent.data.consent.documents import shipped
    from assent.data.consent.header import PLACEHOLDER

    pairs = [value.partition("=") for value in values]
    if Path(source).exists() or source not in SHIPPED[kind]:
        if pairs:
            raise ConsentError(f"--set fills in a text that ships with Assent: {', '.join(SHIPPED[kind])}")
        return _read(source)
    if open_ := [name for name, equals, _ in pairs if not equals]:
        raise ConsentError(f"--set {open_[0]}: expected PLACE=VALUE")
    text = shipped(source, **{name: value for name, _, value in pairs})
    if left := dict.fromkeys(PLACEHOLDER.findall(text)):
        asked = " ".join(f"--set {place}=…" for place in left)
        raise ConsentError(f"{source} has places that are still open; give {asked}")
    return text


def _read(path: str) -> str:
    try:
        return Path(path).read_bytes().decode()
    except (OSError, UnicodeDecodeError) as error:
        kind = getattr(error, "strerror", None) or "no UTF-8 text"
        raise ConsentError(f"{path}: cannot be read: {kind}; name a Markdown file") from None


def _document(kind: str, source: str, content: str) -> Form | Notice | Terms:
    from assent.data.consent.documents import parse
    from assent.data.consent.publishing import kind_of

    document = parse(content.encode(), source)
    if kind_of(document) != kind:
        found = kind_of(document)
        raise ConsentError(f"this text is of kind {found}: `assent consent {found} publish` takes it")
    return document


def group_of(kind: str) -> click.Group:
    """The commands for the texts of one kind."""
    group = click.Group(kind, help=WHAT[kind])

    @group.command("list", help=f"List what is published here ({kind}), and what ships with Assent.")
    @in_store_if_any
    @output_format("text", "json")
    def list_command(store: Store | None, form: str) -> None:
        published = [_facts(text) for text in _standing(store, kind)]
        value = {"published": published, "shipped": list(SHIPPED[kind])}
        rows = [
            (one["name"], f"version {one['version']}", one["language"], one["sha256"], one["title"])
            for one in published
        ]
        shipped = [(name, "ships with Assent", f"assent consent {kind} show {name}") for name in SHIPPED[kind]]
        show(form, value, lambda: "\n".join(columns(part) for part in (rows, shipped) if part))

    @group.command("show", help=f"Print one ({kind}) as Markdown, published or shipped, by name or hash.")
    @in_store_if_any
    @click.argument("name")
    @output_format("text", "json")
    def show_command(store: Store | None, name: str, form: str) -> None:
        content = _content(store, kind, name)
        show(form, {"name": name, "content": content}, lambda: content)

    @group.command("publish", help=PUBLISH[kind])
    @in_store
    @click.argument("source")
    @click.option("--set", "values", multiple=True, metavar="PLACE=VALUE", help=PLACES)
    @click.option("--only-wording", "decided_by", metavar="NAME", help=ONLY_WORDING)
    @output_format("text", "json")
    def publish_command(store: Store, source: str, values: tuple[str, ...], decided_by: str | None, form: str) -> None:
        document = _document(kind, source, _source(kind, source, values))
        event = store.consent.publish(document, material=decided_by is None, decided_by=decided_by)
        facts = _facts(document) | {"position": event.position}
        said = (
            f"{facts['name']}, version {document.version}, is published: position {event.position}, {document.sha256}"
        )
        show(form, facts, lambda: said)

    return group


form_group, notice_group, terms_group = group_of("form"), group_of("notice"), group_of("terms")


@notice_group.command("serve")
@in_store
@click.option("--person", required=True, metavar="NAME", help="Who is shown it, by the name your product uses.")
@click.option("--account", required=True, metavar="NAME", help="The organisation they belong to.")
@click.option("--host", metavar="NAME", help="The organisation whose meetings they take part in. [default: their own]")
@click.option("--notice", "name", metavar="NAME", help=WHICH_NOTICE)
@output_format("text", "json")
def serve_command(store: Store, person: str, account: str, host: str | None, name: str | None, form: str) -> None:
    """Print the notice and record that this person was shown it. Shown twice is recorded once.

    Nothing that somebody says is kept before they were shown the notice of the organisation that hosts the meeting.
    """
    event = store.consent.serve(person, account, host or account, name)
    content = store.consent.text(event.fields["sha256"])
    value = {"position": event.position, "sha256": event.fields["sha256"], "content": content}
    show(form, value, lambda: content)
