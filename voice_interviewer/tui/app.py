"""The app: which screen is on, and how the program ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.command import CommandPalette
from textual.filter import NoColor
from textual.message import Message
from textual.screen import Screen

from voice_interviewer.core.ports import Progress
from voice_interviewer.core.session import State
from voice_interviewer.desk import Choices, Desk, Live, Surroundings
from voice_interviewer.errors import InterviewerError
from voice_interviewer.redone import Redone, redone_words
from voice_interviewer.tui.blocking import off_loop
from voice_interviewer.tui.commands import commands
from voice_interviewer.tui.messages import (
    CompareWanted,
    CorrectingWanted,
    CorrectWanted,
    DrillDueWanted,
    DrillWanted,
    ForkWanted,
    HistoryWanted,
    InterviewOver,
    ProgressWanted,
    RejudgeWanted,
    ReplayWanted,
    ResumeWanted,
    RetakeWanted,
    ReviewWanted,
    SettingsChanged,
    SetupOver,
    SignalCame,
    StartWanted,
)
from voice_interviewer.tui.playing import EXIT_DONE, Playing
from voice_interviewer.tui.screens.compare import CompareScreen
from voice_interviewer.tui.screens.correct import CorrectScreen
from voice_interviewer.tui.screens.doctor import DoctorScreen
from voice_interviewer.tui.screens.history import HistoryScreen
from voice_interviewer.tui.screens.home import HomeScreen
from voice_interviewer.tui.screens.interview import InterviewScreen
from voice_interviewer.tui.screens.progress import ProgressScreen
from voice_interviewer.tui.screens.replay import ReplayScreen
from voice_interviewer.tui.screens.review import ReviewScreen
from voice_interviewer.tui.screens.settings import SettingsScreen
from voice_interviewer.tui.screens.wizard import WizardScreen
from voice_interviewer.tui.theme import THEMES
from voice_interviewer.visible import clean

log = logging.getLogger(__name__)

_FAREWELL_S = 5.0
_STOP_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")
_SCREENS = (
    "framed home interview replay compare correct progress review history settings doctor palette "
    "wizard"
)
_SHEETS: list[str | PurePath] = [f"screens/{name}.tcss" for name in _SCREENS.split()]
_WIDTHS = [(0, "-narrow"), (100, "-wide")]
_HEIGHTS = [(0, "-short"), (32, "-tall")]
_KEPT = "This session is kept. Continue it with: voice-interviewer resume"
_KEY_NAMES = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": " pgdn",
}


class VoiceInterviewerApp(App[None]):
    """The interviewer in a terminal.

    Args:
        desk: what sessions come from.
        open_live: begin with this session instead of the first screen.
        first: what is wanted at the start, as a screen would ask for it.
        log_file: named when something breaks.
        now_s: the clock behind the soft timer, in seconds.
        theme: dark, light or high-contrast.
    """

    TITLE = "Voice interviewer"
    CSS_PATH = _SHEETS
    ALLOW_SELECT = False
    HORIZONTAL_BREAKPOINTS = _WIDTHS
    VERTICAL_BREAKPOINTS = _HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", priority=True),
        Binding("ctrl+c", "quit", "Quit", priority=True, show=False),
        Binding("ctrl+p", "command_palette", "Commands"),
    ]

    def __init__(
        self,
        desk: Desk,
        open_live: Callable[[], Live] | None = None,
        *,
        first: Message | None = None,
        log_file: Path | None = None,
        now_s: Callable[[], float] = time.monotonic,
        theme: str = "dark",
    ) -> None:
        super().__init__()
        self._desk = desk
        self._opening = open_live
        self._first = first
        self._log_file = log_file
        self._now_s = now_s
        self._played: list[Playing] = []
        self._quitting = False
        for known in THEMES.values():
            self.register_theme(known)
        self.use_theme(theme)
        if self.no_color:
            self._filters.append(NoColor())

    def tell(self, message: str, fraction: float | None = None) -> None:
        """Something takes a while; shown on the interview screen. Safe from any thread."""
        for screen in self.screen_stack:
            if isinstance(screen, InterviewScreen):
                screen.post_message(SignalCame(Progress(message, fraction)))

    def use_theme(self, name: str) -> None:
        """Show everything in the theme of this name from `THEMES`."""
        self.theme = THEMES[name].name

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """What the command palette offers."""
        return commands(self)

    def get_default_screen(self) -> Screen[None]:
        """The first screen is always the lowest one."""
        return HomeScreen(self._desk)

    def get_key_display(self, binding: Binding) -> str:
        """Keys as people say them."""
        return binding.key_display or _KEY_NAMES.get(binding.key, binding.key)

    def on_mount(self) -> None:
        """Take signals kindly, and go straight in where that was asked for."""
        loop = asyncio.get_running_loop()
        for name in _STOP_SIGNALS:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError, AttributeError):
                loop.add_signal_handler(getattr(signal, name), self._stop_signal)
        if self._opening is not None:
            self._play(self._opening)
        if self._first is not None:
            self.post_message(self._first)

    def on_start_wanted(self, message: StartWanted) -> None:
        """A new interview."""
        self._play(lambda: self._desk.open(message.choices))

    def on_resume_wanted(self, message: ResumeWanted) -> None:
        """Continue a session."""
        self._play(lambda: self._desk.resume(message.session_id))

    def on_drill_wanted(self, message: DrillWanted) -> None:
        """Drill what a session missed, answered as the form says."""
        choices = self._choices()
        self._play(lambda: self._desk.drill(message.session_id, choices()))

    def on_fork_wanted(self, message: ForkWanted) -> None:
        """Answer a turn of a past session again, answered as the form says."""
        choices = self._choices()
        self._play(lambda: self._desk.fork(message.session_id, message.turn_id, choices()))

    def on_retake_wanted(self, message: RetakeWanted) -> None:
        """Answer one question of a past session again, answered as the form says."""
        choices = self._choices()
        self._play(lambda: self._desk.retake(message.session_id, message.item, choices()))

    def on_correcting_wanted(self, message: CorrectingWanted) -> None:
        """Choose the word that was misheard."""
        self.push_screen(CorrectScreen(message.session_id, message.turns))

    async def on_correct_wanted(self, message: CorrectWanted) -> None:
        """Put a word right; the review shows what the judge makes of it."""
        if isinstance(self.screen, CorrectScreen):
            await self.pop_screen()
        where = (message.session_id, message.turn_id, message.word, message.text)
        self._redo(message.session_id, lambda: self._desk.correct(*where))

    def on_rejudge_wanted(self, message: RejudgeWanted) -> None:
        """Judge a session again, by the judge that the form says."""
        choices = self._choices()
        session_id = message.session_id
        self._redo(session_id, lambda: self._desk.rejudge(session_id, choices()))

    @work(group="redo", exit_on_error=False)
    async def _redo(self, session_id: str, redo: Callable[[], Redone]) -> None:
        """Do something to a past session beside the event loop, and show it in its review."""
        review = next((s for s in self.screen_stack if isinstance(s, ReviewScreen)), None)
        try:
            redone = await off_loop(redo, "redo")
            state = await off_loop(lambda: self._desk.state_of(session_id), "journal")
        except InterviewerError as error:
            if review is not None and review.is_attached:
                review.say(f"{error.message} {error.hint}".strip())
            return
        if review is not None and review.is_attached and review.session_id == session_id:
            review.renew(state, redone_words(redone))

    def on_drill_due_wanted(self, _message: DrillDueWanted) -> None:
        """Drill what is due, answered as the form says."""
        choices = self._choices()
        self._play(lambda: self._desk.drill_due(choices()))

    def on_progress_wanted(self, message: ProgressWanted) -> None:
        """Look at where the candidate stands."""
        self.push_screen(ProgressScreen(message.progress))

    def on_replay_wanted(self, message: ReplayWanted) -> None:
        """Hear a session again."""
        self.push_screen(ReplayScreen(lambda: self._desk.player(message.session_id)))

    def on_compare_wanted(self, message: CompareWanted) -> None:
        """See and hear two takes side by side."""
        desk, first, second = self._desk, message.first, message.second
        self.push_screen(CompareScreen(lambda: desk.compare(first, second), desk.player))

    def on_review_wanted(self, message: ReviewWanted) -> None:
        """Look at a session."""
        review = self._review(message.state, message.folder)
        review.begin_at(message.item, message.take, back=message.back)
        self.push_screen(review)

    def on_history_wanted(self, _message: HistoryWanted) -> None:
        """Look for past sessions and answers."""
        self.push_screen(HistoryScreen(self._desk))

    def on_settings_wanted(self) -> None:
        """Look at the settings."""
        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen(self._desk))

    def on_settings_changed(self, message: SettingsChanged) -> None:
        """What is begun from now on follows them."""
        self.use_theme(message.theme)
        home = self.screen_stack[0]
        if isinstance(home, HomeScreen):
            home.action_look_again()

    def on_doctor_wanted(self) -> None:
        """Check every part."""
        if not isinstance(self.screen, DoctorScreen):
            self.push_screen(DoctorScreen(self._desk))

    def on_setup_wanted(self) -> None:
        """Go through the first run."""
        if not isinstance(self.screen, WizardScreen):
            self.push_screen(WizardScreen(self._desk.first_run))

    async def on_setup_over(self, message: SetupOver) -> None:
        """Back to the first screen, and from there into the trial where one is wanted."""
        desk = self._desk
        await self.on_home_wanted()
        home = self.screen_stack[0]
        if isinstance(home, HomeScreen):
            home.action_look_again()
        if message.trial:
            self._play(lambda: desk.open(_trial(desk.surroundings())))

    async def on_interview_over(self, message: InterviewOver) -> None:
        """On to the review; where the candidate left, back."""
        if isinstance(self.screen, CommandPalette):
            await self.pop_screen()
        if self._quitting or not isinstance(self.screen, InterviewScreen):
            return
        with self.batch_update():
            await self.pop_screen()
            if not message.left:
                await self.on_home_wanted()
                review = self._review(message.state, message.folder)
                await self.push_screen(review)
                if message.state.kind == "drill":
                    self.run_worker(self._tell_coming(review), group="coming", exit_on_error=False)

    def _review(self, state: State, folder: Path | None) -> ReviewScreen:
        player = self._desk.player
        return ReviewScreen(state, folder, lambda: player(state.session_id))

    async def _tell_coming(self, review: ReviewScreen) -> None:
        """Say what is due next and when, once the journals have been read."""
        with contextlib.suppress(InterviewerError):
            back = await off_loop(self._desk.look_back, "coming")
            if review.is_attached:
                review.tell_coming(back.progress.coming.words)

    async def on_back_wanted(self) -> None:
        """Back to the screen below."""
        await self.pop_screen()

    async def on_home_wanted(self) -> None:
        """Back to the first screen."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()

    async def action_quit(self) -> None:
        """End the program; a running session is interrupted first and can be continued."""
        if self._quitting:
            self._leave()
            return
        self._quitting = True
        self.run_worker(self._farewell(), name="quit", group="quit", exit_on_error=False)

    async def _farewell(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, InterviewScreen):
                await screen.quit(_FAREWELL_S)
        self._leave()

    def _leave(self) -> None:
        """End with the code of the last session that has a say, and name it where it is kept."""
        had_a_say = [playing for playing in self._played if playing.exit_code is not None]
        last = had_a_say[-1] if had_a_say else None
        code = EXIT_DONE if last is None else last.exit_code or EXIT_DONE
        kept = last.session_id if last is not None and code != EXIT_DONE else ""
        self.exit(return_code=code, message=Text(f"{_KEPT} {clean(kept)}") if kept else None)

    def _choices(self) -> Callable[[], Choices]:
        """What the form says now; the defaults, looked up when called, where it is not ready."""
        home = self.screen_stack[0]
        chosen = home.choices if isinstance(home, HomeScreen) else None
        return lambda: chosen or self._desk.surroundings().defaults

    def _play(self, open_live: Callable[[], Live]) -> None:
        screen = InterviewScreen(open_live, self._now_s)
        self._played.append(screen.playing)
        self.push_screen(screen)

    def _stop_signal(self) -> None:
        self.call_later(self.action_quit)

    def _fatal_error(self) -> None:
        """One line instead of a traceback: tracebacks show the values of variables."""
        error = self._exception
        log.error("the screens broke", exc_info=error)
        where = f" Details: {self._log_file}" if self._log_file else ""
        name = type(error).__name__
        line = f"The screens broke unexpectedly ({name}). Every answer so far is kept.{where}"
        self._exit_renderables[:] = [Text(clean(line))]
        self._close_messages_no_wait()


def _trial(around: Surroundings) -> Choices:
    """One question as everything is set, typed where nobody can be heard."""
    own = replace(around.defaults, questions=1)
    unheard = around.microphone is None and own.candidate in ("mic", "recorded")
    return replace(own, candidate="typed") if unheard else own
