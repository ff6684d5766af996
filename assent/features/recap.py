"""The recap: what the meeting came to, from the statements already made. It reads no turn that no statement cites."""

from __future__ import annotations

from collections.abc import Sequence

from assent.features.minutes import ActionItem, Statement
from assent.features.prompts import Line, statement_prompt
from assent.features.words import content_stems
from assent.features.writing import Writer

STATEMENTS = 3
"""How many statements make the recap of a model that does not write one."""
SAME = 0.6
"""Two statements of one kind that share this much of their content stems (Jaccard) say the same thing."""


def distinct(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements without later ones that say the same; what a later one cites goes to the one that stays."""
    kept: list[Statement] = []
    for statement in statements:
        twin = next((index for index, other in enumerate(kept) if similar(statement.text, other.text) >= SAME), None)
        if twin is None:
            kept.append(statement)
        else:
            evidence = tuple(sorted({*kept[twin].evidence, *statement.evidence}))
            kept[twin] = Statement(kept[twin].text, evidence, kept[twin].written_by)
    return tuple(kept)


def similar(one: str, other: str) -> float:
    left, right = set(content_stems(one)), set(content_stems(other))
    return len(left & right) / len(left | right) if left | right else 0.0


def recap(
    writer: Writer, decisions: Sequence[Statement], actions: Sequence[ActionItem], points: Sequence[tuple[float, Statement]]
) -> tuple[Statement, ...]:
    """A sentence of an instruct model over all statements, or the statements that matter most."""
    best = [statement for _, statement in sorted(points, key=lambda pair: -pair[0])]
    ranked = [*decisions[:2], *best[: STATEMENTS - min(2, len(decisions))]]
    if writer.engine.info.dialect == "slots" or writer.engine.info.writing_mode != "writes" or not ranked:
        return _in_order(ranked)
    said = [
        *(Statement(f"decision: {item.text}", item.evidence) for item in decisions),
        *(Statement(f"action: {item.owner or 'someone'} will {item.task}", item.evidence) for item in actions),
        *(Statement(f"point: {item.text}", item.evidence) for item in best),
    ]
    written = _condense(writer, said)
    return (written,) if written else _in_order(ranked)


def _condense(writer: Writer, said: Sequence[Statement]) -> Statement | None:
    """One statement over all of `said`: groups that fit the context are condensed, then their results, until one is left."""
    while len(said) > 1:
        condensed = [writer.condense(group) for group in _groups(writer, said)]
        if not all(condensed) or len(condensed) >= len(said):
            return None
        said = [statement for statement in condensed if statement]
    return said[0] if said else None


def _groups(writer: Writer, said: Sequence[Statement]) -> list[list[Statement]]:
    """Neighbouring statements in groups of at least two whose prompt fits the model's context."""
    groups: list[list[Statement]] = [[]]
    for statement in said:
        if len(groups[-1]) >= 2 and not _fits(writer, [*groups[-1], statement]):
            groups.append([])
        groups[-1].append(statement)
    return groups


def _fits(writer: Writer, group: Sequence[Statement]) -> bool:
    lines = [_line(statement) for statement in group]
    prompt = statement_prompt(writer.engine, "recap", lines, writer.guidance)
    return prompt.messages[-1].content.count("\n") == len(lines) - 1


def _line(statement: Statement) -> Line:
    label, _, text = statement.text.partition(": ")
    return label, text


def _in_order(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    return tuple(sorted(statements, key=lambda statement: statement.evidence))
