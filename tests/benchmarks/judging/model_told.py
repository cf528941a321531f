"""What a model told of answers, kept in a file so that it is asked only once.

One line an answer and way of asking: what the model itself said, before any rule of the judge. The
rules are applied when the file is read, so that they can change without asking again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from voice_interviewer.core.commands import Assess
from voice_interviewer.errors import InterviewerError
from voice_interviewer.judging.deadline import Deadline
from voice_interviewer.judging.inquiry import Inquiry, Said
from voice_interviewer.judging.log_odds import LogOddsJudge
from voice_interviewer.judging.log_odds_calibration import wanted
from voice_interviewer.judging.log_odds_inquiry import LogOdds
from voice_interviewer.judging.options import JudgeOptions
from voice_interviewer.judging.replies import ReplyVerdict
from voice_interviewer.judging.server import Server
from voice_interviewer.judging.usage import Meter
from voice_interviewer.servers.llama_process import local_server

Way = Literal["log-odds", "verdicts"]
PATH = Path(__file__).parent / "model_told.jsonl"
FENCE = "7c1f0e9ab2d45836"
_LIMIT_S = 600.0


@dataclass(frozen=True)
class Told:
    """What one way of asking told of one answer, in so many seconds."""

    way: Way
    name: str
    text: str
    seconds: float
    said: dict[str, Any]

    @property
    def odds(self) -> dict[str, LogOdds]:
        """By criterion, where it was asked so."""
        return {i: LogOdds(yes, prior) for i, (yes, prior) in self.said.items()}

    @property
    def verdicts(self) -> Said:
        """What the model replied, where it was asked so."""
        return Said({i: ReplyVerdict.model_validate(v) for i, v in self.said.items()})


class Answered(Protocol):
    """An answer with a name of its own."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def command(self) -> Assess: ...


def told(path: Path = PATH) -> dict[tuple[Way, str], Told]:
    """All that was kept, by way and name; an answer whose text has changed is asked again."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = [Told(**json.loads(line)) for line in lines]
    return {(one.way, one.name): one for one in found}


class Asker:
    """Asks one served model, and keeps what it tells."""

    def __init__(self, options: JudgeOptions) -> None:
        self._server = Server(options)
        self._judge = LogOddsJudge(options, delimiter=lambda: FENCE)
        self._known = told()

    def ask(self, way: Way, answers: Iterable[Answered], ends_s: float) -> None:
        """Ask about those that were not asked about yet, until this monotonic second."""
        for answer in answers:
            known = self._known.get((way, answer.name))
            if known is not None and known.text == answer.text:
                continue
            if time.monotonic() > ends_s:
                return
            started_s = time.monotonic()
            try:
                said = self._said(way, answer.command)
            except InterviewerError as error:
                print(f"{way} {answer.name}: {error}", file=sys.stderr)
                continue
            took_s = round(time.monotonic() - started_s, 1)
            line = {"way": way, "name": answer.name, "text": answer.text, "seconds": took_s}
            with PATH.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps({**line, "said": said}) + "\n")
            print(f"{way} {answer.name}: {took_s:.0f} s", file=sys.stderr, flush=True)

    def close(self) -> None:
        """Close the connections."""
        self._judge.close()
        self._server.close()

    def _said(self, way: Way, command: Assess) -> dict[str, Any]:
        if way == "log-odds":
            odds = self._judge.log_odds(command, wanted())
            return {i: [round(o.yes, 3), round(o.prior or 0.0, 3)] for i, o in odds.items()}
        deadline = Deadline.after(_LIMIT_S)
        said = Inquiry(self._server, command, deadline, Meter(), FENCE).run()
        return {i: verdict.model_dump() for i, verdict in said.verdicts.items()}


@contextmanager
def asker(model: Path) -> Iterator[Asker]:
    """Serve this GGUF file on one thread."""
    with local_server(model, threads=1) as server:
        options = JudgeOptions(
            base_url=server.base_url,
            api_key=server.api_key,
            model=server.model,
            timeout_s=_LIMIT_S,
        )
        one = Asker(options)
        try:
            yield one
        finally:
            one.close()
