"""The candidate's words: committed ones bright, words that may change dim, doubtful ones marked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.transcript import Word
from voice_interviewer.tui.safe import ink

DOUBTFUL_BELOW = 0.45


def words_content(
    words: Sequence[Word], style: str = "$loud", *, underlined: Collection[int] = ()
) -> Content:
    """Words as text; runs of doubtful ones stand in brackets, and are underlined as those are
    whose numbers are given."""

    def look(numbered: tuple[int, Word]) -> tuple[bool, bool]:
        number, word = numbered
        doubtful = word.probability < DOUBTFUL_BELOW
        return doubtful, doubtful or number in underlined

    runs: list[Content] = []
    for (doubtful, lined), run in groupby(enumerate(words), key=look):
        text = " ".join(word.text for _, word in run)
        shown = f"[{text}?]" if doubtful else text
        runs.append(ink(shown, f"{style} underline" if lined else style))
    return Content(" ").join(runs)


def heard_content(committed: Iterable[Word], interim: str, *, doubts: bool) -> Content:
    """Committed words, then the interim ones behind ░."""
    words = tuple(committed)
    if not doubts:
        words = tuple(word.model_copy(update={"probability": 1.0}) for word in words)
    bright = words_content(words)
    if not interim.strip():
        return bright
    return Content.assemble(bright, "\n" if words else "", ink(f"░ {interim.strip()}", "$muted"))


class Heard(VerticalScroll, can_focus=False):
    """Follows the candidate: the last words are always in view."""

    DEFAULT_CSS = "Heard { height: 1fr; scrollbar-size-vertical: 1; }"

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static()

    @property
    def text_width(self) -> int:
        """The cells of a line, with the scrollbar or without."""
        return self.size.width - self.scrollbar_size_vertical

    def tell(self, content: Content, *, from_top: bool = False) -> None:
        """Show this text, its end in view, or its beginning."""
        self.query_one(Static).update(content)
        if from_top:
            self.scroll_home(animate=False)
        else:
            self.scroll_end(animate=False)
