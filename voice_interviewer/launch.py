"""From flags to a session that is being played, on the screen or without one."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

import typer

from voice_interviewer.addresses import on_this_machine
from voice_interviewer.config import Settings, load_settings, reloaded
from voice_interviewer.core.report import session_report
from voice_interviewer.core.session import State
from voice_interviewer.desk import Choices, Live, Pace
from voice_interviewer.drill.coming import Coming
from voice_interviewer.errors import InterviewerError, UsageError
from voice_interviewer.frontdesk import FrontDesk
from voice_interviewer.keys import SECRETS
from voice_interviewer.logs import log_file, start_logging
from voice_interviewer.setting_words import check_words
from voice_interviewer.settings_file import keep_keys_apart, typed
from voice_interviewer.visible import echo

if TYPE_CHECKING:
    from voice_interviewer.tui.app import VoiceInterviewerApp

log = logging.getLogger(__name__)

INTERRUPTED = 130

Front = Literal["screen", "plain", "lines"]


def in_terminal() -> bool:
    """True where a person can see a screen and press keys."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def front_of(loaded: Settings, *, headless: bool, as_json: bool, plain: bool = False) -> Front:
    """How a session is shown: on screens, in plain lines with letters as keys, or in lines alone.

    `plain` is the flag, which holds without a terminal too; the setting holds in one.
    """
    if headless or as_json:
        return "lines"
    if plain:
        return "plain"
    if not in_terminal():
        return "lines"
    return "plain" if loaded.interface.plain else "screen"


def settings(
    data_dir: Path | None = None,
    *,
    offline: bool = False,
    config: Path | None = None,
    flags: Mapping[str, Any] | None = None,
) -> Settings:
    """The settings under these flags, with logging started. Raises ConfigError."""
    merged = dict(flags or {})
    merged["storage.data_dir"] = data_dir and data_dir.absolute()
    merged["offline"] = offline or None
    loaded = load_settings(merged, file=config)
    check_words(loaded)
    start_logging(loaded.data_dir)
    loaded = _with_keys_apart(loaded)
    _libraries_write_to(log_file(loaded.data_dir))
    return loaded


def _with_keys_apart(loaded: Settings) -> Settings:
    """The same settings, with keys out of the user's file; what cannot be moved is used there."""
    try:
        moved = keep_keys_apart(loaded.file)
        loaded = reloaded(loaded) if moved else loaded
    except InterviewerError as error:
        log.warning("the keys in %s stay there: %s", loaded.file, error.message)
        moved = ()
    for key in moved:
        tell(f"{key} was moved from {loaded.file} to where keys are kept, for its server.", None)
    for key, why in loaded.withheld.items():
        log.warning("%s", why)
        if not on_this_machine(typed(loaded, SECRETS[key])):  # here, servers seldom want a key
            tell(why, None)
    return loaded


def desk(loaded: Settings, *, headless: bool) -> FrontDesk:
    """The front desk; without a screen, typed answers are lines of standard input."""
    return FrontDesk(loaded, typed_lines=_stdin_line if headless else None, tell=tell)


def choices(
    loaded: Settings,
    *,
    headless: bool,
    pace: str | None = None,
    question_ids: tuple[str, ...] = (),
    candidate: str | None = None,
) -> Choices:
    """What is to be played. Without a screen recorded answers are fast unless told otherwise."""
    who = candidate or loaded.interview.candidate
    if who == "auto" and headless and not in_terminal():
        who = "recorded"
    return Choices(
        bank=loaded.interview.bank,
        questions=loaded.interview.questions,
        question_ids=question_ids,
        candidate=who,
        voice=loaded.speaking.voice,
        judge=loaded.judge.kind,
        preset=loaded.interview.preset,
        pace=checked_pace(pace, headless=headless),
    )


def choices_as_before(
    desk: FrontDesk,
    session_id: str,
    *,
    lines: bool,
    candidate: str | None,
    voice: str | None,
    judge: str | None,
    pace: str | None,
) -> Choices:
    """What a past session was made of, but for what is named. Raises InterviewerError."""
    before = desk.choices_of(session_id)
    return replace(
        before,
        candidate=candidate or before.candidate,
        voice=voice or before.voice,
        judge=judge or before.judge,
        pace=checked_pace(pace, headless=lines),
    )


def checked_pace(pace: str | None, *, headless: bool) -> Pace:
    """The pace of recorded answers. Raises UsageError for an unknown one."""
    if pace == "realtime" or (pace is None and not headless):
        return "realtime"
    if pace in ("fast", None):
        return "fast"
    raise UsageError(f"There is no pace {pace!r}.", "Say --pace realtime or --pace fast.")


