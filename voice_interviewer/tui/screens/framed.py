"""What all screens share: the frame, and a body between its edges."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from voice_interviewer.tui.widgets.frame import KeyLine, TopLine


class FramedScreen(Screen[None], inherit_bindings=False):
    """A screen in a rounded frame: title above, body, keys below."""

    AUTO_FOCUS = ""
    NARROW_KEY_ROWS = 1

    def compose(self) -> ComposeResult:
        """The frame and the body within it."""
        yield TopLine()
        with Vertical(id="body"):
            yield from self.compose_body()
        yield KeyLine(self.NARROW_KEY_ROWS)

    def compose_body(self) -> ComposeResult:
        """What stands between the edges."""
        raise NotImplementedError

    @property
    def top(self) -> TopLine:
        """The title line."""
        return self.query_one(TopLine)
