"""Evidence items of the corpora: a few turns, and the sentence a person wrote of them. It knows no store and no model.

The corpora are read from a path and stay outside: no text of them is logged.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assent.errors import InputError
from assent.training.evaluate import corpora
from assent.training.pretrain.natural import support, trim
from assent.training.snapshot.examples import Example, shown

MIN_SUPPORT = 0.4
"""Share of a sentence's longer words that its turns must hold: one below it says what they do not."""
CORPORA = ("invented", "ami", "icsi")
"""Those whose sentences are linked to turns."""
STATEMENTS = (("action", "actions"), ("decision", "decisions"), ("question", "questions"))
SECTIONS = {
    "abstract": ("point", "summary_sentences"),
    "decisions": ("decision", "decisions"),
    "actions": ("action", "action_items"),
}
"""Sections of a summary whose sentences are linked: the task, and the field that holds them."""


@dataclass(frozen=True, slots=True)
class Item:
    """`account` is the series of the meeting; `support` the share of the sentence's longer words that its turns hold.

    `turns` are (speaker, text), `at` the place of the first of them in the meeting.
    """

    id: str
    account: str
    meeting: str
    task: str
    turns: tuple[tuple[str, str], ...]
    at: int
    target: str
    support: float

    @property
    def evidence(self) -> str:
        return " ".join(text for _, text in self.turns)

    def example(self, target: str, weight: float = 1.0) -> Example:
        """As the snapshot would give it; `target` is the text that the user kept."""
        lines = shown(self.task, self.turns)
        return Example(self.id, self.task, (), lines, target, weight, self.account, self.meeting, "")


def load(folder: Path, role: str) -> list[Item]:
    """All items of a role. Raises InputError where the folder holds none."""
    paths = [folder / corpus / f"{role}.jsonl.gz" for corpus in CORPORA]
    found = [item for path in paths if path.is_file() for row in corpora.rows(path) for item in _of(row)]
    if not found:
        raise InputError(f"{folder}: found no {role}.jsonl.gz with linked sentences; expected {', '.join(CORPORA)}")
    return found


def _of(row: dict[str, Any]) -> Iterator[Item]:
    corpus = row["id"].split("-")[0]
    for number, (task, places, target) in enumerate(_linked(row)):
        turns = trim(row["turns"], places, target)
        if not turns or not target.strip():
            continue
        said = tuple((turn["speaker"] or "Someone", turn["text"]) for turn in turns)
        held = support(target, " ".join(text for _, text in said))
        account = f"{corpus}-{row['series']}"
        yield Item(f"{row['id']}-{number}", account, row["id"], task, said, min(places), target.strip(), held)


def _linked(row: dict[str, Any]) -> Iterator[tuple[str, list[int], str]]:
    for task, field in STATEMENTS:
        for entry in row.get(field) or ():
            if isinstance(entry, dict) and "statement" in entry:
                yield task, entry["turns"], entry["statement"]
    for topic in row.get("topics") or ():
        for point in topic.get("points") or ():
            yield "point", point["turns"], point["text"]
    for link in row.get("summary_links") or ():
        task, field = SECTIONS.get(link["section"], ("", ""))
        sentences = row.get(field) or ()
        if task and link["sentence"] < len(sentences):
            yield task, link["turns"], sentences[link["sentence"]]
