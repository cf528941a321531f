"""A desk without engines: real runner, fake parts, so that every screen can be driven by keys."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from fakes import FakeJudge, FakeListener, FakeSpeaker, MemoryJournal, VirtualClock, started
from wizard_fakes import FakeFirstRun

from voice_interviewer.comparing import Comparison
from voice_interviewer.core import events as ev
from voice_interviewer.core.ports import Signal, Subscriber
from voice_interviewer.core.session import State, fold
from voice_interviewer.desk import (
    BankInfo,
    Choices,
    History,
    KindInfo,
    Live,
    LookBack,
    Part,
    Playhead,
    ReplayPlayer,
    SessionRow,
    Surroundings,
)
from voice_interviewer.drill.coming import Coming
from voice_interviewer.drill.progress import Progress
from voice_interviewer.engines import Engines
from voice_interviewer.errors import InterviewerError, StorageError
from voice_interviewer.findings import Check
from voice_interviewer.first_run import FirstRun
from voice_interviewer.redone import Redone
from voice_interviewer.runner import Runner
from voice_interviewer.settings_file import SettingRow

FOLDER = Path("/data/sessions/20300102T030405Z_small_abc123")
KEPT_IN = {"Settings": "/data/settings.toml", "Sessions": "/data/sessions"}

CHOICES = Choices(
    bank="small", questions=2, candidate="mic", voice="auto", judge="auto", preset="rehearsal"
)
SURROUNDINGS = Surroundings(
    banks=(BankInfo("small", "A small bank", 2, 2), BankInfo("other", "Another bank", 12, 0)),
    microphone="Desk microphone",
    microphone_problem="",
    speaker="Desk speaker",
    speaker_problem="",
    voices=("auto", "hibari", "pyttsx3", "silent"),
    judges=("auto", "embedded", "model"),
    kinds=(
        KindInfo("rehearsal", "Rehearsal", "The verdicts come at the end."),
        KindInfo("coaching", "Coaching", "Verdicts after every question."),
    ),
    defaults=CHOICES,
)
NOTHING_YET = Progress(Coming(date(2030, 1, 2)))
NO_DEVICES = replace(
    SURROUNDINGS,
    microphone=None,
    microphone_problem="No microphone was found.",
    speaker=None,
    speaker_problem="No speaker was found.",
    defaults=replace(CHOICES, candidate="auto"),
)


class RunnerLive:
    """A session on the real runner with fake engines."""

    def __init__(self, opening: ev.SessionStarted, listener: FakeListener, speaker: FakeSpeaker):
        self.clock = listener.clock
        self.listener = listener
        self.speaker = speaker
        self.judge = FakeJudge(self.clock)
        self.journal = MemoryJournal()
        self.runner = Runner(self.journal, Engines(speaker, listener, self.judge), self.clock)
        self.opening = opening
        self.folder = FOLDER
        self.replaying = False
        self.intents: list[str] = []

    @property
    def state(self) -> State:
        return self.runner.state

    def subscribe(self, subscriber: Subscriber) -> None:
        self.runner.subscribe(subscriber)

    def submit(self, intent: ev.Intent) -> None:
        self.intents.append(intent)
        self.runner.submit(intent)

    def type_answer(self, text: str) -> None:
        self.listener.say_now(text)

    def choose_microphone(self, name: str) -> None:
        self.runner.choose_microphone(name)

    def interrupt(self, reason: str) -> None:
        self.runner.interrupt(reason)

    def run(self) -> State:
        return self.runner.run(self.opening)


class StillLive:
    """A session that stands still in one state until it is interrupted; keys are noted."""

    def __init__(self, state: State, *signals: Signal) -> None:
        self.state = state
        self.signals = signals
        self.folder = FOLDER
        self.replaying = False
        self.intents: list[str] = []
        self.typed: list[str] = []
        self.subscribers: list[Subscriber] = []
        self.end_with = state
        self.error: InterviewerError | None = None
        self.stuck = False
        self.running = False
        self._over = threading.Event()

    def subscribe(self, subscriber: Subscriber) -> None:
        self.subscribers.append(subscriber)

    def submit(self, intent: ev.Intent) -> None:
        self.intents.append(intent)
        if intent == "leave":
            self.interrupt("left")

    def type_answer(self, text: str) -> None:
        self.typed.append(text)

    def choose_microphone(self, name: str) -> None:
        self.intents.append(name)

    def interrupt(self, reason: str) -> None:
        self.end_with = self.state.model_copy(
            update={"status": "interrupted", "ended_because": reason}
        )
        if not self.stuck:
            self._over.set()

    def end(self, state: State) -> None:
        self.end_with = state
        self._over.set()

    def show(self, state: State, *signals: Signal) -> None:
        self.state = state
        notice = ev.NoticeRaised(part="voice", message="moved")
        for subscriber in self.subscribers:
            subscriber.on_state(state, notice)
            for signal in signals:
                subscriber.on_signal(signal)

    def run(self) -> State:
        self.running = True
        self.show(self.state, *self.signals)
        self._over.wait(20)
        self.running = False
        if self.error is not None:
            raise self.error
        return self.end_with


def runner_live(
    answers: Sequence[str | None],
    *,
    wait: bool = False,
    audible: bool = True,
    opening: ev.SessionStarted | None = None,
    listen_errors: Sequence[InterviewerError] = (),
) -> RunnerLive:
    """A session whose candidate gives these answers; None waits for a key."""
    clock = VirtualClock()
    listener = FakeListener(clock, answers, listen_errors=list(listen_errors))
    speaker = FakeSpeaker(clock, wait=wait, audible=audible)
    return RunnerLive(opening or started(candidate="mic"), listener, speaker)


@dataclass
class StillPlayer:
    """A player whose time stands still: a test moves the playhead, and reads what was asked."""

    state: State
    answers_s: dict[int, float] = field(default_factory=dict)
    waves: dict[int, tuple[float, ...]] = field(default_factory=dict)
    no_device: str = ""
    asked: list[tuple[object, ...]] = field(default_factory=list)
    at: Playhead = field(default_factory=lambda: Playhead(1, "prompt"))
    closed: bool = False

    def answer_s(self, turn_id: int) -> float:
        return self.answers_s.get(turn_id, 0.0)

    def levels(self, turn_id: int) -> tuple[float, ...]:
        return self.waves.get(turn_id, ())

    def head(self) -> Playhead:
        return self.at

    def play(self) -> None:
        self.asked.append(("play",))
        self.at = replace(self.at, playing=not self.no_device, notice=self.no_device)

    def play_span(self, turn_id: int, start_s: float, end_s: float) -> None:
        self.asked.append(("span", turn_id, start_s, end_s))
        self.at = replace(self.at, turn_id=turn_id, part="answer", at_s=start_s, playing=True)

    def play_answers(self, turn_ids: Sequence[int]) -> None:
        self.asked.append(("answers", *turn_ids))
        self.at = replace(self.at, turn_id=turn_ids[0], part="answer", at_s=0.0, playing=True)

    def pause(self) -> None:
        self.asked.append(("pause",))
        self.at = replace(self.at, playing=False)

    def seek(self, turn_id: int, part: Part = "answer", at_s: float = 0.0) -> None:
        self.asked.append(("seek", turn_id, part, at_s))
        self.at = replace(self.at, turn_id=turn_id, part=part, at_s=at_s, notice="")

    def set_rate(self, rate: float) -> None:
        self.at = replace(self.at, rate=rate)

    def close(self) -> None:
        self.closed = True


@dataclass
class FakeDesk:
    """Hands out the lives it was given, and notes what it was asked for."""

    around: Surroundings = SURROUNDINGS
    rows: tuple[SessionRow, ...] = ()
    lives: list[Live | InterviewerError] = field(default_factory=list)
    states: dict[str, State] = field(default_factory=dict)
    players: dict[str, ReplayPlayer | InterviewerError] = field(default_factory=dict)
    comparison: Comparison | InterviewerError | None = None
    redone: Redone = field(default_factory=lambda: Redone("3f9a1c", done=1))
    problem: InterviewerError | None = None
    progress: Progress = NOTHING_YET
    asked: list[tuple[str, object]] = field(default_factory=list)
    settings: tuple[SettingRow, ...] = ()
    parts: tuple[Check, ...] = ()
    kept_in: Mapping[str, str] = field(default_factory=lambda: dict(KEPT_IN))
    past: History | None = None
    first_run: FirstRun = field(default_factory=FakeFirstRun)
    before_open: Callable[[], None] = lambda: None

    def surroundings(self) -> Surroundings:
        if self.problem is not None:
            raise self.problem
        return self.around

    @property
    def history(self) -> History:
        assert self.past is not None
        return self.past

    def open(self, choices: Choices) -> Live:
        return self._next("open", choices)

    def resume(self, session_id: str) -> Live:
        return self._next("resume", session_id)

    def drill(self, session_id: str, choices: Choices) -> Live:
        return self._next("drill", (session_id, choices))

    def drill_due(self, choices: Choices) -> Live:
        return self._next("drill_due", choices)

    def look_back(self) -> LookBack:
        return LookBack(self.rows, self.progress)

    def fork(self, session_id: str, turn_id: int, choices: Choices) -> Live:
        return self._next("fork", (session_id, turn_id, choices))

    def retake(self, session_id: str, item: int, choices: Choices) -> Live:
        return self._next("retake", (session_id, item, choices))

    def correct(self, session_id: str, turn_id: int, word: int, text: str) -> Redone:
        return self._redo("correct", (session_id, turn_id, word, text))

    def rejudge(self, session_id: str, choices: Choices) -> Redone:
        return self._redo("rejudge", (session_id, choices))

    def _redo(self, what: str, with_what: object) -> Redone:
        self.asked.append((what, with_what))
        if self.problem is not None:
            raise self.problem
        return self.redone

    def compare(self, first: str | None, second: str | None) -> Comparison:
        self.asked.append(("compare", (first, second)))
        if isinstance(self.comparison, InterviewerError):
            raise self.comparison
        assert self.comparison is not None
        return self.comparison

    def player(self, session_id: str) -> ReplayPlayer:
        self.asked.append(("player", session_id))
        player = self.players[session_id]
        if isinstance(player, InterviewerError):
            raise player
        return player

    def setting_rows(self) -> tuple[SettingRow, ...]:
        return self.settings

    def set_setting(self, key: str, text: str | None) -> tuple[SettingRow, ...]:
        self.asked.append(("set_setting", (key, text)))
        if self.problem is not None:
            raise self.problem

        def after(row: SettingRow) -> SettingRow:
            if text is None:
                return replace(row, value=row.default, origin="default", in_file=False)
            return replace(row, value=text, origin="/mine.toml", in_file=True)

        self.settings = tuple(after(row) if row.key == key else row for row in self.settings)
        return self.settings

    def checks(self) -> tuple[Check, ...]:
        return self.parts

    def places(self) -> Mapping[str, str]:
        return self.kept_in

    def state_of(self, session_id: str) -> State:
        if session_id not in self.states:
            raise StorageError("The journal cannot be read.", "Look at its first line.")
        return self.states[session_id]

    def _next(self, what: str, asked: object) -> Live:
        self.asked.append((what, asked))
        self.before_open()
        live = self.lives.pop(0)
        if isinstance(live, InterviewerError):
            raise live
        return live


def folded(*events: ev.Event) -> State:
    """The state these events lead to."""
    return fold(events)
