"""History: every past session, and a search over everything ever said or asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from voice_interviewer.archive.found import EVERYTHING, Facets, Hit, Wanted
from voice_interviewer.desk import Desk, SessionRow
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import HistoryRead, HomeWanted, ReviewWanted
from voice_interviewer.tui.safe import ink
from voice_interviewer.tui.screens import history_lines as lines
from voice_interviewer.tui.screens.deletion import DeletionScreen
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.widgets.row_list import RowList
from voice_interviewer.tui.words import counted

Found = SessionRow | Hit
_MOST_HITS = 200
# Rows that are shown at once, before all of ten thousand are there.
_FIRST_ROWS = 100
_TYPING_S = 0.08


class SearchBox(Input):
    """One line of words; what is not about editing them is the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.open", "Open"),
        Binding("down", "screen.to_list", "List and filters"),
    ]


class HistoryScreen(FramedScreen):
    """Looks for sessions and answers; opens the review of one, at its question."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "Open"),
        Binding("slash", "to_box", "Search", key_display="/"),
        Binding("b", "filter('bank')", "Bank"),
        Binding("s", "filter('section')", "Section"),
        Binding("v", "filter('verdict')", "Verdict"),
        Binding("delete", "delete", "Delete", key_display="del"),
        Binding("escape", "home", "Home"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._history = desk.history
        self._wanted = EVERYTHING
        self._facets = Facets({}, {})
        self._sessions = 0
        self._shown: tuple[str, Wanted] | None = None

    def compose_body(self) -> ComposeResult:
        """The box, the filters, a remark, the list."""
        with Horizontal(id="search"):
            yield Static(ink("Search", "$muted"), id="label")
            yield SearchBox(placeholder="words that were said or asked", compact=True)
        yield Static(id="filters")
        yield Static(id="remark")
        yield RowList[Found](id="found")

    def on_mount(self) -> None:
        """Type at once."""
        self.top.tell("History")
        self._box.cursor_blink = False
        self.set_focus(self._box)

    def on_screen_resume(self) -> None:
        """Show what is known, then what has come or changed since."""
        self._look()

    @property
    def _box(self) -> SearchBox:
        return self.query_one(SearchBox)

    @property
    def _list(self) -> RowList[Found]:
        return self.query_one("#found", RowList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Letters are text in the box and keys in the list."""
        if not self.is_mounted:
            return False
        row = self._list.row
        if action == "open":
            return row is not None and _readable(row)
        if action == "delete":
            return self._list.has_focus and row is not None
        if action == "to_box":
            return self._list.has_focus
        if action == "filter":
            return self._list.has_focus and bool(self._values(str(parameters[0])))
        return True

    def action_to_list(self) -> None:
        """To the list and the filters."""
        self.set_focus(self._list)

    def action_to_box(self) -> None:
        """Back to the words."""
        self.set_focus(self._box)

    def action_filter(self, field: str) -> None:
        """The next value of a filter, round and round."""
        value = lines.after(getattr(self._wanted, field), self._values(field))
        change: dict[str, Any] = {field: value}
        self._wanted = replace(self._wanted, **change)
        if self._wanted.section not in ("", *self._values("section")):
            self._wanted = replace(self._wanted, section="")
        self._find()

    def action_open(self) -> None:
        """The review of what is under the cursor."""
        row = self._list.row
        if row is not None and _readable(row):
            at = (row.item, row.take) if isinstance(row, Hit) else (0, None)
            self._review(_session_id(row), *at)

    def action_delete(self) -> None:
        """Ask whether to delete the session under the cursor for good."""
        row = self._list.row
        if row is not None:
            self.app.push_screen(DeletionScreen(self._history, _session_id(row)))

    def action_home(self) -> None:
        """Back to the first screen."""
        self.post_message(HomeWanted())

    def on_input_changed(self) -> None:
        """Search while typing."""
        self._find()

    def on_descendant_focus(self) -> None:
        """Other keys."""
        self.refresh_bindings()

    def on_row_list_moved(self) -> None:
        """Other rows, other keys."""
        self.refresh_bindings()

    def on_row_list_left(self) -> None:
        """Above the list is the box."""
        self.action_to_box()

    def on_row_list_chosen(self) -> None:
        """A click opens."""
        self.action_open()

    def on_history_read(self, message: HistoryRead) -> None:
        """Journals are being read; it takes a while."""
        self._remark(f"{message.text} … {message.share:.0%}")

    @work(group="look", exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        try:
            if self._shown is None:
                await self._show_latest()
            await self._show_all()
            read = await off_loop(lambda: self._history.refresh(self._tell), "index")
            if read or not self._sessions:
                await self._show_all()
        except InterviewerError as error:
            self._say(error)

    async def _show_latest(self) -> None:
        rows = await off_loop(lambda: self._history.sessions(EVERYTHING, _FIRST_ROWS), "history")
        if rows and self._shown is None and not self._box.value:
            self._shown = ("", EVERYTHING)
            self._list.show(rows, _draw, 1)

    async def _show_all(self) -> None:
        rows, facets = await off_loop(
            lambda: (self._history.sessions(), self._history.facets()), "history"
        )
        self._sessions, self._facets = len(rows), facets
        text = self._box.value
        if text.strip() or self._wanted != EVERYTHING:
            await self._search(text)
        else:
            self._show(text, rows)

    @work(group="find", exclusive=True, exit_on_error=False)
    async def _find(self) -> None:
        await asyncio.sleep(_TYPING_S)
        try:
            await self._search(self._box.value)
        except InterviewerError as error:
            self._say(error)

    async def _search(self, text: str) -> None:
        wanted, found = self._wanted, self._history
        most = _MOST_HITS + 1
        rows: Sequence[Found]
        if text.strip():
            rows = await off_loop(lambda: found.search(text, wanted, most), "search")
        else:
            rows = await off_loop(lambda: found.sessions(wanted), "history")
        if (text, wanted) == (self._box.value, self._wanted):
            self._show(text, rows)

    def _show(self, text: str, rows: Sequence[Found]) -> None:
        searched = bool(text.strip())
        same = self._shown == (text, self._wanted)
        self._shown = (text, self._wanted)
        cursor = self._list.cursor if same else 0
        if searched:
            self._list.show(rows[:_MOST_HITS], _draw, lines.HIT_HEIGHT, cursor)
        else:
            self._list.show(rows, _draw, 1, cursor)
        more = f"the latest {_MOST_HITS} shown" if len(rows) > _MOST_HITS else f"{len(rows)} found"
        filtered = "" if self._wanted == EVERYTHING else f"{len(rows):,} found"
        count = counted(self._sessions, "session")
        self.top.tell("History", count, more if searched else filtered)
        self.query_one("#filters", Static).update(lines.filter_line(self._wanted, self._facets))
        nothing = (
            "Nothing was found: all words must be in one turn." if searched else "No sessions."
        )
        self._remark("" if rows else nothing)
        self.refresh_bindings()

    @work(group="review", exclusive=True, exit_on_error=False)
    async def _review(self, session_id: str, item: int, take: int | None) -> None:
        try:
            state = await off_loop(lambda: self._desk.state_of(session_id), "journal")
        except InterviewerError as error:
            self._say(error)
        else:
            self.post_message(ReviewWanted(state, item=item, take=take, back=True))

    def _values(self, field: str) -> Sequence[str]:
        if field == "bank":
            return list(self._facets.banks)
        if field == "section":
            return lines.sections_of(self._facets, self._wanted.bank)
        return lines.VERDICTS if self._facets.banks else ()

    def _tell(self, text: str, share: float | None) -> None:
        self.post_message(HistoryRead(text, share or 0.0))

    def _say(self, error: InterviewerError) -> None:
        self.query_one("#remark", Static).update(
            ink(error.message, "$error") + ink(f" {error.hint}".rstrip())
        )
        self.query_one("#remark").display = True

    def _remark(self, text: str) -> None:
        remark = self.query_one("#remark", Static)
        remark.update(ink(text, "$muted"))
        remark.display = bool(text)


def _draw(row: Found, width: int) -> list[Content]:
    return lines.hit_lines(row, width) if isinstance(row, Hit) else lines.session_line(row, width)


def _session_id(row: Found) -> str:
    return row.session_id if isinstance(row, Hit) else row.id


def _readable(row: Found) -> bool:
    return isinstance(row, Hit) or row.status != "unreadable"
