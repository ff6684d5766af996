"""Trains the heads of the selector: `python -m assent.training.heads --corpora DIR [--out STEM]`.

It reads the `base` role of the corpora alone, above all the hand-written meetings of `invented`, whose every task,
decision and question names its turns. What plays an account or is held out is never opened.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from assent.data.transcripts.turns import Transcript
from assent.features import selector, signals

Array = NDArray[np.float64]
Row = dict[str, Any]

INVERSE_REGULARISATION = 0.3
CUE_SCALE = 0.5
"""Cues weigh half: there are few of them and each is on in many turns."""
LEAST_TURNS = 2
"""A gram in fewer turns is left out."""
EXTRACT_TURNS = 240
"""Turns taken from each meeting with a human extract: enough of them, and no meeting outweighs the others."""
FOCUS_ITEMS = (("commit", "action", "actions"), ("decide", "decision", "decisions"), ("ask", "question", "questions"))
"""Head, kind and list of the items whose focus turn it learns."""


@dataclass(frozen=True)
class Labelled:
    """A meeting and the labels of its turns: head -> array of 0 and 1 of shape (turns,)."""

    series: str
    transcript: Transcript
    labels: dict[str, Array]


def read_rows(corpora: Path, corpus: str) -> list[Row]:
    with gzip.open(corpora / corpus / "base.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def transcript_of(row: Row) -> Transcript:
    return Transcript.of(((turn["speaker"], turn["text"]) for turn in row["turns"]), title=row.get("title"))


def extracted(row: Row, start: int, stop: int) -> Labelled:
    """A slice of a meeting of `ami` or `icsi`: what a human put into the extract is salient. It has no other labels."""
    transcript = transcript_of({"turns": row["turns"][start:stop]})
    inside = [turn - start for turn in row["extractive"] if start <= turn < stop]
    return Labelled(row["series"], transcript, {"salience": _marks([inside], len(transcript.turns))})


def read_extracts(corpora: Path) -> list[Labelled]:
    """A slice out of the middle of every meeting with a human extract."""
    rows = [row for corpus in ("ami", "icsi") for row in read_rows(corpora, corpus) if row["extractive"]]
    middles = [len(row["turns"]) // 2 for row in rows]
    half = EXTRACT_TURNS // 2
    return [extracted(row, max(0, middle - half), middle + half) for row, middle in zip(rows, middles, strict=True)]


def labelled(row: Row) -> Labelled:
    """The labels of one meeting of `invented`."""
    transcript = transcript_of(row)
    kinds = {"action": "actions", "decision": "decisions", "question": "questions", "refuse": "not_actions"}
    turns = {head: [item["turns"] for item in row[kind]] for head, kind in kinds.items()}
    turns["done"] = [item["turns"] for item in row["not_actions"] if item["why"] == "already done"]
    turns["info"] = [point["turns"] for topic in row["topics"] for point in topic["points"]]
    marks = {head: _marks(lists, len(transcript.turns)) for head, lists in turns.items()}
    marks["salience"] = np.clip(sum(marks.values()), 0, 1)
    uses = Counter(i for head in ("action", "decision", "question") for item in turns[head] for i in item)
    recaps = {i for i, count in uses.items() if count > 2}  # one turn that bears three items reads them back
    for head, kind, items in FOCUS_ITEMS:
        marks[head] = _marks([[focus(kind, item, transcript, recaps)] for item in row[items]], len(transcript.turns))
    return Labelled(row["series"], transcript, marks)


def _marks(lists: Sequence[Sequence[int]], turns: int) -> Array:
    marks = np.zeros(turns)
    marks[[i for item in lists for i in item]] = 1
    return marks


def focus(kind: str, item: Row, transcript: Transcript, recaps: set[int]) -> int:
    """The turn an annotated item turns on."""
    if kind == "action":
        return _commit(item, transcript, recaps)
    if kind == "question":
        return _asked(item["turns"], transcript)
    if kind == "point":
        return int(max(item["turns"], key=lambda turn: len(transcript.turns[turn].text)))
    return _last(item["turns"], recaps)


def _commit(item: Row, transcript: Transcript, recaps: set[int]) -> int:
    """The turn where the task is taken: the owner's last word on it before it is read back."""
    own = [i for i in item["turns"] if transcript.turns[i].speaker == item["owner"]]
    return _last(own or item["turns"], recaps)


def _last(turns: Sequence[int], recaps: set[int]) -> int:
    return int(([i for i in turns if i not in recaps] or list(turns))[-1])


