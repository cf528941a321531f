"""Progress: what would be said today, what is due, what is hard, and the scores so far."""

from __future__ import annotations

from statistics import fmean
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from voice_interviewer.core.report import points
from voice_interviewer.drill.coming import counted
from voice_interviewer.drill.progress import CriterionProgress, Progress
from voice_interviewer.tui.messages import DrillDueWanted, HomeWanted
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.widgets.retention_grid import LEGEND, RetentionGrid
from voice_interviewer.tui.widgets.score_chart import ScoreChart
from voice_interviewer.tui.words import MARKS

_HARDEST = "Hardest so far · last verdict, and the chance that you say it today"
_TRENDS = {"new": "", "up": "getting better", "level": "", "down": "getting worse"}


class ProgressPage(VerticalScroll, can_focus=False):
    """Everything about where the candidate stands, from the urgent to the whole."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def compose(self) -> ComposeResult:
        """What is due, the scores, the hardest, then every section."""
        progress = self._progress
        yield Static(due_line(progress), id="coming")
        if progress.interviews:
            yield Static(self._scores_title(), classes="part")
            yield ScoreChart([(each.score, each.best_score) for each in progress.interviews])
        if progress.hardest:
            yield Static(ink(_HARDEST, "$muted"), classes="part")
            yield from map(HardLine, progress.hardest)
        if progress.sections:
            yield Static(ink(LEGEND, "$muted"), classes="part")
        several = len({section.bank_id for section in progress.sections}) > 1
        for section in progress.sections:
            yield RetentionGrid(section, progress.weeks, bank=section.bank_id if several else "")

    def _scores_title(self) -> Content:
        first, *later = (points(i.score, i.best_score) for i in self._progress.interviews)
        count = f"{len(later) + 1:,} interviews" if later else "one interview"
        latest = f"the latest {later[-1]} of 10, the first {first}" if later else f"{first} of 10"
        return ink(f"Scores of {count} · {latest}", "$muted")


class ProgressScreen(FramedScreen):
    """Looks at the past as a whole; nothing here changes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "drill_due", "Drill"),
        Binding("up", "scroll(-3)", "Scroll"),
        Binding("down", "scroll(3)", "Scroll"),
        Binding("pageup", "page(-1)", "Page"),
        Binding("pagedown", "page(1)", "Page"),
        Binding("escape", "home", "Home"),
    ]

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self._progress = progress

    def compose_body(self) -> ComposeResult:
        """One page."""
        yield ProgressPage(self._progress)

    def on_mount(self) -> None:
        """Whether it scrolls is known once it is laid out."""
        page = self.query_one(ProgressPage)
        self.watch(page, "show_vertical_scrollbar", self.refresh_bindings, init=False)
        criteria = self._progress.criteria
        known = f"you would say {fmean(c.retention for c in criteria):.0%} of them today"
        self.top.tell("Progress", f"{counted(len(criteria))} asked so far", known, "bold $loud")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Drilling needs something to drill; scrolling somewhere to go."""
        if action == "drill_due":
            return can_drill(self._progress)
        if action in ("scroll", "page"):
            return self.query_one(ProgressPage).show_vertical_scrollbar
        return True

    def action_drill_due(self) -> None:
        """Ask again for what is due."""
        self.post_message(DrillDueWanted())

    def action_scroll(self, lines: int) -> None:
        """A few lines up or down."""
        self.query_one(ProgressPage).scroll_relative(y=lines, animate=False)

    def action_page(self, step: int) -> None:
        """A page up or down."""
        page = self.query_one(ProgressPage)
        page.scroll_relative(y=step * max(1, page.size.height - 1), animate=False)

    def action_home(self) -> None:
        """Back to the first screen."""
        self.post_message(HomeWanted())


def can_drill(progress: Progress | None) -> bool:
    """True where a drill would ask anything."""
    return progress is not None and progress.coming.something_to_drill


def due_line(progress: Progress) -> Content:
    """What is due today, loud, and what comes next, quiet."""
    coming = progress.coming
    if not coming.due and not coming.next_words:
        return Content("")
    style = "bold $loud" if coming.due else "$muted"
    line = ink(coming.due_words, style)
    if coming.weak and not coming.due:
        line += ink(f" {coming.weak} not fully said last time.", "$foreground")
    return line + ink(f" {coming.next_words}" if coming.next_words else "", "$muted")


class HardLine(HorizontalGroup):
    """`✗ missed   0%  Label · lapsed once`; what is too long goes on below the label."""

    DEFAULT_CSS = """
    HardLine {
        .now { width: 16; }
        .label { width: 1fr; }
    }
    """

    def __init__(self, criterion: CriterionProgress) -> None:
        super().__init__()
        self._criterion = criterion

    def compose(self) -> ComposeResult:
        """The last verdict and the chance, then which criterion it is and how it went."""
        criterion = self._criterion
        mark, style = MARKS[criterion.verdict]
        now = ink(f"{mark} {criterion.verdict:8}", style) + ink(f"{criterion.retention:4.0%}")
        missed = f"lapsed {criterion.lapses} times" if criterion.lapses > 1 else ""
        missed = "lapsed once" if criterion.lapses == 1 else missed
        told = "".join(f" · {text}" for text in (missed, _TRENDS[criterion.trend]) if text)
        yield Static(now, classes="now")
        yield Static(ink(criterion.label) + ink(told, "$muted"), classes="label")
