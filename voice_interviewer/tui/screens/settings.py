"""Settings: every one with its value, where that came from, and what it means; Enter changes it."""

from __future__ import annotations

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from voice_interviewer.desk import Desk
from voice_interviewer.errors import InterviewerError
from voice_interviewer.settings_file import NOT_SET, SettingRow
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import SettingsChanged
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.widgets.setting_list import SettingList, about
from voice_interviewer.visible import clean

_FIND, _EDIT = "Find", "New value"


class SettingsScreen(FramedScreen):
    """One line to type in: it finds settings, and after Enter it takes the new value of one."""

    NARROW_KEY_ROWS = 2
    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "Change", priority=True),
        Binding("enter", "keep", "Keep", priority=True),
        Binding("up", "move(-1)", "Move", priority=True),
        Binding("down", "move(1)", "Move", priority=True),
        Binding("up", "choice(-1)", "Choose", priority=True),
        Binding("down", "choice(1)", "Choose", priority=True),
        Binding("ctrl+r", "reset", "Back to default"),
        Binding("escape", "give_up", "Leave it"),
        Binding("escape", "find_all", "Show all"),
        Binding("escape", "back", "Back"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._rows: tuple[SettingRow, ...] = ()
        self._editing: SettingRow | None = None
        self._sought = ""

    def compose_body(self) -> ComposeResult:
        """The line to type in, the settings, and what the one in focus is about."""
        with Horizontal(id="line"):
            yield Static(id="label")
            yield Input(id="typed", compact=True)
        yield SettingList()
        yield Static(id="about")
        yield Static(id="remark")

    def on_mount(self) -> None:
        """All settings at first."""
        self.query_one("#typed", Input).cursor_blink = False
        self._rows = self._desk.setting_rows()
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Finding and changing have keys of their own."""
        row = self.query_one(SettingList).row
        editing = self._editing
        if action in ("keep", "give_up"):
            return editing is not None
        if action == "choice":
            return editing is not None and bool(editing.choices)
        if action == "reset":
            return row is not None and row.in_file
        if action == "find_all":
            return editing is None and bool(self._sought)
        if action == "back":
            return editing is None and not self._sought
        if action in ("edit", "move"):
            return editing is None and row is not None
        return True

    def on_input_changed(self, event: Input.Changed) -> None:
        """Find as it is typed."""
        if self._editing is None and event.value != self._sought:
            self._sought = event.value
            self._show()

    def on_option_list_option_highlighted(self) -> None:
        """Tell about the setting in focus."""
        self._show_about()

    def action_edit(self) -> None:
        """Change the setting in focus."""
        self._editing = row = self.query_one(SettingList).row
        if row is not None:
            self._type("" if row.secret or row.value == NOT_SET else row.value, hidden=row.secret)
            self._remark("")
            self._show()

    def action_keep(self) -> None:
        """Keep what was typed."""
        if self._editing is not None:
            self._write(self._editing.key, self.query_one("#typed", Input).value)

    def action_reset(self) -> None:
        """Take the setting in focus out of the file."""
        row = self._editing or self.query_one(SettingList).row
        if row is not None:
            self._write(row.key, None)

    def action_choice(self, step: int) -> None:
        """The next of the words it may be."""
        assert self._editing is not None, "choices belong to a setting"
        choices, now = self._editing.choices, self.query_one("#typed", Input).value
        at = choices.index(now) + step if now in choices else 0
        self._type(choices[at % len(choices)])

    def action_move(self, step: int) -> None:
        """To the setting above or below."""
        self.query_one(SettingList).move(step)

    def action_give_up(self) -> None:
        """Leave it as it was."""
        self._stop_editing()
        self._remark("")

    def action_find_all(self) -> None:
        """Show all settings again."""
        self._type("")

    def action_back(self) -> None:
        """Back to where this was opened."""
        self.app.pop_screen()

    @work(group="settings", exclusive=True, exit_on_error=False)
    async def _write(self, key: str, text: str | None) -> None:
        try:
            self._rows = await off_loop(lambda: self._desk.set_setting(key, text), "settings")
        except InterviewerError as error:
            self._remark(f"{error.message} {error.hint}".rstrip(), "$error")
            return
        now = {row.key: row for row in self._rows}
        row = now[key]
        self._stop_editing()
        if text is None:
            self._remark(f"{key} is {row.value} again.", "$success")
        elif row.in_file:
            self._remark(f"Kept: {key} is {row.value}.", "$success")
        else:
            self._remark(f"Kept, but {row.origin} still says {row.value}.", "$warning")
        self.app.post_message(SettingsChanged(now["interface.theme"].value))

    def _stop_editing(self) -> None:
        self._editing = None
        self._type(self._sought)
        self._show()

    def _type(self, text: str, *, hidden: bool = False) -> None:
        typed = self.query_one("#typed", Input)
        typed.password = hidden
        typed.value = clean(text)
        typed.cursor_position = len(typed.value)

    def _remark(self, text: str, style: str = "") -> None:
        self.query_one("#remark", Static).update(ink(text, style))

    def _show(self) -> None:
        """Bring the list in line with what is sought."""
        words = self._sought.lower().split()
        found = [row for row in self._rows if all(word in _text(row) for word in words)]
        self.query_one(SettingList).list_rows(found)
        label = _FIND if self._editing is None else _EDIT
        self.query_one("#label", Static).update(ink(f"{label} ", "$muted"))
        changed = sum(row.changed for row in self._rows)
        place = self._editing.key if self._editing else f"{len(found)} of {len(self._rows)}"
        self.top.tell("Settings", place, f"{changed} changed")
        self._show_about()

    def _show_about(self) -> None:
        self.query_one("#about", Static).update(about(self.query_one(SettingList).row))
        self.refresh_bindings()


def _text(row: SettingRow) -> str:
    return f"{row.key} {row.about} {row.value} {row.origin}".lower()
