"""The candidate's words: committed ones bright, words that may change dim, doubtful ones marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.transcript import Word
from voice_interviewer.tui.safe import ink

DOUBTFUL_BELOW = 0.45


def words_content(words: Sequence[Word], style: str = "$loud") -> Content:
    """Words as text; runs of doubtful ones stand in underlined brackets."""
    runs: list[Content] = []
    for doubtful, run in groupby(words, key=lambda word: word.probability < DOUBTFUL_BELOW):
        text = " ".join(word.text for word in run)
        runs.append(ink(f"[{text}?]", f"{style} underline") if doubtful else ink(text, style))
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

    def tell(self, content: Content, *, from_top: bool = False) -> None:
        """Show this text, its end in view, or its beginning."""
        self.query_one(Static).update(content)
        if from_top:
            self.scroll_home(animate=False)
        else:
            self.scroll_end(animate=False)
