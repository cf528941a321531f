"""`voice-interviewer sessions export`: a past session as a file for other programs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from voice_interviewer.archive.export import FORMATS, format_named
from voice_interviewer.cli_options import DataDir, SessionId
from voice_interviewer.errors import UsageError


def sessions_export(
    session_id: SessionId,
    to: Annotated[str, typer.Option("--to", help=", ".join(FORMATS) + ".", metavar="FORMAT")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            help="The file to write; - prints text. Default: the session's id, in this folder.",
            metavar="FILE",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help="Leave the sound out, and replace by [redacted]: e-mail and web addresses, "
            "telephone numbers, paths, devices, and names where a pattern or a list of common "
            "given names finds them (after `my name is`, `I am`, `worked with`, `at`). It finds no "
            "name that is mentioned otherwise, misheard or unusual: read the result before you "
            "share it.",
        ),
    ] = False,
    redact_terms: Annotated[
        list[str] | None,
        typer.Option(
            "--redact-term",
            help="With --redact: this word or name too, in any case; repeatable.",
            metavar="WORD",
        ),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Write a past session as a page, captions, data, sound or a deck of cards."""
    wanted = format_named(to)
    printed = output == Path("-")
    if printed and not wanted.text:
        raise UsageError(f"{to} is no text.", "Name a file with --output.")
    if redact_terms and not redact:
        raise UsageError("--redact-term belongs to --redact.", "Add --redact.")

    from voice_interviewer import launch
    from voice_interviewer.archive.export.saving import save
    from voice_interviewer.archive.export.source import source_of

    desk = launch.desk(launch.settings(data_dir), headless=True)
    state, folder = desk.state_of(session_id), desk.store.find(session_id)
    data = wanted.render(source_of(state, folder, redact=redact, terms=redact_terms or ()))
    if printed:
        sys.stdout.buffer.write(data)
        sys.stdout.flush()
        return
    path = output or Path(f"{state.session_id}.{wanted.extension}")
    save(path, data, replace=force)
    typer.echo(str(path))
