"""When a text may be published: what must be new in it, and what may not be. It stores nothing.

A text that says something new ends what was agreed under the one before, for what comes after. Only a named person can
say that nothing changed but the wording, and not where the header shows that something did (C5).
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from assent.data.consent.documents import Document, Form, Notice, Terms
from assent.data.consent.register import Published, Register, Sort
from assent.errors import ConsentError


def kind_of(document: Document) -> Sort:
    return "form" if isinstance(document, Form) else "notice" if isinstance(document, Notice) else "terms"


def family_of(document: Document) -> str:
    return "terms" if isinstance(document, Terms) else document.family


def standing(register: Register, document: Document) -> Published | None:
    """The publication of these very bytes, if it stands (C6). ConsentError for bytes that were superseded."""
    published = register.texts.get(document.sha256)
    if published is None or published in register.current(published.kind):
        return published
    raise ConsentError(
        f"this text was published before, as version {published.version}, and superseded; give it a new version",
        reason="superseded",
    )


def check(register: Register, document: Document) -> Published | None:
    """The text before it. ConsentError where its version stands with another text: one version is one text."""
    mine = (kind_of(document), family_of(document), document.language, document.version)
    for one in register.texts.values():
        if (one.kind, one.family, one.language, one.version) == mine:
            raise ConsentError(
                f"version {one.version} of {one.family!r} stands with another text; raise the version", reason="version"
            )
    family = [one for one in register.current(kind_of(document)) if one.family == family_of(document)]
    same = [one for one in family if one.language == document.language]
    return next(iter(same or family), None)


def refuse_change(document: Document, before: Document | None) -> None:
    """ConsentError where a text said to be reworded only has another header than the one before."""
    if before is None:
        raise ConsentError("nothing stands that this text could reword; publish it as material", reason="non_material")
    translated = document.language != before.language
    changed = sorted(
        name for name, value in _essence(document, translated).items() if _essence(before, translated)[name] != value
    )
    if changed:
        raise ConsentError(
            f"no mere rewording: {', '.join(changed)} changed; publish it as material, so that people are asked again",
            reason="non_material",
        )


def fields_of(document: Document, material: bool, decided_by: str | None) -> dict[str, Any]:
    """The fields of the event that publishes it."""
    fields: dict[str, Any] = {"version": document.version, "sha256": document.sha256}
    if isinstance(document, Terms):
        return fields | {"effective": document.effective}
    fields |= {"family": document.family, "language": document.language, "purposes": list(document.purposes)}
    fields |= {"material": material, "decided_by": None if material else decided_by}
    if isinstance(document, Form):
        facts = document.facts
        fields |= {"requires": list(document.requires), "validity": facts.validity, "retention": facts.retention}
    return fields


def _essence(document: Document, translated: bool) -> dict[str, Any]:
    """What may not change in silence; of a translation only what is the same in every language."""
    if isinstance(document, Terms):
        return asdict(document.controller)
    requires = document.requires if isinstance(document, Form) else ()
    essence: dict[str, Any] = {"purposes": document.purposes, "requires": requires}
    facts = document.facts
    if translated:
        return essence | {"retention": facts.retention, "validity": facts.validity}
    return essence | asdict(facts)
