"""The criteria of one section by week: how surely each would be said, as shade and number."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from voice_interviewer.drill.progress import SectionProgress
from voice_interviewer.tui.safe import ink

_CELL = 8
_WIDE = 90
_LEAST_LABEL, _LEAST_LABEL_WIDE, _MOST_LABEL = 32, 40, 56
_SHADES = ((0.9, "█", "$success"), (0.75, "▓", "$success"), (0.5, "▒", "$warning"))
_LITTLE = ("░", "$error")
_NOTHING = ("·", "$muted")

LEGEND = "Chance in %:  █ 90–100  ▓ 75–89  ▒ 50–74  ░ 1–49  · missed last  ! due"


class RetentionGrid(Widget):
    """A section's title beside the days, then a line a criterion; as many weeks as fit."""

    DEFAULT_CSS = "RetentionGrid { height: auto; margin: 1 0 0 0; }"

    def __init__(self, section: SectionProgress, weeks: Sequence[date], *, bank: str = "") -> None:
        super().__init__()
        self._section = section
        self._weeks = weeks
        self._bank = bank

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The title and the criteria."""
        return 1 + len(self._section.criteria)

    def render(self) -> Content:
        """Line by line."""
        least = _LEAST_LABEL if self.size.width < _WIDE else _LEAST_LABEL_WIDE
        shown = min(len(self._weeks), max(0, (self.size.width - least) // _CELL - 1))
        label = min(_MOST_LABEL, max(1, self.size.width - (shown + 1) * _CELL))
        first = len(self._weeks) - shown
        days = [f"{day.day} {day:%b}".rjust(_CELL - 1) for day in self._weeks[first:]]
        heading = "".join(day + " " for day in [*days, "today".rjust(_CELL - 1)])
        lines = [_fitted(self._title(), label) + ink(heading, "$muted")]
        for criterion in self._section.criteria:
            cells = [_cell(then) + Content(" ") for then in criterion.weeks[first:]]
            due = ("!", "bold $warning") if criterion.is_due else " "
            today = Content.assemble(_cell(criterion.retention, "$foreground"), due)
            lines.append(Content("").join([_fitted(ink(criterion.label), label), *cells, today]))
        return Content("\n").join(lines)

    def _title(self) -> Content:
        bank = f" · {self._bank}" if self._bank else ""
        return ink(self._section.title, "bold") + ink(
            f" · {self._section.retention:.0%}{bank}", "$muted"
        )


def shade(retention: float) -> tuple[str, str]:
    """The mark and the colour of a retention."""
    if retention == 0:
        return _NOTHING
    fitting = (step[1:] for step in _SHADES if round(retention, 2) >= step[0])
    return next(fitting, _LITTLE)


def _cell(retention: float | None, style: str = "$muted") -> Content:
    """A shade and a number, or nothing where there was none yet."""
    if retention is None:
        return Content(" " * (_CELL - 1))
    mark, colour = shade(retention)
    return Content.assemble("  ", (mark, colour), ink(f"{retention * 100:4.0f}", style))


def _fitted(content: Content, width: int) -> Content:
    short = content.truncate(width - 1, ellipsis=True)
    return short + Content(" " * (width - short.cell_length))
