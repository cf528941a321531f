"""Doing past sessions again, one of them or the whole archive, with the engines of the settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from voice_interviewer import wiring
from voice_interviewer.config import Settings
from voice_interviewer.core import events as ev
from voice_interviewer.errors import InterviewerError
from voice_interviewer.redoing import PastSession, Redone, Text, rejudge, retranscribe

if TYPE_CHECKING:
    from voice_interviewer.core.ports import Judge

_LOAD_WAIT_S = 300.0


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


def do_one(settings: Settings, folder: Path, job: Job, tell: wiring.Tell) -> Redone:
    """Do one session. Raises InterviewerError; what was done before is kept."""
    if job.what == "rejudge":
        judge = wiring.open_judge(settings, job.judge, load_wait_s=_LOAD_WAIT_S)
        try:
            return _rejudged(settings, folder, job, judge)
        finally:
            judge.close()
    with PastSession(folder) as past:
        rehearing = wiring.open_rehearing(settings, folder, tell=tell)
        try:
            return retranscribe(past, rehearing, hearing_params(settings))
        finally:
            rehearing.close()


def do_all(
    settings: Settings,
    folders: Sequence[Path],
    job: Job,
    tell: Callable[[int, int, Outcome], None],
    *,
    cores: int | None = None,
) -> list[Outcome]:
    """Do many sessions; a broken one is told and passed over.

    The embedded judge uses the cores there are, a session in each; a model and a speech engine do
    one session after another, as they use the cores themselves. Called again after it was stopped,
    it goes on where it stood: work that is in a journal is not done twice.

    Args:
        tell: told how many are done, of how many, and how the last one came out.
        cores: how many processes; as many as there are cores where not given.
    """
    outcomes: list[Outcome] = []
    for outcome in _outcomes(settings, folders, job, cores or os.cpu_count() or 1):
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


def _outcomes(
    settings: Settings, folders: Sequence[Path], job: Job, cores: int
) -> Iterator[Outcome]:
    alone = job.what == "retranscribe" or judge_params(settings, job)["judge"] != "embedded"
    if alone or cores == 1 or len(folders) < 2:
        for folder in folders:
            yield _outcome(settings, folder, job)
        return
    with ProcessPoolExecutor(max_workers=min(cores, len(folders))) as pool:
        running = [pool.submit(_outcome, settings, folder, job) for folder in folders]
        try:
            for future in as_completed(running):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _outcome(settings: Settings, folder: Path, job: Job) -> Outcome:
    try:
        return Outcome(folder.name, do_one(settings, folder, job, _quietly))
    except InterviewerError as error:
        return Outcome(folder.name, problem=str(error))


def _rejudged(settings: Settings, folder: Path, job: Job, judge: Judge) -> Redone:
    with PastSession(folder) as past:
        return rejudge(
            past,
            judge,
            judge_params(settings, job),
            text=job.text,
            turn_id=job.turn_id,
            made_by=job.made_by,
        )


def _quietly(_message: str, _fraction: float | None) -> None:
    """One session of many says nothing of its own."""
