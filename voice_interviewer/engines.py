"""The parts that a session is played with."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass

from voice_interviewer.core.ports import Judge, LateJudge, Listener, Phraser, Scout, Speaker


@dataclass(frozen=True)
class Engines:
    """The parts that do what the session asks for.

    `caveat` is what is to be known of the judge before it judges; empty where there is nothing.
    `late_judge` is a judge that may answer later than it is waited for.
    """

    speaker: Speaker
    listener: Listener
    judge: Judge
    scout: Scout | None = None
    phraser: Phraser | None = None
    caveat: str = ""
    late_judge: LateJudge | None = None

    def close(self) -> None:
        """Stop and release every part."""
        with ExitStack() as stack:
            for part in (self.speaker, self.listener, self.judge):
                stack.callback(part.close)
