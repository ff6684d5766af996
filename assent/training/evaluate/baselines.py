"""What a summarizer must beat, each in the same run and at the same length. It knows the system under test not at all.

*constant* prints one fixed train summary for every meeting; *nearest-train* the summary of the most similar train
meeting; *longest turns*, *TextRank* (Mihalcea and Tarau 2004) and a *supervised extract* pick turns until the length is
full, in the order of the meeting; *extract + glue* is the supervised extract with house words before each turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assent.training.evaluate.corpora import Meeting
from assent.training.evaluate.metrics import LENGTH, inverse_frequencies, vectors
from assent.training.evaluate.words import content_stems, cut, stems

GLUE = "The group discussed that"
MIN_WORDS = 5
"""Turns shorter than this link everything to everything and say nothing."""
MIN_TAUGHT = 2
"""Train meetings with a human extract that the supervised extract needs."""
TRAINED = ("constant", "nearest-train", "supervised extract", "extract + glue")
MIN_LIKENESS = 0.1
"""Edges of the TextRank graph below this cosine are left out: they are most of the edges and none of the result."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """`text` is the output for a meeting; `turns` the turns it shows, None where it shows none."""

    name: str
    text: Callable[[Meeting], str]
    turns: Callable[[Meeting], list[int]] | None = None


def baselines(train: Sequence[Meeting]) -> list[Baseline]:
    """Those that need no training meetings, and with `train` the others."""
    return [
        _extract("longest turns", longest),
        _extract("textrank", textrank),
        *(_trained(train) if train else []),
    ]


def _trained(train: Sequence[Meeting]) -> list[Baseline]:
    fixed, nearest, scorer = constant(train), Nearest(train), Supervised(train)
    found = [
        Baseline("constant", lambda meeting: fixed[meeting.corpus] if meeting.corpus in fixed else fixed[""]),
        Baseline("nearest-train", nearest),
    ]
    if scorer.ready:
        picked = _extract("supervised extract", scorer.ranked)
        found += [picked, Baseline("extract + glue", lambda meeting: glued(meeting, scorer.ranked(meeting)))]
    return found


def _extract(name: str, rank: Callable[[Meeting], list[int]]) -> Baseline:
    def turns(meeting: Meeting) -> list[int]:
        return filling(meeting, rank(meeting))

    return Baseline(name, lambda meeting: cut(" ".join(meeting.texts[i] for i in turns(meeting)), LENGTH), turns)


def filling(meeting: Meeting, ranked: Iterable[int], words: int = LENGTH) -> list[int]:
    """The first turns of a ranking that fill the length, back in the order of the meeting."""
    chosen, room = [], words
    for index in ranked:
        if room <= 0:
            break
        chosen.append(index)
        room -= len(meeting.texts[index].split())
    return sorted(chosen)


def glued(meeting: Meeting, ranked: Iterable[int]) -> str:
    said = [f"{GLUE} {meeting.texts[index]}" for index in filling(meeting, ranked)]
    return cut(" ".join(said), LENGTH)


def longest(meeting: Meeting) -> list[int]:
    return sorted(range(len(meeting.texts)), key=lambda index: (-len(meeting.texts[index].split()), index))


def textrank(meeting: Meeting) -> list[int]:
    """Turns by PageRank over the cosine graph of their tf-idf vectors."""
    import networkx as nx
    from scipy.sparse import csr_array

    kept = [index for index, text in enumerate(meeting.texts) if len(text.split()) >= MIN_WORDS]
    if not kept:
        return longest(meeting)
    texts = [meeting.texts[index] for index in kept]
    table = csr_array(vectors(texts, inverse_frequencies(texts)))
    likeness = (table @ table.T).tocsr()
    likeness.setdiag(0)
    likeness.data[likeness.data < MIN_LIKENESS] = 0
    likeness.eliminate_zeros()
    ranks = nx.pagerank(nx.from_scipy_sparse_array(likeness))
    return [kept[place] for place in sorted(ranks, key=lambda place: (-ranks[place], place))]


def constant(train: Sequence[Meeting]) -> dict[str, str]:
    """For each corpus (and "" for all) the train summary most like the others of its corpus: the best house style."""
    corpora = {meeting.corpus for meeting in train}
    chosen = {corpus: _centre([m.reference for m in train if m.corpus == corpus]) for corpus in corpora}
    return chosen | {"": _centre([meeting.reference for meeting in train])}


def _centre(texts: Sequence[str]) -> str:
    table = vectors([cut(text, LENGTH) for text in texts], dict.fromkeys(_all_stems(texts), 1.0))
    return texts[int((table @ table.T).sum(axis=1).argmax())]


def _all_stems(texts: Sequence[str]) -> list[str]:
    return sorted({stem for text in texts for stem in content_stems(text)})


class Nearest:
    """The summary of the train meeting whose transcript is most like this one, of another series by construction."""

    def __init__(self, train: Sequence[Meeting]) -> None:
        self._train = list(train)
        said = [" ".join(meeting.texts) for meeting in train]
        self._idf = inverse_frequencies(said)
        self._table = vectors(said, self._idf)

    def __call__(self, meeting: Meeting) -> str:
        near = self._table @ vectors([" ".join(meeting.texts)], self._idf)[0]
        return cut(self._train[int(near.argmax())].reference, LENGTH)


class Supervised:
    """Logistic regression on the human extracts of train: a turn's length, place, words and specificity."""

    def __init__(self, train: Sequence[Meeting]) -> None:
        taught = [meeting for meeting in train if meeting.extract]
        self.ready = len(taught) >= MIN_TAUGHT
        if self.ready:
            self._fit(taught)

    def _fit(self, taught: Sequence[Meeting]) -> None:
        from scipy.sparse import csr_matrix, hstack
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        self._words: Any = TfidfVectorizer(analyzer=stems, min_df=2, sublinear_tf=True)
        said = [text for meeting in taught for text in meeting.texts]
        shape = np.vstack([_shape(meeting) for meeting in taught])
        picked = np.concatenate([_labels(meeting) for meeting in taught])
        table = hstack([self._words.fit_transform(said), csr_matrix(shape)]).tocsr()
        self._model: Any = LogisticRegression(C=1.0, max_iter=500, class_weight="balanced").fit(table, picked)

    def ranked(self, meeting: Meeting) -> list[int]:
        from scipy.sparse import csr_matrix, hstack

        table = hstack([self._words.transform(meeting.texts), csr_matrix(_shape(meeting))]).tocsr()
        scores = self._model.decision_function(table)
        return [int(index) for index in np.argsort(-scores, kind="stable")]


def _labels(meeting: Meeting) -> NDArray[np.int64]:
    labels = np.zeros(len(meeting.texts), dtype=np.int64)
    labels[list(meeting.extract)] = 1
    return labels


def _shape(meeting: Meeting) -> NDArray[np.float64]:
    """(turns, 5): log words, place in the meeting, log words of both neighbours, share of rare stems."""
    words = np.log1p([len(text.split()) for text in meeting.texts])
    place = np.linspace(0, 1, len(words))
    before, after = np.r_[0, words[:-1]], np.r_[words[1:], 0]
    idf = inverse_frequencies(meeting.texts)
    rare = [np.mean([idf[stem] for stem in content] or [0.0]) for content in map(content_stems, meeting.texts)]
    return np.column_stack([words, place, before, after, np.array(rare)])
