"""The command line. Heavy things are imported only inside a command.

Exit codes: 0 done, 1 failed, 2 usage, 130 interrupted (and resumable).
"""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import sys
from typing import Annotated, NoReturn

import typer

from voice_interviewer import __version__
from voice_interviewer.cli_banks import banks_app
from voice_interviewer.cli_compare import compare_answers
from voice_interviewer.cli_config import config_app
from voice_interviewer.cli_drill import drill, progress
from voice_interviewer.cli_export import sessions_export
from voice_interviewer.cli_history import sessions_delete, sessions_list, sessions_search
from voice_interviewer.cli_judge import judge_answer
from voice_interviewer.cli_judge_test import judge_test
from voice_interviewer.cli_models import models_app
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
from voice_interviewer.cli_redo import fork, rejudge, retranscribe, sessions_correct
from voice_interviewer.cli_setup import setup
from voice_interviewer.errors import InterviewerError, UsageError
from voice_interviewer.logs import where_is_the_log
from voice_interviewer.visible import echo

app = typer.Typer(
    name="voice-interviewer",
    help="A mock interviewer that asks aloud, listens, judges and asks on. All on your machine.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
sessions_app = typer.Typer(help="Past sessions.", rich_markup_mode=None, no_args_is_help=True)
app.add_typer(sessions_app, name="sessions")
sessions_app.command("list")(sessions_list)
sessions_app.command("search")(sessions_search)
sessions_app.command("delete")(sessions_delete)
sessions_app.command("export")(sessions_export)
app.add_typer(banks_app, name="banks")
app.add_typer(models_app, name="models")
app.add_typer(config_app, name="config")
app.command("drill")(drill)
app.command("progress")(progress)
app.command("compare")(compare_answers)
app.command("judge")(judge_answer)
app.command("judge-test")(judge_test)
app.command("rejudge")(rejudge)
app.command("retranscribe")(retranscribe)
app.command("fork")(fork)
app.command("setup")(setup)
sessions_app.command("correct")(sessions_correct)


@app.callback(invoke_without_command=True)
def start(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
    plain: Plain = False,
) -> None:
    """Without a command: the interviewer's screens, or where there is no terminal an interview
    with the recorded candidate."""
    if version:
        typer.echo(__version__)
        raise typer.Exit
    if context.invoked_subcommand is not None:
        return
    from voice_interviewer import launch

    loaded = launch.settings()
    front = launch.front_of(loaded, headless=False, as_json=False, plain=plain)
    if front == "screen":
        desk = launch.desk(loaded, headless=False)
        if desk.is_new:
            launch.set_up_on_screen(desk)
        launch.play_on_screen(desk)
    if front == "plain":
        chosen = launch.choices(loaded, headless=False)
        launch.plain_home(launch.desk(loaded, headless=False), chosen)
    echo("There is no terminal here, so the recorded candidate answers.")
    desk = launch.desk(loaded, headless=True)
    chosen = launch.choices(loaded, headless=True, candidate="recorded")
    launch.play_headless(desk.open(chosen), as_json=False)


@app.command()
def interview(
    bank: Annotated[str | None, typer.Option(help="A bank's id, or a bank file.")] = None,
    questions: Annotated[int | None, typer.Option(min=1, help="How many questions.")] = None,
    question: Annotated[list[str] | None, typer.Option(help="Ask this one; repeatable.")] = None,
    preset: Annotated[
        str | None,
        typer.Option(help="rehearsal, coaching, phone-screen, panel, pressure, or your own."),
    ] = None,
    difficulty: Annotated[str | None, typer.Option(help="gentle, standard or hard.")] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Repeat an interview's chances.")] = None,
    candidate: Candidate = None,
    pace: Pace = None,
    voice: VoiceName = None,
    judge: JudgeName = None,
    headless: Headless = False,
    plain: Plain = False,
    offline: Offline = False,
    data_dir: DataDir = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Be interviewed."""
    flags = {
        "interview.preset": preset,
        "interview.difficulty": difficulty,
        "interview.seed": seed,
        "interview.bank": bank,
        "interview.questions": questions,
        "interview.candidate": candidate,
        "speaking.voice": voice,
        "judge.kind": judge,
    }
    from voice_interviewer import launch

    loaded = launch.settings(data_dir, offline=offline, config=config, flags=flags)
    front = launch.front_of(loaded, headless=headless, as_json=as_json, plain=plain)
    lines = front == "lines"
    desk = launch.desk(loaded, headless=lines)
    ids = tuple(question or ())
    choices = launch.choices(loaded, headless=lines, pace=pace, question_ids=ids)
    launch.play(front, desk, lambda: desk.open(choices), as_json=as_json)


@app.command()
def resume(
    session_id: SessionId,
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
    """Go on with an interrupted session."""
    from voice_interviewer import launch

    loaded = launch.settings(data_dir, offline=offline)
    front = launch.front_of(loaded, headless=headless, as_json=as_json, plain=plain)
    lines = front == "lines"
    desk = launch.desk(loaded, headless=lines)
    choices = launch.choices_as_before(
        desk, session_id, lines=lines, candidate=candidate, voice=voice, judge=judge, pace=pace
    )
    launch.play(front, desk, lambda: desk.resume(session_id, choices), as_json=as_json)


@app.command()
def replay(
    session_id: SessionId,
    headless: Headless = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Hear and see a past session again."""
    from voice_interviewer import launch

    lines = headless or as_json or not launch.in_terminal()
    desk = launch.desk(launch.settings(data_dir), headless=lines)
    if lines:
        launch.play_headless(desk.replay(session_id), as_json=as_json)
    launch.replay_on_screen(desk, session_id)


@app.command()
def doctor(
    offline: Offline = False,
    data_dir: DataDir = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Check every part and say how to mend what is broken."""
    from voice_interviewer import doctor as checks
    from voice_interviewer import launch

    report = checks.examine(launch.settings(data_dir, offline=offline, config=config))
    typer.echo(json.dumps(report.as_json()) if as_json else report.as_text())
    raise typer.Exit(0 if report.ok else 1)


@sessions_app.command("show")
def sessions_show(
    session_id: SessionId,
    words: Annotated[
        bool, typer.Option("--words", help="Only the words, numbered as `sessions correct` wants.")
    ] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """One session's transcript and verdicts."""
    from voice_interviewer import launch
    from voice_interviewer.archive.transcript import numbered_words, transcript_markdown

    desk = launch.desk(launch.settings(data_dir), headless=True)
    state = desk.state_of(session_id)
    if as_json:
        launch.print_report(state, desk.store.find(session_id))
    else:
        echo(numbered_words(state) if words else transcript_markdown(state))


@sessions_app.command("timing")
def sessions_timing(session_id: SessionId, data_dir: DataDir = None, as_json: Json = False) -> None:
    """How long you waited after each answer, in milliseconds, from the journal."""
    from voice_interviewer import launch
    from voice_interviewer.core.report import timing_ms

    state = launch.desk(launch.settings(data_dir), headless=True).state_of(session_id)
    rows = [{"turn": turn.id, **timing_ms(state, turn)} for turn in state.turns]
    if as_json:
        typer.echo(json.dumps({"session_id": state.session_id, "turns": rows}))
        return
    for row in rows:
        echo("  ".join(f"{key} {'-' if value is None else value}" for key, value in row.items()))


def main() -> NoReturn:
    """Run the program; whatever goes wrong is one message with its fix, never a traceback."""
    os.umask(0o077)
    _mend_streams()
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        app()
    except UsageError as error:
        _fail(error, 2)
    except InterviewerError as error:
        _fail(error, 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception:
        logging.getLogger(__name__).exception("the command failed")
        _fail(InterviewerError("Something unexpected went wrong.", where_is_the_log()), 1)
    sys.exit(0)


def _mend_streams() -> None:
    """Streams that were closed lead nowhere; what an encoding does not know becomes `?`."""
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_RDONLY), encoding="utf-8")
    elif isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8"))
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _as_interrupt(_number: int, _frame: object) -> NoReturn:
    """Until a session takes signals over, SIGTERM ends the program as Ctrl-C does."""
    raise KeyboardInterrupt


def _fail(error: InterviewerError, code: int) -> NoReturn:
    """Tell an error where its reader looks: as JSON for scripts, as a line for people."""
    if "--json" in sys.argv:
        typer.echo(json.dumps({"error": error.message, "hint": error.hint}))
    echo(f"voice-interviewer: {error}", err=True)
    sys.exit(code)