def _asked(turns: Sequence[int], transcript: Transcript) -> int:
    return next((i for i in turns if "?" in transcript.turns[i].text), turns[0])


def vocabulary(meetings: Sequence[Labelled]) -> tuple[dict[str, int], Array]:
    """Gram -> row, and the inverse document frequency of each row."""
    counts = Counter(gram for meeting in meetings for turn in selector.grams(meeting.transcript) for gram in turn)
    turns = sum(len(meeting.transcript.turns) for meeting in meetings)
    kept = sorted(gram for gram, count in counts.items() if count >= LEAST_TURNS)
    idf = np.array([1 + np.log((1 + turns) / (1 + counts[gram])) for gram in kept])
    return {gram: row for row, gram in enumerate(kept)}, idf


def _gram_rows(meeting: Labelled, rows: dict[str, int], idf: Array) -> Any:
    """Sparse rows of one meeting, shape (turns, len(offsets) * len(rows))."""
    from scipy.sparse import hstack, lil_matrix
    from sklearn.preprocessing import normalize

    turns = selector.grams(meeting.transcript)
    plain = lil_matrix((len(turns), len(rows)))
    for i, turn in enumerate(turns):
        for gram, count in turn.items():
            if gram in rows:
                plain[i, rows[gram]] = (1 + np.log(count)) * idf[rows[gram]]
    unit, n = normalize(plain.tocsr()), len(turns)
    return hstack([_shift(unit, offset, n) for offset in selector.NGRAM_OFFSETS]).tocsr()


def _shift(rows: Any, offset: int, turns: int) -> Any:
    from scipy.sparse import csr_matrix, vstack

    empty = csr_matrix((min(abs(offset), turns), rows.shape[1]))
    if offset < 0:
        return vstack([empty, rows[:offset]])[:turns]
    return vstack([rows[offset:], empty])[:turns] if offset else rows


def design(meetings: Sequence[Labelled], rows: dict[str, int], idf: Array) -> Any:
    """Sparse features of all turns: grams at each offset, then scaled cues at each offset."""
    from scipy.sparse import csr_matrix, hstack, vstack

    grams = vstack([_gram_rows(meeting, rows, idf) for meeting in meetings])
    cues = [selector.shifted(signals.matrix(meeting.transcript), selector.CUE_OFFSETS) for meeting in meetings]
    return hstack([grams, csr_matrix(np.vstack(cues) * CUE_SCALE)]).tocsr()


def fit(meetings: Sequence[Labelled], extracts: Sequence[Labelled] = ()) -> selector.Selector:
    """One logistic regression a head, balanced. Only salience learns from the extracts as well."""
    from sklearn.linear_model import LogisticRegression

    rows, idf = vocabulary(meetings)
    features = design(meetings, rows, idf)
    salient = design([*meetings, *extracts], rows, idf)
    grams, cues, bias = [], [], []
    for head in selector.ALL_HEADS:
        learnt_from = [*meetings, *extracts] if head == "salience" else meetings
        marks = np.concatenate([meeting.labels[head] for meeting in learnt_from])
        model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=300, class_weight="balanced")
        model.fit(salient if head == "salience" else features, marks)
        split = len(rows) * len(selector.NGRAM_OFFSETS)
        grams.append(model.coef_[0, :split].reshape(len(selector.NGRAM_OFFSETS), len(rows)))
        cues.append(model.coef_[0, split:] * CUE_SCALE)
        bias.append(model.intercept_[0])
    return selector.Selector(rows, idf, np.stack(grams, axis=2), np.stack(cues, axis=1), np.array(bias))


def save(model: selector.Selector, stem: Path) -> None:
    """Half precision is enough: the scores move by less than one in a thousand."""
    tensors = {"idf": model.idf, "grams": model.grams, "cues": model.cues, "bias": model.bias}
    save_file({name: value.astype(np.float16) for name, value in tensors.items()}, stem.with_suffix(".safetensors"))
    words = json.dumps({"vocabulary": list(model.vocabulary)}, ensure_ascii=False)
    stem.with_suffix(".json").write_text(words + "\n", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with invented/base.jsonl.gz")
    parser.add_argument("--out", type=Path, default=selector.WEIGHTS, help="stem of the two files to write")
    options = parser.parse_args()
    meetings = [labelled(row) for row in read_rows(options.corpora, "invented")]
    save(fit(meetings, read_extracts(options.corpora)), options.out)


if __name__ == "__main__":
    main()
