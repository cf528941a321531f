"""Where a typed answer is written."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.events import Key, Paste
from textual.message import Message
from textual.widgets import TextArea

from voice_interviewer.visible import clean


class AnswerBox(TextArea):
    """A few lines of text; Enter sends them, ctrl+j starts a new line."""

    DEFAULT_CSS = """
    AnswerBox {
        height: auto;
        min-height: 3;
        max-height: 8;
        padding: 0 1;
        border: none;
        border-left: outer $frame;
        background: $panel;
        &:focus { border: none; border-left: outer $primary; }
        &:nocolor .text-area--cursor { text-style: reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "send", "Send"),
        Binding("ctrl+j", "new_line", "New line"),
    ]

    class Sent(Message):
        """An answer was sent."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self) -> None:
        super().__init__(
            soft_wrap=True,
            tab_behavior="focus",
            highlight_cursor_line=False,
            placeholder="Type your answer. Enter sends it, ctrl+j begins a new line.",
        )
        self.cursor_blink = False

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There must be words to send."""
        return bool(self.text.strip()) if action == "send" else True

    def action_send(self) -> None:
        """Send what was written and start afresh."""
        text = clean(self.text.strip(), lines=True)
        self.text = ""
        self.post_message(self.Sent(text))

    def action_new_line(self) -> None:
        """Start a new line."""
        self.insert("\n")

    def on_text_area_changed(self) -> None:
        """With words there is something to send."""
        self.refresh_bindings()

    async def _on_key(self, event: Key) -> None:
        """Take Enter and ctrl+j here, in the order of typing; bindings would overtake letters."""
        if event.key not in ("enter", "ctrl+j"):
            return
        event.prevent_default()
        event.stop()
        if event.key == "ctrl+j":
            self.action_new_line()
        elif self.check_action("send", ()):
            self.action_send()

    async def _on_paste(self, event: Paste) -> None:
        event.prevent_default()
        self.insert(clean(event.text, lines=True))
