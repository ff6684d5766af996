"""The metrics of a summary against its reference, as one number per meeting. It knows no system and no baseline.

ROUGE rewards house style, so it never stands alone: *specific recall* asks for what only this meeting holds,
*retrieve@1* whether the summary tells this meeting from its siblings. All are taken of texts cut at the same length.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.words import content_stems, stems

LENGTH = 200
"""Words an output is cut at."""
COMMON = 0.10
"""A stem in this share of other references or more is house style, not specific."""
ROUGE = ("rouge1", "rouge2", "rougeL")


@dataclass(frozen=True)
class References:
    """References to count stems in: those of training meetings, else of the other series of the data."""

    train: Sequence[Meeting]
    data: Sequence[Meeting]

    def common(self, meeting: Meeting) -> frozenset[str]:
        """Stems in a tenth or more of the references of this corpus."""
        held = self._train_stems.get(meeting.corpus) or [
            content
            for other, content in self._data_stems
            if other.corpus == meeting.corpus and other.series != meeting.series
        ]
        counts = Counter(stem for content in held for stem in content)
        return frozenset(stem for stem, count in counts.items() if count >= COMMON * len(held))

    @cached_property
    def _train_stems(self) -> dict[str, list[frozenset[str]]]:
        held: dict[str, list[frozenset[str]]] = {}
        for meeting in self.train:
            held.setdefault(meeting.corpus, []).append(content_stems(meeting.reference))
        return held

    @cached_property
    def _data_stems(self) -> list[tuple[Meeting, frozenset[str]]]:
        return [(meeting, content_stems(meeting.reference)) for meeting in self.data]


def specific_stems(meeting: Meeting, references: References) -> frozenset[str]:
    """Content stems of the reference that occur in the transcript and in under 10 % of train references."""
    return (content_stems(meeting.reference) & content_stems(" ".join(meeting.texts))) - references.common(meeting)


def specific_recall(output: str, wanted: frozenset[str]) -> float:
    return len(wanted & content_stems(output)) / len(wanted) if wanted else 0.0


def rouge(output: str, reference: str) -> dict[str, float]:
    """F-measures of ROUGE-1, ROUGE-2 and ROUGE-L, stemmed."""
    from rouge_score.rouge_scorer import RougeScorer

    scores = RougeScorer(ROUGE, use_stemmer=True).score(reference, output)
    return {name: float(scores[name].fmeasure) for name in ROUGE}


def retrieve_at_1(outputs: Sequence[str], meetings: Sequence[Meeting], train: Sequence[Meeting] = ()) -> list[float]:
    """1 where an output's idf cosine is highest with its own reference among the meetings of its corpus and phase.

    A tie is shared, so that an empty output scores as chance.
    """
    idf = inverse_frequencies([meeting.reference for meeting in (*meetings, *train)])
    wanted = vectors([meeting.reference for meeting in meetings], idf)
    likeness = vectors(outputs, idf) @ wanted.T
    groups = np.array([f"{meeting.corpus}/{meeting.phase}" for meeting in meetings])
    return [_first_place(likeness[row], row, groups == groups[row]) for row in range(len(meetings))]


def _first_place(likeness: NDArray[np.float64], row: int, rivals: NDArray[np.bool_]) -> float:
    best = np.isclose(likeness, likeness[rivals].max()) & rivals
    return float(best[row] / best.sum())


def chance(meetings: Sequence[Meeting]) -> list[float]:
    """What picking at random gives: one over the meetings of the same corpus and phase."""
    sizes = Counter((meeting.corpus, meeting.phase) for meeting in meetings)
    return [1 / sizes[meeting.corpus, meeting.phase] for meeting in meetings]


def inverse_frequencies(texts: Sequence[str]) -> dict[str, float]:
    """log(1 + N / df) of each content stem."""
    counts = Counter(stem for text in texts for stem in content_stems(text))
    return {stem: log(1 + len(texts) / count) for stem, count in counts.items()}


def vectors(texts: Sequence[str], idf: Mapping[str, float]) -> NDArray[np.float64]:
    """(texts, stems) rows of unit length: (1 + log count) * idf over the stems that have an idf."""
    column = {stem: place for place, stem in enumerate(idf)}
    table = np.zeros((len(texts), len(idf)))
    for row, text in enumerate(texts):
        for stem, count in Counter(stems(text)).items():
            if stem in column:
                table[row, column[stem]] = (1 + log(count)) * idf[stem]
    norms = np.linalg.norm(table, axis=1, keepdims=True)
    return np.asarray(table / np.where(norms > 0, norms, 1))


def cited(turns: Iterable[int], meeting: Meeting) -> tuple[int, int, int]:
    """(cited and in the human extract, cited, in the extract): the sides of precision and recall."""
    ours, theirs = set(turns), set(meeting.extract)
    return len(ours & theirs), len(ours), len(theirs)
