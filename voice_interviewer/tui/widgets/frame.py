"""The rounded frame around a screen: its title line, and the keys that work right now."""

from __future__ import annotations

from dataclasses import dataclass

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
    """The frame's upper edge. A long title gives way; what follows it and the right side do not."""

    DEFAULT_CSS = "TopLine { height: 1; }"

    def __init__(self) -> None:
        super().__init__()
        self._title = ""
        self._rest = ""
        self._right = ""
        self._right_style = "$muted"

    def tell(
        self, title: str, rest: str = "", right: str = "", right_style: str = "$muted"
    ) -> None:
        """Show `title · rest` on the left and `right` on the right."""
        if (title, rest, right) != (self._title, self._rest, self._right):
            self._title, self._rest, self._right = title, rest, right
            self._right_style = right_style
            self.refresh()

    def render(self) -> Content:
        """╭ title · rest ──────── right ╮"""
        width = self.size.width
        right = ink(f" {self._right} " if self._right else "", self._right_style)
        rest = ink(f" · {self._rest}" if self._rest else "", "$muted")
        room = width - 6 - right.cell_length - rest.cell_length
        title = ink(self._title, "bold").truncate(max(room, 1), ellipsis=True)
        left = Content.assemble(("╭ ", _EDGE), title, rest, " ").truncate(width - 2)
        fill = max(0, width - left.cell_length - right.cell_length - 2)
        return Content.assemble(left, ("─" * fill, _EDGE), right, ("─╮", _EDGE))


@dataclass(frozen=True)
class Hint:
    """A key that works just now, as it is shown, and what it does."""

    key: str
    shown: str
    does: str
    optional: bool = False

    @property
    def content(self) -> Content:
        """The key, then what it does."""
        return Content.assemble((self.shown, "bold $primary"), (f" {self.does}", "$foreground"))


class KeyLine(Widget):
    """The frame's lower edge: every key that works right now, and nothing that does not.

    It asks the screen for its active bindings, so it cannot disagree with them. Keys with the
    same description are shown together; a key of the app itself is left out where room is short.

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
        found: dict[str, Hint] = {}
        for namespace, binding, enabled, _ in self.screen.active_bindings.values():
            if not (binding.show and enabled):
                continue
            shown = binding.key_display or self.app.get_key_display(binding)
            earlier = found.get(binding.description)
            found[binding.description] = Hint(
                key=earlier.key if earlier else binding.key,
                shown=earlier.shown + shown if earlier else shown.lstrip(),
                does=binding.description,
                optional=namespace is self.app,
            )
        return sorted(found.values(), key=lambda hint: hint.optional)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the keys need."""
        return len(self._rows(width))

    def render(self) -> Content:
        """╰ key What · key What ────────╯"""
        width = self.size.width
        rows = self._rows(width)
        lines = []
        for number, row in enumerate(rows, 1):
            keys = _GAP.join([hint.content for hint in row])
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
        used = 0
        least = self._narrow_rows if width < _WIDE else 1
        for hint in self.hints():
            needed = hint.content.cell_length + (_GAP.cell_length if rows[-1] else 0)
            if used + needed > width - 4 and rows[-1]:
                if hint.optional and len(rows) >= least:
                    break
                rows.append([])
                used, needed = 0, hint.content.cell_length
            rows[-1].append(hint)
            used += needed
        return [[]] * (least - len(rows)) + rows
