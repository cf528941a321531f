"""The settings as a list, one line each."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from voice_interviewer.settings_file import SettingRow
from voice_interviewer.tui.safe import ink

_KEY_WIDTH = 32


class SettingList(OptionList, can_focus=False, inherit_bindings=False):
    """Moved from outside, so that typing and moving need no change of focus."""

    DEFAULT_CSS = """
    SettingList {
        height: 1fr;
        padding: 0;
        border: none;
        background: $background;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        scrollbar-size-vertical: 1;
        & > .option-list--option-highlighted {
            background: $panel; color: $loud; text-style: bold;
        }
        & > .option-list--option-hover { background: $panel; }
    }
    """

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)
        self._rows: tuple[SettingRow, ...] = ()

    @property
    def row(self) -> SettingRow | None:
        """The setting in focus."""
        at = self.highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def list_rows(self, rows: Sequence[SettingRow]) -> None:
        """Show these; the cursor stays on the setting it was on, where that is among them."""
        before = self.row.key if self.row is not None else ""
        self._rows = tuple(rows)
        self.clear_options()
        self.add_options([Option(_line(row)) for row in self._rows])
        keys = [row.key for row in self._rows]
        if keys:
            self.highlighted = keys.index(before) if before in keys else 0

    def move(self, step: int) -> None:
        """To the setting above or below."""
        if self._rows:
            at = (self.highlighted or 0) + step
            self.highlighted = max(0, min(at, len(self._rows) - 1))


def about(row: SettingRow | None) -> Content:
    """What a setting means, what it may be, its default and where its value came from."""
    if row is None:
        return ink("No setting has these words.", "$muted")
    may_be = f" One of: {', '.join(row.choices)}." if row.choices else ""
    came = "the default" if row.origin == "default" else f"from {row.origin}"
    return Content("\n").join(
        [
            ink(f"{row.about}{may_be}", "$foreground"),
            ink(f"Default: {row.default} · now {row.value}, {came}", "$muted"),
        ]
    )


def _line(row: SettingRow) -> Content:
    mark = "●" if row.changed else " "
    return (
        ink(f"{mark} ", "$primary")
        + ink(f"{row.key:{_KEY_WIDTH}} ", "$foreground")
        + ink(row.value, "$loud" if row.changed else "$muted")
        + ink(f"   {_origin(row)}" if row.changed else "", "$muted")
    )


def _origin(row: SettingRow) -> str:
    if row.origin.startswith("--"):
        return f"flag {row.origin}"
    return "from your file" if row.in_file else f"from {row.origin}"
