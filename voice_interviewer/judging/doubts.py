"""What keeps a likely criterion from being credited: a contrary that was said, or may have been.

By words alone a misconception of the rubric is all that tells. A reader tells most of that better
than words do: on the development material the criteria that words doubted were right as often as
the others. What misleads it is a phrasing repeated almost word for word with its sense turned.

A statement that nothing explains is told by its words anywhere in the answer, so there every
negation and every contrary that is read counts.

Values are the features of one criterion's windows, shape `(n_windows, n_features)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.judging.features import FEATURES, READ_FEATURES

Array = NDArray[Any]

TURNED = "its words were said, perhaps in a contrary sense"
REPEATED = "near the rubric's own words; whether it was meant so cannot be told"

_PLAINLY, _OUTRIGHT = 0.15, 0.5
# Share of a phrasing's weight from which it was repeated rather than told.
_REPEATED = 0.7
# Share of the words of a bare statement that has to stand under a "not" to deny it, in a window
# with nearly as many of them as any.
_DENIED_WORDS, _NEARLY = 0.5, 0.8

_SAID, _DENIED = FEATURES.index("said"), FEATURES.index("denied")
_NEGATED = FEATURES.index("turned")
_READS, _CONTRADICTS = READ_FEATURES.index("reads"), READ_FEATURES.index("contradicts")


def doubt(values: Array, best: int, bare: bool = False) -> str:
    """Why a criterion is not met however likely it looks; empty where nothing speaks against it.

    Args:
        values: of windows that were read too, or by words alone (`FEATURES` only).
        best: the window that says the criterion best.
        bare: nothing but a statement tells what is meant.
    """
    if bare and _negated(values):
        return TURNED
    if values.shape[1] > len(FEATURES):
        if not _turned(values, 0.0 if bare else _REPEATED):
            return ""
        return TURNED if bare else REPEATED
    if leans_wrong(values, best):
        return "close to a misconception too"
    return "a misconception was said as well" if refuted(values) else ""


def leans_wrong(values: Array, window: int) -> bool:
    """True where a window says a misconception of the criterion more plainly than it."""
    return bool(values[window, _DENIED] > values[window, _SAID] + _PLAINLY)


def refuted(values: Array) -> bool:
    """True where any window says a misconception outright."""
    said, denied = values[:, _SAID], values[:, _DENIED]
    return bool(np.any((denied >= _OUTRIGHT) & (denied > said + _PLAINLY)))


def _turned(values: Array, least: float) -> bool:
    """True where a contrary is read more surely than the claim, of which so much was repeated."""
    repeated = values[:, _SAID].max() >= least
    return bool(repeated and values[:, _CONTRADICTS].max() > values[:, _READS].max())


def _negated(values: Array) -> bool:
    """True where the windows with most of the statement's words all have them under a "not"."""
    said = values[:, _SAID]
    carrying = values[(said > 0) & (said >= _NEARLY * said.max()), _NEGATED]
    return bool(carrying.size and carrying.min() >= _DENIED_WORDS)