def play_headless(
    live: Live, *, as_json: bool, coming: Callable[[], Coming] | None = None
) -> NoReturn:
    """Play to the end in lines, or print one JSON object, and leave with the exit code.

    `coming`, asked at the end, says what is due next.
    """
    from voice_interviewer.headless import play, summary

    state = play(live, sys.stderr if as_json else sys.stdout)
    soon = coming() if coming is not None else None
    if as_json:
        print_report(state, live.folder, {} if soon is None else {"coming": soon.as_json()})
    else:
        echo(summary(state, str(live.folder)))
        if soon is not None:
            echo(soon.words)
    stopped = state.status == "interrupted" and not live.replaying
    raise typer.Exit(INTERRUPTED if stopped else 0)


def play(
    front: Front,
    desk: FrontDesk,
    open_live: Callable[[], Live],
    *,
    as_json: bool = False,
    coming: Callable[[], Coming] | None = None,
) -> NoReturn:
    """Play a session in one of the ways `front_of` knows, and leave with the exit code."""
    if front == "lines":
        play_headless(open_live(), as_json=as_json, coming=coming)
    if front == "screen":
        play_on_screen(desk, open_live)
    from voice_interviewer.plain import InputLines

    play_in_plain_lines(desk, open_live, InputLines(sys.stdin.fileno()), coming)


def play_in_plain_lines(
    desk: FrontDesk,
    open_live: Callable[[], Live],
    next_line: Callable[[], str | None],
    coming: Callable[[], Coming] | None = None,
) -> NoReturn:
    """Play a session in plain lines, steered by what is typed, and leave with the exit code."""
    from voice_interviewer.headless import ending
    from voice_interviewer.plain import play_plain
    from voice_interviewer.plain_steps import Steps

    desk.tell = Steps(typer.echo).tell
    live = open_live()
    state = play_plain(live, next_line)
    echo(ending(state, str(live.folder)))
    if coming is not None:
        echo(coming().words)
    raise typer.Exit(INTERRUPTED if state.status == "interrupted" else 0)


def plain_home(desk: FrontDesk, chosen: Choices) -> NoReturn:
    """What the first screen offers, as lines."""
    from voice_interviewer.plain import InputLines
    from voice_interviewer.plain_home import choose

    next_line = InputLines(sys.stdin.fileno())
    open_live = choose(desk, chosen, next_line, sys.stdout)
    if open_live is None:
        raise typer.Exit
    play_in_plain_lines(desk, open_live, next_line)


def print_report(state: State, folder: Path, more: Mapping[str, object] | None = None) -> None:
    """The session, and whatever more there is, as one JSON object on standard output."""
    typer.echo(json.dumps({**session_report(state, str(folder)), **(more or {})}))


def play_on_screen(front: FrontDesk, open_live: Callable[[], Live] | None = None) -> NoReturn:
    """Show the screens, opening straight into a session where one is given."""
    from voice_interviewer.tui.app import VoiceInterviewerApp

    _run_screens(front, VoiceInterviewerApp(front, open_live, **_dress(front)))


def set_up_on_screen(front: FrontDesk) -> NoReturn:
    """Show the screens, beginning with the first run."""
    from voice_interviewer.tui.app import VoiceInterviewerApp
    from voice_interviewer.tui.messages import SetupWanted

    _run_screens(front, VoiceInterviewerApp(front, first=SetupWanted(), **_dress(front)))


def replay_on_screen(front: FrontDesk, session_id: str) -> NoReturn:
    """Show the screens with a past session to be heard. Raises StorageError for none such."""
    from voice_interviewer.tui.app import VoiceInterviewerApp
    from voice_interviewer.tui.messages import ReplayWanted

    wanted = ReplayWanted(front.state_of(session_id).session_id)
    _run_screens(front, VoiceInterviewerApp(front, first=wanted, **_dress(front)))


def _dress(front: FrontDesk) -> dict[str, Any]:
    """What the settings say about every app."""
    settings = front.settings
    return {"log_file": log_file(settings.data_dir), "theme": settings.interface.theme}


def _run_screens(front: FrontDesk, app: VoiceInterviewerApp) -> NoReturn:
    front.tell = app.tell
    app.run()
    raise typer.Exit(app.return_code or 0)


def _libraries_write_to(path: Path) -> None:
    """Send what C libraries print on standard error to the log; ours still reaches the terminal.

    PortAudio and ALSA print whenever a device is missing or fails, in the middle of a screen.
    """
    try:
        log = os.open(path, os.O_WRONLY | os.O_APPEND)
    except OSError:
        return
    sys.stderr.flush()
    terminal = os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding, errors="backslashreplace")
    terminal.reconfigure(line_buffering=True)
    sys.stderr = sys.__stderr__ = terminal  # type: ignore[misc]
    os.dup2(log, 2)
    os.close(log)


def _stdin_line() -> str | None:
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


def tell(message: str, fraction: float | None) -> None:
    if not sys.stderr.isatty() and fraction not in (None, 1.0):
        return
    echo(message if fraction is None else f"{message} {fraction:.0%}", err=True)
