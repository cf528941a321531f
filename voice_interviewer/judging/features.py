"""What is measured of every window of an answer against every criterion of its question.

A window is one to three sentences in a row. It is compared by words: how much of a phrasing was
said, weighted by how telling the words are (less, the more criteria of the question use them), and
set against the criterion's misconceptions. Nothing is decided here: `calibration` turns these
numbers into a probability. What a reader makes of a window comes beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.judging.heard import Hit, Sentence
from voice_interviewer.judging.rubric import Phrase, Rubric
from voice_interviewer.judging.words import OPPOSITES

Array = NDArray[np.float32]

WINDOW_SENTENCES = 3
# About so many words fit into what a reader takes of a passage; of longer ones it misses the end.
WORDS_READ = 45
# A phrase with fewer or lighter concepts than this cannot be recalled in full.
_LEAST_WEIGHT = 2.4
_TELLING = 0.8
# What a phrasing weighs at least whose words are looked for in the whole answer.
_LEAST_OVERALL = 1.0

# Each feature with the sign its number may have: 1 speaks for a criterion, -1 against it, 0 is no
# matter.
_SIGNED = {
    "said": 1,  # share of the best phrasing's weight that was said
    "said_otherwise": 1,  # the same of the second best phrasing
    "touched": 1,  # share of what all phrasings together name, as much as one phrasing weighs
    "telling": 1,  # telling words of the criterion, square root of their number
    "focus": 1,  # share of the window's content words that belong to the criterion
    "denied": -1,  # share of the best misconception's weight
    "denied_more": -1,  # by how much that exceeds `said`
    "turned": -1,  # share of what was said under a "not" that the phrasing lacks, or vice versa
    "opposite": -1,  # 1 where the answer falls and the phrasing rises, or the other way round
    "overall": 0,  # share of the best phrasing's weight said anywhere in the answer
}
FEATURES = tuple(_SIGNED)
SIGNS = np.array(tuple(_SIGNED.values()))
# What a reader adds: log-odds that a window says the criterion, and that it says a contrary.
_READ = {"reads": 1, "contradicts": -1}
READ_FEATURES = (*FEATURES, *_READ)
READ_SIGNS = np.array((*_SIGNED.values(), *_READ.values()))
# A statement that nothing explains is told by its words anywhere, and by being read.
BARE_SIGNS = np.array([float(name == "overall") for name in FEATURES])
BARE_READ_SIGNS = np.array([float(name in ("overall", "reads")) for name in READ_FEATURES])


@dataclass(frozen=True)
class Window:
    """Sentences in a row, from the `start`-th; words `first` to `last` of the transcript."""

    start: int
    sentences: int
    first: int
    last: int

    @property
    def words(self) -> int:
        """How many there are in it."""
        return self.last - self.first + 1


@dataclass(frozen=True)
class Measured:
    """The features of every window against every criterion.

    Args:
        windows: `n_windows` of them, by their first sentence and then by their length.
        values: shape `(n_criteria, n_windows, n_features)`: `FEATURES`, or `READ_FEATURES`.
        best: index of the best phrasing in `claims[c].supports`, shape `(n_criteria, n_windows)`.
    """

    windows: tuple[Window, ...]
    values: Array
    best: NDArray[np.intp]


class WordTable:
    """The phrasings of a rubric as one matrix over its words.

    Rows are phrasings; the rubric's claims hold them in the order supports, misconceptions.
    """

    def __init__(self, rubric: Rubric) -> None:
        self.keys = {key: i for i, key in enumerate(dict.fromkeys(rubric.surfaces.values()))}
        rows: list[Phrase] = []
        self.supports: list[NDArray[np.intp]] = []
        self.misconceptions: list[NDArray[np.intp]] = []
        for claims in rubric.claims:
            for phrases, places in (
                (claims.supports, self.supports),
                (claims.misconceptions, self.misconceptions),
            ):
                places.append(np.arange(len(rows), len(rows) + len(phrases)))
                rows.extend(phrases)
        self.weights = np.zeros((len(rows), len(self.keys)), dtype=np.float32)
        self.negated = np.zeros_like(self.weights)
        for row, phrase in enumerate(rows):
            for concept in phrase.concepts:
                self.weights[row, self.keys[concept.key]] = concept.weight
                self.negated[row, self.keys[concept.key]] = concept.negated
        self.totals = np.maximum(self.weights.sum(axis=1), _LEAST_WEIGHT)
        self.unions = np.stack(
            [self.weights[places].max(axis=0, initial=0.0) for places in self.supports]
        )
        self.largest = np.array(
            [self.totals[places].max(initial=_LEAST_WEIGHT) for places in self.supports],
            dtype=np.float32,
        )
        turns = np.zeros((len(self.keys), len(self.keys)), dtype=np.float32)
        for move, others in OPPOSITES.items():
            for other in others:
                if move in self.keys and other in self.keys:
                    turns[self.keys[move], self.keys[other]] = 1.0
        self.turns = turns

    def row(self, hits: Sequence[Hit]) -> tuple[Array, Array]:
        """How well each word of the rubric was heard, and whether under a negation."""
        quality = np.zeros(len(self.keys), dtype=np.float32)
        negated = np.zeros_like(quality)
        for hit in hits:
            place = self.keys[hit.key]
            if hit.quality > quality[place]:
                quality[place], negated[place] = hit.quality, hit.negated
        return quality, negated


def windows_of(sentences: Sequence[Sentence]) -> tuple[Window, ...]:
    """All windows of an answer, by their first sentence and then by their length."""
    return tuple(
        Window(start, size, sentences[start].first, sentences[start + size - 1].last)
        for start in range(len(sentences))
        for size in range(1, min(WINDOW_SENTENCES, len(sentences) - start) + 1)
    )


def for_reading(windows: Sequence[Window]) -> tuple[Window, ...]:
    """Two sentences in a row, and alone those that would not be read to their end in any pair."""
    pairs = [window for window in windows if window.sentences == 2]
    whole = {window.start for window in pairs}
    whole |= {window.start + 1 for window in pairs if window.words <= WORDS_READ}
    return tuple(
        window
        for window in windows
        if window.sentences == 2 or (window.sentences == 1 and window.start not in whole)
    )


def measure(table: WordTable, sentences: Sequence[Sentence], windows: Sequence[Window]) -> Measured:
    """Compare windows of an answer with a question's criteria."""
    rows = [table.row(tuple(sentence.hits.values())) for sentence in sentences]
    quality = np.zeros((len(windows), len(table.keys)), dtype=np.float32)
    negated = np.zeros_like(quality)
    content = np.zeros(len(windows), dtype=np.float32)
    for index, window in enumerate(windows):
        for heard, turned in rows[window.start : window.start + window.sentences]:
            better = heard > quality[index]
            quality[index, better], negated[index, better] = heard[better], turned[better]
        inside = sentences[window.start : window.start + window.sentences]
        content[index] = sum(sentence.content for sentence in inside)
    found = (quality > 0).astype(np.float32)
    heard_weight = quality @ table.weights.T
    found_weight = found @ table.weights.T
    agree = found * negated
    turned = (
        found_weight
        - agree @ (table.weights * table.negated).T
        - (found - agree) @ (table.weights * (1 - table.negated)).T
    ) / np.maximum(found_weight, 1e-6)
    enough = (found @ (table.weights > 0).astype(np.float32).T) >= 2
    recall = np.where(enough, heard_weight / table.totals, 0.0)
    moved = ((found @ table.turns.T) > 0).astype(np.float32) * (1 - found)
    opposite = (moved @ (table.weights > 0).astype(np.float32).T) > 0

    anywhere = quality.max(axis=0, initial=0.0) @ table.weights.T
    overall = anywhere / np.maximum(table.weights.sum(axis=1), _LEAST_OVERALL)

    n_criteria = len(table.supports)
    values = np.zeros((n_criteria, len(windows), len(FEATURES)), dtype=np.float32)
    best = np.zeros((n_criteria, len(windows)), dtype=np.intp)
    said = np.zeros((n_criteria, len(windows)), dtype=np.float32)
    for c, supports in enumerate(table.supports):
        if len(supports):
            best[c] = recall[:, supports].argmax(axis=1)
            said[c] = recall[:, supports].max(axis=1)
    for c, (supports, wrong) in enumerate(zip(table.supports, table.misconceptions, strict=True)):
        if not len(supports):
            continue
        ranked = np.sort(recall[:, supports], axis=1)
        denied = recall[:, wrong].max(axis=1, initial=0.0)
        union = table.unions[c]
        own = supports[best[c]]
        at = np.arange(len(windows))
        values[c] = np.stack(
            [
                said[c],
                ranked[:, -2] if len(supports) > 1 else ranked[:, -1],
                np.minimum(quality @ union / table.largest[c], 1.5),
                np.sqrt(found @ (union >= _TELLING)),
                (found @ (union > 0)) / np.maximum(content, 4.0),
                denied,
                np.maximum(denied - said[c], 0.0),
                turned[at, own],
                opposite[at, own],
                np.full(len(windows), overall[supports].max()),
            ],
            axis=1,
        )
    return Measured(tuple(windows), values, best)
