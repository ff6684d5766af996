"""What a message does, and its questions as a clause or asked straight. It knows no frame and no tone."""

from __future__ import annotations

from dataclasses import dataclass

from assent.training.pretrain.grammar.words import inflect
from assent.training.pretrain.messages.scene import YOU, Pronoun, settle


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a message does. `body` is the phrase with marks; a question is "auxiliary ; subject ; rest"."""

    kind: str
    body: str
    typed: str = ""
    """The phrase as an instruction has it, where that is not the body."""


def embed(act: Act, pronoun: Pronoun, whether: str = "") -> str:
    """A question as a clause: "whether she can send it", "when the room is free"."""
    parts = [part.strip() for part in act.body.split(";")]
    opening, auxiliary, subject, rest = parts if len(parts) == 4 else (whether, *parts)
    person = settle(subject, pronoun)
    settled = settle(rest, pronoun)
    verb = auxiliary
    if "\x01" in subject:
        verb = _agree(auxiliary, pronoun)
    if auxiliary in {"do", "does"}:
        third = auxiliary == "does" or (subject == "\x01A\x02" and pronoun[0] in {"she", "he"})
        first, _, more = settled.partition(" ")
        verb, settled = "", f"{inflect(first, 's') if third else first} {more}"
    if subject == "there":
        person, verb = "there", auxiliary
    return " ".join(f"{opening} {person} {verb} {settled}".split())


def _agree(auxiliary: str, pronoun: Pronoun) -> str:
    if pronoun[0] in {"she", "he"}:
        return {"are": "is", "have": "has"}.get(auxiliary, auxiliary)
    return auxiliary


def straight(act: Act, pronoun: Pronoun) -> str:
    """A question as typed in an instruction, in the third person: "can she send it?"."""
    parts = [part.strip() for part in act.body.split(";")]
    at = len(parts) - 3
    if "\x01" in parts[at + 1]:
        parts[at] = (
            {"do": "does"}.get(parts[at], _agree(parts[at], pronoun)) if pronoun[0] in {"she", "he"} else parts[at]
        )
    return " ".join(settle(" ".join(parts), pronoun).split()) + "?"


def question(body: str, pronoun: tuple[str, str, str] = YOU) -> str:
    """A question asked straight: "when can you send it", "is the room free"."""
    return settle(" ".join(body.replace(";", " ").split()), pronoun)
