"""Compose, reply and rewrite: an instruction in, drafts of a message out, each checked, each saying who wrote it.

The model writes candidates; the guard drops what invents or loses something; the rules write where no candidate stands.
It knows no interface: a draft is text to preview, edit and accept, and is never sent from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Literal

from assent.data.interactions.calls import Call
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import Cancelled, InputError
from assent.features import drafting, guard
from assent.features.candidates import Ask, candidates
from assent.features.drafting.rewriting import HOWS, rewrite_by_rules
from assent.features.drafting.tones import LENGTHS, TONES
from assent.features.grounding import forgetting
from assent.features.guard import GRAVE, Source
from assent.features.prompts import signed, speaker_label
from assent.features.trace import Trace
from assent.models import load
from assent.models.engine import Engine

WrittenBy = Literal["model", "rules", "human"]
Line = tuple[str, str]
Thread = Transcript | Sequence[Line] | Sequence[Turn] | None
MARK = "Drafted by AI"
MAX_DRAFTS = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """One message. `slots` are the names, days and numbers found in it; `ai_marked` survives a person's edit."""

    text: str
    written_by: WrittenBy
    slots: dict[str, str]
    ai_marked: bool = True


@dataclass(frozen=True, slots=True)
class Commission:
    """One message that `me` asked for. `material` is the thread, `said` what the user gave: what drafts are made of."""

    ask: Ask
    by_rules: Callable[[int], str]
    n: int
    engine: Engine
    on_text: Callable[[int, str], None] | None
    cancel: Event | None
    material: Transcript
    said: tuple[str, ...]
    me: str | None
    around: tuple[str, str] = ("", "")
    """What stands unchanged before and after a draft of a selection."""

    @property
    def wishes(self) -> dict[str, str | None]:
        return {"tone": self.ask.tone, "length": self.ask.length}

    @forgetting()
    def drafts(self, rounds: int = 0) -> tuple[Draft, ...]:
        """Up to `n` drafts that differ; other `rounds` are other tries."""
        written = candidates(self.engine, self.ask, self.n, self.on_text, self.cancel, rounds)
        if self.cancel is not None and self.cancel.is_set():
            raise Cancelled("composing was cancelled")
        texts: dict[str, WrittenBy] = dict.fromkeys(written[: self.n], "model")
        for variant in range(rounds * self.n, (rounds + 1) * self.n):
            if len(texts) < self.n:
                texts.setdefault(self.by_rules(variant), "rules")
        return tuple(self._draft(text, writer) for text, writer in texts.items())

    def _draft(self, text: str, written_by: WrittenBy) -> Draft:
        whole = f"{self.around[0]}{text}{self.around[1]}"
        return Draft(whole, written_by, guard.slots(whole))


