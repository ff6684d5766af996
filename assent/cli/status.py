"""What `assent consent status` prints, as lines for a person. A part of `assent consent`; it knows no store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assent.cli.store import columns


def of_account(found: dict[str, Any]) -> str:
    if found["subject"] is None:
        return f"Nothing is held about account {found['account']}."
    head = [f"{found['account']} ({found['subject']})", f"Features: {_answer(found['enabled'])}"]
    purposes = columns(((purpose, _answer(one)) for purpose, one in found["purposes"].items()), "  ")
    people = [(one["person"], f"of {one['account']}", f"in meetings of {one['host']}") for one in found["people"]]
    return "\n".join(
        [*head, purposes, *_part("People who were shown a notice", people), *_decisions(found["decisions"])]
    )


def of_person(found: dict[str, Any]) -> str:
    if found["subject"] is None:
        return f"Nothing is held about {found['person']}."
    lines = [f"{found['person']} ({found['subject']})"]
    for one in found["meetings"]:
        lines.append(f"\nAs a member of {one['account']}, in the meetings of {one['host']}, from now on:")
        lines.append(columns(((purpose, _answer(answer)) for purpose, answer in one["may"].items()), "  "))
    shown = [
        (one["time"], f"position {one['position']}", f"in meetings of {one['host']}", one["sha256"])
        for one in found["notices"]
    ]
    lines += [*_part("Texts they were shown", shown), *_decisions(found["decisions"])]
    turns = [
        (f"{one['account']}, meeting {one['meeting'][:8]}, turn {one['n']}", f"{one['speaker']}: {one['text']}")
        for one in found["turns"]
    ]
    lines += _part("Their turns that are kept, decrypted", turns)
    lines += _part("Plain copies that may hold words of theirs", [_export(one) for one in found["exports"]])
    calls, edits = len(found["calls"]), len(found["edits"])
    lines += [
        "",
        f"Logged calls with words of theirs: {calls}; edits: {edits}; feedback: {len(found['feedback'])}",
        f"Adapters that used their rows: {', '.join(found['adapters']) or 'none'}",
    ]
    return "\n".join(lines)


def _export(one: dict[str, Any]) -> tuple[str, ...]:
    follows = "follows a withdrawal" if one["reached"] else "out of our reach: ask the recipient"
    return f"position {one['position']}", f"for {one['recipient']}", one["reason"], follows


def _answer(answer: dict[str, Any]) -> str:
    where = "" if answer["position"] is None else f" (position {answer['position']})"
    return f"yes, {answer['basis']}{where}" if answer["allowed"] else f"no: {answer['reason']}{where}"


def _part(title: str, rows: list[tuple[Any, ...]]) -> Iterator[str]:
    yield f"\n{title}: {len(rows) or 'none'}"
    if rows:
        yield columns(rows, "  ")


def _decisions(decisions: Iterable[dict[str, Any]]) -> Iterator[str]:
    rows = [
        (one["time"], f"position {one['position']}", one["type"], ", ".join(one.get("purposes", ())))
        for one in decisions
    ]
    return _part("Decisions", rows)
