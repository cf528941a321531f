"""`voice-interviewer judge`: one answer, given elsewhere."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from voice_interviewer.cli_options import Config, DataDir, Json, JudgeName, Offline
from voice_interviewer.errors import UsageError
from voice_interviewer.visible import echo


def judge_answer(
    question: Annotated[str, typer.Option(help="The question's id.")],
    source: Annotated[
        str | None, typer.Argument(metavar="[-]", help="- reads the answer from standard input.")
    ] = None,
    text: Annotated[Path | None, typer.Option(help="A file with the answer in words.")] = None,
    audio: Annotated[Path | None, typer.Option(help="A sound file with the answer.")] = None,
    bank: Annotated[str | None, typer.Option(help="A bank's id, or a bank file.")] = None,
    judge_name: JudgeName = None,
    offline: Offline = False,
    data_dir: DataDir = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Judge one answer that was given elsewhere, and say what would be asked next.

    Nothing is saved."""
    from voice_interviewer import launch, one_answer

    if [text is not None, audio is not None, source is not None].count(True) != 1:
        raise UsageError(
            "One answer is needed.", "Give --text FILE, --audio FILE, or - for standard input."
        )
    flags = {"interview.bank": bank, "judge.kind": judge_name}
    loaded = launch.settings(data_dir, offline=offline, config=config, flags=flags)
    if audio is not None:
        transcript = one_answer.spoken(loaded, question, audio.absolute(), launch.tell)
    else:
        transcript = one_answer.typed(_written(text, source))
    answer = one_answer.OneAnswer(loaded, question, transcript)
    assessment = answer.judged(loaded.judge.kind)
    if as_json:
        typer.echo(json.dumps(one_answer.as_json(answer, assessment)))
    else:
        echo(one_answer.as_text(answer, assessment))


def _written(path: Path | None, source: str | None) -> str:
    """The text of the file, or of standard input."""
    if path is None:
        if source != "-":
            raise UsageError(f"{source!r} is not known.", "Say - to read from standard input.")
        data = sys.stdin.buffer.read()
    else:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}.", "Check it.") from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("The answer is not text in UTF-8.", "Save it as UTF-8.") from None
