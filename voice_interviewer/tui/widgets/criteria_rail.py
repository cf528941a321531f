"""The criteria of an answer in a narrow column, each with the second it was earned in."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content
from textual.events import Resize
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from voice_interviewer.tui.replay_steps import Point
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.widgets.spoken_words import laid
from voice_interviewer.tui.words import MARKS, minutes_seconds
from voice_interviewer.visible import clean

MOST_NUMBERED = 9
_WIDE = 34


class CriteriaRail(OptionList, inherit_bindings=False):
    """Verdict sign, label and second of every criterion; those with evidence have a number."""

    DEFAULT_CSS = """
    CriteriaRail {
        height: 1fr;
        padding: 0;
        border: none;
        background: $background;
        scrollbar-size-vertical: 1;
        &:focus { border: none; background-tint: $background 0%; }
        & > .option-list--option-highlighted {
            background: $background; color: $foreground; text-style: none;
        }
        &:focus > .option-list--option-highlighted { background: $panel; color: $loud; }
        & > .option-list--option-hover { background: $panel; }
        & > .option-list--option-disabled { color: $foreground; }
    }
    """

    class Wanted(Message):
        """The evidence of a criterion is to be heard."""

        def __init__(self, point: Point) -> None:
            super().__init__()
            self.point = point

    def __init__(self) -> None:
        super().__init__(markup=False, compact=True)
        self._points: tuple[Point, ...] = ()

    def show_points(self, points: Sequence[Point]) -> None:
        """Show these criteria."""
        if tuple(points) != self._points:
            self._points = tuple(points)
            self._fill()

    def on_resize(self, event: Resize) -> None:
        """Another width, another cut."""
        self._fill()

    @property
    def reachable(self) -> tuple[Point, ...]:
        """The criteria with evidence to go to, as they are numbered from 1."""
        return tuple(point for point in self._points if point.turn_id is not None)

    def want(self, point: Point) -> None:
        """Go to the evidence of one of them."""
        self.highlighted = self._points.index(point)
        self.post_message(self.Wanted(point))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter, or a click."""
        event.stop()
        self.want(self._points[event.option_index])

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """The cursor is the list's own affair."""
        event.stop()

    def _fill(self) -> None:
        at = self.highlighted
        width = self.size.width - 1
        reachable = self.reachable
        self.clear_options()
        for point in self._points:
            there = point in reachable
            number = str(reachable.index(point) + 1) if there else ""
            self.add_option(Option(_line(point, number, width), disabled=not there))
        if reachable:
            kept = at is not None and at < len(self._points) and self._points[at] in reachable
            self.highlighted = at if kept else self._points.index(reachable[0])


def _line(point: Point, number: str, width: int) -> Content:
    """`1 ✓ The label       0:04`; where there is room, the verdict in a word above the label."""
    mark, colour = MARKS[point.verdict]
    time = "" if point.at_s is None else minutes_seconds(point.at_s)
    start = Content.assemble(ink(f"{number:1} ", "$muted"), ink(f"{mark} ", colour))
    words = [clean(word) for word in point.label.split()]
    if width < _WIDE:
        room = max(1, width - 5 - len(time))
        first, *more = laid(words, room).text.split("\n")
        gap = " " * (room - cell_len(first) + 1)
        head = Content.assemble(start, ink(first), gap, ink(time, "$muted"))
        return Content("\n").join([head, *(ink(f"    {line}") for line in more)])
    when = "  ".join(part for part in (point.turn_name, time) if part)
    gap = " " * max(1, width - 4 - len(point.verdict) - len(when))
    head = Content.assemble(start, ink(point.verdict, colour), gap, ink(when, "$muted"))
    label = "\n    ".join(laid(words, width - 4).text.split("\n"))
    return Content.assemble(head, "\n    ", prose(label), "\n")
