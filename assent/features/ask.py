"""Questions to a meeting, answered with the turns that say so. It knows no summary."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from assent.data.interactions.calls import Call
from assent.data.transcripts.turns import Transcript, Turn
from assent.errors import InputError
from assent.features.answers import clean
from assent.features.grounding import forgetting, verify
from assent.features.language import detect
from assent.features.minutes import WrittenBy
from assent.features.prompts import Guidance, speaker_label, statement_prompt
from assent.features.quoting import sentences, tidy
from assent.features.trace import Trace
from assent.features.words import content_stems
from assent.features.writing import writing_mode
from assent.models import load
from assent.models.engine import Engine

K1, B = 1.2, 0.75
"""Parameters of BM25 (Robertson and Zaragoza 2009, https://doi.org/10.1561/1500000019), at their usual values."""
NEIGHBOUR = 0.4
"""Share of a turn's score that its neighbours get: an answer often stands in the turn after."""
MAX_TURNS = 3


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """`text` is empty and `evidence` too where the meeting says nothing of it."""

    question: str
    text: str
    evidence: tuple[int, ...]
    written_by: WrittenBy
    consent: str | None = field(default=None, compare=False)
    """What was logged of it and what was not; None in local use."""
    trace: Trace | None = field(default=None, compare=False, repr=False)

    def json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("question", "text", "evidence", "written_by")}

    def accept(self) -> None:
        self._tell("accept")

    def discard(self) -> None:
        self._tell("discard")

    def thumb(self, up: bool) -> None:
        """A verdict in one bit."""
        self._tell("thumb_up" if up else "thumb_down")

    def _tell(self, kind: str) -> None:
        if self.trace:
            self.trace.feedback(kind)

    def __str__(self) -> str:
        said = "The meeting does not say."
        if self.text:
            said = f"{self.text} [{', '.join(str(index) for index in self.evidence)}]"
        return f"{said}\n\n[{self.consent}]" if self.consent else said


def ask(
    transcript: Transcript,
    question: str,
    *,
    model: str | None = None,
    engine: Engine | None = None,
    trace: Trace | None = None,
) -> CitedAnswer:
    """The answer that the best matching turns give. Raises InputError for a question without a content word."""
    running = engine or load(model or "assent-mini")
    answer = _answer(transcript, question, running)
    if trace is None:
        return answer
    calls = [Call("answer", answer.evidence, answer.text, answer.written_by)] if answer.text else []
    about = {"model": running.info.name, "adapter": running.info.adapter}
    return replace(answer, consent=trace.capture(transcript, calls, about, [question]), trace=trace)


@forgetting()
def _answer(transcript: Transcript, question: str, engine: Engine) -> CitedAnswer:
    if not content_stems(question):
        raise InputError("the question names nothing to look for; ask with a word that the meeting may hold")
    found = search(transcript.turns, question)
    if not found:
        return CitedAnswer(question, "", (), "quote")
    turns = [transcript.turns[index] for index in found]
    written = _write(engine, question, turns, transcript.participants)
    if written:
        return CitedAnswer(question, written, found, "model")
    return CitedAnswer(question, _quote(turns, question), found, "quote")


def search(turns: Sequence[Turn], question: str) -> tuple[int, ...]:
    """Indexes of up to three turns, in order, that match the question best by BM25 over stems; none if none matches."""
    bags = [Counter(content_stems(f"{turn.speaker or ''} {turn.text}")) for turn in turns]
    mean = sum(sum(bag.values()) for bag in bags) / max(1, len(bags)) or 1.0
    scores = [0.0] * len(bags)
    for stem in set(content_stems(question)):
        holding = sum(stem in bag for bag in bags)
        idf = math.log(1 + (len(bags) - holding + 0.5) / (holding + 0.5))
        for index, bag in enumerate(bags):
            seen = bag[stem]
            scores[index] += idf * seen * (K1 + 1) / (seen + K1 * (1 - B + B * sum(bag.values()) / mean))
    if not any(scores):
        return ()
    spread = [
        score
        + NEIGHBOUR * max(scores[index - 1] if index else 0.0, scores[index + 1] if index + 1 < len(scores) else 0.0)
        for index, score in enumerate(scores)
    ]
    best = sorted(range(len(spread)), key=lambda index: (-spread[index], index))[:MAX_TURNS]
    return tuple(sorted(index for index in best if spread[index] >= 0.5 * spread[best[0]]))


def _write(engine: Engine, question: str, turns: Sequence[Turn], people: Sequence[str]) -> str | None:
    """The model's answer if the turns support it. The embedded model states what they say; it reads no question."""
    if writing_mode(engine, detect(" ".join(turn.text for turn in turns)), None) != "writes":
        return None
    lines = [(speaker_label(turn.speaker), turn.text) for turn in turns]
    slots = engine.info.dialect == "slots"
    task, shown = ("point", lines) if slots else ("answer", [*lines, ("question", question)])
    prompt = statement_prompt(engine, task, shown, Guidance())
    answer = clean(engine.complete([prompt])[0], prompt.messages[-1].content)
    states = answer.text and not answer.text.endswith("?")  # a question given back is no answer
    supported = states and verify(answer.text, turns, kind="point", participants=people).supported
    touches = set(content_stems(answer.text)) & set(content_stems(question))
    return answer.text if supported and (touches or not slots) else None


def _quote(turns: Sequence[Turn], question: str) -> str:
    """The sentences that share most with the question, each with its speaker."""
    wanted = set(content_stems(question))
    parts = []
    for turn in turns:
        best = max(sentences(turn.text) or [turn.text], key=lambda sentence: len(wanted & set(content_stems(sentence))))
        parts.append(f"{turn.speaker}: {tidy(best)}" if turn.speaker else tidy(best))
    return " ".join(parts)


def catch_up(transcript: Transcript, since: float) -> Transcript:
    """What was said from `since` (seconds) on, to summarize or ask. Raises InputError where the file has no times."""
    if all(turn.start is None for turn in transcript.turns):
        raise InputError("this transcript has no times; catching up needs them")
    later = tuple(turn for turn in transcript.turns if turn.start is not None and turn.start >= since)
    return Transcript(
        later, transcript.title, transcript.date, transcript.language, transcript.format, transcript.source
    )


def mentions(transcript: Transcript, name: str) -> tuple[int, ...]:
    """Indexes of the turns by others in which `name`, or its first word, is said."""
    words = _spoken(name)
    wanted = {" ".join(words), *words[:1]} - {""}
    padded = [f" {' '.join(_spoken(turn.text))} " for turn in transcript.turns]
    return tuple(
        index
        for index, (turn, text) in enumerate(zip(transcript.turns, padded, strict=True))
        if turn.speaker != name and any(f" {form} " in text for form in wanted)
    )


def _spoken(text: str) -> list[str]:
    return "".join(
        c.lower() if c.isalnum() or c in "-'" else " " for c in text.replace("’s", "").replace("'s", "")
    ).split()
