"""What parts of the screen tell each other.

The first group comes from a session's own threads, the second is what screens ask the app for.
"""

from __future__ import annotations

from pathlib import Path

from textual.message import Message

from voice_interviewer.core.ports import Signal
from voice_interviewer.core.session import State, Turn
from voice_interviewer.desk import Choices, Live
from voice_interviewer.drill.progress import Progress
from voice_interviewer.errors import InterviewerError


class Opened(Message):
    """A session's engines are ready; it runs from now on."""

    def __init__(self, live: Live) -> None:
        super().__init__()
        self.live = live


class StateMoved(Message):
    """The session moved."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state


class SignalCame(Message):
    """A reading that is shown and forgotten."""

    def __init__(self, signal: Signal) -> None:
        super().__init__()
        self.signal = signal


class Ended(Message):
    """The session has run to its end, or was interrupted; its folder is in order."""

    def __init__(self, state: State) -> None:
        super().__init__()
        self.state = state


class Broke(Message):
    """A session could not be opened or could not go on."""

    def __init__(self, error: InterviewerError) -> None:
        super().__init__()
        self.error = error


class StartWanted(Message):
    """A new interview, made of these choices."""

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self.choices = choices


class SessionWanted(Message):
    """Something with a past session: continue it, drill what it missed, or show it again."""

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id


class ResumeWanted(SessionWanted):
    """Continue an interrupted session."""


class DrillWanted(SessionWanted):
    """Drill what a past session missed."""


class DrillDueWanted(Message):
    """Drill what is due, and what is weakest."""


class ProgressWanted(Message):
    """Look at where the candidate stands."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress


class ReplayWanted(SessionWanted):
    """Show a past session again."""


class ForkWanted(Message):
    """Answer this turn of a past session again, and go on from there."""

    def __init__(self, session_id: str, turn_id: int) -> None:
        super().__init__()
        self.session_id = session_id
        self.turn_id = turn_id


class RetakeWanted(Message):
    """Answer one question of a past session again; `item` counts its questions from 0."""

    def __init__(self, session_id: str, item: int) -> None:
        super().__init__()
        self.session_id = session_id
        self.item = item


class RejudgeWanted(SessionWanted):
    """Judge a past session again."""


class CorrectingWanted(Message):
    """Put a misheard word of one of these turns right."""

    def __init__(self, session_id: str, turns: tuple[Turn, ...]) -> None:
        super().__init__()
        self.session_id = session_id
        self.turns = turns


class CorrectWanted(Message):
    """This word of this turn was said otherwise; an empty text takes it out."""

    def __init__(self, session_id: str, turn_id: int, word: int, text: str) -> None:
        super().__init__()
        self.session_id = session_id
        self.turn_id = turn_id
        self.word = word
        self.text = text


class CompareWanted(Message):
    """See two takes side by side.

    `first` and `second` are references as `voice-interviewer compare` takes them:
    `SESSION[:question-id][#take]`. Without `second`, the other take is the latest of the same
    question.
    """

    def __init__(self, first: str, second: str | None = None) -> None:
        super().__init__()
        self.first = first
        self.second = second


class ReviewWanted(Message):
    """Look at how a session went, at question `item` (from 0) and its `take` (None: the latest).

    `folder` is None where it is not known; with `back` the review leads back to where it was asked
    for, otherwise to the first screen.
    """

    def __init__(
        self,
        state: State,
        folder: Path | None = None,
        *,
        item: int = 0,
        take: int | None = None,
        back: bool = False,
    ) -> None:
        super().__init__()
        self.state = state
        self.folder = folder
        self.item = item
        self.take = take
        self.back = back


class InterviewOver(Message):
    """An interview screen has nothing more to show. `left` when the candidate went away."""

    def __init__(self, state: State, folder: Path | None, *, left: bool) -> None:
        super().__init__()
        self.state = state
        self.folder = folder
        self.left = left


class HistoryWanted(Message):
    """Look for past sessions and answers."""


class HistoryRead(Message):
    """So much of the journals that are new has been read, as a share of 1."""

    def __init__(self, text: str, share: float) -> None:
        super().__init__()
        self.text = text
        self.share = share


class HomeWanted(Message):
    """Back to the first screen."""


class SettingsWanted(Message):
    """Look at the settings and change them."""


class SettingsChanged(Message):
    """A setting was kept; `theme` is the one that holds now."""

    def __init__(self, theme: str) -> None:
        super().__init__()
        self.theme = theme


class DoctorWanted(Message):
    """Check every part of the program."""


class BackWanted(Message):
    """Back to the screen below."""
