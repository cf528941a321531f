"""What is going on just now: the phase, the level of the microphone, and a remark."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from textual.content import Content
from textual.widget import Widget

from voice_interviewer.tui.safe import ink

READINGS = 16
_BARS = "▁▂▃▅▇"
_FLOOR_DBFS = -60.0
_CEILING_DBFS = -10.0


def bar(dbfs: float) -> str:
    """One level reading as one of five bars."""
    share = (dbfs - _FLOOR_DBFS) / (_CEILING_DBFS - _FLOOR_DBFS)
    return _BARS[min(len(_BARS) - 1, max(0, int(share * len(_BARS))))]


def meter(readings_dbfs: Iterable[float]) -> str:
    """The last readings as bars, oldest first; a flat line where there are none yet."""
    bars = "".join(bar(dbfs) for dbfs in readings_dbfs)
    return bars[-READINGS:].rjust(READINGS, _BARS[0])


class PhaseLine(Widget):
    """`● listening  ▁▂▅▇▅▂  take your time`"""

    DEFAULT_CSS = "PhaseLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._phase = ""
        self._remark = ""
        self._metered = False
        self._readings: deque[float] = deque(maxlen=READINGS)

    def tell(self, phase: str, remark: str = "", *, metered: bool = False) -> None:
        """Show a phase and a remark, with the meter where the microphone is open."""
        if metered and not self._metered:
            self._readings.clear()
        if (phase, remark, metered) != (self._phase, self._remark, self._metered):
            self._phase, self._remark, self._metered = phase, remark, metered
            self.refresh()

    def level(self, dbfs: float) -> None:
        """Another reading of the microphone."""
        self._readings.append(dbfs)
        if self._metered:
            self.refresh()

    def render(self) -> Content:
        """The phase in words behind a mark, never by colour alone."""
        if not self._phase:
            return Content("")
        mark = "$success" if self._metered else "$primary"
        parts = [Content.styled("● ", mark), ink(self._phase)]
        if self._metered:
            parts += [Content("   "), Content.styled(meter(self._readings), "$success")]
        if self._remark:
            parts += [Content("   "), ink(self._remark, "$muted")]
        return Content("").join(parts)
