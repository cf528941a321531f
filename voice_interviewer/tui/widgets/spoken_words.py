"""An answer whose words light up as they sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Click, Resize
from textual.message import Message
from textual.widgets import Static

from voice_interviewer.tui.safe import prose
from voice_interviewer.visible import clean

_SAID, _SOUNDING, _TO_COME = "$foreground", "bold underline $loud", "$muted"


@dataclass(frozen=True)
class Laid:
    """Words broken into lines: the whole text, and of every word where it stands.

    `spans` are (first, behind the last) characters of the text; `lines` the line a word begins on.
    """

    text: str = ""
    spans: tuple[tuple[int, int], ...] = ()
    lines: tuple[int, ...] = ()


def laid(words: Sequence[str], width: int) -> Laid:
    """Break words into lines of at most `width` cells; a longer word is broken itself."""
    text, column, line = "", 0, 0
    spans: list[tuple[int, int]] = []
    lines: list[int] = []
    for word in words:
        pieces = chop_cells(word, max(1, width)) or [""]
        if column and column + 1 + cell_len(pieces[0]) > width:
            text, column, line = f"{text}\n", 0, line + 1
        elif column:
            text, column = f"{text} ", column + 1
        spans.append((len(text), len(text) + len("\n".join(pieces))))
        lines.append(line)
        text += "\n".join(pieces)
        line += len(pieces) - 1
        column = cell_len(pieces[-1]) + (column if len(pieces) == 1 else 0)
    return Laid(text, tuple(spans), tuple(lines))


class SpokenWords(VerticalScroll, can_focus=False):
    """Words already said, the one that sounds (bold, underlined), and those to come (dim).

    The one that sounds is always in view. A click on a word asks for it.
    """

    DEFAULT_CSS = "SpokenWords { scrollbar-size-vertical: 1; }"

    class Clicked(Message):
        """A word was clicked; `number` counts from 0."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self) -> None:
        super().__init__()
        self._words: tuple[str, ...] = ()
        self._said = 0
        self._sounding: int | None = None
        self._laid = Laid()

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static()

    def show_words(self, words: Sequence[str]) -> None:
        """Other words, none of them said yet."""
        self._words = tuple(clean(word) for word in words)
        self._said, self._sounding = 0, None
        self._lay_out()
        self.scroll_home(animate=False)

    def light(self, said: int, sounding: int | None) -> None:
        """`said` words have begun; `sounding` is the number of the one that sounds, if any."""
        if (said, sounding) != (self._said, self._sounding):
            self._said, self._sounding = said, sounding
            self._paint()

    def on_resize(self, event: Resize) -> None:
        """Another width, other lines."""
        self._lay_out()

    def on_click(self, event: Click) -> None:
        """Which word was clicked."""
        at = event.get_content_offset(self.query_one(Static))
        if at is None:
            return
        for number, (first, behind) in enumerate(self._laid.spans):
            before = self._laid.text[self._laid.text.rfind("\n", 0, first) + 1 : first]
            left = cell_len(before)
            right = left + cell_len(self._laid.text[first:behind])
            if self._laid.lines[number] == at.y and left <= at.x < right:
                self.post_message(self.Clicked(number))

    def _lay_out(self) -> None:
        self._laid = laid(self._words, self.scrollable_content_region.width)
        self._paint()

    def _paint(self) -> None:
        text, spans = self._laid.text, self._laid.spans
        first = spans[self._said - 1][0] if self._said else 0
        behind = spans[self._said - 1][1] if self._said else 0
        style = _SAID if self._sounding is None else _SOUNDING
        parts = [
            prose(text[:first], _SAID),
            prose(text[first:behind], style),
            prose(text[behind:], _TO_COME),
        ]
        self.query_one(Static).update(Content.assemble(*parts))
        if self._said:
            line = self._laid.lines[self._said - 1]
            middle = max(0, line - self.size.height // 2)
            if not self.scroll_offset.y <= line < self.scroll_offset.y + self.size.height - 1:
                self.scroll_to(y=middle, animate=False)
