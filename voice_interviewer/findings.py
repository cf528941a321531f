"""What a check of one part of the program is, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voice_interviewer.errors import InterviewerError


@dataclass(frozen=True)
class Finding:
    """One part: whether it works, what was found, and what to type where it does not."""

    part: str
    ok: bool
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Check:
    """A part and how to try it for real, which blocks for up to some seconds."""

    part: str
    attempt: Callable[[], str]

    def run(self) -> Finding:
        """Try it now."""
        try:
            return Finding(self.part, True, self.attempt())
        except InterviewerError as error:
            return Finding(self.part, False, error.message, error.hint)
