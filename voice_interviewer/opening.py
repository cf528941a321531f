"""Opens sessions: checks what can be checked, makes the folder, and brings the engines together."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voice_interviewer import wiring
from voice_interviewer.archive.journal import JournalFile
from voice_interviewer.archive.store import JOURNAL, SessionStore, put_in_order
from voice_interviewer.clock import SystemClock
from voice_interviewer.config import Settings
from voice_interviewer.core import events as ev
from voice_interviewer.core.bank import Pronunciation
from voice_interviewer.core.ports import Subscriber
from voice_interviewer.core.session import State
from voice_interviewer.core.style import Style
from voice_interviewer.desk import Choices
from voice_interviewer.disk import LEAST_FREE_BYTES, free_bytes
from voice_interviewer.errors import AudioError, StorageError
from voice_interviewer.presets import DRILL, style_of
from voice_interviewer.replay import Replay
from voice_interviewer.runner import Runner

_SEEDS = 1_000_000
_RESERVE_BYTES = 1_000_000


class Session:
    """A session that is about to be played, or played again."""

    def __init__(
        self,
        runner: Runner | Replay,
        folder: Path,
        run: Callable[[], State],
        type_answer: wiring.TypeAnswer | None = None,
    ) -> None:
        self._runner = runner
        self._run = run
        self._type_answer = type_answer
        self.folder = folder
        self.replaying = isinstance(runner, Replay)

    @property
    def state(self) -> State:
        """The latest state."""
        return self._runner.state

    def subscribe(self, subscriber: Subscriber) -> None:
        """Add a front end; before `run`."""
        self._runner.subscribe(subscriber)

    def submit(self, intent: ev.Intent) -> None:
        """Say what the candidate wants; from any thread."""
        self._runner.submit(intent)

    def type_answer(self, text: str) -> None:
        """Deliver a typed answer; nothing happens where answers are not typed."""
        if self._type_answer is not None:
            self._type_answer(text)

    def choose_microphone(self, name: str) -> None:
        """Go on with another microphone after one has failed; a replay needs none."""
        if isinstance(self._runner, Runner):
            self._runner.choose_microphone(name)

    def interrupt(self, reason: str) -> None:
        """Stop for now; from any thread, and in a signal handler."""
        self._runner.interrupt(reason)

    def run(self) -> State:
        """Play to the end and put the folder in order; blocks. Raises InterviewerError."""
        return self._run()


class Opening:
    """Opens the sessions of one data folder, under one set of settings.

    Args:
        typed_lines: where typed answers come from; None lets `Session.type_answer` deliver them.
        tell: told of what takes a while (a download), with the share done where known.
    """

    def __init__(
        self,
        settings: Settings,
        store: SessionStore,
        typed_lines: Callable[[], str | None] | None,
        tell: wiring.Tell,
    ) -> None:
        self._settings = settings
        self._store = store
        self._typed_lines = typed_lines
        self._tell = tell

    def begin(
        self,
        choices: Choices,
        bank_id: str,
        title: str,
        plan: tuple[ev.PlanItem, ...],
        *,
        kind: ev.SessionKind = "interview",
        drill_of: str | None = None,
        fork_of: str | None = None,
        said: tuple[Pronunciation, ...] = (),
    ) -> Session:
        """A new session with this plan. Raises InterviewerError; then nothing is left of it."""
        self.check_space()
        style = self._style(DRILL if kind == "drill" else choices.preset)
        clock = SystemClock()
        session_id, folder = self._store.create(clock.utc(), bank_id)
        opening = ev.SessionStarted(
            session_id=session_id,
            at=clock.utc(),
            kind=kind,
            bank_id=bank_id,
            bank_title=title,
            plan=plan,
            pronunciations=said,
            follow_up_limit=self._follow_ups(style),
            style=style,
            candidate=choices.candidate,
            voice=choices.voice,
            judge=choices.judge,
            headphones=self._settings.hearing.headphones,
            undo_s=self._settings.endpointing.undo_s,
            drill_of=drill_of,
            fork_of=fork_of,
        )
        try:
            return self.play(choices, folder, opening, clock, State())
        except BaseException:
            shutil.rmtree(folder)
            raise

    def play(
        self,
        choices: Choices,
        folder: Path,
        opening: ev.SessionStarted | ev.SessionResumed,
        clock: SystemClock,
        state: State,
    ) -> Session:
        """A session with its engines, to be played from this state on. Raises InterviewerError."""
        begun = opening if isinstance(opening, ev.SessionStarted) else state
        journal = JournalFile(folder / JOURNAL, reserve_bytes=_RESERVE_BYTES)
        try:
            engines, type_answer = wiring.open_engines(
                self._settings,
                choices,
                folder,
                tell=self._tell,
                typed_lines=self._typed_lines,
                question_ids=tuple(item.question.id for item in begun.plan),
                pronunciations=begun.pronunciations,
                pressing=begun.style.pressure is not None,
                answered=sum(turn.ended is not None for turn in state.turns),
            )
        except BaseException:
            journal.close()
            raise
        runner = Runner(journal, engines, clock, state)

        def run() -> State:
            try:
                last = runner.run(opening)
            finally:
                engines.close()
                journal.close()
            put_in_order(folder, last)
            return last

        return Session(runner, folder, run, type_answer)

    def _style(self, preset: str) -> Style:
        """How a session of this kind is held. Raises UsageError, ConfigError."""
        chosen = self._settings.interview
        return style_of(
            preset or chosen.preset,
            settings_file=self._settings.file,
            difficulty=chosen.difficulty,
            interviewers=chosen.interviewers,
            seed=self.seed(),
        )

    def seed(self) -> int:
        """What decides about what is drawn by lot: as set, or drawn itself."""
        chosen = self._settings.interview.seed
        return secrets.randbelow(_SEEDS) if chosen is None else chosen

    def _follow_ups(self, style: Style) -> int:
        chosen = self._settings.interview.follow_ups
        return style.follow_ups if chosen is None or style.preset == DRILL else chosen

    def settled(self, choices: Choices) -> Choices:
        """The choices with `auto` replaced by what this machine has."""
        if choices.candidate == "mic":
            _, problem = wiring.microphone()
            if problem:
                raise AudioError(problem, "Plug one in, or use the typed or recorded candidate.")
        if choices.candidate.startswith("audio:"):
            return replace(choices, candidate=wiring.absolute(choices.candidate))
        if choices.candidate != "auto":
            return choices
        name, _ = wiring.microphone()
        return replace(choices, candidate="mic" if name else "recorded")

    def check_space(self) -> None:
        """Refuse to begin where an answer could not be kept. Raises StorageError."""
        try:
            self._settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StorageError(
                f"The data folder {self._settings.data_dir} cannot be made ({error.strerror}).",
                "Check its rights, or choose another with --data-dir.",
            ) from error
        free = free_bytes(self._settings.data_dir)
        if free < LEAST_FREE_BYTES:
            raise StorageError(
                f"Only {free / 1e6:.0f} MB are free for {self._settings.data_dir}.",
                "Free some space, or choose another folder with --data-dir.",
            )
