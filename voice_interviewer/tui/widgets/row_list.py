"""A list that draws only the rows in view, so that ten thousand are as smooth as ten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

_CURSOR, _GUTTER = "▸ ", "  "

T = TypeVar("T")
Draw = Callable[[T, int], Sequence[Content]]


class RowList(ScrollView, Generic[T], can_focus=True, inherit_bindings=False):
    """Rows of one height each, with a cursor.

    Args:
        id: the widget's id.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"row-list--row", "row-list--cursor"}
    DEFAULT_CSS = """
    RowList {
        height: 1fr;
        overflow-x: hidden;
        background: $background;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        & > .row-list--row { background: $background; color: $foreground; }
        & > .row-list--cursor { background: $panel; color: $loud; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Move"),
        Binding("down", "move(1)", "Move"),
        Binding("pageup", "page(-1)", "Page"),
        Binding("pagedown", "page(1)", "Page"),
        Binding("home", "to(0)", "First, last"),
        Binding("end", "to(-1)", "First, last"),
    ]

    class Moved(Message):
        """The cursor is on another row, or there are other rows."""

    class Left(Message):
        """The cursor would go above the first row."""

    class Chosen(Message):
        """A row was clicked."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._rows: Sequence[T] = ()
        self._draw: Draw[T] = lambda _row, _width: ()
        self._height = 1
        self._cursor = 0

    @property
    def row(self) -> T | None:
        """The row under the cursor."""
        return self._rows[self._cursor] if self._rows else None

    @property
    def cursor(self) -> int:
        """The number of the row under the cursor, from 0."""
        return self._cursor

    def show(self, rows: Sequence[T], draw: Draw[T], height: int, cursor: int = 0) -> None:
        """Other rows.

        Args:
            draw: the lines of a row at a width in cells; they are cut or filled up to `height`.
            cursor: the row to begin on.
        """
        self._rows, self._draw, self._height = rows, draw, height
        self._cursor = min(cursor, max(0, len(rows) - 1))
        self.virtual_size = Size(0, len(rows) * height)
        self._reveal()
        self._tell()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Moving needs somewhere to go."""
        if action == "move":
            return parameters == (-1,) or self._cursor + 1 < len(self._rows)
        if action in ("page", "to"):
            return len(self._rows) * self._height > self.size.height > 0
        return True

    def action_move(self, step: int) -> None:
        """A row up or down; above the first one the list is left."""
        if self._cursor + step < 0:
            self.post_message(self.Left())
        else:
            self._go(self._cursor + step)

    def action_page(self, step: int) -> None:
        """As many rows as are in view."""
        self._go(self._cursor + step * max(1, self.size.height // self._height - 1))

    def action_to(self, row: int) -> None:
        """To the first row, or (-1) to the last one."""
        self._go(row if row >= 0 else len(self._rows) - 1)

    def on_resize(self) -> None:
        """The cursor stays in view, and there may be pages to turn."""
        self._reveal()
        self.refresh_bindings()

    def on_click(self, event: Click) -> None:
        """A click chooses a row."""
        row = (event.y + self.scroll_offset.y) // self._height
        if 0 <= row < len(self._rows):
            self._go(row)
            self.post_message(self.Chosen())

    def render_line(self, y: int) -> Strip:
        """One line of what is in view."""
        width = self.scrollable_content_region.width
        row, line = divmod(y + self.scroll_offset.y, self._height)
        room = width - len(_GUTTER)
        lines = self._draw(self._rows[row], room) if row < len(self._rows) else ()
        if line >= len(lines):
            return Strip.blank(width, self.get_visual_style("row-list--row").rich_style)
        here = row == self._cursor
        style = self.get_visual_style("row-list--cursor" if here else "row-list--row")
        gutter = Content.styled(_CURSOR, "$primary") if here and not line else Content(_GUTTER)
        text = gutter + lines[line].truncate(room, ellipsis=True)
        (strip, *_) = Visual.to_strips(self, text, width, 1, style, pad=True)
        return strip.adjust_cell_length(width, style.rich_style)

    def _go(self, row: int) -> None:
        row = min(max(0, row), max(0, len(self._rows) - 1))
        if row != self._cursor:
            self._cursor = row
            self._reveal()
            self._tell()

    def _reveal(self) -> None:
        at = Region(0, self._cursor * self._height, 1, self._height)
        self.scroll_to_region(at, animate=False, force=True, immediate=True)

    def _tell(self) -> None:
        self.refresh()
        self.refresh_bindings()
        self.post_message(self.Moved())
