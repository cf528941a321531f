"""One line of a form: a label, and a value that the arrow keys change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widget import Widget

from voice_interviewer.tui.safe import ink

_LABEL_CELLS = 14


@dataclass(frozen=True)
class Option:
    """A value that can be chosen, and how it is shown."""

    value: str
    shown: str
    note: str = ""


class ChoiceRow(Widget, can_focus=True):
    """`label  ‹ value ›`; the marks around the value show where the arrow keys work."""

    DEFAULT_CSS = "ChoiceRow { height: 1; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "change(-1)", "Change"),
        Binding("right", "change(1)", "Change"),
    ]

    class Changed(Message):
        """Another value was chosen."""

        def __init__(self, row: ChoiceRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, label: str, *, id: str, around: bool = True) -> None:
        super().__init__(id=id)
        self._label = label
        self._around = around
        self._options: tuple[Option, ...] = ()
        self._index = 0

    @property
    def value(self) -> str:
        """The chosen value; empty while there is nothing to choose from."""
        return self._options[self._index].value if self._options else ""

    def offer(self, options: Sequence[Option], value: str) -> None:
        """Offer these options with this value chosen, or the last one where it is not there."""
        self._options = tuple(options)
        values = [option.value for option in self._options]
        self._index = values.index(value) if value in values else max(0, len(values) - 1)
        self.refresh()

    def render(self) -> Content:
        """The label, the value, and a dim note."""
        label = Content.styled(f"  {self._label}".ljust(_LABEL_CELLS + 2), "$muted")
        if not self._options:
            return Content.assemble(label, ("…", "$muted"))
        option = self._options[self._index]
        note = ink(option.note, "$muted")
        if not self.has_focus:
            return Content.assemble(label, "  ", ink(option.shown), "   ", note)
        left, right = self._marks()
        return Content.assemble(
            label, (left, "bold $primary"), ink(option.shown, "bold $loud"), right, " ", note
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only ways that lead to another value."""
        if action != "change":
            return True
        if self._around:
            return len(self._options) > 1
        return 0 <= self._index + self._step(parameters) < len(self._options)

    def action_change(self, step: int) -> None:
        """The next or the previous value."""
        self._index = (self._index + step) % len(self._options)
        self.refresh()
        self.refresh_bindings()
        self.post_message(self.Changed(self))

    def on_click(self, event: Click) -> None:
        """A click chooses the next value; on the left mark the previous one."""
        step = -1 if event.x <= _LABEL_CELLS + 3 else 1
        if self.has_focus and self.check_action("change", (step,)):
            self.action_change(step)

    def _marks(self) -> tuple[str, Content]:
        left = "‹ " if self.check_action("change", (-1,)) else "  "
        right = " ›" if self.check_action("change", (1,)) else "  "
        return left, Content.styled(right, "bold $primary")

    @staticmethod
    def _step(parameters: tuple[object, ...]) -> int:
        step = parameters[0]
        assert isinstance(step, int), "the bindings pass a whole number"
        return step


class StartRow(Widget, can_focus=True):
    """The line that starts; the marks show that it is the one in focus."""

    DEFAULT_CSS = "StartRow { height: 1; }"

    def render(self) -> Content:
        """▸ Start the interview"""
        if self.has_focus:
            return Content.assemble(("▸ ", "bold $primary"), ("Start the interview", "bold $loud"))
        return Content("  Start the interview")
