"""What the command palette offers; while an interview is held, nothing that would leave it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from voice_interviewer.tui.messages import DoctorWanted, HistoryWanted, HomeWanted, SettingsWanted
from voice_interviewer.tui.screens.home import HomeScreen
from voice_interviewer.tui.screens.interview import InterviewScreen
from voice_interviewer.tui.theme import THEMES

if TYPE_CHECKING:
    from voice_interviewer.tui.app import VoiceInterviewerApp


def commands(app: VoiceInterviewerApp) -> Iterable[SystemCommand]:
    """The commands that can be given just now."""
    if not any(isinstance(screen, InterviewScreen) for screen in app.screen_stack):
        yield from _places(app)
    for name in THEMES:
        help_ = "Until you quit; interface.theme in the settings keeps it."
        yield SystemCommand(f"Theme: {name}", help_, lambda name=name: app.use_theme(name))
    yield SystemCommand("Quit", "End the program; every answer is kept.", app.action_quit)


def _places(app: VoiceInterviewerApp) -> Iterator[SystemCommand]:
    home = app.screen_stack[0]
    yield SystemCommand(
        "Home", "Start an interview or go back to one.", lambda: app.post_message(HomeWanted())
    )
    if isinstance(home, HomeScreen) and home.check_action("progress", ()):
        yield SystemCommand("Progress", "What is due, and where you stand.", home.action_progress)
    yield SystemCommand(
        "History",
        "Search everything you ever said.",
        lambda: app.post_message(HistoryWanted()),
    )
    yield SystemCommand(
        "Settings",
        "Every setting, where it came from, and its default.",
        lambda: app.post_message(SettingsWanted()),
    )
    yield SystemCommand("Doctor", "Check every part.", lambda: app.post_message(DoctorWanted()))
