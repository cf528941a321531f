"""What keeps a likely criterion from being credited: a contrary that was said, or may have been.

By words alone a misconception of the rubric is all that tells. A reader tells most of that better
than words do: on the development material the criteria that words doubted were right as often as
the others. What misleads it is a phrasing repeated almost word for word with its sense turned.

Values are the features of one criterion's windows, shape `(n_windows, n_features)`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.judging.features import FEATURES, READ_FEATURES

Array = NDArray[Any]

_PLAINLY, _OUTRIGHT = 0.15, 0.5
# Share of a phrasing's weight from which it was repeated rather than told.
_REPEATED = 0.7

_SAID, _DENIED = FEATURES.index("said"), FEATURES.index("denied")
_READS, _CONTRADICTS = READ_FEATURES.index("reads"), READ_FEATURES.index("contradicts")


def doubt(values: Array, best: int) -> str:
    """Why a criterion is not met however likely it looks; empty where nothing speaks against it.

    Args:
        values: of windows that were read too, or by words alone (`FEATURES` only).
        best: the window that says the criterion best.
    """
    if values.shape[1] > len(FEATURES):
        return "its words were said, perhaps in a contrary sense" if _turned(values) else ""
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


def _turned(values: Array) -> bool:
    """True where a phrasing was repeated, and a contrary is read more surely than the claim."""
    repeated = values[:, _SAID].max() >= _REPEATED
    return bool(repeated and values[:, _CONTRADICTS].max() > values[:, _READS].max())
