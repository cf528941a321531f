"""The list of past sessions, one line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from voice_interviewer.desk import SessionRow
from voice_interviewer.tui.messages import DrillWanted, ReplayWanted, ResumeWanted
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.widgets.score_chart import trace
from voice_interviewer.tui.words import local_time, row_result, row_status

_FULL_MARKS = 10.0
_TRACE_CELLS = 6


class PastSessions(OptionList, inherit_bindings=False):
    """Past sessions; which keys work depends on the one in focus."""

    DEFAULT_CSS = """
    PastSessions {
        height: auto;
        max-height: 5;
        padding: 0;
        border: none;
        background: $background;
        text-wrap: nowrap;
        text-overflow: ellipsis;
        scrollbar-size-vertical: 1;
        &:focus { border: none; background-tint: $background 0%; }
        & > .option-list--option-highlighted {
            background: $background; color: $foreground; text-style: none;
        }
        &:focus > .option-list--option-highlighted {
            background: $panel; color: $loud; text-style: bold;
        }
        & > .option-list--option-hover { background: $panel; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Review"),
        Binding("c", "resume", "Continue"),
        Binding("r", "replay", "Replay"),
        Binding("d", "drill", "Drill missed"),
        Binding("up", "cursor_up", "Move"),
        Binding("down", "cursor_down", "Move"),
        Binding("pageup", "page_up", "Page"),
        Binding("pagedown", "page_down", "Page"),
    ]

    class Chosen(Message):
        """A session is to be looked at."""

        def __init__(self, row: SessionRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)
        self._rows: tuple[SessionRow, ...] = ()

    def on_mount(self) -> None:
        """Whether there are pages to turn is known once the list is laid out."""
        self.watch(self, "show_vertical_scrollbar", self.refresh_bindings, init=False)

    def list_rows(self, rows: Sequence[SessionRow]) -> None:
        """Show these sessions; the cursor stays on the session it was on."""
        at = self.row
        self._rows = tuple(rows)
        self.clear_options()
        self.add_options([Option(_line(row)) for row in self._rows])
        ids = [row.id for row in self._rows]
        if ids:
            self.highlighted = ids.index(at.id) if at is not None and at.id in ids else 0
        self.refresh_bindings()

    @property
    def row(self) -> SessionRow | None:
        """The session in focus."""
        at = self.highlighted
        return self._rows[at] if at is not None and at < len(self._rows) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done with the session in focus; up from the first line leaves the list."""
        at = self.highlighted or 0
        if action == "cursor_up":
            return at > 0
        if action == "cursor_down":
            return at + 1 < len(self._rows)
        if action in ("page_up", "page_down"):
            return self.show_vertical_scrollbar
        return self._offers(action)

    def action_resume(self) -> None:
        """Continue the session in focus."""
        if self.row is not None:
            self.post_message(ResumeWanted(self.row.id))

    def action_replay(self) -> None:
        """Show the session in focus again."""
        if self.row is not None:
            self.post_message(ReplayWanted(self.row.id))

    def action_drill(self) -> None:
        """Drill what the session in focus missed."""
        if self.row is not None:
            self.post_message(DrillWanted(self.row.id))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        if self.row is not None and self._offers("select"):
            self.post_message(self.Chosen(self.row))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Other sessions, other keys."""
        event.stop()
        self.refresh_bindings()

    def _offers(self, action: str) -> bool:
        row = self.row
        if row is None or row.status in ("unreadable", "running"):
            return False
        if action == "resume":
            return row.status == "interrupted"
        if action == "drill":
            return row.score is not None and row.score < _FULL_MARKS
        return True


def _line(row: SessionRow) -> Content:
    kind = f" · {row.kind}" if row.kind not in ("interview", "") else ""
    return Content.assemble(
        "  ",
        ink(local_time(row.at).ljust(14), "$muted"),
        ink(row_result(row).rjust(11)),
        "  ",
        ink(trace(row.scores, _TRACE_CELLS).ljust(_TRACE_CELLS + 1), "$primary"),
        ink(f"{row_status(row)} · " if row_status(row) else "", "$muted"),
        ink(row.title or f"session {row.id}"),
        ink(kind, "$muted"),
    )
