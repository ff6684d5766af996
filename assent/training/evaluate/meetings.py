"""Minutes of meetings with exact gold facts: what was found, what was missed, what was said that never should be.

It knows the gold format and no system: a system is any function from a transcript to minutes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError
from scipy.optimize import linear_sum_assignment

from assent.data.transcripts.turns import Transcript
from assent.errors import InputError
from assent.features.minutes import ActionItem, MinutesDocument, Statement
from assent.training.evaluate import intervals
from assent.training.evaluate.intervals import Interval
from assent.training.evaluate.matching import Fact, Gold, NotTask, Task, said, same_due, same_person

System = Callable[[Transcript], MinutesDocument]
Reader = Callable[[Path], Transcript]

_MAJOR, _DUE = 10_000, 100
"""Weights of a match with a task that counts and of a right due date; a task that may be left out weighs 1."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One disagreement to read: `kind` says which list and which way, `text` the gold words or the statement."""

    meeting: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class MeetingScore:
    """Counts of one meeting. Rates are made of sums: a meeting with few facts does not weigh as one with many.

    `listed` leaves out the tasks that matched a minor one, `tasks_listed` does not.
    """

    meeting: str
    matched: int
    listed: int
    actions: int
    due_right: int
    decisions_found: int
    decisions: int
    decisions_listed: int
    questions_found: int
    questions: int
    questions_listed: int
    not_actions_listed: int
    not_actions: int
    never_said: int
    never: int
    tasks_listed: int
    task_words: int
    decision_words: int
    misses: tuple[Miss, ...]


RATES: dict[str, Callable[[MeetingScore], tuple[float, float]]] = {
    "actions precision": lambda s: (s.matched, s.listed),
    "actions recall": lambda s: (s.matched, s.actions),
    "actions f1": lambda s: (2 * s.matched, s.listed + s.actions),
    "due right": lambda s: (s.due_right, s.matched),
    "decisions recall": lambda s: (s.decisions_found, s.decisions),
    "questions recall": lambda s: (s.questions_found, s.questions),
    "not_actions listed": lambda s: (s.not_actions_listed, s.not_actions),
    "never said": lambda s: (s.never_said, 1),
    "decisions listed": lambda s: (s.decisions_listed, 1),
    "questions listed": lambda s: (s.questions_listed, 1),
    "words a task": lambda s: (s.task_words, s.tasks_listed),
    "words a decision": lambda s: (s.decision_words, s.decisions_listed),
}


def load_gold(folder: Path) -> dict[str, Gold]:
    """The facts by file name. Raises InputError where gold.json is missing, broken or names an absent file."""
    path = folder / "gold.json"
    try:
        gold = TypeAdapter(dict[str, Gold]).validate_python(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); expected a gold.json") from error
    except ValidationError as error:
        where = "; ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:5])
        raise InputError(f"{path}: {error.error_count()} faults at {where}; expected the gold format") from error
    except ValueError as error:
        raise InputError(f"{path}: not JSON; expected a gold.json") from error
    absent = sorted(name for name in gold if not (folder / name).is_file() or Path(name).name != name)
    if absent:
        raise InputError(f"{path}: names files that are not beside it: {', '.join(absent)}")
    return gold


def evaluate(
    folder: Path, system: System, read: Reader, progress: Callable[[str], None] = lambda _: None
) -> list[MeetingScore]:
    return list(_scores(folder, system, read, progress))


def _scores(folder: Path, system: System, read: Reader, progress: Callable[[str], None]) -> Iterator[MeetingScore]:
    for name, gold in load_gold(folder).items():
        progress(name)
        yield score(name, system(read(folder / name)), gold)


def score(meeting: str, minutes: MinutesDocument, gold: Gold) -> MeetingScore:
    pairs = match_tasks(minutes.action_items, gold)
    major = [(found, want) for found, want in pairs if not gold.actions[want].minor]
    due_right = sum(same_due(minutes.action_items[f].due, gold.actions[w].due) for f, w in major)
    decisions = [fact for fact in gold.decisions if _told(fact, minutes.decisions)]
    questions = [fact for fact in gold.questions if _told(fact, minutes.open_questions)]
    wrong = [fact for fact in gold.not_actions if _listed(fact, minutes.action_items, gold)]
    spoken = [phrase for phrase in gold.never if any(said(phrase, line) for line in lines(minutes))]
    return MeetingScore(
        meeting=meeting,
        matched=len(major),
        listed=len(minutes.action_items) - (len(pairs) - len(major)),
        actions=sum(not task.minor for task in gold.actions),
        due_right=due_right,
        decisions_found=len(decisions),
        decisions=len(gold.decisions),
        decisions_listed=len(minutes.decisions),
        questions_found=len(questions),
        questions=len(gold.questions),
        questions_listed=len(minutes.open_questions),
        not_actions_listed=len(wrong),
        not_actions=len(gold.not_actions),
        never_said=len(spoken),
        never=len(gold.never),
        tasks_listed=len(minutes.action_items),
        task_words=sum(len(item.task.split()) for item in minutes.action_items),
        decision_words=sum(len(statement.text.split()) for statement in minutes.decisions),
        misses=(
            *_task_misses(meeting, minutes, gold, pairs),
            *_misses(meeting, "decision missed", [fact for fact in gold.decisions if fact not in decisions]),
            *_misses(meeting, "question missed", [fact for fact in gold.questions if fact not in questions]),
            *_misses(meeting, "not_action listed", wrong),
            *(Miss(meeting, "never said", phrase) for phrase in spoken),
        ),
    )


