"""Figures of merit, and their intervals by resampling whole questions.

Labels and scores are arrays of shape `(n,)`; `groups` of the same shape says which question an
item belongs to, because answers to one question rise and fall together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
_REPEATS = 1000


def auc(scores: Array, labels: Array) -> float:
    """Area under the ROC curve of two labels (0 and 1), ties counted half; nan without both."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    if not len(positive) or not len(negative):
        return float("nan")
    order = np.sort(negative)
    below = np.searchsorted(order, positive, side="left")
    upto = np.searchsorted(order, positive, side="right")
    return float((below + upto).mean() / 2 / len(negative))


def recall_at(scores: Array, labels: Array, false_rate: float) -> float:
    """The share of the positives above the score that at most this share of negatives exceed."""
    negative = np.sort(scores[labels == 0])[::-1]
    limit = negative[min(int(false_rate * len(negative)), len(negative) - 1)]
    return float((scores[labels == 1] > limit).mean())


def macro_f1(predicted: Array, labels: Array) -> float:
    """The plain mean of every label's F1."""
    values = []
    for label in np.unique(labels):
        hits = np.count_nonzero((predicted == label) & (labels == label))
        claimed, wanted = np.count_nonzero(predicted == label), np.count_nonzero(labels == label)
        values.append(2 * hits / (claimed + wanted))
    return float(np.mean(values))


def best_cuts(scores: Array, labels: Array) -> tuple[float, ...]:
    """The cuts between neighbouring labels with the best macro-F1, sought on a grid of quantiles.

    One cut for two labels, two for three; used on training items only.
    """
    grid = np.unique(np.quantile(scores, np.linspace(0.02, 0.98, 49)))
    kinds = len(np.unique(labels))
    choices = [(a,) for a in grid]
    if kinds == 3:
        choices = [(a, b) for i, a in enumerate(grid) for b in grid[i + 1 :]]
    return max(choices, key=lambda cuts: macro_f1(cut(scores, cuts), _ranks(labels)))


def cut(scores: Array, cuts: Sequence[float]) -> Array:
    """The rank of every score among the cuts: 0 below the first."""
    return np.searchsorted(np.asarray(cuts), scores, side="right")


def _ranks(labels: Array) -> Array:
    return np.searchsorted(np.unique(labels), labels)


def interval(
    groups: Array, figure: Callable[[Array], float], repeats: int = _REPEATS, seed: int = 7
) -> tuple[float, float]:
    """The middle 95 % of a figure over draws of whole groups with replacement.

    `figure` takes the indices of the items drawn, repeats included.
    """
    chance = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    drawn = []
    for _ in range(repeats):
        chosen = chance.integers(len(members), size=len(members))
        value = figure(np.concatenate([members[i] for i in chosen]))
        if not np.isnan(value):
            drawn.append(value)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
