"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="Where sessions are kept.", metavar="DIR")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output.")]
Offline = Annotated[
    bool, typer.Option("--offline", help="No network; servers on this machine are still used.")
]
Config = Annotated[
    Path | None, typer.Option("--config", help="This settings file instead of your own.")
]
Candidate = Annotated[
    str | None, typer.Option(help="Who answers: mic, typed, recorded or audio:PATH.")
]
Pace = Annotated[str | None, typer.Option(help="Recorded answers: realtime or fast.")]
VoiceName = Annotated[str | None, typer.Option("--voice", help="auto, a voice, or silent.")]
JudgeName = Annotated[
    str | None,
    typer.Option("--judge", help="auto, embedded, model (on a server) or local (run here)."),
]
Headless = Annotated[bool, typer.Option("--headless", help="Lines of text, no full screen.")]
Plain = Annotated[
    bool, typer.Option("--plain", help="Lines of text and letters as keys, for screen readers.")
]
SessionId = Annotated[str, typer.Argument(metavar="ID", help="A session's id, or `last`.")]
