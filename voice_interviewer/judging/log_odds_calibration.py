"""From log-odds to how likely a criterion is met: plain numbers, made by a script.

The numbers in `log_odds_calibration.json` are logistic regressions made by
tests/benchmarks/judging/train_log_odds.py, which says what they were learned from. The best comes
first, and only what it looks at is asked for; the others are for when there is no time for that.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voice_interviewer.judging.log_odds_inquiry import LogOdds

FILE = Path(__file__).parent / "log_odds_calibration.json"


@dataclass(frozen=True)
class LogisticFit:
    """One regression.

    Args:
        weights: by feature (`features_of`); those named are the ones it needs.
        met: probability from which a criterion counts as met; None where none is sure enough.
        missed: probability up to which it counts as missed; None where none is sure enough.
    """

    weights: dict[str, float]
    bias: float
    met: float | None
    missed: float | None

    def probability(self, features: dict[str, float]) -> float:
        """How likely the criterion is met, in (0, 1)."""
        odds = self.bias + sum(w * features[name] for name, w in self.weights.items())
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, odds))))


@dataclass(frozen=True)
class Likely:
    """How likely a criterion is met by its log-odds alone, and what that comes to."""

    probability: float
    met: bool
    missed: bool


def features_of(odds: LogOdds) -> dict[str, float]:
    """What a regression may look at; `wrong` is the likeliest misconception."""
    features = {"yes": odds.yes}
    if odds.prior is not None:
        features["prior"] = odds.prior
    if odds.misconceptions:
        features["wrong"] = max(odds.misconceptions)
    return features


def likely(odds: LogOdds) -> Likely:
    """By the best regression of those that look at nothing that was not asked."""
    features = features_of(odds)
    fit = next(fit for fit in fits() if fit.weights.keys() <= features.keys())
    probability = fit.probability(features)
    return Likely(
        probability=probability,
        met=fit.met is not None and probability >= fit.met,
        missed=fit.missed is not None and probability <= fit.missed,
    )


def wanted() -> frozenset[str]:
    """The features that the best regression looks at: what is worth asking for."""
    return frozenset(fits()[0].weights)


def decides() -> bool:
    """Whether any regression is ever sure enough to call a criterion met."""
    return any(fit.met is not None for fit in fits())


@cache
def fits() -> tuple[LogisticFit, ...]:
    """The shipped regressions, the best first; the last one looks at `yes` alone."""
    stored = json.loads(FILE.read_text(encoding="utf-8"))["fits"]
    return tuple(LogisticFit(**numbers) for numbers in stored)
