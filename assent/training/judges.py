"""Trains the judges of evidence: `python -m assent.training.judges --corpora DIR [--out FILE]`.

They read the scores of the selector's heads, so each meeting is scored by heads that never saw its series, as a new
meeting will be. Only the `base` role of `invented` is read.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from assent.features.evidence import dues, links, ranks, search
from assent.features.evidence.candidate import KINDS, Kind
from assent.features.evidence.judges import WEIGHTS, Judges
from assent.features.evidence.talk import Row as Features
from assent.features.evidence.talk import Talk
from assent.training import heads
from assent.training.heads import Array, Labelled, Row

FOLDS = 5
LINK_REGULARISATION = 0.03
RANK_REGULARISATION = 0.01
DUE_REGULARISATION = 0.03
LISTS: dict[Kind, str] = {"action": "actions", "decision": "decisions", "question": "questions"}


@dataclass(frozen=True)
class Scored:
    """A meeting of `invented`, and its talk with scores from heads that never saw its series."""

    row: Row
    meeting: Labelled
    talk: Talk

    @cached_property
    def recaps(self) -> set[int]:
        uses = Counter(turn for kind in LISTS.values() for item in self.row[kind] for turn in item["turns"])
        return {turn for turn, count in uses.items() if count > 2}

    def items(self, kind: Kind) -> list[Row]:
        if kind == "point":
            return [point for topic in self.row["topics"] for point in topic["points"]]
        return list(self.row[LISTS[kind]])

    def focus(self, kind: Kind, item: Row) -> int:
        return heads.focus(kind, item, self.meeting.transcript, self.recaps)


def folds(series: Sequence[str]) -> list[set[str]]:
    names = sorted(set(series))
    return [set(names[start::FOLDS]) for start in range(FOLDS)]


def score(rows: Sequence[Row], extracts: Sequence[Labelled] = ()) -> list[Scored]:
    """Every meeting scored by heads trained on the other folds."""
    meetings = [heads.labelled(row) for row in rows]
    scored: dict[int, Scored] = {}
    for left_out in folds([meeting.series for meeting in meetings]):
        selector = heads.fit([meeting for meeting in meetings if meeting.series not in left_out], extracts)
        for index, meeting in enumerate(meetings):
            if meeting.series in left_out:
                scored[index] = Scored(
                    rows[index], meeting, Talk(meeting.transcript, selector.score(meeting.transcript))
                )
    return [scored[index] for index in range(len(meetings))]


def fit(meetings: Sequence[Scored]) -> Judges:
    """Links first: the ranks look at what the links gather."""
    weights = {f"link_{kind}": _logistic(*_link_rows(kind, meetings), LINK_REGULARISATION) for kind in KINDS}
    blank = {f"rank_{kind}": np.zeros(ranks.WIDTH + 1) for kind in LISTS}
    linking = Judges({**weights, **blank})
    weights["due"] = _logistic(*_due_rows(meetings, linking), DUE_REGULARISATION)
    linking = Judges({**weights, **blank})
    for kind in LISTS:
        weights[f"rank_{kind}"] = _logistic(*_rank_rows(kind, meetings, linking), RANK_REGULARISATION)
    return Judges(weights)


def _link_rows(kind: Kind, meetings: Sequence[Scored]) -> tuple[list[Features], list[bool]]:
    rows: list[Features] = []
    marks: list[bool] = []
    for meeting in meetings:
        for item in meeting.items(kind):
            focus = meeting.focus(kind, item)
            near = links.near(meeting.talk, focus)
            rows += [links.row(meeting.talk, kind, focus, other) for other in near]
            marks += [other in item["turns"] for other in near]
    return rows, marks


def _due_rows(meetings: Sequence[Scored], judges: Judges) -> tuple[list[Features], list[bool]]:
    """The phrases around every turn a task turns on; those that say what the annotation says are right."""
    rows: list[Features] = []
    marks: list[bool] = []
    for meeting in meetings:
        for item in meeting.items("action"):
            focus = meeting.focus("action", item)
            linked = search.link("action", focus, meeting.talk, judges)
            for spot in dues.spots(meeting.talk, focus, linked):
                rows.append(dues.row(meeting.talk, focus, linked, spot))
                marks.append(item["due"] is not None and _same_time(spot.phrase.text, item["due"]))
    return rows, marks


def _same_time(said: str, annotated: str) -> bool:
    """Whether two phrases agree but for the preposition and at most two words more."""
    words, wanted = _time_words(said), _time_words(annotated)
    return wanted <= words and len(words) <= len(wanted) + 2


def _time_words(phrase: str) -> set[str]:
    return set(re.findall(r"\w+", phrase.lower())) - {"by", "on", "at", "the", "in", "for", "of", "to"}


def _rank_rows(kind: Kind, meetings: Sequence[Scored], judges: Judges) -> tuple[list[Features], list[bool]]:
    rows: list[Features] = []
    marks: list[bool] = []
    for meeting in meetings:
        for one in search.proposals(kind, meeting.talk, judges):
            rows.append(ranks.row(meeting.talk, one.candidate, one.linked))
            marks.append(hits(meeting, kind, one))
    return rows, marks


def hits(meeting: Scored, kind: Kind, one: search.Proposal) -> bool:
    """Whether a proposal turns on a turn of an item, read back or not, and gives it to the right owner."""
    return any(
        one.candidate.focus in item["turns"] and (kind != "action" or one.candidate.owner == item["owner"])
        for item in meeting.items(kind)
    )


def _logistic(rows: Sequence[Features], marks: Sequence[bool], inverse_regularisation: float) -> Array:
    """Weights on the raw features, the bias last; the fit itself is on standardised ones."""
    from sklearn.linear_model import LogisticRegression

    table = np.asarray(rows)
    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread[spread == 0] = 1.0
    model = LogisticRegression(C=inverse_regularisation, max_iter=500).fit((table - mean) / spread, marks)
    weights = model.coef_[0] / spread
    return np.append(weights, model.intercept_[0] - weights @ mean)


def save(judges: Judges, path: Path) -> None:
    save_file({name: value.astype(np.float32) for name, value in judges.weights.items()}, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with invented/base.jsonl.gz")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="file to write")
    options = parser.parse_args()
    rows, extracts = heads.read_rows(options.corpora, "invented"), heads.read_extracts(options.corpora)
    save(fit(score(rows, extracts)), options.out)


if __name__ == "__main__":
    main()
