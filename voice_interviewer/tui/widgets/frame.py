"""The rounded frame around a screen: its title line, and the keys that work right now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.events import Click
from textual.geometry import Size
from textual.screen import Screen
from textual.widget import Widget

from voice_interviewer.tui.safe import ink

_EDGE = "$frame"
_WIDE = 100
_GAP = Content.styled(" · ", _EDGE)


class TopLine(Widget):
    """The frame's upper edge. What is too long is shortened on the left; the right side is not."""

    DEFAULT_CSS = "TopLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._heads: tuple[tuple[str, str], ...] = (("", ""),)
        self._right = ""
        self._right_style = "$muted"

    def tell(
        self,
        title: str,
        rest: str = "",
        right: str = "",
        right_style: str = "$muted",
        *,
        shorter: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Show `title · rest` on the left and `right` on the right.

        Args:
            shorter: what to say instead on the left where that does not fit, the longest first;
                where nothing fits, the last title is cut off.
        """
        heads = ((title, rest), *shorter)
        if (heads, right) != (self._heads, self._right):
            self._heads, self._right = heads, right
            self._right_style = right_style
            self.refresh()

    def render(self) -> Content:
        """╭ title · rest ──────── right ╮"""
        width = self.size.width
        right = ink(f" {self._right} " if self._right else "", self._right_style)
        title, rest = self._fitting(width - 6 - right.cell_length)
        left = Content.assemble(("╭ ", _EDGE), title, rest, " ").truncate(width - 2)
        fill = max(0, width - left.cell_length - right.cell_length - 2)
        return Content.assemble(left, ("─" * fill, _EDGE), right, ("─╮", _EDGE))

    def _fitting(self, room: int) -> tuple[Content, Content]:
        """The title and what follows it, in so many cells."""
        for told, more in self._heads:
            title, rest = ink(told, "bold"), ink(f" · {more}" if more else "", "$muted")
            if title.cell_length + rest.cell_length <= room:
                break
        return title.truncate(max(room - rest.cell_length, 1), ellipsis=True), rest


@dataclass(frozen=True)
class Hint:
    """A key that works just now, as it is shown, and what it does."""

    key: str
    shown: str
    does: str
    general: bool = False

    @property
    def content(self) -> Content:
        """The key, then what it does."""
        return Content.assemble((self.shown, "bold $primary"), (f" {self.does}", "$foreground"))


class KeyLine(Widget):
    """The frame's lower edge: every key that works right now, and nothing that does not.

    It asks the screen for its active bindings, so it cannot disagree with them. Keys with the
    same description are shown together; those of the app itself come last, in one row.

    Args:
        narrow_rows: rows to keep where the screen is narrow, so that nothing jumps between phases.
    """

    DEFAULT_CSS = "KeyLine { height: auto; }"

    def __init__(self, narrow_rows: int = 1) -> None:
        super().__init__()
        self._narrow_rows = narrow_rows

    def on_mount(self) -> None:
        """Follow the bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_moved)

    def _bindings_moved(self, _screen: Screen[object]) -> None:
        self.refresh(layout=True)

    def hints(self) -> list[Hint]:
        """The keys to show, in the order they are bound."""
        found: dict[str, list[tuple[Binding, bool]]] = {}
        for namespace, binding, enabled, _ in self.screen.active_bindings.values():
            if binding.show and enabled:
                found.setdefault(binding.description, []).append((binding, namespace is self.app))
        hints = [
            Hint(
                key=bound[0][0].key,
                shown=together([self.app.get_key_display(binding) for binding, _ in bound]),
                does=does,
                general=bound[-1][1],
            )
            for does, bound in found.items()
        ]
        return sorted(hints, key=lambda hint: hint.general)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the keys need."""
        return len(self._rows(width))

    def render(self) -> Content:
        """╰ key What · key What ────────╯"""
        width = self.size.width
        rows = self._rows(width)
        lines = []
        for number, row in enumerate(rows, 1):
            keys = _GAP.join([hint.content for hint in row]) if row else Content("")
            last = number == len(rows)
            left, right, fill = ("╰ ", "╯", "─") if last else ("│ ", "│", " ")
            space = max(0, width - keys.cell_length - 4)
            edge = Content.styled(f" {fill * space}{right}", _EDGE)
            lines.append(Content.assemble((left, _EDGE), keys, edge))
        return Content("\n").join(lines)

    def on_click(self, event: Click) -> None:
        """A click on a key presses it."""
        rows = self._rows(self.size.width)
        if event.y >= len(rows):
            return
        at = 2
        for hint in rows[event.y]:
            if at <= event.x < at + hint.content.cell_length:
                self.app.simulate_key(hint.key)
            at += hint.content.cell_length + _GAP.cell_length

    def _rows(self, width: int) -> list[list[Hint]]:
        rows: list[list[Hint]] = [[]]
        least = self._narrow_rows if width < _WIDE else 1
        hints = self.hints()
        for number, hint in enumerate(hints):
            first_general = hint.general and not (number and hints[number - 1].general)
            coming = hints[number:] if first_general else [hint]
            if rows[-1] and _cells([*rows[-1], *coming]) > width - 4:
                rows.append([])
            rows[-1].append(hint)
        return [[]] * (least - len(rows)) + rows


def _cells(hints: Sequence[Hint]) -> int:
    """How wide these are beside each other."""
    widths = [hint.content.cell_length for hint in hints]
    return sum(widths) + _GAP.cell_length * (len(widths) - 1)


def together(keys: Sequence[str]) -> str:
    """Keys that mean the same, as they are shown: `↑↓`, `pgup pgdn`, `enter, 1-4`."""
    digits = [key for key in keys if key.isdigit()]
    if len(digits) < 2:
        return "".join(keys).strip()
    others = "".join(key for key in keys if not key.isdigit())
    return ", ".join([*([others.strip()] if others else []), f"{digits[0]}-{digits[-1]}"])