@dataclass(slots=True)
class Drafts:
    """Drafts with their life around them. Every state is kept: `undo` goes back one, `accepted` is the chosen index."""

    drafts: tuple[Draft, ...]
    model: str
    adapter: str | None = None
    accepted: int | None = None
    versions: list[tuple[tuple[Draft, ...], int | None]] = field(default_factory=list)
    commission: Commission | None = None
    rounds: int = 0
    consent: str | None = None
    """What was logged of it and what was not; None in local use."""
    trace: Trace | None = None

    def __str__(self) -> str:
        texts = [draft.text for draft in self.drafts]
        shown = texts if len(texts) == 1 else [f"{number}. {text}" for number, text in enumerate(texts, 1)]
        told = [f"[{self.consent}]"] if self.consent else []
        return "\n\n".join([*shown, f"[{MARK}: {self._writers()}. Check it before you send it.]", *told])

    def json(self) -> dict[str, Any]:
        drafts = [{"text": draft.text, "written_by": draft.written_by, "slots": draft.slots} for draft in self.drafts]
        return {"drafts": drafts, "model": self.model, "adapter": self.adapter}

    def accept(self, index: int = 0) -> Draft:
        """Choose a draft; undo takes the choice back."""
        chosen = self._at(index)
        self._tell("accept")
        self._keep()
        self.accepted = index
        return chosen

    def discard(self) -> None:
        """Drop all drafts: none is to be sent. Undo takes it back."""
        self._tell("discard")
        self._keep()
        self.drafts, self.accepted = (), None

    def thumb(self, up: bool) -> None:
        """A verdict in one bit."""
        self._tell("thumb_up" if up else "thumb_down")

    def regenerate(self) -> None:
        """Put other drafts of the same message in place of these; undo brings these back."""
        if self.commission is None:
            raise InputError("these drafts cannot be made again; ask for new ones")
        self._tell("regenerate")
        drafts = self.commission.drafts(self.rounds + 1)
        self._keep()
        self.drafts, self.accepted, self.rounds = drafts, None, self.rounds + 1
        self._capture()

    def edit(self, text: str, index: int = 0) -> Draft:
        """Put a person's text in place of a draft's."""
        if not text.strip():
            raise InputError("an edit needs text; found none")
        self._at(index)
        self._keep()
        if self.trace:
            self.trace.edit(self.trace.shown[index : index + 1], text)
        edited = Draft(text, "human", guard.slots(text))
        self.drafts = (*self.drafts[:index], edited, *self.drafts[index + 1 :])
        self.accepted = None
        return edited

    def undo(self) -> None:
        """Go back to the state before the last edit or choice."""
        if not self.versions:
            raise InputError("nothing to undo: no draft was edited or accepted")
        self.drafts, self.accepted = self.versions.pop()

    def _tell(self, kind: str) -> None:
        if self.trace:
            self.trace.feedback(kind)

    def _capture(self) -> None:
        """Logs each draft as a call of its own; all of them were made from all that was given."""
        if self.trace and self.commission:
            turns = tuple(range(len(self.commission.material.turns)))
            calls = [Call(self.commission.ask.task, turns, one.text, one.written_by) for one in self.drafts]
            about = {"model": self.model, "adapter": self.adapter, **self.commission.wishes}
            self.consent = self.trace.capture(
                self.commission.material, calls, about, self.commission.said, signed=self.commission.me
            )

    def _keep(self) -> None:
        self.versions.append((self.drafts, self.accepted))

    def _at(self, index: int) -> Draft:
        if not 0 <= index < len(self.drafts):
            raise InputError(f"draft {index}: there are drafts 0 to {len(self.drafts) - 1}")
        return self.drafts[index]

    def _writers(self) -> str:
        names = {"model": self.model, "rules": "rules", "human": "edited by a person"}
        return ", ".join(dict.fromkeys(names[draft.written_by] for draft in self.drafts))


def compose(
    instruction: str,
    *,
    thread: Thread = None,
    me: str | None = None,
    tone: str | None = None,
    length: str | None = None,
    n: int = 1,
    model: str | None = None,
    engine: Engine | None = None,
    on_text: Callable[[int, str], None] | None = None,
    cancel: Event | None = None,
    trace: Trace | None = None,
) -> Drafts:
    """Drafts of the message that an instruction asks for; with a `thread`, of the reply to it.

    `me` is the writer, `on_text` is called with (candidate, new piece) while the model writes. What is streamed is a
    candidate: the drafts returned are the ones that passed. Raises InputError on an empty instruction or an unknown
    tone or length, Cancelled when `cancel` was set, and the model's own errors.
    """
    tone, length = _one_of(tone or "neutral", TONES, "tone"), _one_of(length or "short", LENGTHS, "length")
    lines = thread_lines(thread)
    _needs(instruction, "instruction")
    plan = drafting.read_instruction(instruction, tuple(part for line in lines for part in line), _hearers(lines, me))
    given = "\n".join([*(f"{speaker}: {text}" for speaker, text in lines), me or ""])
    shown = (
        *lines,
        *signed(me),
        ("instruction", drafting.spell_out(instruction, [part for line in lines for part in line])),
    )
    ask = Ask(
        "reply" if lines else "compose", shown, (tone, length), Source(instruction, given, plan.hushed), tone, length
    )

    def by_rules(variant: int) -> str:
        return drafting.draft_by_rules(plan, tone, length, thread=lines, me=me, variant=variant)

    material = thread if isinstance(thread, Transcript) else Transcript.of(lines)
    running = engine or load(model or "assent-mini")
    return _made(Commission(ask, by_rules, _some(n), running, on_text, cancel, material, (instruction,), me), trace)


