"""From measured features to how likely a criterion is met: plain numbers, made by a script.

The numbers in `calibration.json`, and in `calibration_read.json` where windows are read too, are
logistic regressions made by tests/benchmarks/judging/calibrate.py, which says what they learn from.
What candidates say in their sessions is never part of it. Each file holds two: for criteria that
are told in several wordings, and for those of which there is a statement alone.
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


@dataclass(frozen=True)
class Calibrations:
    """The numbers for criteria told in several wordings, and for bare statements."""

    told: Calibration
    bare: Calibration

    def of(self, bare: bool) -> Calibration:
        """Those for a criterion of this shape."""
        return self.bare if bare else self.told


@cache
def calibrations(read: bool = False) -> Calibrations:
    """The shipped numbers, for windows that were read too or by words alone."""
    file, names = (READ_FILE, READ_FEATURES) if read else (FILE, FEATURES)
    stored = json.loads(file.read_text(encoding="utf-8"))

    def numbers(shape: str) -> Calibration:
        weights = np.array([stored[shape]["weights"].get(name, 0.0) for name in names])
        return Calibration(**{**stored[shape], "weights": weights})

    return Calibrations(told=numbers("told"), bare=numbers("bare"))
