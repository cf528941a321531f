"""Begins, resumes, drills and replays sessions: what stands behind the front ends' `Desk`."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from voice_interviewer import doctor, drilling, setting_words, settings_file, wiring
from voice_interviewer.archive.journal import read_journal
from voice_interviewer.archive.store import JOURNAL, SessionStore
from voice_interviewer.banks.load import find_bank, load_bank, shipped_banks
from voice_interviewer.banks.select import plan_of
from voice_interviewer.clock import SystemClock
from voice_interviewer.comparing import Comparison, compare
from voice_interviewer.config import Settings, reloaded
from voice_interviewer.core import events as ev
from voice_interviewer.core.bank import Bank
from voice_interviewer.core.session import State, fold
from voice_interviewer.desk import (
    BankInfo,
    Choices,
    KindInfo,
    LookBack,
    ReplayPlayer,
    SessionRow,
    Surroundings,
)
from voice_interviewer.drill.choosing import DRILL_MINUTES
from voice_interviewer.drill.past import Past
from voice_interviewer.drill.plan import drill_plan
from voice_interviewer.drill.progress import Progress, progress_of
from voice_interviewer.drill.scores import SessionScore
from voice_interviewer.errors import InterviewerError, StorageError, UsageError
from voice_interviewer.finding_takes import two_takes
from voice_interviewer.findings import Check
from voice_interviewer.forking import begin_fork
from voice_interviewer.hearing.recordings import TurnRecordings
from voice_interviewer.history import SessionHistory
from voice_interviewer.opening import Opening, Session
from voice_interviewer.presets import DRILL, presets
from voice_interviewer.redo_jobs import Job, Outcome, do_all, do_one
from voice_interviewer.redoing import PastSession, correct
from voice_interviewer.redone import Redone
from voice_interviewer.replay import Replay
from voice_interviewer.setting_up import SettingUp

_REMEMBERED_SESSIONS = 30


@dataclass
class FrontDesk:
    """The sessions of one data folder, under one set of settings.

    Args:
        typed_lines: where typed answers come from; None lets `Session.type_answer` deliver them.
        tell: told of what takes a while (a download), with the share done where known.
    """

    settings: Settings
    typed_lines: Callable[[], str | None] | None = None
    tell: wiring.Tell = lambda _message, _fraction: None

    @property
    def store(self) -> SessionStore:
        """The sessions on disk."""
        return SessionStore(self.settings.data_dir)

    @property
    def _opening(self) -> Opening:
        """Opens sessions under the settings that hold now."""
        return Opening(self.settings, self.store, self.typed_lines, self.tell)

    def surroundings(self) -> Surroundings:
        """What this machine has: banks, microphone, speaker, voices, judges."""
        microphone, microphone_problem = wiring.microphone()
        speaker, speaker_problem = wiring.speaker()
        chosen = self.settings
        candidate = chosen.interview.candidate
        if candidate == "auto":
            candidate = "mic" if microphone else "recorded"
        return Surroundings(
            banks=_banks(chosen.interview.bank),
            microphone=microphone,
            microphone_problem=microphone_problem,
            speaker=speaker,
            speaker_problem=speaker_problem,
            voices=wiring.voices(),
            judges=wiring.judges(),
            kinds=tuple(
                KindInfo(kind.name, kind.title, kind.about)
                for kind in presets(chosen.file)
                if kind.name != DRILL
            ),
            defaults=Choices(
                bank=chosen.interview.bank,
                questions=chosen.interview.questions,
                candidate=candidate,
                voice=chosen.speaking.voice,
                judge=chosen.judge.kind,
                preset=chosen.interview.preset,
            ),
        )

    @cached_property
    def history(self) -> SessionHistory:
        """The past sessions as a whole."""
        return SessionHistory(self.store)

    def setting_rows(self) -> tuple[settings_file.SettingRow, ...]:
        """Every setting as it stands."""
        return setting_words.rows(self.settings)

    def set_setting(self, key: str, text: str | None) -> tuple[settings_file.SettingRow, ...]:
        """Keep a setting in the user's file, or with None take it out; all of them after that.

        What is begun from now on follows it. Raises ConfigError, StorageError.
        """
        self._change({key: text})
        return self.setting_rows()

    def _change(self, values: Mapping[str, str | None]) -> None:
        kept = {
            key: None if text is None else setting_words.checked(self.settings, key, text)
            for key, text in values.items()
        }
        settings_file.change_file(self.settings.file, kept)
        self.settings = reloaded(self.settings)
        vars(self).pop("history", None)  # the data folder may be another one now

    @cached_property
    def first_run(self) -> SettingUp:
        """Trying and choosing the parts."""
        return SettingUp(lambda: self.settings, self._change)

    @property
    def is_new(self) -> bool:
        """True where there is neither a settings file nor a session."""
        return not self.settings.file.exists() and not self.store.journals()

    def checks(self) -> tuple[Check, ...]:
        """Every part of the program, to be tried for real."""
        return doctor.checks(self.settings)

    def places(self) -> Mapping[str, str]:
        """Where settings and sessions are kept: name to path."""
        return doctor.places(self.settings)

    def sessions(self) -> tuple[SessionRow, ...]:
        """Past sessions, newest first."""
        self.history.refresh(self.tell)
        return self.history.sessions()

    def look_back(self) -> LookBack:
        """Past sessions and where the candidate stands after them."""
        rows = self.sessions()
        past = self.history.past()
        return LookBack(rows, progress_of(past, drilling.today(), interviews=_scored(rows)))

    def progress(self, bank: str | None = None) -> Progress:
        """Where the candidate stands, take by take. Raises UsageError for an unknown bank."""
        rows = self.sessions()
        past = self.history.past()
        return progress_of(
            past,
            drilling.today(),
            drilling.bank_id(bank, past),
            takes=self.history.takes(),
            interviews=_scored(rows),
        )

    def state_of(self, session_id: str) -> State:
        """A past session as its journal has it. Raises StorageError, also for one never begun."""
        state = fold(read_journal(self.store.find(session_id) / JOURNAL))
        if state.status == "new":
            raise StorageError(f"Session {session_id} is empty.", "Start another interview.")
        return state

    def open(self, choices: Choices) -> Session:
        """A new interview; what can be checked is checked before anything is created.

        Raises InterviewerError when a part is missing or a choice cannot be.
        """
        bank = load_bank(find_bank(choices.bank))
        settled = self._opening.settled(choices)
        if choices.candidate == "auto" and settled.candidate == "recorded" and not _recorded(bank):
            self.tell("No microphone, and no recorded answers to this bank: type yours.", None)
            settled = replace(settled, candidate="typed")
        plan = plan_of(
            bank,
            settled.questions,
            settled.question_ids,
            asked=self._asked(),
            among=_answerable(bank) if settled.candidate == "recorded" else None,
        )
        short = len(plan) < settled.questions and not settled.question_ids
        if settled.candidate == "recorded" and short:
            self.tell(f"Only {len(plan)} questions: to no others are there recorded answers.", None)
        return self._opening.begin(settled, bank.id, bank.title, plan, said=bank.pronunciations)

    def drill(self, session_id: str, choices: Choices) -> Session:
        """A drill of what a past session missed. Raises InterviewerError."""
        old = self.state_of(session_id)
        plan = drill_plan(old, self._opening.seed())
        if not plan:
            raise UsageError(
                f"Session {old.session_id} missed nothing that was asked.",
                "There is nothing to drill; start another interview.",
            )
        settled = self._opening.settled(choices)
        return self._opening.begin(
            settled,
            old.bank_id,
            old.bank_title,
            plan,
            kind="drill",
            drill_of=old.session_id,
            said=old.pronunciations,
        )

    def drill_due(self, choices: Choices) -> Session:
        """A drill of what is due and of the weakest. Raises NothingDueError, InterviewerError."""
        return self.begin_due(self.plan_due(choices), choices)

    def plan_due(
        self, choices: Choices, *, bank: str | None = None, minutes: float = DRILL_MINUTES
    ) -> drilling.DueDrill:
        """What a drill would ask now, from one bank or from all. Raises as `drill_due` does."""
        recorded = self._opening.settled(choices).candidate == "recorded"
        return drilling.due_drill(
            self._past(),
            bank=bank,
            minutes=minutes,
            seed=self._opening.seed(),
            among=wiring.sample_ids() if recorded else None,
        )

    def begin_due(self, drill: drilling.DueDrill, choices: Choices) -> Session:
        """A session that asks it. Raises InterviewerError."""
        settled = self._opening.settled(choices)
        return self._opening.begin(
            settled, drill.bank_id, drill.title, drill.plan, kind="drill", said=drill.said
        )

    def export_weak(
        self, kind: str, path: Path, *, bank: str | None = None, replace: bool = False
    ) -> int:
        """Write what is weak as an `anki` deck or as `csv`; how many criteria that is.

        Raises InterviewerError.
        """
        return drilling.export_weak(self._past(), kind, path, bank=bank, replace=replace)

    def choices_of(self, session_id: str) -> Choices:
        """What a past session was made of. Raises StorageError."""
        state = self.state_of(session_id)
        return Choices(
            bank=state.bank_id,
            questions=len(state.plan),
            candidate=state.candidate,
            voice=state.voice,
            judge=state.judge,
            preset=state.style.preset,
        )

    def resume(self, session_id: str, choices: Choices | None = None) -> Session:
        """An interrupted session, to go on where it stood; `choices` may name other engines.

        Raises InterviewerError.
        """
        folder = self.store.find(session_id)
        state = self.state_of(session_id)
        if state.status == "finished":
            raise UsageError(
                f"Session {session_id} is finished.",
                f"See it with: voice-interviewer sessions show {session_id}",
            )
        self._opening.check_space()
        same = self._opening.settled(choices or self.choices_of(session_id))
        clock = SystemClock(offset_s=state.t_s)
        found: tuple[str, ...] = ()
        if state.turn is not None and state.phase == "listening":
            found = TurnRecordings(folder).untold(state.turn.id, state.turn.recordings)
        opening = ev.SessionResumed(t_s=state.t_s, at=clock.utc(), found=found)
        return self._opening.play(same, folder, opening, clock, state)

    def redo(self, session_id: str, job: Job) -> Redone:
        """Judge or hear a past session again; its journal gains what came of it.

        Raises InterviewerError; what was done before it is kept.
        """
        return do_one(self.settings, self.store.find(session_id), job, self.tell)

    def redo_all(self, job: Job, tell: Callable[[int, int, Outcome], None]) -> list[Outcome]:
        """The same for every session there is, the latest first; goes on where it was stopped."""
        folders = [stored.folder for stored in self.store.each() if stored.status != "running"]
        return do_all(self.settings, folders, job, tell, tell_opening=self.tell)

    def rejudge(self, session_id: str, choices: Choices) -> Redone:
        """Judge a past session again with the judge of these choices. Raises InterviewerError."""
        return self.redo(session_id, Job("rejudge", judge=choices.judge))

    def correct(self, session_id: str, turn_id: int, word: int, text: str) -> Redone:
        """Put a misheard word right and judge that turn again. Raises InterviewerError.

        An empty text takes the word out; what was heard is kept.
        """
        folder = self.store.find(session_id)
        with PastSession(folder) as past:
            correct(past, turn_id, word, text)
            judge = past.state.judge
        job = Job("rejudge", judge=judge, turn_id=turn_id, made_by="correction")
        return do_one(self.settings, folder, job, self.tell)

    def fork(self, session_id: str, turn_id: int, choices: Choices) -> Session:
        """A new session that goes on from a turn of a past one. Raises InterviewerError."""
        self._opening.check_space()
        old = self.store.find(session_id)
        events = read_journal(old / JOURNAL)
        bank_id = self.state_of(session_id).bank_id
        settled = self._opening.settled(choices)
        clock = SystemClock()
        new_id, folder = self.store.create(clock.utc(), bank_id)
        try:
            state = begin_fork(
                events,
                turn_id,
                old,
                folder,
                session_id=new_id,
                at=clock.utc(),
                candidate=settled.candidate,
                voice=settled.voice,
                judge=settled.judge,
                headphones=self.settings.hearing.headphones,
                undo_s=self.settings.endpointing.undo_s,
            )
            clock = SystemClock(offset_s=state.t_s)
            opening = ev.SessionResumed(t_s=state.t_s, at=clock.utc())
            return self._opening.play(settled, folder, opening, clock, state)
        except BaseException:
            shutil.rmtree(folder)
            raise

    def retake(self, session_id: str, item: int, choices: Choices) -> Session:
        """A new session with one question of a past one. Raises InterviewerError."""
        old = self.state_of(session_id)
        if not 0 <= item < len(old.plan):
            raise UsageError(f"There is no question {item + 1}.", "Count them in the review.")
        settled = replace(self._opening.settled(choices), preset=choices.preset or old.style.preset)
        return self._opening.begin(
            settled,
            old.bank_id,
            old.bank_title,
            (old.plan[item],),
            kind=old.kind,
            fork_of=old.session_id,
            said=old.pronunciations,
        )

    def replay(self, session_id: str) -> Session:
        """A past session's states again, silent and at once."""
        folder = self.store.find(session_id)
        self.state_of(session_id)
        replay = Replay(read_journal(folder / JOURNAL))
        return Session(replay, folder, replay.run)

    def player(self, session_id: str) -> ReplayPlayer:
        """Plays a past session; close it when done. Raises StorageError."""
        return wiring.open_player(
            self.settings, self.state_of(session_id), self.store.find(session_id)
        )

    def compare(self, first: str | None, second: str | None) -> Comparison:
        """Two answers to the same question. Raises InterviewerError."""
        stored = self.store.each
        takes = two_takes(
            first, second, self.state_of, lambda: (s.state for s in stored() if s.state is not None)
        )
        return compare(*takes)

    def _past(self) -> Past:
        self.history.refresh(self.tell)
        return self.history.past()

    def _asked(self) -> Counter[str]:
        """How often each question was asked in the latest sessions."""
        latest = self.store.sessions(most=_REMEMBERED_SESSIONS)
        return Counter(
            item.question.id
            for stored in latest
            if stored.state is not None
            for item in stored.state.plan
        )