def reply(instruction: str, thread: Thread, **wishes: Any) -> Drafts:
    """Drafts of an answer to a thread: `compose` with a thread that must not be empty."""
    if not thread_lines(thread):
        raise InputError("a reply needs a thread; found no message in it")
    return compose(instruction, thread=thread, **wishes)


def rewrite(
    text: str,
    how: str,
    *,
    selection: slice | None = None,
    me: str | None = None,
    tone: str | None = None,
    length: str | None = None,
    n: int = 1,
    model: str | None = None,
    engine: Engine | None = None,
    on_text: Callable[[int, str], None] | None = None,
    cancel: Event | None = None,
    trace: Trace | None = None,
) -> Drafts:
    """Drafts of a message said differently: `how` is one of HOWS or a wish in free words.

    With a `selection`, only that slice of the text is rewritten and the rest stands around it, unchanged.
    """
    _needs(text, "text")
    _needs(how, "wish")
    before, chosen, after = _cut(text, selection)
    _needs(chosen, "selection")
    wanted = how.strip().lower()
    style = wanted if wanted in HOWS else "improve"
    source = Source(
        chosen,
        f"{how}\n{me or ''}\n{before}\n{after}",
        (),
        _KEPT[style] if wanted in HOWS else 0.4,
        wanted != "shorten",
    )
    shown = (*signed(me), ("instruction", how), ("text", drafting.spell_out(chosen)))
    ask = Ask("rewrite", shown, (style,), source, tone or _TONE_OF.get(wanted), length)

    def by_rules(variant: int) -> str:
        return rewrite_by_rules(chosen, how, tone=tone, length=length, me=me)

    nothing, running = Transcript(()), engine or load(model or "assent-mini")
    said, around = (how, text), (before, after)
    return _made(Commission(ask, by_rules, _some(n), running, on_text, cancel, nothing, said, me, around), trace)


_KEPT = {
    "improve": 0.5,
    "fix spelling": 0.7,
    "shorten": 0.3,
    "elaborate": 0.6,
    "simplify": 0.3,
    "formal": 0.4,
    "friendly": 0.4,
    "direct": 0.35,
}
_TONE_OF = {"formal": "formal", "friendly": "friendly", "direct": "direct"}


def thread_lines(thread: Thread) -> tuple[Line, ...]:
    """(speaker, text) of a thread in any of its shapes."""
    if thread is None:
        return ()
    turns = thread.turns if isinstance(thread, Transcript) else thread
    said = [(turn.speaker, turn.text) if isinstance(turn, Turn) else turn for turn in turns]
    return tuple((speaker_label(speaker), text) for speaker, text in said)


def _hearers(lines: Sequence[Line], me: str | None) -> str | None:
    """Whom a reply greets where its instruction names nobody: the other speakers, where they are one or two."""
    others = list(dict.fromkeys(speaker for speaker, _ in lines if speaker != me))
    return " and ".join(others[-2:]) if others else None


def _made(commission: Commission, trace: Trace | None) -> Drafts:
    info = commission.engine.info
    made = Drafts(commission.drafts(), info.name, info.adapter, commission=commission, trace=trace)
    made._capture()
    return made


def _cut(text: str, selection: slice | None) -> tuple[str, str, str]:
    if selection is None:
        return "", text, ""
    start, stop, step = selection.indices(len(text))
    if step != 1 or start >= stop:
        raise InputError(f"selection {start}:{stop}: choose a stretch of the text, from 0 to {len(text)}")
    return text[:start], text[start:stop], text[stop:]


def _one_of(value: str, known: Sequence[str], what: str) -> str:
    if value not in known:
        raise InputError(f"{what} {value!r} is not known; use one of {', '.join(known)}")
    return value


def _some(n: int) -> int:
    if not 1 <= n <= MAX_DRAFTS:
        raise InputError(f"{n} drafts: ask for 1 to {MAX_DRAFTS}")
    return n


def _needs(text: str, what: str) -> None:
    if not text.strip():
        raise InputError(f"the {what} is empty; expected some words")


__all__ = [
    "GRAVE",
    "HOWS",
    "LENGTHS",
    "MARK",
    "TONES",
    "Draft",
    "Drafts",
    "compose",
    "reply",
    "rewrite",
    "thread_lines",
]
