"""Rows as they are read: the gate asked for every contributor, names put back only of those who are allowed.

It decides nothing itself and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from assent.data.consent.gate import View
from assent.data.interactions.names import resolve
from assent.data.interactions.opening import Opening
from assent.data.interactions.pieces import Piece, Pieces, Use
from assent.data.keystore import Keystore
from assent.data.store.tables import contributors, pieces


class Said(NamedTuple):
    """A turn of the prompt: its number in the meeting, the label of who spoke, what they said."""

    n: int
    speaker: str | None
    text: str


class By(NamedTuple):
    """A contributor (subject ids), how they are known, and what the permission rests on."""

    person: str
    account: str
    attribution: str
    basis: str


@dataclass(frozen=True, slots=True)
class Content:
    """A call, opened. `kept` is what the user made of `text`: None where they left it, "" where they struck it out."""

    turns: tuple[Said, ...]
    text: str
    kept: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One call that is allowed: its prompt's turns, what was written, what the user did with it, whose words it holds.

    `parents` are the rows whose `text` the prompt also held. `captured` is a ledger index.
    """

    id: str
    account: str
    meeting: str
    interaction: str
    feature: str
    task: str
    captured: int
    written_by: str
    parents: tuple[str, ...]
    feedback: tuple[str, ...]
    contributors: tuple[By, ...]
    turns: tuple[Said, ...]
    text: str
    kept: str | None

    def json(self) -> dict[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)} | {
            "turns": [turn._asdict() for turn in self.turns],
            "contributors": [one._asdict() for one in self.contributors],
        }


class Spelt:
    """The spellings of names that may be read: those of people who are allowed, from speech pieces that open."""

    def __init__(self, opening: Opening, speech: Iterable[Piece]) -> None:
        self._of: dict[tuple[str, str], str] = {}
        for piece in speech:
            content = opening.open(piece)
            for reference, spelling in content["names"].items() if content else ():
                self._of[piece.shares[0].contributor.person, reference] = spelling

    def __call__(self, text: str) -> str:
        return resolve(text, lambda owner, reference: self._of.get((owner, reference)))


def assemble(call: Piece, speech: Mapping[str, Piece], edits: Sequence[Piece], opening: Opening) -> Content | None:
    """The call with its prompt's turns and newest edit; None where a contributor is not allowed or a key is gone."""
    content = opening.open(call)
    if content is None:
        return None
    named = {id_ for piece in (call, *edits) for id_ in piece.about["names"]}
    spelt = Spelt(opening, (speech[id_] for id_ in named if id_ in speech))
    turns: list[Said] = []
    for id_, numbers in call.about["turns"].items():
        said = opening.open(speech[id_]) if id_ in speech else None
        if said is None:
            return None
        turns += [Said(n, label, spelt(text)) for n, label, text in said["turns"] if n in numbers]
    newest_first = sorted(edits, key=lambda edit: -edit.about["n"])
    kept = next((spelt(edited["text"]) for edit in newest_first if (edited := opening.open(edit))), None)
    return Content(tuple(sorted(turns, key=lambda turn: turn.n)), spelt(content["text"]), kept)


def contributors_of(call: Piece, opening: Opening) -> tuple[By, ...]:
    return tuple(
        By(share.contributor.person, share.contributor.account, share.attribution, str(decision.basis))
        for share, decision in zip(call.shares, opening.decisions(call), strict=True)
    )


def parts_of(call: Piece, edits: Iterable[Piece]) -> set[str]:
    """Ids of the speech pieces that reading the call needs."""
    return {*call.about["turns"], *call.about["names"], *(id_ for edit in edits for id_ in edit.about["names"])}


def edits_by_call(edits: Iterable[Piece]) -> dict[str, list[Piece]]:
    found: dict[str, list[Piece]] = {}
    for edit in edits:
        found.setdefault(edit.about["call"], []).append(edit)
    return found


def read_calls(held: Pieces, ids: Sequence[str], view: View, keys: Keystore, purpose: str) -> Iterator[Row]:
    """The rows of these calls that are allowed for `purpose`."""
    calls, opening = held.by_id(ids), Opening(view, keys, purpose)
    uses = sorted({call.interaction for call in calls})
    found, feedback = held.uses(uses), held.feedback(uses)
    edits = edits_by_call(held.of_uses(uses, "edit"))
    needed = {id_ for call in calls for id_ in parts_of(call, edits.get(call.id, ()))}
    speech = {piece.id: piece for piece in held.by_id(sorted(needed))}
    for call in calls:
        content = assemble(call, speech, edits.get(call.id, ()), opening)
        if content and (use := found.get(call.interaction)):
            yield row(call, content, use, feedback.get(call.interaction, ()), opening)


def row(call: Piece, content: Content, use: Use, feedback: Sequence[str], opening: Opening) -> Row:
    return Row(
        id=call.id,
        account=call.account,
        meeting=call.meeting,
        interaction=call.interaction,
        feature=use.feature,
        task=call.about["task"],
        captured=call.captured,
        written_by=call.about["written_by"],
        parents=tuple(call.about["parents"]),
        feedback=tuple(feedback),
        contributors=contributors_of(call, opening),
        turns=content.turns,
        text=content.text,
        kept=content.kept,
    )


def held_about(connection: Connection, person: str, view: View, keys: Keystore) -> dict[str, list[dict[str, Any]]]:
    """A person's own turns, opened with their own key alone, and references to the calls and edits they are part of."""
    query = (
        select(pieces.c.account, pieces.c.id)
        .join(contributors, contributors.c.piece == pieces.c.id)
        .where(contributors.c.person == person)
    )
    by_account: dict[str, list[str]] = {}
    for account, id_ in connection.execute(query.order_by(pieces.c.account, pieces.c.id)):
        by_account.setdefault(account, []).append(id_)
    found: dict[str, list[dict[str, Any]]] = {"turns": [], "calls": [], "edits": [], "feedback": []}
    opening = Opening(view, keys, "log_content")
    for account, ids in by_account.items():
        _gather(Pieces(connection, account), ids, opening, found)
    return found


def _gather(held: Pieces, ids: Sequence[str], opening: Opening, found: dict[str, list[dict[str, Any]]]) -> None:
    mine = held.by_id(ids)
    uses = held.uses(sorted({piece.interaction for piece in mine if piece.kind != "speech"}))
    for piece in mine:
        place = {"account": piece.account, "meeting": piece.meeting, "captured": piece.captured}
        if piece.kind == "speech":
            found["turns"] += [place | turn for turn in _own_turns(held, piece, opening)]
        else:
            feature = uses[piece.interaction].feature if piece.interaction in uses else None
            row = place | {"id": piece.id, "interaction": piece.interaction, "feature": feature}
            found[f"{piece.kind}s"].append(row | {"task": piece.about.get("task")})
    for use, kinds in held.feedback(sorted(uses)).items():
        found["feedback"] += [{"interaction": use, "kind": kind} for kind in kinds]


def _own_turns(held: Pieces, piece: Piece, opening: Opening) -> list[dict[str, Any]]:
    content = opening.unseal(piece)
    if content is None:
        return []
    spelt = Spelt(opening, held.of_meeting(piece.meeting, "speech"))
    return [{"n": n, "speaker": label, "text": spelt(text)} for n, label, text in content["turns"]]
