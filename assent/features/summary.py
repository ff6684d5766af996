"""From a transcript to the document of its minutes: select, write, verify, reduce. It knows no file and no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Event

from assent.data.interactions.calls import Call
from assent.data.transcripts.turns import Transcript
from assent.features.evidence import Candidate, find
from assent.features.language import code, detect
from assent.features.minutes import ActionItem, Coverage, MinutesDocument, Statement, Topic
from assent.features.prompts import Guidance, wording
from assent.features.recap import distinct, recap
from assent.features.selector import Selector
from assent.features.topics import keywords, segments
from assent.features.words import content_stems
from assent.features.writing import Job, OnProgress, Writer
from assent.models.engine import Engine

HEADING_TURNS = 3
"""A heading is written from this many turns of its topic: those that the points rest on."""
MAX_HEADING_WORDS = 8
LANGUAGE_SAMPLE = 60
"""Turns that the language is told from."""


@dataclass(frozen=True, slots=True)
class Request:
    """What one summary was asked for; kept with the minutes so that they can be made again."""

    template: str = "general"
    guidance: Guidance = field(default_factory=Guidance)


def draft(
    transcript: Transcript,
    engine: Engine,
    request: Request,
    *,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    cancel: Event | None = None,
) -> MinutesDocument:
    """The minutes of a transcript; another `seed` than 0 is another try of the model's.

    Raises GenerationError when the model failed on every prompt, Cancelled when told to.
    """
    spoken = _spoken(transcript)
    guidance = replace(request.guidance, language=request.guidance.language or spoken)
    writer = Writer(engine, transcript, guidance, spoken=spoken, seed=seed, on_progress=on_progress, cancel=cancel)
    found = _noted(find(transcript, Selector.default().score(transcript)), transcript, guidance.notes)
    spans = segments(transcript.turns)
    made, headings = _written(writer, writer.picked(found), spans)
    topics = [_topic(transcript, span, heading, made) for span, heading in zip(spans, headings, strict=True)]
    decisions = distinct([statement for candidate, statement in made if candidate.kind == "decision"])
    actions = tuple(_action(one, statement, transcript) for one, statement in made if one.kind == "action")
    points = [(candidate.score, statement) for candidate, statement in made if candidate.kind == "point"]
    failed = tuple(sorted(writer.tally.failed))
    return MinutesDocument(
        title=transcript.title or _title(topics),
        recap=recap(writer, decisions, actions, points),
        topics=tuple(topics),
        decisions=decisions,
        action_items=actions,
        open_questions=distinct([statement for candidate, statement in made if candidate.kind == "question"]),
        participants=transcript.participants,
        language=(guidance.language if writer.mode == "writes" else None) or spoken,
        coverage=Coverage(len(transcript.turns), len(transcript.turns) - len(failed), failed),
        grounding=writer.tally.grounding(),
        model=engine.info.name,
        adapter=engine.info.adapter,
        template=f"{request.template}@{wording()['version']}",
        calls=tuple(_calls(made, spans, headings, topics, found)),
    )


Made = Sequence[tuple[Candidate, Statement]]


def _spoken(transcript: Transcript) -> str:
    """The language of the talk: the one its file names, else the one its first turns are in."""
    sample = " ".join(turn.text for turn in transcript.turns[:LANGUAGE_SAMPLE])
    return code(transcript.language) or detect(sample)


def _written(
    writer: Writer, candidates: Sequence[Candidate], spans: Sequence[tuple[int, int]]
) -> tuple[Made, Sequence[str]]:
    """The statement of each candidate that has one, and what the model calls each span."""
    jobs = [Job(candidate.kind, candidate.evidence, candidate.focus) for candidate in candidates]
    answers = writer.answers([*jobs, *(_heading_job(span, candidates) for span in spans)])
    made = [(one, writer.statement(one, answer)) for one, answer in zip(candidates, answers, strict=False)]
    headings = [answer.text for answer in answers[len(candidates) :]]
    return [(candidate, statement) for candidate, statement in made if statement], headings


def _noted(candidates: Sequence[Candidate], transcript: Transcript, notes: str | None) -> list[Candidate]:
    """In the order of the talk; with notes, points that the notes do not touch make room for those they do."""
    ordered = sorted(candidates, key=lambda candidate: (candidate.focus, candidate.kind))
    if not notes:
        return ordered
    wanted = set(content_stems(notes))
    touched = {
        candidate for candidate in ordered if wanted & set(content_stems(transcript.turns[candidate.focus].text))
    }
    return [candidate for candidate in ordered if candidate.kind != "point" or candidate in touched] or ordered


def _heading_job(span: tuple[int, int], candidates: Sequence[Candidate]) -> Job:
    inside = sorted((c for c in candidates if span[0] <= c.focus <= span[1]), key=lambda candidate: -candidate.score)
    turns = sorted({candidate.focus for candidate in inside[:HEADING_TURNS]}) or [span[0]]
    return Job("heading", tuple(turns), turns[0])


def _calls(
    made: Made,
    spans: Sequence[tuple[int, int]],
    headings: Sequence[str],
    topics: Sequence[Topic],
    candidates: Sequence[Candidate],
) -> Iterator[Call]:
    """A call for each statement made, and for each heading that is the model's own."""
    for candidate, statement in made:
        yield Call(candidate.kind, statement.evidence, statement.text, statement.written_by)
    for span, heading, topic in zip(spans, headings, topics, strict=True):
        if heading and topic.heading.lower() == heading.rstrip(".").lower():
            yield Call("heading", _heading_job(span, candidates).evidence, topic.heading, "model")


def _topic(transcript: Transcript, span: tuple[int, int], heading: str, made: Made) -> Topic:
    first, last = span
    points = [
        statement for candidate, statement in made if candidate.kind == "point" and first <= candidate.focus <= last
    ]
    return Topic(_heading(transcript, span, heading), first, last, distinct(points))


def _heading(transcript: Transcript, span: tuple[int, int], heading: str) -> str:
    """The model's heading if each of its content words is said in the span, else the words that mark the span off."""
    turns = transcript.turns[span[0] : span[1] + 1]
    said = {stem for turn in turns for stem in content_stems(turn.text)}
    stems = content_stems(heading)
    if stems and set(stems) <= said and len(heading.split()) <= MAX_HEADING_WORDS:
        return heading[0].upper() + heading[1:].rstrip(".")
    return ", ".join(keywords(turns, transcript.turns)).capitalize() or f"Turns {span[0]} to {span[1]}"


def _title(topics: Sequence[Topic]) -> str:
    """The headings of the two longest topics, where the file gives no title."""
    longest = sorted(topics, key=lambda topic: topic.start_turn - topic.end_turn)[:2]
    return "; ".join(topic.heading for topic in sorted(longest, key=lambda topic: topic.start_turn)) or "Meeting"


def _action(candidate: Candidate, statement: Statement, transcript: Transcript) -> ActionItem:
    """The task without its owner's name in front, which has a field of its own."""
    task = statement.text
    others = any(f"{label}: " in task for label in transcript.participants if label != candidate.owner)
    for lead in (f"{candidate.owner} will ", *(() if others else (f"{candidate.owner}: ",))):
        if candidate.owner and task.startswith(lead) and task != lead:
            task = task[len(lead)].upper() + task[len(lead) + 1 :]
    return ActionItem(task.rstrip("."), candidate.owner, candidate.due, statement.evidence, statement.written_by)