def _scored(rows: Sequence[SessionRow]) -> Iterator[SessionScore]:
    """The interviews that were judged, the oldest first."""
    for row in reversed(rows):
        if row.kind == "interview" and row.score is not None and row.best_score is not None:
            yield SessionScore(row.bank, row.id, row.at, row.score, row.best_score)


def _answerable(bank: Bank) -> set[str]:
    """Ids of the questions that the recorded candidate has answers to. Raises UsageError."""
    ids = _recorded(bank)
    if not ids:
        raise UsageError(
            f"The recorded candidate has no answers to the bank {bank.id}.",
            "Answer yourself (mic or typed), or give recordings with --candidate audio:PATH.",
        )
    return ids


def _recorded(bank: Bank) -> set[str]:
    return {question.id for question in bank.questions} & wiring.sample_ids()


def _banks(chosen: str) -> tuple[BankInfo, ...]:
    """The shipped banks, and the one that is chosen by its path where it can be read."""
    named = dict(shipped_banks())
    found = [_bank_info(name, path) for name, path in named.items()]
    if chosen not in named:
        with suppress(InterviewerError):
            found.append(_bank_info(chosen, find_bank(chosen)))
    return tuple(found)


def _bank_info(name: str, path: Path) -> BankInfo:
    bank = load_bank(path)
    return BankInfo(name, bank.title, len(bank.questions), len(_recorded(bank)))
