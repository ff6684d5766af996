"""What a message does, and its questions as a clause or asked straight. It knows no frame and no tone."""

from __future__ import annotations

from dataclasses import dataclass

from assent.training.pretrain.grammar.words import inflect
from assent.training.pretrain.messages.scene import YOU, Pronoun, settle

ADVERBS = frozenset("all already also both ever even just never really still".split())
"""Words that may stand before the verb of a question."""


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
    if auxiliary in {"do", "does", "did"}:
        third = auxiliary == "does" or (subject == "\x01A\x02" and pronoun[0] in {"she", "he"})
        verb = ""
        settled = _inflected(settled, "past") if auxiliary == "did" else _inflected(settled, "s") if third else settled
    if subject == "there":
        person, verb = "there", auxiliary
    return " ".join(f"{opening} {person} {verb} {settled}".split())


def _inflected(phrase: str, form: str) -> str:
    """The phrase with its verb in a form: "still want it" -> "still wants it"."""
    words = phrase.split()
    at = next((place for place, word in enumerate(words) if word not in ADVERBS), None)
    if at is None:
        return phrase
    verb = words[at].rstrip(",;")
    words[at] = inflect(verb, form) + words[at][len(verb) :]
    return " ".join(words)


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
