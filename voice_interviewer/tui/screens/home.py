"""The first screen: what the interview is made of, and the sessions of the past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Static

from voice_interviewer.desk import Choices, Desk, SessionRow, Surroundings
from voice_interviewer.drill.progress import Progress
from voice_interviewer.errors import InterviewerError
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.messages import (
    DrillDueWanted,
    HistoryWanted,
    ProgressWanted,
    ReviewWanted,
    StartWanted,
)
from voice_interviewer.tui.safe import ink, prose
from voice_interviewer.tui.screens import home_form as form
from voice_interviewer.tui.screens.framed import FramedScreen
from voice_interviewer.tui.screens.progress import can_drill, due_line
from voice_interviewer.tui.widgets.choice import ChoiceRow, StartRow
from voice_interviewer.tui.widgets.past import PastSessions

_LATEST = 10


class HomeScreen(FramedScreen):
    """Choose, start, or go back to a past session; everything by keyboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "start", "Start"),
        Binding("t", "look_again", "Try again"),
        Binding("u", "drill_due", "Drill"),
        Binding("p", "progress", "Progress"),
        Binding("h", "history", "History"),
        Binding("up", "move(-1)", "Move"),
        Binding("down", "move(1)", "Move"),
    ]

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._around: Surroundings | None = None
        self._failed = False
        self._wanted = ""  # the candidate, whether the bank at hand has answers of theirs or not
        self._progress: Progress | None = None

    def compose_body(self) -> ComposeResult:
        """What is due, the past, the form, a remark."""
        yield Static(id="due")
        yield Static(ink("Last sessions", "$muted"), id="past")
        yield PastSessions()
        with Vertical(id="form"):
            yield ChoiceRow("Interview", id="bank")
            yield ChoiceRow("Kind", id="kind")
            yield ChoiceRow("Questions", id="questions", around=False)
            yield ChoiceRow("Answers", id="candidate")
            yield ChoiceRow("Voice", id="voice")
            yield ChoiceRow("Judge", id="judge")
            yield StartRow()
        yield Static(id="remark")

    def on_mount(self) -> None:
        """Show the form first, then look around."""
        self.top.tell("Voice interviewer")
        self.set_focus(self.query_one(StartRow))
        self.action_look_again()

    def on_screen_resume(self) -> None:
        """Sessions may have come or changed since."""
        self._list_sessions()

    @property
    def choices(self) -> Choices | None:
        """What the form says; None until the surroundings are known."""
        if self._around is None:
            return None
        rows = {row.id: row.value for row in self.query(ChoiceRow)}
        return replace(
            self._around.defaults,
            bank=rows["bank"],
            questions=int(rows["questions"] or 1),
            candidate=rows["candidate"],
            voice=rows["voice"],
            judge=rows["judge"],
            preset=rows["kind"],
        )

    def say(self, error: InterviewerError) -> None:
        """Show what went wrong and its fix."""
        self.query_one("#remark", Static).update(
            ink(error.message, "$error") + ink(f" {error.hint}".rstrip())
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Start needs to know the surroundings; moving needs somewhere to go."""
        if action == "start":
            in_form = self.query_one("#form").has_focus_within
            return in_form and self._around is not None and bool(self._around.banks)
        if action == "look_again":
            return self._failed
        if action == "drill_due":
            return can_drill(self._progress)
        if action == "progress":
            return self._progress is not None and bool(self._progress.criteria)
        if action == "history":
            return self.query_one(PastSessions).row is not None
        if action == "move":
            return self._next(parameters) is not None
        return True

    def on_descendant_focus(self) -> None:
        """Other lines, other keys."""
        self.refresh_bindings()

    def action_start(self) -> None:
        """Start the interview."""
        choices = self.choices
        if choices is not None:
            self.post_message(StartWanted(choices))

    def action_drill_due(self) -> None:
        """Ask again for what is due."""
        self.post_message(DrillDueWanted())

    def action_progress(self) -> None:
        """Where the candidate stands."""
        if self._progress is not None:
            self.post_message(ProgressWanted(self._progress))

    def action_history(self) -> None:
        """All past sessions, and a search over them."""
        self.post_message(HistoryWanted())

    def action_move(self, step: int) -> None:
        """To the line above or below."""
        there = self._next((step,))
        if there is not None:
            self.set_focus(there)

    @work(group="look", exclusive=True, exit_on_error=False)
    async def action_look_again(self) -> None:
        """Find out what this machine has."""
        remark = self.query_one("#remark", Static)
        remark.update(ink("Looking for banks, microphone, speaker and voices …", "$muted"))
        self._failed = False
        self.refresh_bindings()
        try:
            self._around = await off_loop(self._desk.surroundings, "surroundings")
        except InterviewerError as error:
            self._failed = True
            self.say(error)
        else:
            self._fill(self._around)
        self.refresh_bindings()

    def on_choice_row_changed(self, message: ChoiceRow.Changed) -> None:
        """Another bank may have fewer questions, and recorded answers to fewer of them."""
        if message.row.id == "candidate":
            self._wanted = message.row.value
        if message.row.id in ("bank", "candidate") and self._around is not None:
            self._fit_to_bank(self._around, self.query_one("#questions", ChoiceRow).value)

    def on_past_sessions_chosen(self, message: PastSessions.Chosen) -> None:
        """A session is to be looked at."""
        self._review(message.row.id)

    @work(group="review", exclusive=True, exit_on_error=False)
    async def _review(self, session_id: str) -> None:
        try:
            state = await off_loop(lambda: self._desk.state_of(session_id), "journal")
        except InterviewerError as error:
            self.say(error)
        else:
            self.post_message(ReviewWanted(state))

    @work(group="sessions", exclusive=True, exit_on_error=False)
    async def _list_sessions(self) -> None:
        try:
            back = await off_loop(self._desk.look_back, "sessions")
        except InterviewerError as error:
            self.say(error)
            return
        with self.app.batch_update():
            self._list_rows(back.rows)
            self._tell_due(back.progress)

    def _list_rows(self, every: Sequence[SessionRow]) -> None:
        rows = every[:_LATEST]
        past = self.query_one(PastSessions)
        past.list_rows(rows)
        past.display = self.query_one("#past").display = bool(rows)
        if not rows and past.has_focus:
            self.set_focus(self.query_one(StartRow))

    def _tell_due(self, progress: Progress) -> None:
        self._progress = progress
        due = self.query_one("#due", Static)
        due.update(due_line(progress))
        due.display = bool(progress.criteria)
        self.refresh_bindings()

    def _fill(self, around: Surroundings) -> None:
        chosen = around.defaults
        banks = form.banks(around)
        self.query_one("#bank", ChoiceRow).offer(banks, chosen.bank)
        self.query_one("#kind", ChoiceRow).offer(form.kinds(around), chosen.preset)
        self._wanted = form.candidate(around)
        self._fit_to_bank(around, str(chosen.questions))
        self.query_one("#voice", ChoiceRow).offer(form.voices(around), chosen.voice)
        self.query_one("#judge", ChoiceRow).offer(form.judges(around), chosen.judge)

    def _fit_to_bank(self, around: Surroundings, count: str) -> None:
        """Offer who can answer the bank that is chosen, and how much of it."""
        bank = self.query_one("#bank", ChoiceRow).value
        candidate = form.fitting(around, bank, self._wanted)
        self.query_one("#candidate", ChoiceRow).offer(form.candidates(around, bank), candidate)
        counts = form.question_counts(around, bank, candidate)
        self.query_one("#questions", ChoiceRow).offer(counts, count)
        remark = prose(form.remark(around, bank, self._wanted), "$warning")
        self.query_one("#remark", Static).update(remark)

    def _next(self, parameters: tuple[object, ...]) -> Widget | None:
        """The line in this direction that can take the focus; after the last comes the first."""
        step = parameters[0]
        assert isinstance(step, int), "the bindings pass a whole number"
        past = self.query_one(PastSessions)
        lines: list[Widget] = [*([past] if past.row else []), *self.query_one("#form").children]
        if self.focused not in lines:
            return None
        return lines[(lines.index(self.focused) + step) % len(lines)]
