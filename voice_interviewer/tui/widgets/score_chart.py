"""Scores over time as bars on a scale from 0 to 10."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from voice_interviewer.tui.safe import ink

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_FULL_MARKS = 10.0
_AXIS = 5


class ScoreChart(Widget):
    """One bar a score, the latest on the right; as tall as its style says."""

    DEFAULT_CSS = "ScoreChart { height: 1; }"

    def __init__(self, scores: Sequence[float]) -> None:
        super().__init__()
        self._scores = tuple(scores)

    def render(self) -> Content:
        """Bars, with the ends of the scale beside them where there is room."""
        rows = max(1, self.size.height)
        shown = self._scores[-max(1, (self.size.width - _AXIS) // 2) :]
        lines = []
        for row in range(rows, 0, -1):
            bars = "".join(bar(score, row, rows) * 2 for score in shown)
            lines.append(
                ink(_scale(row, rows).rjust(_AXIS - 1) + " ", "$muted") + ink(bars, "$primary")
            )
        return Content("\n").join(lines)


def bar(score: float, row: int, rows: int) -> str:
    """The cell of a score's bar in a row; rows count from 1 at the bottom.

    Even a 0 is seen, as the lowest line.
    """
    eighths = round(score / _FULL_MARKS * rows * 8) - (row - 1) * 8
    least = 1 if row == 1 else 0
    return _EIGHTHS[max(least, min(8, eighths))]


def _scale(row: int, rows: int) -> str:
    if rows == 1:
        return "0–10"
    return "10" if row == rows else "0" if row == 1 else ""
