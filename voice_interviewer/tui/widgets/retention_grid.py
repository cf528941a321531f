"""The criteria of one section as a grid: how surely each would be said, as shade and number."""

from __future__ import annotations

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from voice_interviewer.drill.progress import CriterionProgress, SectionProgress
from voice_interviewer.tui.safe import ink

_LEAST_CELL = 34
_BEFORE_LABEL = 9
_SHADES = ((0.9, "█", "$success"), (0.75, "▓", "$success"), (0.5, "▒", "$warning"))
_LITTLE = ("░", "$error")
_NOTHING = ("·", "$muted")

LEGEND = "█ 90% and more  ▓ 75%  ▒ 50%  ░ less  · not said last time  ! due"


class RetentionGrid(Widget):
    """A section's title, then its criteria in as many columns as fit."""

    DEFAULT_CSS = "RetentionGrid { height: auto; margin: 1 0 0 0; }"

    def __init__(self, section: SectionProgress, *, bank: str = "") -> None:
        super().__init__()
        self._section = section
        self._bank = bank

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The title and the rows."""
        columns = max(1, width // _LEAST_CELL)
        return 1 + -(-len(self._section.criteria) // columns)

    def render(self) -> Content:
        """Row by row."""
        width = self.size.width
        columns = max(1, width // _LEAST_CELL)
        cells = [_cell(criterion, width // columns) for criterion in self._section.criteria]
        lines = [self._title()]
        for at in range(0, len(cells), columns):
            lines.append(Content("").join(cells[at : at + columns]))
        return Content("\n").join(lines)

    def _title(self) -> Content:
        bank = f" · {self._bank}" if self._bank else ""
        return ink(self._section.title, "bold") + ink(
            f" · {self._section.retention:.0%}{bank}", "$muted"
        )


def shade(criterion: CriterionProgress) -> tuple[str, str]:
    """The mark and the colour of a retention."""
    if criterion.retention == 0:
        return _NOTHING
    fitting = (step[1:] for step in _SHADES if criterion.retention >= step[0])
    return next(fitting, _LITTLE)


def _cell(criterion: CriterionProgress, width: int) -> Content:
    mark, style = shade(criterion)
    label = ink(criterion.label).truncate(max(1, width - _BEFORE_LABEL - 2), ellipsis=True)
    cell = Content.assemble(
        (mark, style),
        ink(f"{criterion.retention:5.0%}"),
        ("!" if criterion.is_due else " ", "bold $warning"),
        "  ",
        label,
    )
    return cell + Content(" " * max(0, width - cell.cell_length))
