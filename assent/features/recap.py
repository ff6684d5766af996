"""The recap: what the meeting came to, from the statements already made. It reads no turn that no statement cites."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from assent.features.minutes import ActionItem, Statement
from assent.features.prompts import held, statement_prompt
from assent.features.words import content_stems
from assent.features.writing import Writer

STATEMENTS = 3
"""How many statements make the recap of a model that does not write one."""
DECISIONS = 2
"""How many of them are decisions, where there are any."""
CHOICE = 2
"""Among twice as many points as are wanted, the most salient ones, the best to read are taken."""
SAME = 0.6
"""Two statements of one kind that share this much of their content stems (Jaccard) say the same thing."""


MARK = re.compile(r"\d[\d.,:]*|\b(?:no|not|never|none|nobody|nothing|without|cannot)\b|n['’]t\b", re.IGNORECASE)
"""Numbers and negations: statements that differ in one are no twins, however alike their other words are."""

Labelled = tuple[str, Statement]
"""A statement and what it is: "decision", "action", "point"."""


def distinct(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements without later ones that say the same; what a later one cites goes to the one that stays."""
    kept: list[Statement] = []
    for statement in statements:
        twin = next((index for index, other in enumerate(kept) if same(statement.text, other.text)), None)
        if twin is None:
            kept.append(statement)
        else:
            evidence = tuple(sorted({*kept[twin].evidence, *statement.evidence}))
            kept[twin] = Statement(kept[twin].text, evidence, kept[twin].written_by)
    return tuple(kept)


def same(one: str, other: str) -> bool:
    marks = [sorted(mark.lower() for mark in MARK.findall(text)) for text in (one, other)]
    return marks[0] == marks[1] and similar(one, other) >= SAME


def similar(one: str, other: str) -> float:
    left, right = set(content_stems(one)), set(content_stems(other))
    return len(left & right) / len(left | right) if left | right else 0.0


def recap(
    writer: Writer,
    decisions: Sequence[Statement],
    actions: Sequence[ActionItem],
    points: Sequence[tuple[float, Statement]],
) -> tuple[Statement, ...]:
    """A sentence of an instruct model over all statements, or the statements that matter most."""
    best = [statement for _, statement in sorted(points, key=lambda pair: -pair[0])]
    if writer.engine.info.dialect == "slots" or writer.mode != "writes":
        return leading(decisions, best)
    said: list[Labelled] = [
        *(("decision", item) for item in decisions),
        *(("action", Statement(f"{item.owner or 'someone'}: {item.task}", item.evidence)) for item in actions),
        *(("point", item) for item in best),
    ]
    written = _condense(writer, said)
    return (written,) if written else leading(decisions, best)


def leading(decisions: Sequence[Statement], points: Sequence[Statement]) -> tuple[Statement, ...]:
    """Some decisions and points in the order of the talk, of which no two rest on the same turn.

    `points` come best first. What a model wrote goes before quotes, and what is short before what is long.
    """
    taken = _apart(_readable(decisions), (), DECISIONS)
    wanted = STATEMENTS - len(taken)
    taken = _apart(_readable(points[: CHOICE * wanted]), taken, STATEMENTS)
    return tuple(sorted(taken, key=lambda statement: statement.evidence))


def _readable(statements: Iterable[Statement]) -> list[Statement]:
    return sorted(statements, key=lambda statement: (statement.written_by != "model", len(statement.text.split())))


def _apart(statements: Iterable[Statement], taken: Sequence[Statement], most: int) -> list[Statement]:
    """`taken`, filled up to `most` with statements that cite no turn already cited."""
    apart = list(taken)
    for statement in statements:
        if len(apart) < most and all(set(statement.evidence).isdisjoint(other.evidence) for other in apart):
            apart.append(statement)
    return apart


def _condense(writer: Writer, said: Sequence[Labelled]) -> Statement | None:
    """One statement over all of `said`: groups that fit the context, then their results, are condensed to one.

    None where two statements do not fit together, or where the model's sentence for a group is not supported.
    """
    while len(said) > 1:
        groups = _groups(writer, said)
        if len(groups) == len(said):
            return None
        condensed = [writer.condense(group) if len(group) > 1 else group[0][1] for group in groups]
        said = [("point", statement) for statement in condensed if statement]
        if len(said) < len(groups):
            return None
    return said[0][1] if said and said[0][1].written_by == "model" else None


def _groups(writer: Writer, said: Sequence[Labelled]) -> list[list[Labelled]]:
    """Neighbouring statements in groups whose prompt fits the model's context."""
    groups: list[list[Labelled]] = [[]]
    for labelled in said:
        if groups[-1] and not _fits(writer, [*groups[-1], labelled]):
            groups.append([])
        groups[-1].append(labelled)
    return groups


def _fits(writer: Writer, group: Sequence[Labelled]) -> bool:
    """Whether the prompt shows every statement of the group: it drops lines that do not fit."""
    lines = [(label, statement.text) for label, statement in group]
    return held(statement_prompt(writer.engine, "recap", lines, writer.guidance)) == len(lines)
