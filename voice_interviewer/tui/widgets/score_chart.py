"""Scores over time as bars on a scale from 0 to 10, and small ones that fit into a line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

from textual.content import Content
from textual.widget import Widget

from voice_interviewer.tui.safe import ink

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_HAZE = "░"
_FULL_MARKS = 10.0
_AXIS = 5
_NOT_JUDGED = "·"


class ScoreChart(Widget):
    """One bar a score, the latest on the right; as tall as its style says.

    Above a bar stands, as a haze, what the score is if all that is unclear is met. Where earlier
    scores do not fit, three dots stand in their place.
    """

    DEFAULT_CSS = "ScoreChart { height: 1; }"

    def __init__(self, scores: Sequence[tuple[float, float]]) -> None:
        super().__init__()
        self._scores = tuple(scores)

    def render(self) -> Content:
        """Bars, with the ends of the scale beside them where there is room."""
        rows = max(1, self.size.height)
        shown = self._scores[-max(1, (self.size.width - _AXIS) // 2) :]
        lines = []
        for row in range(rows, 0, -1):
            gap = "…" if row == 1 and len(shown) < len(self._scores) else " "
            scale = ink(_scale(row, rows).rjust(_AXIS - 1) + gap, "$muted")
            bars = [_cell(least, best, row, rows) for least, best in shown]
            lines.append(Content("").join([scale, *bars]))
        return Content("\n").join(lines)


def bar(score: float, row: int, rows: int) -> str:
    """The cell of a score's bar in a row; rows count from 1 at the bottom.

    Even a 0 is seen, as the lowest line.
    """
    eighths = round(score / _FULL_MARKS * rows * 8) - (row - 1) * 8
    least = 1 if row == 1 else 0
    return _EIGHTHS[max(least, min(8, eighths))]


def trace(scores: Sequence[float | None], cells: int) -> str:
    """One small bar a score, in order; where there are more than cells, means of neighbours."""
    if len(scores) > cells:
        bounds = [len(scores) * at // cells for at in range(cells + 1)]
        scores = [_mean(scores[a:b]) for a, b in pairwise(bounds)]
    return "".join(_NOT_JUDGED if score is None else bar(score, 1, 1) for score in scores)


def _mean(scores: Sequence[float | None]) -> float | None:
    judged = [score for score in scores if score is not None]
    return fmean(judged) if judged else None


def _cell(least: float, best: float, row: int, rows: int) -> Content:
    solid = bar(least, row, rows)
    if solid == " " and bar(best, row, rows) > _EIGHTHS[3]:
        return ink(_HAZE * 2, "$muted")
    return ink(solid * 2, "$primary")


def _scale(row: int, rows: int) -> str:
    if rows == 1:
        return "0–10"
    return "10" if row == rows else "0" if row == 1 else ""
