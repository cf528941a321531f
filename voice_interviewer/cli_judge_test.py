"""`voice-interviewer judge-test`: whether a model is fit to judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from voice_interviewer.cli_options import Config, Json, Offline
from voice_interviewer.errors import UsageError
from voice_interviewer.visible import echo


def judge_test(
    model: Annotated[
        str | None, typer.Option(help="The model's name, instead of the one that is set.")
    ] = None,
    judge_name: Annotated[
        str | None,
        typer.Option("--judge", help="model (on a server), local (run here) or embedded."),
    ] = None,
    questions: Annotated[
        int, typer.Option(min=1, max=50, help="How many questions to try it on.")
    ] = 3,
    bank: Annotated[str | None, typer.Option(help="A bank's id, or a bank file.")] = None,
    offline: Offline = False,
    data_dir: Annotated[
        Path | None, typer.Option("--data-dir", help="Where results are kept.", metavar="DIR")
    ] = None,
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Try a model as a judge on answers of which it is known what it must say.

    Says plainly whether it is fit to judge, and the interview goes by it. Takes about thirteen
    answers a question, each as long as the model needs (a local one up to a minute or more);
    Ctrl-C stops it and keeps nothing."""
    from voice_interviewer import judge_check, launch

    flags = {"interview.bank": bank, "judge.model": model}
    loaded = launch.settings(data_dir, offline=offline, config=config, flags=flags)
    kind = judge_check.kind_of(loaded, judge_name)
    if kind == "embedded" and model is not None:
        raise UsageError("The embedded judge has no model.", "Leave --model out.")

    def tell(message: str, _fraction: float | None) -> None:
        """A line for every answer, also in a log: each may take a minute."""
        launch.tell(message, None)

    tested = judge_check.run(loaded, kind, questions, tell)
    if as_json:
        typer.echo(json.dumps(judge_check.as_json(loaded, tested)))
    else:
        echo(judge_check.as_text(loaded, tested))
