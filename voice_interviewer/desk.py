"""What a front end may ask for: the choices it offers, the sessions it lists, the one it plays.

Front ends depend on these values and protocols alone; `wiring` is what stands behind them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from voice_interviewer.archive.found import Facets, Hit, Wanted
from voice_interviewer.comparing import Comparison
from voice_interviewer.core.events import Intent
from voice_interviewer.core.ports import Subscriber
from voice_interviewer.core.session import State
from voice_interviewer.drill.progress import Progress
from voice_interviewer.findings import Check
from voice_interviewer.first_run import FirstRun
from voice_interviewer.redone import Redone
from voice_interviewer.settings_file import SettingRow

Pace = Literal["realtime", "fast"]
Part = Literal["prompt", "answer"]
RowStatus = Literal["finished", "interrupted", "running", "unreadable"]

RATES = (0.75, 1.0, 1.25, 1.5, 2.0)
LEVEL_STEP_S = 0.05


@dataclass(frozen=True)
class BankInfo:
    """A question bank as a chooser shows it.

    Args:
        id: its id, or the path by which the settings name it.
        recorded: how many of its questions the recorded candidate has answers to.
    """

    id: str
    title: str
    questions: int
    recorded: int


@dataclass(frozen=True)
class KindInfo:
    """A kind of interview as a chooser shows it."""

    name: str
    title: str
    about: str


@dataclass(frozen=True)
class Choices:
    """What an interview is made of.

    Args:
        bank: a bank's id, or a path to its file.
        questions: how many are asked; `question_ids`, where given, names them instead.
        candidate: `auto`, `mic`, `typed`, `recorded` or `audio:PATH`.
        voice: `auto`, a voice's name, or `silent`.
        judge: `auto`, `embedded` or `model`.
        preset: the kind of interview; empty for that of the settings.
        pace: recorded answers take their own time, or as little as possible.
    """

    bank: str
    questions: int
    candidate: str
    voice: str
    judge: str
    question_ids: tuple[str, ...] = ()
    preset: str = ""
    pace: Pace = "realtime"


@dataclass(frozen=True)
class Surroundings:
    """What this machine has; a device is None where there is none, and its problem says why."""

    banks: tuple[BankInfo, ...]
    microphone: str | None
    microphone_problem: str
    speaker: str | None
    speaker_problem: str
    voices: tuple[str, ...]
    judges: tuple[str, ...]
    kinds: tuple[KindInfo, ...]
    defaults: Choices


class SessionRow(NamedTuple):
    """A past session as a list shows it.

    `at` is ISO 8601 in UTC, `score` out of 10, `best_score` the same if all that is unclear were
    met; `scores` has each question's, None where it was not judged.
    """

    id: str
    at: str
    title: str
    status: RowStatus
    kind: str
    questions: int
    score: float | None
    best_score: float | None = None
    bank: str = ""
    scores: tuple[float | None, ...] = ()


@dataclass(frozen=True)
class Deletion:
    """What goes, or has gone, with a session: answers, recordings, bytes on the disk.

    `copies` names the sessions that took this one up again: they hold copies of its answers.
    """

    session_id: str
    folder: Path
    at: str
    title: str
    answers: int
    recordings: int
    size_bytes: int
    copies: tuple[str, ...] = ()

    @property
    def size(self) -> str:
        """The bytes as people say them."""
        million = 1_000_000
        if self.size_bytes < million:
            return f"{self.size_bytes / 1000:.0f} kB"
        return f"{self.size_bytes / million:.1f} MB"


@dataclass(frozen=True)
class LookBack:
    """The past sessions, newest first, and where the candidate stands after them."""

    rows: tuple[SessionRow, ...]
    progress: Progress


class Live(Protocol):
    """A session that is about to be played, or played again."""

    @property
    def state(self) -> State:
        """The latest state."""
        ...

    @property
    def folder(self) -> Path:
        """The session's folder."""
        ...

    @property
    def replaying(self) -> bool:
        """True for a past session that is shown again; nothing is written then."""
        ...

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a front end; before `run`. It is called from other threads."""
        ...

    def submit(self, intent: Intent) -> None:
        """Say what the candidate wants; from any thread."""
        ...

    def type_answer(self, text: str) -> None:
        """Deliver a typed answer; nothing happens where answers are not typed."""
        ...

    def choose_microphone(self, name: str) -> None:
        """Go on with another microphone after one has failed; from any thread."""
        ...

    def interrupt(self, reason: str) -> None:
        """Stop for now; from any thread, and in a signal handler."""
        ...

    def run(self) -> State:
        """Play to the end and put the folder in order; blocks. Raises InterviewerError."""
        ...


@dataclass(frozen=True)
class Playhead:
    """Where a past session is being played.

    Args:
        turn_id: whose turn it is.
        part: the interviewer's prompt or the candidate's answer.
        at_s: seconds of that part that have left the speaker; of the recordings put together.
        playing: it goes on by itself; False when paused, over, or where nothing can be heard.
        rate: how fast, 1.0 as it was.
        notice: one line on what cannot be heard and why; empty where all is well.
    """

    turn_id: int
    part: Part
    at_s: float = 0.0
    playing: bool = False
    rate: float = 1.0
    notice: str = ""


class ReplayPlayer(Protocol):
    """Plays a past session: every prompt as the voice says it, every answer as it was recorded.

    It begins paused at the first prompt. `levels` may take a while; all else returns at once and
    may be called from any thread, event loops too. Nothing raises: what cannot be heard is told by
    the playhead's notice, and seeking works all the same.
    """

    @property
    def state(self) -> State:
        """The session."""
        ...

    def answer_s(self, turn_id: int) -> float:
        """How long the recorded answer of a turn is, in seconds; 0.0 without one."""
        ...

    def levels(self, turn_id: int) -> tuple[float, ...]:
        """How loud the recorded answer is, in dBFS, one value for every `LEVEL_STEP_S`; empty
        without one."""
        ...

    def head(self) -> Playhead:
        """Where it stands just now; cheap enough to ask thirty times a second."""
        ...

    def play(self) -> None:
        """Play on from the playhead to the end of the session."""
        ...

    def play_span(self, turn_id: int, start_s: float, end_s: float) -> None:
        """Play a stretch of an answer and stop after it; seconds as words and evidence have
        them."""
        ...

    def play_answers(self, turn_ids: Sequence[int]) -> None:
        """Play the answers of these turns one after another and stop after the last."""
        ...

    def pause(self) -> None:
        """Fall silent where it stands."""
        ...

    def seek(self, turn_id: int, part: Part = "answer", at_s: float = 0.0) -> None:
        """Move the playhead; what is playing goes on from there."""
        ...

    def set_rate(self, rate: float) -> None:
        """Play faster or slower at the same pitch; one of `RATES`."""
        ...

    def close(self) -> None:
        """Fall silent for good and let go of voice and speaker."""
        ...


class History(Protocol):
    """All past sessions. All but `refresh` answer from what was read by then, in milliseconds."""

    def refresh(self, tell: Callable[[str, float | None], None] = ...) -> int:
        """Read what was added or changed since; `tell` hears of it where it takes a while.

        Returns how many sessions that was. Raises InterviewerError.
        """
        ...

    def sessions(self, wanted: Wanted = ..., most: int | None = ...) -> tuple[SessionRow, ...]:
        """The sessions that have a question as wanted, newest first, or only the latest of them.

        Raises InterviewerError.
        """
        ...

    def search(self, query: str, wanted: Wanted = ..., most: int = ...) -> tuple[Hit, ...]:
        """The turns in which every word of the query begins a word, newest session first.

        Raises InterviewerError.
        """
        ...

    def facets(self) -> Facets:
        """The banks and sections that past sessions asked from. Raises InterviewerError."""
        ...

    def deletion(self, session_id: str) -> Deletion:
        """What goes with a session when it is deleted. Raises InterviewerError."""
        ...

    def delete(self, session_id: str) -> Deletion:
        """Delete a session for good. Raises InterviewerError, also while it is running."""
        ...


class Desk(Protocol):
    """Everything a front end can ask for. All calls may take a while: keep them off event loops."""

    def surroundings(self) -> Surroundings:
        """What this machine has. Raises InterviewerError."""
        ...

    @property
    def history(self) -> History:
        """The past sessions as a whole."""
        ...

    def open(self, choices: Choices) -> Live:
        """A new interview. Raises InterviewerError."""
        ...

    def resume(self, session_id: str) -> Live:
        """An interrupted session, to go on where it stood. Raises InterviewerError."""
        ...

    def drill(self, session_id: str, choices: Choices) -> Live:
        """A drill of what a past session missed. Raises InterviewerError."""
        ...

    def drill_due(self, choices: Choices) -> Live:
        """A drill of what is due and of the weakest. Raises NothingDueError, InterviewerError."""
        ...

    def look_back(self) -> LookBack:
        """Past sessions and where the candidate stands. Raises InterviewerError."""
        ...

    def fork(self, session_id: str, turn_id: int, choices: Choices) -> Live:
        """A new session that goes on from a turn of a past one, which is answered again.

        Raises InterviewerError.
        """
        ...

    def retake(self, session_id: str, item: int, choices: Choices) -> Live:
        """A new session with one question of a past one, counted from 0.

        Raises InterviewerError.
        """
        ...

    def correct(self, session_id: str, turn_id: int, word: int, text: str) -> Redone:
        """Put a misheard word right and judge that turn again; an empty text takes it out.

        Raises InterviewerError.
        """
        ...

    def rejudge(self, session_id: str, choices: Choices) -> Redone:
        """Judge a past session again with the judge of these choices. Raises InterviewerError."""
        ...

    def state_of(self, session_id: str) -> State:
        """A past session as its journal has it. Raises InterviewerError."""
        ...

    def compare(self, first: str | None, second: str | None) -> Comparison:
        """Two answers to the same question, each named `SESSION[:question-id][#take]`; without
        `second`, the latest other one. Raises InterviewerError."""
        ...

    def player(self, session_id: str) -> ReplayPlayer:
        """Plays a past session; close it when done. Raises InterviewerError."""
        ...

    def setting_rows(self) -> tuple[SettingRow, ...]:
        """Every setting as it stands."""
        ...

    def set_setting(self, key: str, text: str | None) -> tuple[SettingRow, ...]:
        """Keep a setting in the user's file, or with None take it out; all of them after that.

        Raises InterviewerError.
        """
        ...

    def checks(self) -> tuple[Check, ...]:
        """Every part of the program, to be tried for real."""
        ...

    def places(self) -> Mapping[str, str]:
        """Where settings and sessions are kept: name to path."""
        ...

    @property
    def first_run(self) -> FirstRun:
        """Trying and choosing the parts."""
        ...
