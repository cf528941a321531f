"""Doing past sessions again, one of them or the whole archive, with the engines of the settings."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from voice_interviewer import wiring
from voice_interviewer.config import Settings
from voice_interviewer.core import events as ev
from voice_interviewer.errors import InterviewerError
from voice_interviewer.redoing import PastSession, Text, rejudge, retranscribe
from voice_interviewer.redone import Redone

if TYPE_CHECKING:
    from voice_interviewer.core.ports import Judge
    from voice_interviewer.hearing.engine import Transcriber

_LOAD_WAIT_S = 300.0
_SESSIONS_A_WORKER = 30


@dataclass(frozen=True)
class Job:
    """What is done to a session.

    Args:
        judge: the judge's name, for `rejudge`.
        text: which transcript is judged.
        turn_id: only this turn; all of them where None.
    """

    what: Literal["rejudge", "retranscribe"]
    judge: str = "auto"
    text: Text = "latest"
    turn_id: int | None = None
    made_by: ev.Rejudge = "rejudging"


@dataclass(frozen=True)
class Outcome:
    """How one session of many came out; `problem` is empty where all went well."""

    folder: str
    redone: Redone | None = None
    problem: str = ""


class Redoer:
    """Does a job to one session after another with one engine, opened when it is first needed."""

    def __init__(self, settings: Settings, job: Job, tell: wiring.Tell) -> None:
        self._settings = settings
        self._job = job
        self._tell = tell
        self._judge: Judge | None = None
        self._transcriber: Transcriber | None = None

    def __enter__(self) -> Redoer:
        return self

    def __exit__(self, *_: object) -> None:
        for engine in (self._judge, self._transcriber):
            if engine is not None:
                engine.close()

    def do(self, folder: Path) -> Redone:
        """Do one session. Raises InterviewerError; what was done before is kept."""
        settings, job = self._settings, self._job
        with PastSession(folder) as past:
            if job.what == "retranscribe":
                rehearing = wiring.rehearing_by(self.transcriber, folder)
                return retranscribe(past, rehearing, hearing_params(settings))
            return rejudge(
                past,
                self.judge,
                judge_params(settings, job),
                text=job.text,
                turn_id=job.turn_id,
                made_by=job.made_by,
            )

    @property
    def judge(self) -> Judge:
        """The judge of the job. Raises InterviewerError."""
        if self._judge is None:
            self._judge = wiring.open_judge(self._settings, self._job.judge, _LOAD_WAIT_S)
        return self._judge

    @property
    def transcriber(self) -> Transcriber:
        """The speech engine of the settings. Raises InterviewerError."""
        if self._transcriber is None:
            self._transcriber = wiring.open_transcriber(self._settings, self._tell)
        return self._transcriber


def do_one(settings: Settings, folder: Path, job: Job, tell: wiring.Tell) -> Redone:
    """Do one session. Raises InterviewerError; what was done before is kept."""
    with Redoer(settings, job, tell) as redoer:
        return redoer.do(folder)


def do_all(
    settings: Settings,
    folders: Sequence[Path],
    job: Job,
    tell: Callable[[int, int, Outcome], None],
    *,
    tell_opening: wiring.Tell,
    cores: int | None = None,
) -> list[Outcome]:
    """Do many sessions; a broken one is told and passed over.

    The embedded judge uses the cores there are, a session in each; a model and a speech engine do
    one session after another, as they use the cores themselves. Called again after it was stopped,
    it goes on where it stood: work that is in a journal is not done twice.

    Args:
        tell: told how many are done, of how many, and how the last one came out.
        tell_opening: told of what takes a while before the first session (a download).
        cores: how many processes; where not given, as many as there are cores and work for, as
            each takes seconds to load the judge and a tenth of a second to judge a session.

    Raises InterviewerError where the engine cannot be had.
    """
    worth_it = min(os.cpu_count() or 1, len(folders) // _SESSIONS_A_WORKER)
    workers = worth_it if cores is None else min(cores, len(folders))
    alone = job.what == "retranscribe" or judge_params(settings, job)["judge"] != "embedded"
    made = (
        _one_by_one(settings, folders, job, tell_opening)
        if alone or workers < 2
        else _side_by_side(settings, folders, job, workers)
    )
    outcomes: list[Outcome] = []
    for outcome in made:
        outcomes.append(outcome)
        tell(len(outcomes), len(folders), outcome)
    return outcomes


def judge_params(settings: Settings, job: Job) -> dict[str, Any]:
    """What a judgement depends on, without any key."""
    chosen = settings.judge
    named = job.judge == "embedded" or (job.judge == "auto" and chosen.model is None)
    if named:
        return {"judge": "embedded", "calibration": wiring.embedded_calibration()}
    return {"judge": job.judge, "model": chosen.model, "base_url": chosen.base_url}


def hearing_params(settings: Settings) -> dict[str, Any]:
    """What a transcription depends on, without any key."""
    left_out = {"api_key", "threads", "device", "microphone", "headphones", "second_pass"}
    return settings.hearing.model_dump(mode="json", exclude=left_out)


def _one_by_one(
    settings: Settings, folders: Sequence[Path], job: Job, tell: wiring.Tell
) -> Iterator[Outcome]:
    with Redoer(settings, job, tell) as redoer:
        if folders:
            _ = redoer.judge if job.what == "rejudge" else redoer.transcriber
        for folder in folders:
            yield _outcome(redoer, folder)


def _side_by_side(
    settings: Settings, folders: Sequence[Path], job: Job, workers: int
) -> Iterator[Outcome]:
    with ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_begin_worker, initargs=(settings, job)
    ) as pool:
        running = [pool.submit(_in_worker, folder) for folder in folders]
        try:
            for future in as_completed(running):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


_worker: Redoer | None = None


def _begin_worker(settings: Settings, job: Job) -> None:
    """A worker leaves Ctrl-C to its parent, and never outlives it."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    _worker = Redoer(settings, job, _quietly)


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _in_worker(folder: Path) -> Outcome:
    assert _worker is not None, "every worker is begun"
    return _outcome(_worker, folder)


def _outcome(redoer: Redoer, folder: Path) -> Outcome:
    try:
        return Outcome(folder.name, redoer.do(folder))
    except InterviewerError as error:
        return Outcome(folder.name, problem=str(error))


def _quietly(_message: str, _fraction: float | None) -> None:
    """One session of many says nothing of its own."""
