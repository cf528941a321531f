"""Time limits that hold even when the work they limit does not notice them."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import TypeVar

from voice_interviewer.errors import InterviewerError, JudgeError
from voice_interviewer.judging.failures import JUDGING
from voice_interviewer.servers.failures import too_late

_T = TypeVar("_T")


@dataclass(frozen=True)
class Deadline:
    """A moment on the monotonic clock, `limit_s` seconds after it was set."""

    limit_s: float
    at_s: float

    @classmethod
    def after(cls, limit_s: float, *, spare: float = 0.0) -> Deadline:
        """A deadline that many seconds from now.

        With `spare` it comes that share of the time earlier, so that whoever keeps it still has
        something to hand over in time.
        """
        return cls(limit_s, time.monotonic() + limit_s * (1 - spare))

    def left_s(self) -> float:
        """Seconds left. Raises JudgeError when there are none."""
        left_s = self.at_s - time.monotonic()
        if left_s <= 0:
            raise self.passed()
        return left_s

    def remaining_s(self) -> float:
        """Seconds left; 0 when there are none."""
        return max(0.0, self.at_s - time.monotonic())

    def passed(self) -> InterviewerError:
        """The error for what did not come in time."""
        return too_late(JUDGING, self.limit_s)


def run_within(limit_s: float, work: Callable[[], _T]) -> _T:
    """Do the work in a thread of its own and wait for it at most `limit_s` seconds.

    Work that is late is left to end by itself; its result is dropped. Raises JudgeError when it is
    late or breaks, and whatever InterviewerError it raises itself.
    """
    outcome: Future[_T] = Future()

    def run() -> None:
        try:
            outcome.set_result(guarded(work))
        except InterviewerError as error:
            outcome.set_exception(error)

    Thread(target=run, name="judge", daemon=True).start()
    try:
        return outcome.result(timeout=limit_s)
    except TimeoutError:
        raise too_late(JUDGING, limit_s) from None


def guarded(work: Callable[[], _T]) -> _T:
    """Do the work; what it raises that is none of our errors becomes a JudgeError."""
    try:
        return work()
    except InterviewerError:
        raise
    except Exception as error:
        raise JudgeError(
            f"The judge broke with {type(error).__name__}.",
            "Choose another judge, for example --judge embedded.",
        ) from error
