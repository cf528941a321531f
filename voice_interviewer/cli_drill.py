"""`voice-interviewer drill` and `progress`: what comes back, and where the candidate stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voice_interviewer.cli_options import (
    Candidate,
    DataDir,
    Headless,
    Json,
    JudgeName,
    Offline,
    Pace,
    Plain,
    VoiceName,
)
from voice_interviewer.errors import NothingDueError, UsageError
from voice_interviewer.visible import echo

if TYPE_CHECKING:
    from voice_interviewer.desk import Live

Bank = Annotated[str | None, typer.Option(help="A bank's id, or a bank file; all where not given.")]


def drill(
    bank: Bank = None,
    minutes: Annotated[
        float | None, typer.Option(min=1, max=240, help="About how long; 10 where not given.")
    ] = None,
    session: Annotated[
        str | None,
        typer.Option(
            "--session",
            help="What one session missed: its id, or `last`; without --bank and --minutes.",
        ),
    ] = None,
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
    """Be asked again, in other words, what is due and what is weakest; one criterion at a time.

    With --session, what that session missed."""
    from voice_interviewer import launch
    from voice_interviewer.drill.choosing import DRILL_MINUTES

    if session is not None and (bank is not None or minutes is not None):
        raise UsageError(
            "--session drills one session whole.", "Leave out --bank and --minutes, or --session."
        )
    flags = {"interview.candidate": candidate, "speaking.voice": voice, "judge.kind": judge}
    loaded = launch.settings(data_dir, offline=offline, flags=flags)
    front = launch.front_of(loaded, headless=headless, as_json=as_json, plain=plain)
    lines = front == "lines"
    desk = launch.desk(loaded, headless=lines)
    choices = launch.choices(loaded, headless=lines, pace=pace)
    if session is not None:

        def open_live() -> Live:
            return desk.drill(session, choices)

    else:
        try:
            planned = desk.plan_due(choices, bank=bank, minutes=minutes or DRILL_MINUTES)
        except NothingDueError as nothing:
            _tell_nothing(nothing, as_json=as_json)
            return

        def open_live() -> Live:
            return desk.begin_due(planned, choices)

    launch.play(
        front,
        desk,
        open_live,
        as_json=as_json,
        coming=lambda: desk.look_back().progress.coming,
    )


def progress(
    bank: Bank = None,
    export: Annotated[
        tuple[str, Path] | None,
        typer.Option(
            "--export",
            metavar="anki|csv FILE",
            help="Write what is weak as an Anki deck (.apkg) or as CSV.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an exported file.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Where you stand: what would be said today, what is due, what is hard, take by take."""
    from voice_interviewer import launch, progress_text

    desk = launch.desk(launch.settings(data_dir), headless=True)
    if export is not None:
        kind, path = export
        count = desk.export_weak(kind, path.absolute(), bank=bank, replace=force)
        if as_json:
            typer.echo(json.dumps({"format": kind, "path": str(path), "criteria": count}))
        elif count:
            echo(f"{count} criteria written to {path}.")
        else:
            echo("Nothing is weak, so there is nothing to write.")
        return
    stands = desk.progress(bank)
    if as_json:
        typer.echo(json.dumps(stands.as_json()))
    else:
        progress_text.show(stands)


def _tell_nothing(nothing: NothingDueError, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"nothing_due": nothing.message, "next": nothing.hint}))
    else:
        echo(str(nothing))
