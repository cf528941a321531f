"""How loud an answer is along its time, drawn from its recording."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_PAUSE = "·"
_HEAD = "┃"
_RANGE_DB = 36.0
_SILENT_DBFS = -65.0


def columns(levels_dbfs: Sequence[float], width: int, steps: int) -> list[int]:
    """The loudest level of every column, from 0 (a pause) to `steps`.

    Levels count from 36 dB below the loudest of the answer, so that a quiet microphone shows as
    much as a loud one.
    """
    if not levels_dbfs or width < 1:
        return [0] * max(0, width)
    top_dbfs = max(levels_dbfs)
    if top_dbfs < _SILENT_DBFS:
        return [0] * width
    heights = []
    for column in range(width):
        first = column * len(levels_dbfs) // width
        behind = max(first + 1, (column + 1) * len(levels_dbfs) // width)
        share = 1 + (max(levels_dbfs[first:behind]) - top_dbfs) / _RANGE_DB
        heights.append(max(0, round(share * steps)))
    return heights


class Waveform(Widget):
    """One bar a column, pauses as dots, and the playhead; as many rows as it is high."""

    DEFAULT_CSS = "Waveform { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._levels: tuple[float, ...] = ()
        self._share: float | None = None

    def show_levels(self, levels_dbfs: Sequence[float]) -> None:
        """Another recording; empty where there is none."""
        self._levels = tuple(levels_dbfs)
        self.refresh()

    def show_head(self, share: float | None) -> None:
        """The playhead stands at this share of the recording; None takes it away."""
        width = self.size.width
        before, after = _column(self._share, width), _column(share, width)
        self._share = share
        if before != after:
            self.refresh()

    def render(self) -> Content:
        """Bars from the bottom up, what was played in colour."""
        width, rows = self.size.width, self.size.height
        if not self._levels:
            return Content("")
        heights = columns(self._levels, width, 8 * rows)
        at = _column(self._share, width)
        lines = []
        for row in reversed(range(rows)):
            bars = "".join(_bar(height - 8 * row, lowest=row == 0) for height in heights)
            if at is None:
                lines.append(Content.styled(bars, "$muted"))
            else:
                lines.append(
                    Content.assemble(
                        (bars[:at], "$primary"), (_HEAD, "bold $loud"), (bars[at + 1 :], "$muted")
                    )
                )
        return Content("\n").join(lines)


def _bar(eighths: int, *, lowest: bool) -> str:
    if lowest and eighths <= 0:
        return _PAUSE
    return _EIGHTHS[min(8, max(0, eighths))]


def _column(share: float | None, width: int) -> int | None:
    if share is None or width < 1:
        return None
    return min(width - 1, max(0, int(share * width)))
