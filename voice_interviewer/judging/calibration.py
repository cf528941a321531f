"""From measured features to how likely a criterion is met: plain numbers, made by a script.

The numbers in `calibration.json`, and in `calibration_read.json` where windows are read too, are
logistic regressions made by tests/benchmarks/judging/calibrate.py, which says what they learn from.
What candidates say in their sessions is never part of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voice_interviewer.judging.features import FEATURES, READ_FEATURES

Array = NDArray[Any]

FILE = Path(__file__).parent / "calibration.json"
READ_FILE = Path(__file__).parent / "calibration_read.json"


@dataclass(frozen=True)
class Calibration:
    """The numbers.

    Args:
        weights: of the features of a window, shape `(n_features,)`; their sum is its score.
        bias: added to the score of the best window, it gives the log-odds of the criterion.
        met: probability from which a criterion counts as met.
        missed: probability up to which it counts as missed.
    """

    weights: Array
    bias: float
    met: float
    missed: float

    def scores(self, values: Array) -> Array:
        """Scores of windows from their features, which are the last axis."""
        result: Array = values @ self.weights
        return result

    def probability(self, best_score: float) -> float:
        """How likely the criterion is met, in (0, 1), from the score of its best window."""
        return float(1 / (1 + np.exp(-np.clip(best_score + self.bias, -30, 30))))


@cache
def calibration(read: bool = False) -> Calibration:
    """The shipped numbers, for windows that were read too or by words alone."""
    file, names = (READ_FILE, READ_FEATURES) if read else (FILE, FEATURES)
    numbers = json.loads(file.read_text(encoding="utf-8"))
    weights = np.array([numbers["weights"][name] for name in names])
    return Calibration(**{**numbers, "weights": weights})