def match_tasks(items: Sequence[ActionItem], gold: Gold) -> list[tuple[int, int]]:
    """Pairs (item, task), each used once: as many that count as can be, then right due dates, then minor ones."""
    if not items or not gold.actions:
        return []
    weights = np.array([[_weight(item, task, gold) for task in gold.actions] for item in items])
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return [(int(row), int(column)) for row, column in zip(rows, columns, strict=True) if weights[row, column] > 0]


def _weight(item: ActionItem, task: Task, gold: Gold) -> int:
    if not (same_person(item.owner, task.owner, gold.participants) and task.told_by(_task_line(item))):
        return 0
    return 1 if task.minor else _MAJOR + _DUE * same_due(item.due, task.due)


def _told(fact: Fact, statements: Sequence[Statement]) -> bool:
    return any(fact.told_by(statement.text) for statement in statements)


def _listed(fact: NotTask, items: Sequence[ActionItem], gold: Gold) -> bool:
    return any(
        fact.told_by(_task_line(item)) and (not fact.owner or same_person(item.owner, fact.owner, gold.participants))
        for item in items
    )


def _task_line(item: ActionItem) -> str:
    """The whole task: an owner or due field counts as part of it."""
    return " | ".join(part for part in (item.owner, item.task, item.due) if part)


def lines(minutes: MinutesDocument) -> list[str]:
    """Every statement of the minutes, as a reader may take it."""
    topics = [text for topic in minutes.topics for text in (topic.heading, *(point.text for point in topic.points))]
    plain = [s.text for s in (*minutes.recap, *minutes.decisions, *minutes.open_questions)]
    tasks = [line for item in minutes.action_items for line in (item.task, f"{item.owner} will {item.task}")]
    first = [f"{item.owner.split()[0]} will {item.task}" for item in minutes.action_items if item.owner]
    return [minutes.title, *plain, *topics, *tasks, *first]


def _task_misses(
    meeting: str, minutes: MinutesDocument, gold: Gold, pairs: Sequence[tuple[int, int]]
) -> Iterator[Miss]:
    found, wanted = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    missed = [task for index, task in enumerate(gold.actions) if index not in wanted and not task.minor]
    for task in missed:
        told = any(task.told_by(_task_line(item)) for item in minutes.action_items)
        yield Miss(meeting, "action with another owner" if told else "action missed", _fact_line(task))
    for index, item in enumerate(minutes.action_items):
        if index not in found:
            yield Miss(meeting, "action invented", _task_line(item))
    for item_index, task_index in pairs:
        item, task = minutes.action_items[item_index], gold.actions[task_index]
        if not same_due(item.due, task.due):
            yield Miss(meeting, "due wrong", f"{item.due} for {task.due} ({', '.join(task.words)})")


def _misses(meeting: str, kind: str, facts: Sequence[Fact]) -> Iterator[Miss]:
    return (Miss(meeting, kind, _fact_line(fact)) for fact in facts)


def _fact_line(fact: Fact) -> str:
    owner = getattr(fact, "owner", None)
    return f"{owner}: {', '.join(fact.words)}" if owner else ", ".join(fact.words)


def overall(scores: Sequence[MeetingScore]) -> dict[str, Interval]:
    """Each rate over all meetings, resampled over meetings (no two share a speaker)."""
    names = [score.meeting for score in scores]
    return {rate: intervals.ratio(*_sides(scores, rate), names, over="meetings") for rate in RATES}


def gaps(ours: Sequence[MeetingScore], theirs: Sequence[MeetingScore]) -> dict[str, Interval]:
    """Each rate of ours minus theirs, paired by meeting."""
    names = [score.meeting for score in ours]
    return {
        rate: intervals.difference(_sides(ours, rate), _sides(theirs, rate), names, over="meetings") for rate in RATES
    }


def _sides(scores: Sequence[MeetingScore], rate: str) -> tuple[list[float], list[float]]:
    pairs = [RATES[rate](score) for score in scores]
    return [top for top, _ in pairs], [bottom for _, bottom in pairs]
