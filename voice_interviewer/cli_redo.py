"""`rejudge`, `retranscribe`, `fork` and `sessions correct`: past sessions taken up again."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from voice_interviewer.cli_options import (
    Candidate,
    Config,
    DataDir,
    Headless,
    Json,
    JudgeName,
    Offline,
    Pace,
    Plain,
    SessionId,
    VoiceName,
)
from voice_interviewer.errors import UsageError
from voice_interviewer.visible import echo

if TYPE_CHECKING:
    from voice_interviewer.config import Settings
    from voice_interviewer.redo_jobs import Job, Outcome
    from voice_interviewer.redone import Redone

OptionalId = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="A session's id, or `last`.")
]
All = Annotated[bool, typer.Option("--all", help="Every session there is.")]


_TEXTS: dict[str, Literal["latest", "first"]] = {"latest": "latest", "first": "first"}


def rejudge(
    session_id: OptionalId = None,
    every: All = False,
    judge: JudgeName = None,
    model: Annotated[
        str | None, typer.Option(help="The model's name on its server, or of an installed one.")
    ] = None,
    transcript: Annotated[
        str, typer.Option(help="latest, with your corrections, or first: as it was heard.")
    ] = "latest",
    offline: Offline = False,
    data_dir: DataDir = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Judge past answers again. The judgements are added, the latest one counts.

    What was judged in just this way before is not judged again, so a stopped run goes on."""
    from voice_interviewer import launch
    from voice_interviewer.redo_jobs import Job

    if transcript not in _TEXTS:
        raise UsageError(f"There is no transcript {transcript!r}.", "Say latest or first.")
    flags = {"judge.kind": judge, "judge.model": model}
    loaded = launch.settings(data_dir, offline=offline, config=config, flags=flags)
    job = Job("rejudge", judge=loaded.judge.kind, text=_TEXTS[transcript])
    _run(loaded, session_id, job, every=every, as_json=as_json)


def retranscribe(
    session_id: OptionalId = None,
    every: All = False,
    model: Annotated[str | None, typer.Option(help="A Whisper size, or a model's folder.")] = None,
    offline: Offline = False,
    data_dir: DataDir = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Hear past recordings again, with another model if you like.

    The transcripts are added; nothing is overwritten, and no verdict changes (`rejudge` judges the
    latest transcript). What was heard in just this way before is not heard again."""
    from voice_interviewer import launch
    from voice_interviewer.redo_jobs import Job

    flags = {"hearing.model": model, "hearing.engine": "whisper" if model else None}
    loaded = launch.settings(data_dir, offline=offline, config=config, flags=flags)
    _run(loaded, session_id, Job("retranscribe"), every=every, as_json=as_json)


def fork(
    session_id: SessionId,
    turn: Annotated[
        int, typer.Option("--turn", min=1, help="The turn to answer again, as in `sessions show`.")
    ],
    candidate: Candidate = None,
    pace: Pace = None,
    voice: VoiceName = None,
    judge: JudgeName = None,
    headless: Headless = False,
    plain: Plain = False,
    offline: Offline = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Answer a turn of a past session again and go on from there, in a session of its own."""
    from voice_interviewer import launch

    loaded = launch.settings(data_dir, offline=offline)
    front = launch.front_of(loaded, headless=headless, as_json=as_json, plain=plain)
    lines = front == "lines"
    desk = launch.desk(loaded, headless=lines)
    choices = launch.choices_as_before(
        desk, session_id, lines=lines, candidate=candidate, voice=voice, judge=judge, pace=pace
    )
    launch.play(front, desk, lambda: desk.fork(session_id, turn, choices), as_json=as_json)


def sessions_correct(
    session_id: SessionId,
    turn: Annotated[int, typer.Option("--turn", min=1, help="The turn, as in `sessions show ID`.")],
    word: Annotated[
        int, typer.Option("--word", min=0, help="Its number, as in `sessions show ID --words`.")
    ],
    text: Annotated[str, typer.Option("--text", help="What was said; empty takes it out.")],
    offline: Offline = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Put a misheard word right and judge that answer again. What was heard is kept."""
    from voice_interviewer import launch

    desk = launch.desk(launch.settings(data_dir, offline=offline), headless=True)
    redone = desk.correct(session_id, turn, word, text)
    _print([redone], [], as_json=as_json)


def _run(loaded: Settings, session_id: str | None, job: Job, *, every: bool, as_json: bool) -> None:
    from voice_interviewer import launch

    if every == (session_id is not None):
        raise UsageError("Which sessions?", "Name one (or `last`), or say --all.")
    desk = launch.desk(loaded, headless=True)
    if session_id is not None:
        _print([desk.redo(session_id, job)], [], as_json=as_json)
        return
    outcomes = desk.redo_all(job, _progress())
    problems = [f"{outcome.folder}: {outcome.problem}" for outcome in outcomes if outcome.problem]
    redone = [outcome.redone for outcome in outcomes if outcome.redone is not None]
    _print(redone, problems, as_json=as_json)
    raise typer.Exit(1 if problems else 0)


def _progress() -> Callable[[int, int, Outcome], None]:
    """Tells on standard error how far it is, and how long the rest may take."""
    began_s = time.monotonic()

    def tell(done: int, total: int, outcome: Outcome) -> None:
        left_s = (time.monotonic() - began_s) / done * (total - done)
        left = f"{left_s / 60:.0f} min" if left_s >= 90 else f"{left_s:.0f} s"
        line = f"{done} of {total} sessions, about {left} left: {outcome.folder}"
        echo(line, err=True)

    return tell


def _print(redone: list[Redone], problems: list[str], *, as_json: bool) -> None:
    if as_json:
        found: dict[str, Any] = {"sessions": [asdict(r) for r in redone], "problems": problems}
        typer.echo(json.dumps(found))
        return
    for result in redone:
        known = f", {result.left} were done before" if result.left else ""
        echo(f"Session {result.session_id}: {result.done} answers{known}.")
        for turn_id, text in result.heard.items():
            echo(f"  Turn {turn_id}: {text or '(nothing was heard)'}")
        for change in result.changes:
            echo(f"  Turn {change.turn_id}, {change.words}")
        if result.changes:
            echo(f"  Judged by {'; '.join(result.judged_by)}.")
    for problem in problems:
        echo(f"Left out: {problem}", err=True)
    if not redone and not problems:
        echo("There are no sessions.")
